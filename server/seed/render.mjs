// Renders the pictures of the demo goods: Fluent Emoji (MIT, Microsoft) on soft gradients.
// Needs the Playwright of end2end/ beside it; run once, the pictures are committed.
import { chromium } from '@playwright/test';
import { readFileSync } from 'node:fs';

const art = `running-shoe mans-shoe thong-sandal high-heeled-shoe socks necktie t-shirt jeans dress scarf womans-clothes backpack handbag purse
mobile-phone battery headphone camera light-bulb laptop computer-mouse keyboard couch-and-lamp chair potted-plant framed-picture bed cooking
bowl-with-spoon fork-and-knife-with-plate hot-beverage teapot cookie hot-pepper garlic mango banana lotion-bottle lipstick pill stethoscope
bicycle soccer-ball basketball tent teddy-bear guitar baby-bottle books pencil wrench sunflower cactus yarn basket`.split(/\s+/);
const { icons } = JSON.parse(readFileSync(new URL('../../node_modules/@iconify-json/fluent-emoji/icons.json', import.meta.url)));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ viewport: { width: 640, height: 640 } });
for (const [index, name] of art.entries()) {
  if (!icons[name]) { console.log('missing', name); continue; }
  const hue = (index * 47) % 360;
  await page.setContent(`<body style="margin:0;display:grid;place-items:center;width:640px;height:640px;
    background:radial-gradient(circle at 30% 25%, oklch(97% .02 ${hue}), oklch(86% .06 ${hue}))">
    <svg viewBox="0 0 32 32" width="400" height="400" style="filter:drop-shadow(0 24px 24px #0003)">${icons[name].body}</svg>`);
  await page.screenshot({ path: new URL(`./art/${name}.jpg`, import.meta.url).pathname, type: 'jpeg', quality: 82 });
}
await browser.close();
