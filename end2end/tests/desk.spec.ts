import { DEMO_PASSWORD, account, bearer, belanjain, expect, open, placed, png, product, shot, signIn, test, unique } from '../support/shop.ts';

test('a bank transfer is proven, refused, proven again, verified by keys and sent by the desk', async ({ page, request, person }) => {
  const seller = await account(request, 'seller', `Toko ${unique()}`);
  const buyer = await account(request, 'customer', `Budi ${unique()}`);
  const sold = await product(request, seller, { name: `Sepatu Transfer ${unique()}`, price: 210_000 });

  await signIn(page, buyer.email);
  await open(page, `/p/${sold.slug}`);
  await page.getByRole('button', { name: 'Masukkan keranjang' }).click();
  await page.waitForURL('**/cart');
  await open(page, '/checkout');
  await page.getByLabel('Nama penerima').fill('Budi');
  await page.getByLabel('Nomor telepon').fill('081234567890');
  await page.getByLabel('Alamat lengkap').fill('Jl. Melati 5');
  await page.getByLabel('Kecamatan').fill('Tebet');
  await page.getByLabel('Kota/Kabupaten').fill('Jakarta Selatan');
  await page.getByLabel('Provinsi').selectOption('DKI Jakarta');
  await page.getByLabel('Kode pos').fill('12810');
  await page.getByRole('button', { name: 'Pakai alamat ini' }).click();
  await page.getByLabel('Transfer bank').check();
  await page.getByRole('button', { name: 'Buat pesanan' }).click();
  await expect(page.getByTestId('transfer')).toContainText('1234567890');
  await shot(page, 'transfer-1-account');

  // A file that is none is refused at once, nothing else is lost.
  const prove = async (file: { name: string; mimeType: string; buffer: Buffer }) => {
    await page.getByLabel('Nama pengirim').fill('Budi Santoso');
    await page.getByLabel('Bank pengirim').fill('BCA');
    await page.getByLabel('Bukti transfer').setInputFiles(file);
    await page.getByRole('button', { name: 'Kirim bukti' }).click();
  };
  await prove({ name: 'bukti.png', mimeType: 'image/png', buffer: Buffer.from('bukan gambar') });
  await expect(page.getByTestId('form-error')).toBeVisible();
  await prove({ name: 'bukti.png', mimeType: 'image/png', buffer: png(300, 500) });
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'awaiting_verification');
  await shot(page, 'transfer-2-waiting');

  const agent = await person();
  await signIn(agent, 'cs1@belanjain.test', DEMO_PASSWORD);
  await open(agent, '/desk');
  const row = agent.getByTestId('desk-queue').getByRole('link').filter({ hasText: buyer.name });
  await expect(row).toBeVisible();
  await shot(agent, 'desk-1-queue');
  await row.click();
  await agent.getByRole('button', { name: 'Ambil (C)' }).click();
  await expect(agent.getByRole('button', { name: 'Terima (A)' })).toBeVisible();
  await shot(agent, 'desk-2-proof');
  // By keys: the first reason, and reject.
  await agent.keyboard.press('1');
  await agent.keyboard.press('r');
  await expect(agent.getByRole('button', { name: 'Tolak (R)' })).toBeHidden();
  await expect(agent.getByTestId('done')).toContainText('Bukti tadi ditolak');
  // The buyer's page changes by itself.
  await expect(page.getByTestId('proof-rejected')).toContainText('Bukti tidak terbaca');

  await prove({ name: 'bukti.png', mimeType: 'image/png', buffer: png(300, 500) });
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'awaiting_verification');
  await open(agent, '/desk');
  await agent.getByTestId('desk-queue').getByRole('link').filter({ hasText: buyer.name }).click();
  await agent.getByRole('button', { name: 'Ambil (C)' }).click();
  await expect(agent.getByRole('button', { name: 'Terima (A)' })).toBeVisible();
  // The same file again: it is said, and the one before can be looked at.
  await expect(agent.getByTestId('duplicate').filter({ hasText: 'sudah pernah ditolak' })).toBeVisible();
  const earlier = agent.getByTestId('earlier-proofs').getByRole('listitem');
  await expect(earlier).toContainText('Bukti tidak terbaca');
  const before = await earlier.getByRole('link', { name: 'Buka gambar' }).getAttribute('href');
  expect((await agent.request.get(before!)).headers()['content-type']).toBe('image/webp');
  await shot(agent, 'desk-3-again');
  await agent.keyboard.press('a');
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid');

  const second = await person();
  await signIn(second, 'cs2@belanjain.test', DEMO_PASSWORD);
  const number = (await page.getByTestId('payment').getByRole('listitem').textContent())!;
  await open(second, `/desk/orders/${number}`);
  await second.getByRole('button', { name: 'Terima pesanan' }).click();
  await second.getByLabel('Nomor resi').fill('JX-778');
  await second.getByRole('button', { name: 'Kirim', exact: true }).click();
  await expect(second.getByTestId('status')).toHaveText('Dikirim');

  const finance = await person();
  await signIn(finance, 'keuangan@belanjain.test', DEMO_PASSWORD);
  await open(finance, '/finance/ledger');
  await expect(finance.getByTestId('ledger')).toContainText(number);
  await shot(finance, 'finance-ledger');
  expect(belanjain('verify')).toContain('balanced');
});

