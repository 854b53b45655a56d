import { readFileSync, readdirSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { PASSWORD, belanjain, expect, hydrated, open, png, shot, test, unique } from '../support/shop.ts';

const jpeg = () => readFileSync(new URL('../../server/seed/art/running-shoe.jpg', import.meta.url));

/** Every mail that has been written, as text. */
function mails(): string[] {
  const folder = `${process.env.SHOP_DATA}/mail`;
  return readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
}

interface Seller {
  page: Page;
  store: string;
  email: string;
}

async function seller(page: Page, store: string, city: string): Promise<Seller> {
  const email = `penjual-${unique()}@contoh.id`;
  await open(page, '/register');
  await page.getByLabel('Berjualan').check();
  await page.getByLabel('Nama', { exact: true }).fill(`Pemilik ${store}`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Kata sandi').fill(PASSWORD);
  await page.getByLabel('Nama toko').fill(store);
  await page.getByLabel('Kota toko').fill(city);
  await page.getByRole('button', { name: 'Buat akun' }).click();
  await page.waitForURL('**/seller');
  return { page, store, email };
}

async function addProduct({ page }: Seller, name: string, category: string, prices: [number, number]): Promise<void> {
  await open(page, '/seller/products/new');
  await page.getByLabel('Nama produk').fill(name);
  await page.getByLabel('Deskripsi (Markdown)').fill('Nyaman dipakai **setiap hari**.\n\n- ringan\n- awet');
  await page.getByLabel('Kategori').selectOption(category);
  for (const [index, colour] of ['Merah', 'Hitam'].entries()) {
    const row = page.getByTestId('variant').nth(index);
    await row.getByLabel('Warna').fill(colour);
    await row.getByLabel('Ukuran').fill(String(40 + index));
    await row.getByLabel('Harga').fill(String(prices[index]));
    await row.getByLabel('Stok').fill('12');
  }
  await page.getByLabel('Nama spesifikasi 1').fill('Bahan');
  await page.getByLabel('Isi spesifikasi 1').fill('Kanvas');
  await page.getByRole('button', { name: 'Simpan' }).click();
  await expect(page.getByText('Perubahan disimpan.')).toBeVisible();
  await page.getByLabel('Tambah gambar').setInputFiles([
    { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: jpeg() },
    { name: 'foto.png', mimeType: 'image/png', buffer: png() },
  ]);
  await page.getByRole('button', { name: 'Unggah' }).click();
  await expect(page.getByTestId('pictures').locator('li img')).toHaveCount(2);
}

async function fillAddress(page: Page): Promise<void> {
  await page.getByLabel('Nama penerima').fill('Budi Santoso');
  await page.getByLabel('Nomor telepon').fill('081234567890');
  await page.getByLabel('Alamat lengkap').fill('Jl. Tebet Raya 1');
  await page.getByLabel('Kecamatan').fill('Tebet');
  await page.getByLabel('Kota/Kabupaten').fill('Jakarta Selatan');
  await page.getByLabel('Provinsi').selectOption('DKI Jakarta');
  await page.getByLabel('Kode pos').fill('12810');
  await page.getByRole('button', { name: 'Pakai alamat ini' }).click();
}

test('two sellers, one cart, one payment, two orders – delivered, reviewed, charted', async ({ person }) => {
  test.setTimeout(240_000);
  const mark = unique().replaceAll('-', '');
  // 1. Two sellers register and add products with variants and photographs.
  const one = await seller(await person(), `Langkah ${mark}`, 'Bandung');
  const two = await seller(await person(), `Kaki ${mark}`, 'Surabaya');
  await addProduct(one, `Sepatu Lari Awan ${mark}`, 'sepatu-lari', [250_000, 265_000]);
  await addProduct(two, `Sepatu Kanvas Pagi ${mark}`, 'sepatu-formal', [150_000, 155_000]);
  await shot(one.page, 'editor');

  // 2. A guest searches, filters, sorts, and fills a cart from both stores.
  const buyer = await person();
  await open(buyer, '/');
  await buyer.getByRole('searchbox', { name: 'Cari' }).fill(`sepatu ${mark}`);
  await buyer.getByRole('searchbox', { name: 'Cari' }).press('Enter');
  await expect(buyer.getByTestId('result-count')).toHaveText('2 produk');
  await hydrated(buyer);
  await buyer.getByLabel('Kategori').selectOption('sepatu');
  await buyer.getByLabel('Minimum').fill('100000');
  await buyer.getByLabel('Maksimum').fill('300000');
  await buyer.getByLabel('Urutkan').selectOption('price_asc');
  await buyer.getByRole('button', { name: 'Terapkan' }).click();
  const cards = buyer.getByTestId('product-card');
  await expect(cards).toHaveCount(2);
  await expect(cards.first()).toContainText('Sepatu Kanvas Pagi');
  await expect(cards.last()).toContainText('Sepatu Lari Awan');
  await shot(buyer, 'search');
  await cards.last().getByRole('link').first().click();
  await buyer.waitForURL('**/p/**');
  await expect(buyer.getByRole('heading', { level: 1 })).toHaveText(`Sepatu Lari Awan ${mark}`);
  const productUrl = buyer.url();
  await buyer.getByText('Hitam, 41').click();
  await expect(buyer.getByTestId('price')).toHaveText(/Rp\s265\.000/);
  await buyer.getByLabel('Jumlah').fill('2');
  await buyer.getByRole('button', { name: 'Masukkan keranjang' }).click();
  await buyer.waitForURL('**/cart');
  await open(buyer, `/search?q=kanvas+${mark}`);
  await buyer.getByTestId('product-card').getByRole('link').first().click();
  await buyer.waitForURL('**/p/**');
  await buyer.getByRole('button', { name: 'Masukkan keranjang' }).click();
  await buyer.waitForURL('**/cart');
  await expect(buyer.getByTestId('cart-group')).toHaveCount(2);

  // … registers, and finds the cart again.
  await buyer.getByRole('link', { name: 'Checkout' }).click();
  await buyer.waitForURL('**/login?next=**');
  await buyer.getByRole('main').getByRole('link', { name: 'Daftar' }).click();
  await buyer.waitForURL('**/register?next=**');
  await buyer.getByLabel('Nama', { exact: true }).fill('Budi Santoso');
  await buyer.getByLabel('Email').fill(`budi-${mark}@contoh.id`);
  await buyer.getByLabel('Kata sandi').fill(PASSWORD);
  await buyer.getByRole('button', { name: 'Buat akun' }).click();
  await buyer.waitForURL('**/checkout');

  // 3. One payment, two orders; stock falls at once; the cart is empty.
  await fillAddress(buyer);
  await expect(buyer.getByTestId('checkout-store')).toHaveCount(2);
  for (const store of await buyer.getByTestId('checkout-store').all()) await store.getByRole('radio').last().check();
  await shot(buyer, 'checkout');
  await buyer.getByRole('button', { name: 'Buat pesanan' }).click();
  await buyer.waitForURL('**/pay/**');
  await expect(buyer.getByTestId('payment')).toHaveAttribute('data-status', 'pending');
  const numbers = await buyer.getByTestId('payment').getByRole('listitem').allTextContents();
  expect(new Set(numbers).size).toBe(2);
  await expect(buyer.getByTestId('cart-count')).toHaveCount(0);
  const stock = await buyer.request.get(`/api/v1/products/${productUrl.split('/p/')[1]}`);
  expect((await stock.json()).variants.map((v: { available: number }) => v.available)).toEqual([12, 10]);
  await shot(buyer, 'pay');

  // 4. The gateway's page takes the payment; the first page learns it without a reload.
  const gateway = await buyer.context().newPage();
  await gateway.goto((await buyer.getByRole('link', { name: 'Bayar sekarang' }).getAttribute('href'))!);
  await gateway.getByRole('button', { name: 'Bayar sekarang' }).click();
  await gateway.waitForURL('**/pay/**');
  await expect(buyer.getByTestId('payment')).toHaveAttribute('data-status', 'paid');
  await shot(buyer, 'paid');

  // 5. Each seller sees only their own order, accepts and ships it.
  for (const { page, store } of [one, two]) {
    await open(page, '/seller/orders');
    await expect(page.getByTestId('order-row')).toHaveCount(1);
    await page.getByTestId('order-row').getByRole('link').first().click();
    await page.getByRole('button', { name: 'Terima pesanan' }).click();
    await page.getByLabel('Nomor resi').fill(`RESI${mark}`);
    await page.getByRole('button', { name: 'Kirim', exact: true }).click();
    await expect(page.getByTestId('status')).toHaveText('Dikirim');
    expect(store).toBeTruthy();
  }
  await shot(one.page, 'seller-order');

  // The buyer confirms both and reviews one.
  for (const number of numbers) {
    await open(buyer, `/orders/${number}`);
    await expect(buyer.getByTestId('tracking')).toHaveText(`RESI${mark}`);
    await buyer.getByRole('button', { name: 'Pesanan diterima' }).click();
    await expect(buyer.getByTestId('status')).toHaveText('Selesai');
    const form = buyer.getByTestId('review-form');
    if ((await form.getByRole('heading').textContent())!.includes('Lari Awan')) {
      await form.getByText('5 ★').click();
      await form.getByLabel('Ulasan').fill('Ringan dan pas di kaki.');
      await form.getByRole('button', { name: 'Kirim ulasan' }).click();
      await expect(form).toHaveCount(0);
    }
  }
  await shot(buyer, 'order');
  await open(buyer, productUrl);
  await expect(buyer.getByText('Ringan dan pas di kaki.')).toBeVisible();
  await expect(buyer.getByText('Pembelian terverifikasi')).toBeVisible();
  await shot(buyer, 'product');

  // 6. The dashboard shows what the API says.
  await open(one.page, '/seller');
  const api = async (path: string) => (await one.page.request.get(`/api/v1/seller/${path}`)).json();
  const [order] = (await api('orders')).items;
  const { today } = await api('analytics/summary');
  expect(today).toMatchObject({ revenue: order.total, orders: 1, items: 2 });
  const rupiah = new RegExp(`Rp\\s${today.revenue.toLocaleString('id-ID').replaceAll('.', '\\.')}`);
  await expect(one.page.getByTestId('today')).toContainText(rupiah);
  expect((await api('analytics/trend?days=7')).at(-1)).toMatchObject({ revenue: today.revenue, orders: 1 });
  await one.page.getByText('Tampilkan tabel').first().click();
  await expect(one.page.getByTestId('trend-table').getByRole('row').last()).toContainText(rupiah);
  await expect(one.page.locator('canvas').first()).toBeVisible();
  await shot(one.page, 'dashboard');

  // 7. The weekly report, once.
  const monday = new Date(Date.now() + 7 * 86_400_000);
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
  const now = `${monday.toISOString().slice(0, 10)}T09:00:00+07:00`;
  const reports = () => mails().filter((mail) => mail.includes(`To: `) && mail.includes(one.email) && /laporan/i.test(mail)).length;
  belanjain('jobs', 'run', 'weekly-report', '--now', now);
  await expect.poll(reports).toBe(1);
  belanjain('jobs', 'run', 'weekly-report', '--now', now);
  expect(reports()).toBe(1);

  // 8. The books agree.
  expect(belanjain('verify')).toContain('balanced');
});
