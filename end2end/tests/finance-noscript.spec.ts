import type { Page } from '@playwright/test';
import { DEMO_PASSWORD, account, bearer, belanjain, expect, placed, png, product, shot, test, unique } from '../support/shop.ts';

test.use({ javaScriptEnabled: false });

async function enter(page: Page, email: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Kata sandi').fill(DEMO_PASSWORD);
  await page.getByRole('button', { name: 'Masuk' }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

test('without scripts a refund is sent by hand with its proof, and confirmed', async ({ page, request }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', `Budi ${unique()}`)];
  const sold = await product(request, seller, { name: `Sepatu ${unique()}`, price: 90_000 });
  const { number, items } = (await placed(request, buyer, seller, sold, 'cod')).orders[0];
  // Cash came with the courier: no gateway can send it back.
  const post = async (verb: string, data: object = {}) => {
    const answer = await request.post(`/api/v1/seller/orders/${number}/${verb}`, { headers: bearer(seller), data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  };
  await post('accept');
  await post('ship', { courier: 'JNE', tracking_number: 'JX-1' });
  await post('deliver');
  const refund = await post('refunds', { lines: [{ line_id: items[0].id, quantity: 1 }], note: 'Satu pasang cacat' });

  await enter(page, 'keuangan@belanjain.test');
  await page.goto('/finance');
  const waiting = page.getByRole('navigation', { name: 'Status pengembalian' }).getByRole('link', { name: 'Menunggu persetujuan' });
  await expect(waiting).toHaveText(/\d$/);
  await waiting.click();
  await page.goto(`/finance/refunds/${refund.id}`);
  await expect(page.getByTestId('refund')).toContainText('Bayar di tempat');
  await page.getByRole('button', { name: 'Setujui' }).click();
  await expect(page.getByTestId('done')).toHaveText('Pengembalian dana disetujui.');
  const form = page.getByTestId('completion');
  await form.getByLabel('Referensi transfer bank').fill('BCA-TANPA-SKRIP');
  await form.getByLabel('Bukti transfer').setInputFiles({ name: 'bukti.txt', mimeType: 'text/plain', buffer: Buffer.from('bukan gambar') });
  await form.getByRole('button', { name: 'Sudah dikirim' }).click();
  await expect(page.getByTestId('form-error')).toBeVisible();
  await expect(page.getByTestId('refund-status')).toHaveAttribute('data-status', 'requested');
  await form.getByLabel('Referensi transfer bank').fill('BCA-TANPA-SKRIP');
  await form.getByLabel('Bukti transfer').setInputFiles({ name: 'bukti.png', mimeType: 'image/png', buffer: png(320, 240) });
  await form.getByRole('button', { name: 'Sudah dikirim' }).click();
  await expect(page.getByTestId('done')).toHaveText('Pengembalian dana ditandai sudah dikirim.');
  await expect(page.getByTestId('refund-status')).toHaveAttribute('data-status', 'succeeded');
  await expect(page.getByTestId('refund')).toContainText('BCA-TANPA-SKRIP');
  await expect(page.getByRole('link', { name: 'Lihat bukti transfer' })).toBeVisible();
  await shot(page, 'finance-refund-by-hand');
  await page.getByTestId('refund').getByRole('link', { name: number }).click();
  await expect(page.getByTestId('transactions')).toContainText('Pengembalian dikirim');
  expect(belanjain('verify')).toContain('balanced');
});

test('without scripts a dispute is resolved; what is wrong is said in its own form', async ({ page, request }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', `Budi ${unique()}`)];
  const sold = await product(request, seller, { name: `Sepatu ${unique()}`, price: 80_000 });
  const group = await placed(request, buyer, seller, sold, 'midtrans:card');
  const number = group.orders[0].number;
  // At the gateway: paid, and taken back by the buyer's bank.
  await page.goto(group.payment.simulator_url);
  await page.getByRole('button', { name: 'Bayar sekarang' }).click();
  const status = async () => (await (await request.get(`/api/v1/payments/${group.payment.id}`, { headers: bearer(buyer) })).json()).status;
  await expect.poll(status).toBe('paid');
  await page.goto(group.payment.simulator_url);
  await page.getByRole('button', { name: 'Sanggahan pemegang kartu (chargeback)' }).click();

  await enter(page, 'keuangan@belanjain.test');
  const row = page.getByTestId('disputes').getByRole('listitem').filter({ hasText: number });
  const next = page.getByRole('link', { name: 'Berikutnya' });
  // Other tests may leave disputes as well, older ones first.
  const find = () => expect(async () => {
    await page.goto('/finance/disputes');
    while (!(await row.isVisible()) && (await next.count())) await next.click();
    await expect(row).toBeVisible({ timeout: 500 });
  }).toPass();
  await find();
  await expect(row).toContainText('Kartu');
  await row.getByLabel('Hasilnya').selectOption('chargeback_lost');
  await row.getByLabel('Nominal').fill('99999999');
  await row.getByLabel('Apa yang dilakukan').fill('Kalah di bank');
  await row.getByRole('button', { name: 'Tandai selesai' }).click();
  await expect(page.getByTestId('form-error')).toBeVisible();
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1);
  await expect(row.getByLabel('Nominal')).toHaveAttribute('aria-invalid', 'true');
  await find();
  await row.getByLabel('Hasilnya').selectOption('chargeback_lost');
  await row.getByLabel('Apa yang dilakukan').fill('Kalah di bank');
  await row.getByRole('button', { name: 'Tandai selesai' }).click();
  await expect(page.getByTestId('done')).toHaveText('Sengketa selesai, hasilnya sudah dibukukan.');
  await page.goto('/finance/disputes?state=resolved');
  await expect(row).toContainText('Dibukukan ke pesanan');
  await shot(page, 'finance-disputes');
  await row.getByRole('link', { name: number }).click();
  await expect(page.getByTestId('transactions')).toContainText('Tagihan balik (chargeback)');
  expect(belanjain('verify')).toContain('balanced');
});

test('without scripts a rate of a store is set, changed and taken away', async ({ page, request }) => {
  const seller = await account(request, 'seller', `Toko ${unique()}`);
  await enter(page, 'admin@belanjain.test');
  await page.goto('/finance/rates');
  const override = page.getByTestId('override');
  const fill = async (rate: string) => {
    await override.getByLabel('Toko (alamat pendek)').fill(seller.store!.slug);
    await override.getByLabel('Tarif').fill(rate);
    await override.getByRole('button', { name: 'Simpan' }).click();
  };
  await fill('20000');
  await expect(page.getByTestId('form-error')).toBeVisible();
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1);
  await expect(override.getByLabel('Tarif')).toHaveAttribute('aria-invalid', 'true');
  await fill('300');
  await expect(page.getByTestId('done')).toContainText('Tarif disimpan');
  const row = page.getByTestId('rates').getByRole('listitem').filter({ hasText: seller.name });
  await expect(row.getByLabel('Tarif')).toHaveValue('300');
  await row.getByLabel('Tarif').fill('350');
  await row.getByRole('button', { name: 'Simpan' }).click();
  await expect(row.getByLabel('Tarif')).toHaveValue('350');
  await row.getByRole('button', { name: 'Hapus' }).click();
  await expect(page.getByTestId('done')).toHaveText('Tarif khusus dihapus.');
  await expect(row).toHaveCount(0);
});
