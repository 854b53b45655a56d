import { PASSWORD, account, expect, product, test, unique } from '../support/shop.ts';

test.use({ javaScriptEnabled: false });

test('without scripts a buyer finds, buys and pays', async ({ page, request }) => {
  const seller = await account(request, 'seller', `Toko ${unique()}`);
  const sold = await product(request, seller, { name: `Sepatu Tanpa Skrip ${unique()}`, price: 120_000 });
  await page.goto(`/search?q=${encodeURIComponent(sold.name)}`);
  await page.getByTestId('product-card').getByRole('link').click();
  await page.getByLabel('Jumlah').fill('2');
  await page.getByRole('button', { name: 'Masukkan keranjang' }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await page.getByRole('link', { name: 'Checkout' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Daftar' }).click();
  await page.getByLabel('Nama', { exact: true }).fill('Sari');
  await page.getByLabel('Email').fill(`sari-${unique()}@contoh.id`);
  // A refusal comes back with what was typed wrong, and nothing is lost.
  await page.getByLabel('Kata sandi').fill('12345678');
  await page.getByRole('button', { name: 'Buat akun' }).click();
  await expect(page.getByTestId('form-error')).toBeVisible();
  await page.getByLabel('Nama', { exact: true }).fill('Sari');
  await page.getByLabel('Email').fill(`sari-${unique()}@contoh.id`);
  await page.getByLabel('Kata sandi').fill(PASSWORD);
  await page.getByRole('button', { name: 'Buat akun' }).click();
  await page.goto('/checkout');
  await page.getByLabel('Nama penerima').fill('Sari');
  await page.getByLabel('Nomor telepon').fill('081234567890');
  await page.getByLabel('Alamat lengkap').fill('Jl. Dago 5');
  await page.getByLabel('Kecamatan').fill('Coblong');
  await page.getByLabel('Kota/Kabupaten').fill('Bandung');
  await page.getByLabel('Provinsi').selectOption('Jawa Barat');
  await page.getByLabel('Kode pos').fill('40135');
  await page.getByRole('button', { name: 'Pakai alamat ini' }).click();
  await page.getByRole('button', { name: 'Buat pesanan' }).click();
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'pending');
  const order = await page.getByTestId('payment').getByRole('listitem').textContent();
  await page.getByRole('link', { name: 'Bayar sekarang' }).click();
  await page.getByRole('button', { name: 'Bayar sekarang' }).click();
  await expect(async () => {
    await page.goto(`/orders/${order}`);
    await expect(page.getByTestId('status')).toHaveText('Menunggu penjual', { timeout: 500 });
  }).toPass();
  await page.goto('/orders');
  await expect(page.getByTestId('order-row')).toHaveCount(1);
});