test('letters typed into the search box decide nothing; the same letter outside it does, and the page says so', async ({ request, person }) => {
  const seller = await account(request, 'seller', `Toko ${unique()}`);
  const buyer = await account(request, 'customer', `Cari ${unique()}`);
  const sold = await product(request, seller, { name: `Topi Cari ${unique()}`, price: 61_000 });
  const { payment } = await placed(request, buyer, seller, sold, 'manual_transfer');
  const proof = { name: 'bukti.png', mimeType: 'image/png', buffer: png(410, 230) };
  const multipart = { proof, amount: String(payment.transfer.amount), sender_name: buyer.name, sender_bank: 'BCA' };
  const sent = await request.post(`/api/v1/payments/${payment.id}/proof`, { headers: bearer(buyer), multipart });
  expect(sent.status(), await sent.text()).toBe(201);
  const status = async () => (await (await request.get(`/api/v1/payments/${payment.id}`, { headers: bearer(buyer) })).json()).status;

  const agent = await person();
  await signIn(agent, 'cs1@belanjain.test', DEMO_PASSWORD);
  await open(agent, `/desk?payment=${payment.id}`);
  await agent.getByRole('button', { name: 'Ambil (C)' }).click();
  const approve = agent.getByRole('button', { name: 'Terima (A)' });
  await expect(approve).toBeEnabled();
  const search = agent.getByRole('searchbox').first();
  await search.focus();
  await agent.keyboard.type('arn');
  // A key that the desk had taken would be missing here.
  await expect(search).toHaveValue('arn');
  await expect(agent).toHaveURL(new RegExp(payment.id));
  await expect(approve).toBeEnabled();
  expect(await status()).toBe('awaiting_verification');

  await search.blur();
  await agent.keyboard.press('a');
  await expect(agent.getByTestId('done')).toContainText('Transfer tadi diterima');
  expect(await status()).toBe('paid');
});

