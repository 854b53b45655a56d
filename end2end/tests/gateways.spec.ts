import { account, bearer, belanjain, expect, open, placed, product, shot, signIn, test, unique } from '../support/shop.ts';

/** One channel of each kind of every gateway. */
const methods = [
  'midtrans:qris', 'midtrans:bca_va', 'midtrans:mandiri_bill', 'midtrans:gopay', 'midtrans:card',
  'xendit:qris', 'xendit:bri_va', 'xendit:dana', 'tripay:qris', 'tripay:bca_va', 'tripay:alfamart', 'tripay:ovo',
];

for (const method of methods) {
  test(`${method} is bought with at its simulator`, async ({ page, request }) => {
    const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
    const sold = await product(request, seller, { name: `Sepatu ${unique()}`, price: 90_000 });
    const group = await placed(request, buyer, seller, sold, method);
    await signIn(page, buyer.email);
    await open(page, `/pay/${group.payment.id}`);
    await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'pending');
    if (/qris|_va|bill|alfamart|gopay/.test(method) && !method.startsWith('xendit')) await expect(page.getByTestId('pay-with')).toBeVisible();
    if (method === 'midtrans:gopay') {
      // Drawn by Midtrans, brought by the shop: the page's policy allows no other host.
      const width = () => page.getByTestId('pay-with').getByRole('img').evaluate((img: HTMLImageElement) => img.naturalWidth);
      await expect.poll(width).toBeGreaterThan(0);
    }
    if (/midtrans:(qris|bca_va)/.test(method)) await shot(page, `pay-${method.replace(':', '-')}`);
    await page.getByTestId('simulator').click();
    await page.getByRole('button', { name: 'Bayar sekarang' }).click();
    await expect(async () => {
      await open(page, `/pay/${group.payment.id}`);
      await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid', { timeout: 1_000 });
    }).toPass();
  });
}

test('every way to pay is offered at the checkout, by kind', async ({ page, request }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
  const sold = await product(request, seller, { name: `Sepatu ${unique()}`, price: 90_000 });
  const group = await placed(request, buyer, seller, sold);
  expect(group.payment.redirect_url).toBeTruthy();
  const offered = (await (await request.get('/api/v1/payment-methods')).json()).map((m: { code: string }) => m.code);
  expect(offered).toEqual(expect.arrayContaining(methods));
  await request.post('/api/v1/me/addresses', {
    headers: bearer(buyer),
    data: { label: 'Rumah', recipient: 'Budi', phone: '081234567890', street: 'Jl. Melati 5', district: 'Tebet', regency: 'Jakarta Selatan', province: 'DKI Jakarta', postal_code: '12810' },
  });
  await signIn(page, buyer.email);
  await open(page, `/p/${sold.slug}`);
  await page.getByRole('button', { name: 'Masukkan keranjang' }).click();
  await page.waitForURL('**/cart');
  await open(page, '/checkout');
  await page.getByText('Virtual account', { exact: true }).click();
  await shot(page, 'checkout-methods');
  await page.getByLabel('BRI Virtual Account (tripay)').check();
  await page.getByRole('button', { name: 'Buat pesanan' }).click();
  await expect(page.getByTestId('pay-with')).toContainText('BRI Virtual Account');
  // The webhook gets lost; the reconciliation asks.
  await page.getByTestId('simulator').click();
  await page.getByText('Pilihan untuk pengujian').click();
  await page.getByLabel('Webhook hilang').check();
  await page.getByRole('button', { name: 'Bayar sekarang' }).click();
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'pending');
  const soon = new Date(Date.now() + 3 * 60_000).toISOString();
  expect(belanjain('jobs', 'run', 'reconcile-payments', '--now', soon)).toContain('1 payments changed');
  // The open page finds out by itself, though the news came to another process.
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid', { timeout: 20_000 });
  expect(belanjain('verify')).toContain('balanced');
});
