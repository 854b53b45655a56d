import type { Page } from '@playwright/test';
import { type Account, DEMO_PASSWORD, account, bearer, belanjain, expect, open, placed, product, shot, signIn, test, unique } from '../support/shop.ts';

/** The buyer pays at the sandbox. */
async function pay(page: Page, buyer: Account, group: { payment: { id: string } }) {
  await signIn(page, buyer.email);
  await open(page, `/pay/${group.payment.id}`);
  await page.getByRole('link', { name: 'Bayar sekarang' }).click();
  await page.getByRole('button', { name: 'Bayar sekarang' }).click();
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid');
}

/** Where the store asks for a refund of an order. */
async function refundForm(page: Page, seller: Account, number: string) {
  await signIn(page, seller.email);
  await open(page, `/seller/orders/${number}`);
  await page.getByText('Ajukan pengembalian dana').click();
  return page.getByTestId('refund-form');
}

test('a seller asks for a refund, finance approves, the gateway sends it', async ({ page, request, person }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', `Budi ${unique()}`)];
  const sold = await product(request, seller, { name: `Sepatu Cacat ${unique()}`, price: 90_000 });
  const group = await placed(request, buyer, seller, sold);
  const number = group.orders[0].number;
  await pay(page, buyer, group);

  const shop = await person();
  const form = await refundForm(shop, seller, number);
  await form.getByLabel('Jumlah').first().fill('1');
  await form.getByLabel('Alasan').fill('Satu pasang cacat');
  await form.getByLabel('Barang kembali ke stok').check();
  await shot(shop, 'refund-1-request');
  await form.getByRole('button', { name: 'Kirim pengajuan' }).click();
  await expect(shop.getByTestId('order-refunds')).toContainText('Menunggu persetujuan');

  const finance = await person();
  await signIn(finance, 'keuangan@belanjain.test', DEMO_PASSWORD);
  await open(finance, '/finance?status=waiting');
  await shot(finance, 'refund-2-list');
  await finance.getByTestId('refunds').getByRole('link').filter({ hasText: number }).click();
  await expect(finance.getByTestId('refund')).toContainText('90.000');
  await shot(finance, 'refund-3-detail');
  await finance.getByRole('button', { name: 'Setujui' }).click();
  await expect(async () => {
    await open(finance, new URL(finance.url()).pathname);
    await expect(finance.getByTestId('refund-status')).toHaveAttribute('data-status', 'succeeded', { timeout: 1_000 });
  }).toPass();
  await expect(finance.getByTestId('refund-timeline')).toContainText('Fitri Keuangan');
  expect(belanjain('verify')).toContain('balanced');
});

test('tax on top of the prices can be asked back with the goods', async ({ page, request, person }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko Pajak ${unique()}`), await account(request, 'customer', `Budi ${unique()}`)];
  const store = { name: seller.name, location: 'Bandung', stock_policy: 'reserve_at_checkout', tax: { mode: 'added', basis_points: 1100 } };
  expect((await request.patch('/api/v1/seller/store', { headers: bearer(seller), data: store })).status()).toBe(200);
  const sold = await product(request, seller, { name: `Sepatu Pajak ${unique()}`, price: 100_000 });
  const group = await placed(request, buyer, seller, sold);
  const number = group.orders[0].number;
  await pay(page, buyer, group);

  const shop = await person();
  const form = await refundForm(shop, seller, number);
  await expect(form).toContainText('33.000');
  // Three pairs with 11 % on top.
  await expect(form.locator('input[name^="amounts"]')).toHaveAttribute('max', '333000');
  await form.getByLabel('Jumlah').first().fill('1');
  await form.getByLabel('Alasan').fill('Satu pasang cacat');
  await form.getByRole('button', { name: 'Kirim pengajuan' }).click();
  await expect(shop.getByTestId('order-refunds')).toContainText('111.000');
});