test('who claims to have transferred too much is not believed: the agent types what was found', async ({ request, person }) => {
  const seller = await account(request, 'seller', `Toko ${unique()}`);
  const buyer = await account(request, 'customer', `Lebih ${unique()}`);
  const sold = await product(request, seller, { name: `Tas ${unique()}`, price: 98_000 });
  const { payment } = await placed(request, buyer, seller, sold, 'manual_transfer');
  const proof = { name: 'bukti.png', mimeType: 'image/png', buffer: png(320, 480) };
  const multipart = { proof, amount: String(10 * payment.transfer.amount), sender_name: buyer.name, sender_bank: 'BCA' };
  const sent = await request.post(`/api/v1/payments/${payment.id}/proof`, { headers: bearer(buyer), multipart });
  expect(sent.status(), await sent.text()).toBe(201);

  const agent = await person();
  await signIn(agent, 'cs1@belanjain.test', DEMO_PASSWORD);
  await open(agent, `/desk?payment=${payment.id}`);
  await agent.getByRole('button', { name: 'Ambil (C)' }).click();
  await expect(agent.getByRole('button', { name: 'Terima (A)' })).toBeEnabled();
  await agent.keyboard.press('a');
  const found = agent.getByLabel('Jumlah di mutasi bank (Rp)');
  await expect(found).toBeFocused();
  // As the bank's page writes it.
  await agent.keyboard.type(`Rp ${payment.transfer.amount.toLocaleString('id-ID')}`);
  await agent.keyboard.press('Enter');
  await expect(agent).not.toHaveURL(new RegExp(payment.id));
  const { status } = await (await request.get(`/api/v1/payments/${payment.id}`, { headers: bearer(buyer) })).json();
  expect(status).toBe('paid');
  expect(belanjain('verify')).toContain('balanced');
});

// A long queue: PROOFS=100 npx playwright test desk.spec.ts --project desk
const PROOFS = Number(process.env.PROOFS ?? 8);

test(`an agent clears a queue of ${PROOFS} proofs with one click and the keys`, async ({ request, person }) => {
  test.setTimeout(180_000 + PROOFS * 10_000);
  const seller = await account(request, 'seller', `Toko ${unique()}`);
  const buyer = await account(request, 'customer', `Antre ${unique()}`);
  const sold = await product(request, seller, { name: `Topi Antre ${unique()}`, price: 45_000, stock: 3 * PROOFS });
  const payments: string[] = [];
  for (let n = 0; n < PROOFS; n++) {
    const { payment } = await placed(request, buyer, seller, sold, 'manual_transfer');
    const proof = { name: 'bukti.png', mimeType: 'image/png', buffer: png(200 + 7 * n, 600 - 3 * n) };
    const multipart = { proof, amount: String(payment.transfer.amount), sender_name: buyer.name, sender_bank: 'BCA' };
    const sent = await request.post(`/api/v1/payments/${payment.id}/proof`, { headers: bearer(buyer), multipart });
    expect(sent.status(), await sent.text()).toBe(201);
    payments.push(payment.id);
  }

  const agent = await person();
  await signIn(agent, 'cs1@belanjain.test', DEMO_PASSWORD);
  await open(agent, '/desk');
  await agent.getByRole('button', { name: 'Ambil berikutnya' }).click();
  for (let n = 0; n < PROOFS; n++) {
    await expect(agent).toHaveURL(/payment=/);
    const current = new URL(agent.url()).searchParams.get('payment')!;
    await expect(agent.locator(`input[name=payment][value="${current}"]`).first()).toBeAttached();
    // The decision before has been answered: keys count again.
    await expect(agent.getByRole('button', { name: 'Terima (A)' })).toBeEnabled();
    await expect(agent.getByRole('button', { name: 'Tolak (R)' })).toBeEnabled();
    const decided = n % 4 === 3 ? 'r' : 'a';
    await agent.keyboard.press(decided);
    await expect(agent).not.toHaveURL(new RegExp(current));
  }
  await expect(agent.getByRole('button', { name: 'Terima (A)' })).toBeHidden();

  const statuses = new Map<string, number>();
  for (const id of payments) {
    const { status } = await (await request.get(`/api/v1/payments/${id}`, { headers: bearer(buyer) })).json();
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  const refused = Math.floor(PROOFS / 4);
  expect(statuses.get('paid')).toBe(PROOFS - refused);
  expect(statuses.get('pending') ?? 0).toBe(refused);
  expect(belanjain('verify')).toContain('balanced');
});
