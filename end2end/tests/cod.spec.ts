import { account, belanjain, expect, open, placed, product, shot, signIn, stock, test, unique } from '../support/shop.ts';

test('cash on delivery: promised, sent, brought', async ({ page, request, person }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
  const sold = await product(request, seller, { name: `Sepatu COD ${unique()}`, price: 90_000, stock: 10 });
  const group = await placed(request, buyer, seller, sold, 'cod');
  const number = group.orders[0].number;
  expect(await stock(request, sold)).toBe(7);
  await signIn(page, buyer.email);
  await open(page, `/pay/${group.payment.id}`);
  await expect(page.getByText('Bayar tunai saat barang tiba')).toBeVisible();
  await shot(page, 'cod-1-payment');
  await open(page, `/orders/${number}`);
  await expect(page.getByTestId('cod-due')).toBeVisible();

  const shop = await person();
  await signIn(shop, seller.email);
  await open(shop, `/seller/orders/${number}`);
  await expect(shop.getByTestId('cod-due')).toContainText('tunai');
  await shop.getByRole('button', { name: 'Terima pesanan' }).click();
  await shop.getByLabel('Nomor resi').fill('JX-1');
  await shop.getByRole('button', { name: 'Kirim', exact: true }).click();
  await shot(shop, 'cod-2-shipped');
  await shop.getByRole('button', { name: 'Sudah sampai, uang tunai diterima' }).click();
  await expect(shop.getByTestId('status')).toHaveText('Selesai');
  await open(page, `/pay/${group.payment.id}`);
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid');
  expect(belanjain('verify')).toContain('balanced');
});

test('refused at the door, the goods come back', async ({ request, page }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
  const sold = await product(request, seller, { name: `Sepatu COD ${unique()}`, price: 90_000, stock: 10 });
  const group = await placed(request, buyer, seller, sold, 'cod');
  await signIn(page, seller.email);
  await open(page, `/seller/orders/${group.orders[0].number}`);
  await page.getByRole('button', { name: 'Terima pesanan' }).click();
  await page.getByLabel('Nomor resi').fill('JX-2');
  await page.getByRole('button', { name: 'Kirim', exact: true }).click();
  await page.getByText('Tidak diterima pembeli').click();
  await page.getByLabel('Alasan').fill('Rumah kosong');
  await page.getByRole('button', { name: 'Ya, barang kembali ke stok' }).click();
  await expect(page.getByTestId('status')).toHaveText('Dibatalkan');
  expect(await stock(request, sold)).toBe(10);
  expect(belanjain('verify')).toContain('balanced');
});
