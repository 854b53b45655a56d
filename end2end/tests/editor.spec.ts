import { account, bearer, expect, open, png, product, shot, signIn, test, unique } from '../support/shop.ts';

test('a seller edits a product in full, and nothing typed is lost', async ({ page, request }) => {
  const mark = unique();
  const owner = await account(request, 'seller', `Sunting ${mark}`);
  const sold = await product(request, owner, {
    name: `Sepatu ${mark}`,
    price: undefined,
    stock: undefined,
    variants: [
      { price: 100_000, stock: 5, options: { Warna: 'Merah' }, barcode: '4006381333931' },
      { price: 110_000, stock: 6, options: { Warna: 'Hitam' } },
    ],
  });
  await signIn(page, owner.email);
  await open(page, `/seller/products/${sold.id}`);
  const variants = page.getByTestId('variant');
  await expect(variants.nth(0).getByLabel('Barcode')).toHaveValue('4006381333931');

  // Pictures are sent in the background: what was typed meanwhile stays.
  await page.getByLabel('Tag').fill('lari, ringan');
  const pictures = page.getByTestId('pictures').locator('li');
  await page.getByLabel('Tambah gambar').setInputFiles([
    { name: 'satu.png', mimeType: 'image/png', buffer: png(300, 300) },
    { name: 'dua.png', mimeType: 'image/png', buffer: png(400, 200) },
  ]);
  await page.getByRole('button', { name: 'Unggah' }).click();
  await expect(pictures).toHaveCount(2);
  await page.getByLabel('Tambah gambar').setInputFiles([{ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('%PDF-1.7') }]);
  await page.getByRole('button', { name: 'Unggah' }).click();
  await expect(page.getByTestId('pictures').getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('Tag')).toHaveValue('lari, ringan');

  // Order and description, by button and by drag.
  const first = await pictures.first().locator('img').getAttribute('src');
  await page.getByRole('button', { name: 'Mundurkan gambar 1' }).click();
  await expect(pictures.last().locator('img')).toHaveAttribute('src', first!);
  await pictures.last().dragTo(pictures.first());
  await expect(pictures.first().locator('img')).toHaveAttribute('src', first!);
  await page.getByLabel('Keterangan gambar 1').fill('tampak depan');
  await page.getByRole('button', { name: 'Simpan keterangan' }).first().click();
  await expect(pictures.first().locator('img')).toHaveAttribute('alt', 'tampak depan');

  // A wrong number is told at its field; the rest of the form stays as it was typed.
  await variants.nth(1).getByLabel('Barcode').fill('4006381333932');
  await page.getByLabel('Panjang (mm)').fill('0');
  await page.getByRole('button', { name: 'Simpan', exact: true }).click();
  await expect(page.getByTestId('form-error')).toContainText('Varian 2, Barcode');
  await expect(variants.nth(1).getByLabel('Barcode')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Panjang (mm)')).toHaveAttribute('aria-invalid', 'true');
  await shot(page, 'editor-errors');
  await variants.nth(1).getByLabel('Barcode').fill('');
  await page.getByLabel('Panjang (mm)').fill('300');

  // A third option, one variant more, one no longer sold.
  const names = page.getByRole('group', { name: 'Nama pilihan' });
  await names.getByLabel('Pilihan 2').fill('Ukuran');
  await names.getByLabel('Pilihan 3').fill('Sol');
  for (const [index, colour, price] of [[0, 'Merah', '100000'], [1, 'Hitam', '110000'], [2, 'Putih', '120000']] as const) {
    const row = variants.nth(index);
    await row.getByLabel('Warna').fill(colour);
    await row.getByLabel('Ukuran').fill('40');
    await row.getByLabel('Sol').fill('Karet');
    await row.getByLabel('Harga').fill(price);
  }
  await variants.nth(2).getByLabel('Stok').fill('7');
  await variants.nth(1).getByLabel('Berhenti dijual').check();
  await page.getByRole('button', { name: 'Simpan', exact: true }).click();
  await expect(page.getByText('Perubahan disimpan.')).toBeVisible();

  const saved = await (await request.get(`/api/v1/seller/products/${sold.id}`, { headers: bearer(owner) })).json();
  expect(saved.variants.map((v: { options: object; available: number; barcode: string | null }) => [v.options, v.available, v.barcode])).toEqual([
    [{ Warna: 'Merah', Ukuran: '40', Sol: 'Karet' }, 5, '4006381333931'],
    [{ Warna: 'Putih', Ukuran: '40', Sol: 'Karet' }, 7, null],
  ]);
  expect([saved.tags, saved.length_mm, saved.images.length]).toEqual([['lari', 'ringan'], 300, 2]);

  // A variant's own picture is shown in the shop when it is chosen.
  await open(page, `/seller/products/${sold.id}`);
  await variants.nth(1).getByLabel('Gambar').selectOption({ label: 'Gambar 2' });
  await page.getByRole('button', { name: 'Simpan', exact: true }).click();
  await expect(page.getByText('Perubahan disimpan.')).toBeVisible();
  await open(page, `/p/${saved.slug}`);
  await page.getByText('Putih, 40, Karet').click();
  await expect(page.getByRole('button', { name: 'Tampilkan gambar 2' })).toHaveAttribute('aria-pressed', 'true');
});
