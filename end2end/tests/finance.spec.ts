import { DEMO_PASSWORD, account, bearer, belanjain, expect, open, placed, product, shot, signIn, test, unique } from '../support/shop.ts';

test('finance explains a sale from the figure to its entries', async ({ page }) => {
  await signIn(page, 'keuangan@belanjain.test', DEMO_PASSWORD);
  await open(page, '/finance/reports?period=month');
  await expect(page.locator('#received canvas')).toBeVisible();
  await shot(page, 'finance-reports');
  await page.getByTestId('report-totals').getByRole('link').filter({ hasText: 'Dilepas ke penjual' }).click();
  await expect(page.getByTestId('transactions')).toBeVisible();
  await expect(page.getByTestId('totals')).toContainText('transaksi');
  await shot(page, 'finance-transactions');
  await page.getByTestId('transactions').getByRole('link', { name: 'Pelepasan ke penjual' }).first().click();
  await expect(page.getByTestId('ledger')).toContainText('Komisi');
  await expect(page.getByTestId('ledger')).toContainText('Hak penjual');
  await shot(page, 'finance-transaction');
  const download = page.waitForEvent('download');
  await open(page, '/finance/transactions?kind=release');
  await page.getByRole('link', { name: 'Ekspor CSV' }).click();
  expect((await download).suggestedFilename()).toBe('transaksi.csv');
});

test('a store names its account and sees its payouts; finance approves, files and settles one', async ({ page, request, person }) => {
  // Accounts are usable a day after a change: a new store has to wait.
  const seller = await account(request, 'seller', `Toko ${unique()}`);
  await signIn(page, seller.email);
  await open(page, '/seller/payouts');
  const form = page.getByTestId('account-form');
  await form.getByRole('combobox', { name: 'Bank' }).selectOption('BCA');
  await form.getByLabel('Nomor rekening').fill('12');
  await form.getByLabel('Nama pemilik rekening').fill('Budi Santoso');
  await form.getByRole('button', { name: 'Simpan' }).click();
  await expect(page.getByTestId('form-error').first()).toBeVisible();
  await form.getByLabel('Nomor rekening').fill('1234567890');
  await form.getByRole('button', { name: 'Simpan' }).click();
  await expect(form).toContainText('Dapat dipakai mulai');
  const fresh = await request.post('/api/v1/seller/payouts', { headers: bearer(seller), data: { amount: 50_000 } });
  expect((await fresh.json()).code).toBe('payout.account_fresh');
  await shot(page, 'seller-payouts');

  // The demo's payouts stand in every state.
  const finance = await person();
  await signIn(finance, 'keuangan@belanjain.test', DEMO_PASSWORD);
  await open(finance, '/finance/payouts');
  const waiting = finance.getByTestId('finance-payouts').getByRole('listitem');
  if (await waiting.count()) {
    await waiting.first().getByRole('button', { name: 'Setujui' }).click();
  }
  await open(finance, '/finance/payouts?status=approved');
  await shot(finance, 'finance-payouts');
  const approved = finance.getByTestId('finance-payouts').getByRole('listitem');
  if (await approved.count()) {
    await finance.getByRole('button', { name: 'Buat berkas bank dari yang dipilih' }).click();
    await finance.waitForURL('**/finance/payouts?status=sent');
    const batch = finance.getByTestId('batches').getByRole('listitem').first();
    const download = finance.waitForEvent('download');
    await batch.getByRole('link', { name: 'Unduh CSV' }).click();
    expect((await download).suggestedFilename()).toMatch(/^BATCH-.*\.csv$/);
    await batch.getByLabel('Referensi transfer bank').fill('BCA-E2E');
    await batch.getByRole('button', { name: 'Semua sudah dikirim bank' }).click();
    await finance.waitForURL('**/finance/payouts?status=settled');
    await expect(finance.getByTestId('finance-payouts')).toContainText('BCA-E2E');
  }
  expect(belanjain('verify')).toContain('balanced');
});

test('a gateway report is imported once and its differences are listed', async ({ page }) => {
  await signIn(page, 'keuangan@belanjain.test', DEMO_PASSWORD);
  await open(page, '/finance/reconciliation');
  await shot(page, 'finance-reconciliation');
  const buffer = Buffer.from(`payment_id,gross_amount,fee\nTIDAK-ADA-${unique()},5000,35\n`);
  const send = async () => {
    await page.getByLabel('Gateway').selectOption('sandbox');
    await page.getByLabel('Berkas CSV').setInputFiles({ name: 'laporan.csv', mimeType: 'text/csv', buffer });
    await page.getByRole('button', { name: 'Impor', exact: true }).click();
    await page.waitForURL('**/finance/reconciliation?import=*');
  };
  await send();
  await expect(page.getByTestId('import-lines')).toContainText('Tidak dikenal di sini');
  await open(page, '/finance/reconciliation');
  await send();
  await expect(page.getByTestId('import-repeat')).toBeVisible();
});

test('PPN on top of the price is shown from the cart to the invoice, and in the statement', async ({ page, request }) => {
  const seller = await account(request, 'seller', `Toko Pajak ${unique()}`);
  const store = { name: seller.name, location: 'Bandung', stock_policy: 'reserve_at_checkout', tax: { mode: 'added', basis_points: 1100 } };
  expect((await request.patch('/api/v1/seller/store', { headers: bearer(seller), data: store })).status()).toBe(200);
  const sold = await product(request, seller, { name: `Sepatu Pajak ${unique()}`, price: 100_000 });
  const buyer = await account(request, 'customer', `Budi ${unique()}`);
  await signIn(page, buyer.email);
  await open(page, `/p/${sold.slug}`);
  await page.getByRole('button', { name: 'Masukkan keranjang' }).click();
  await page.waitForURL('**/cart');
  await expect(page.getByTestId('cart-group')).toContainText('PPN 11%');
  await expect(page.getByTestId('cart-total')).toContainText('Rp 111.000');
  await shot(page, 'tax-cart');
  const order = (await placed(request, buyer, seller, sold)).orders[0];
  await open(page, `/orders/${order.number}`);
  await page.getByRole('link', { name: 'Lihat invoice' }).click();
  const invoice = page.getByTestId('invoice');
  await expect(invoice).toContainText('PPN 11%');
  await expect(page.getByTestId('invoice-status')).toHaveText('Belum dibayar');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Invoice ${order.number.replace('BLJ', 'INV')}`);
  await shot(page, 'invoice');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Unduh PDF' }).click();
  expect((await download).suggestedFilename()).toBe(`${order.number.replace('BLJ', 'INV')}.pdf`);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('banner')).toBeHidden();
  await shot(page, 'invoice-print');
  await page.emulateMedia({ media: 'screen' });
  await signIn(page, seller.email);
  await open(page, '/seller/statement');
  await expect(page.getByTestId('statement-sums')).toContainText('Saldo akhir');
  await shot(page, 'seller-statement');
});

test('finance looks through what gateways sent', async ({ page, request }) => {
  const mark = unique();
  expect((await request.post('/api/v1/webhooks/sandbox', { data: { mark } })).status()).toBe(403);
  await signIn(page, 'keuangan@belanjain.test', DEMO_PASSWORD);
  await open(page, '/finance/webhooks');
  await page.getByRole('combobox', { name: 'Hasil' }).selectOption('forged');
  await page.getByRole('button', { name: 'Tampilkan' }).click();
  await page.waitForURL('**/finance/webhooks?state=forged*');
  await page.getByTestId('webhooks').getByRole('link').first().click();
  await expect(page.getByTestId('webhook-body')).toContainText(mark);
});
