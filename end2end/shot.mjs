import { chromium } from '@playwright/test';
const [,, out, url, w='1280', h='900', theme] = process.argv;
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu','--disable-quic','--disable-background-networking','--disable-component-update','--disable-sync'] });
const p = await b.newPage({ viewport: { width: +w, height: +h } });
p.on('console', m => { if (m.type()==='error') console.log('CONSOLE', m.text().slice(0,400)); });
p.on('pageerror', e => console.log('PAGEERROR', e.message.slice(0,400)));
if (theme) await p.context().addCookies([{ name:'theme', value: theme, url }]);
await p.goto(url); try { await p.waitForSelector('body[data-hydrated]', { timeout: 8000 }); console.log('hydrated'); } catch { console.log('NOT HYDRATED'); }
await p.screenshot({ path: out, fullPage: true }); await b.close();
