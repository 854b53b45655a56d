import { account, belanjain, expect, open, placed, product, shot, signIn, test, unique } from '../support/shop.ts';

test('the method is changed, the time runs, and money that comes the old way counts', async ({ page, request }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
  const sold = await product(request, seller, { name: `Sepatu ${unique()}`, price: 90_000 });
  const group = await placed(request, buyer, seller, sold, 'midtrans:bca_va');
  await signIn(page, buyer.email);
  // Resumed from the list of orders.
  await open(page, '/orders');
  await page.getByTestId('order-row').getByRole('link', { name: 'Bayar sekarang' }).click();
  await expect(page.getByTestId('pay-with')).toBeVisible();
  const before = await page.getByTestId('countdown').textContent();
  await expect(page.getByTestId('countdown')).not.toHaveText(before!);
  await page.getByTestId('steps').getByText('Lewat ATM BCA').click();
  await expect(page.getByTestId('steps')).toContainText('ke Rek BCA Virtual Account');
  await shot(page, 'method-1-steps');
  const simulator = await page.getByTestId('simulator').getAttribute('href');

  await page.getByRole('link', { name: 'Ganti metode pembayaran' }).click();
  await page.getByTestId('change-method').getByText('QRIS', { exact: true }).first().click();
  await page.getByTestId('change-method').getByLabel('QRIS (Midtrans)').check();
  await shot(page, 'method-2-choice');
  await page.getByRole('button', { name: 'Pakai metode ini' }).click();
  await expect(page.getByTestId('method')).toHaveText('QRIS');
  await expect(page.getByText('Sebelumnya kamu memilih BCA Virtual Account')).toBeVisible();
  await shot(page, 'method-3-changed');
  expect(await page.getByTestId('simulator').getAttribute('href')).toBe(`${simulator}-A2`);

  await page.getByTestId('simulator').click();
  await page.getByRole('button', { name: 'Bayar sekarang' }).click();
  await expect(async () => {
    await open(page, `/pay/${group.payment.id}`);
    await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid', { timeout: 1_000 });
  }).toPass();
  expect(belanjain('verify')).toContain('balanced');
});

test('a try that failed is made anew by the same method', async ({ page, request }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
  const sold = await product(request, seller, { name: `Sepatu ${unique()}`, price: 90_000 });
  const group = await placed(request, buyer, seller, sold, 'midtrans:bca_va');
  await signIn(page, buyer.email);
  await open(page, `/pay/${group.payment.id}`);
  const simulator = await page.getByTestId('simulator').getAttribute('href');
  await page.getByTestId('simulator').click();
  await page.getByRole('button', { name: 'Gagalkan pembayaran' }).click();
  const again = page.getByRole('button', { name: 'Coba lagi dengan metode ini' });
  await expect(async () => {
    await open(page, `/pay/${group.payment.id}`);
    await expect(again).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(page.getByTestId('pay-with')).toHaveCount(0);
  await again.click();
  await expect(page.getByTestId('pay-with')).toBeVisible();
  expect(await page.getByTestId('simulator').getAttribute('href')).toBe(`${simulator}-A2`);
});

test('without scripts the method can be changed too', async ({ browser, request }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
  const sold = await product(request, seller, { name: `Sepatu ${unique()}`, price: 90_000 });
  const group = await placed(request, buyer, seller, sold, 'sandbox');
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'id-ID', baseURL: process.env.SHOP_URL! });
  const page = await context.newPage();
  await page.goto('/login');
  await page.getByLabel('Email').fill(buyer.email);
  await page.getByLabel('Kata sandi').fill('kopi-tubruk-9431');
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.goto(`/pay/${group.payment.id}?change=1`);
  await page.getByLabel('Transfer bank').check();
  await page.getByRole('button', { name: 'Pakai metode ini' }).click();
  await expect(page.getByTestId('transfer')).toContainText('1234567890');
  await context.close();
});
