import { DEMO_PASSWORD, expect, hydrated, open, signIn, test } from '../support/shop.ts';

const seller = 'penjual@belanjain.test';
const buyer = 'pembeli@belanjain.test';

test('every page of the shop is taken over by the browser', async ({ page }) => {
  for (const path of ['/', '/search', '/search?category=sepatu&sort=price_asc', '/cart', '/login', '/register']) {
    await open(page, path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  }
  await open(page, '/search');
  await page.getByTestId('product-card').first().getByRole('link').click();
  await page.waitForURL('**/p/**');
  await expect(page.getByRole('button', { name: 'Masukkan keranjang' })).toBeVisible();
  await page.reload();
  await hydrated(page);
  await page.goBack();
  await expect(page.getByTestId('product-card').first()).toBeVisible();
});

test('every page of the seller centre opens directly and by its link', async ({ page }) => {
  await signIn(page, seller, DEMO_PASSWORD);
  const pages: [string, string][] = [
    ['/seller', 'Dasbor'],
    ['/seller/orders', 'Pesanan'],
    ['/seller/products', 'Produk'],
    ['/seller/inventory', 'Stok'],
    ['/seller/analytics', 'Analitik'],
  ];
  for (const [path, title] of pages) {
    await open(page, path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  }
  const centre = page.getByRole('navigation', { name: 'Pusat penjual' });
  for (const [path, title] of pages) {
    await centre.getByRole('link', { name: title }).click();
    await page.waitForURL(`**${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  }
  await expect(page.locator('canvas').first()).toBeVisible();
  await page.goto('/seller/products');
  await page.getByRole('table').getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ubah produk');
});

test('a chart is not drawn on a page that its reader has left', async ({ page }) => {
  await signIn(page, seller, DEMO_PASSWORD);
  let leave = () => {};
  const left = new Promise<void>((resolve) => (leave = resolve));
  await page.route('**/vendor/echarts.min.js', async (route) => {
    await left;
    await route.continue();
  });
  const centre = page.getByRole('navigation', { name: 'Pusat penjual' });
  await open(page, '/seller/products');
  const asked = page.waitForRequest('**/vendor/echarts.min.js');
  await centre.getByRole('link', { name: 'Dasbor' }).click();
  await asked;
  await centre.getByRole('link', { name: 'Pesanan' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pesanan');
  leave();
  await page.waitForFunction(() => 'echarts' in window);
  // Where it would have been drawn; every test fails with an error in the browser.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect(page.locator('canvas')).toHaveCount(0);
});

test('the pages of a buyer need a session and come back after it', async ({ page }) => {
  await open(page, '/orders');
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel('Email').fill(buyer);
  await page.getByLabel('Kata sandi').fill('salah-sama-sekali');
  await page.getByRole('button', { name: 'Masuk' }).click();
  await expect(page.getByTestId('form-error')).toHaveText('Email atau kata sandi salah.');
  await page.getByLabel('Kata sandi').fill(DEMO_PASSWORD);
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.waitForURL('**/orders');
  await expect(page.getByTestId('order-row').first()).toBeVisible();
  await page.getByTestId('order-row').first().getByRole('link').first().click();
  await page.waitForURL('**/orders/**');
  await expect(page.getByTestId('status')).toBeVisible();
  await open(page, '/account');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Akun');
});

test('what does not exist says so', async ({ page }) => {
  for (const path of ['/tidak-ada', '/p/tidak-ada', '/s/tidak-ada']) {
    const answer = await page.goto(path);
    expect(answer!.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Halaman tidak ditemukan');
  }
});

test('language and theme are kept', async ({ page }) => {
  await open(page, '/');
  await page.getByLabel('Menu akun').click();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await hydrated(page);
  await page.getByLabel('Account menu').click();
  await page.getByRole('button', { name: 'Dark theme' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'gelap');
  await open(page, '/search');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'gelap');
});
