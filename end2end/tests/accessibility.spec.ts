import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { DEMO_PASSWORD, PASSWORD, account, expect, open, product, signIn, test, unique } from '../support/shop.ts';
import { totp } from '../support/totp.ts';

async function check(page: Page, path: string): Promise<void> {
  await open(page, path);
  // Frames of letters run no scripts, axe's neither; they have a name.
  for (const frame of await page.locator('iframe').all()) {
    expect.soft(await frame.getAttribute('title')).toBeTruthy();
    await frame.evaluate((element) => element.remove());
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((v) => `${path}: ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
  expect.soft(found).toEqual([]);
}

for (const theme of ['terang', 'gelap']) {
  test.describe(theme, () => {
    test.beforeEach(async ({ context, baseURL }) => {
      await context.addCookies([{ name: 'theme', value: theme, url: baseURL }]);
    });

    test('axe finds nothing in the shop', async ({ page, request }) => {
      const best = await (await request.get('/api/v1/products?sort=best_selling')).json();
      const [first] = best.items;
      for (const path of ['/', '/search', '/search?q=tidak+ada+sama+sekali', `/p/${first.slug}`, `/s/${first.store.slug}`, '/cart', '/login', '/login/code', '/forgot-password?sent=1', '/reset-password?token=x', '/verify-email', '/verify-email?token=x', '/register', '/tidak-ada']) {
        await check(page, path);
      }
    });

    test('axe finds nothing where a buyer goes', async ({ page, request }) => {
      const seller = await account(request, 'seller', `Toko ${unique()}`);
      const sold = await product(request, seller, { name: `Sepatu ${unique()}` });
      await signIn(page, 'pembeli@belanjain.test', DEMO_PASSWORD);
      await open(page, `/p/${sold.slug}`);
      await page.getByRole('button', { name: 'Masukkan keranjang' }).click();
      await page.waitForURL('**/cart');
      const order = (await (await page.request.get('/api/v1/orders')).json()).items[0];
      for (const path of ['/cart', '/checkout', '/orders', `/orders/${order.number}`, `/orders/${order.number}/invoice`, '/account', '/account/two-factor', '/account/two-factor/codes']) await check(page, path);
    });

    test('axe finds nothing where the second factor is set up', async ({ page, request }) => {
      const buyer = await account(request, 'customer', `Budi ${unique()}`);
      await signIn(page, buyer.email);
      const begun = await page.request.post('/api/v1/me/two-factor', { data: { password: PASSWORD } });
      const { secret } = await begun.json();
      await check(page, '/account/two-factor');
      const confirmed = await page.request.post('/api/v1/me/two-factor/confirm', { data: { code: totp(secret) } });
      expect(confirmed.status()).toBe(200);
      await check(page, '/account/two-factor');
    });

    test('axe finds nothing in the seller centre', async ({ page }) => {
      await signIn(page, 'penjual@belanjain.test', DEMO_PASSWORD);
      const orders = await (await page.request.get('/api/v1/seller/orders')).json();
      const products = await (await page.request.get('/api/v1/seller/products')).json();
      const paths = ['', '/orders', `/orders/${orders.items[0].number}`, '/products', `/products/${products.items[0].id}`, '/products/new', '/inventory', '/analytics', '/payouts', '/statement'];
      for (const path of paths) await check(page, `/seller${path}`);
    });

    test('axe finds nothing at the desk and in finance', async ({ page }) => {
      await signIn(page, 'admin@belanjain.test', DEMO_PASSWORD);
      const finance = ['', '?status=succeeded', '/disputes', '/ledger', '/ledger/accounts', '/payouts', '/payouts?status=settled', '/transactions', '/reports', '/reconciliation', '/webhooks', '/webhooks?state=not_applied', '/rates'];
      for (const path of ['/desk', '/desk?state=approved', '/desk/statements', '/desk/orders', ...finance.map((p) => `/finance${p}`)]) await check(page, path);
    });

    test('axe finds nothing in administration', async ({ page }) => {
      await signIn(page, 'admin@belanjain.test', DEMO_PASSWORD);
      for (const path of ['/admin/jobs', '/admin/outbox', '/admin/mail', '/admin/sent', '/admin/audit']) await check(page, path);
    });
  });
}
