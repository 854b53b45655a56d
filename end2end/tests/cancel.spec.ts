import { account, bearer, belanjain, expect, open, placed, product, signIn, stock, test, unique } from '../support/shop.ts';

test('a paid order is cancelled: the money goes back, the stock comes back', async ({ page, request }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
  const sold = await product(request, seller, { name: `Sepatu Batal ${unique()}`, stock: 10 });
  const group = await placed(request, buyer, seller, sold);
  expect(await stock(request, sold)).toBe(7);
  await signIn(page, buyer.email);
  await open(page, `/pay/${group.payment.id}`);
  await page.getByRole('link', { name: 'Bayar sekarang' }).click();
  await page.getByRole('button', { name: 'Bayar sekarang' }).click();
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid');
  await open(page, `/orders/${group.orders[0].number}`);
  await page.getByText('Batalkan pesanan').click();
  await page.getByLabel('Alasan').fill('Salah ukuran');
  await page.getByRole('button', { name: 'Ya, batalkan' }).click();
  await expect(page.getByTestId('status')).toHaveText('Dibatalkan');
  expect(await stock(request, sold)).toBe(10);
  await expect
    .poll(async () => (await (await request.get(`/api/v1/payments/${group.payment.id}`, { headers: bearer(buyer) })).json()).status)
    .toBe('refunded');
  expect(belanjain('verify')).toContain('balanced');
});
