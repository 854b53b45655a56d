import { DEMO_PASSWORD, account, belanjain, expect, open, placed, product, shot, signIn, test, unique } from '../support/shop.ts';

test('a bank statement proposes what a transfer pays, and one click approves it', async ({ page, request, person }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', `Budi ${unique()}`)];
  const sold = await product(request, seller, { name: `Sepatu ${unique()}`, price: 137_000 });
  const group = await placed(request, buyer, seller, sold, 'manual_transfer');
  const amount = group.payment.transfer.amount;
  const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
  const words = `TRF ${unique()}`;
  const csv = `TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT,SALDO\n${today},${words},0.00,${amount}.00,1\n`;

  const agent = await person();
  await signIn(agent, 'cs1@belanjain.test', DEMO_PASSWORD);
  await open(agent, '/desk/statements');
  const form = agent.getByTestId('statement-form');
  const send = async (buffer: Buffer) => {
    await form.locator('select[name=layout]').selectOption('BRI');
    await form.getByLabel('Berkas CSV dari bank').setInputFiles({ name: 'mutasi.csv', mimeType: 'text/csv', buffer });
    await form.getByRole('button', { name: 'Unggah' }).click();
  };
  await send(Buffer.from('a,b\n1,2\n'));
  await expect(agent.getByTestId('form-error')).toBeVisible();
  await send(Buffer.from(csv));
  await expect(agent.getByTestId('uploaded')).toContainText('1 uang masuk baru');
  await send(Buffer.from(csv));
  await expect(agent.getByTestId('uploaded')).toContainText('0 uang masuk baru, 1 sudah dikenal');
  const line = agent.getByTestId('lines').getByRole('listitem').filter({ hasText: words }).first();
  await expect(line).toContainText(buyer.name);
  await shot(agent, 'statement-1-proposed');
  await line.getByRole('button', { name: 'Terima pembayaran' }).click();
  await expect(agent.getByText(words)).toBeHidden();
  await expect(agent.getByTestId('done')).toContainText('Transfer tadi diterima');

  // The same transfer once more is nobody's payment: its money is owed back.
  const twice = `${words} LAGI`;
  await send(Buffer.from(`${csv}${today},${twice},0.00,${amount}.00,1\n`));
  await expect(agent.getByTestId('uploaded')).toContainText('1 uang masuk baru, 1 sudah dikenal');
  await open(agent, '/desk/statements?state=unmatched');
  const again = agent.getByTestId('lines').getByRole('listitem').filter({ hasText: twice }).first();
  await expect(again).toContainText(buyer.name);
  await shot(agent, 'statement-2-unexpected');
  // A slip of the finger is put right.
  await again.getByRole('button', { name: 'Bukan untuk pesanan' }).click();
  await expect(agent.getByText(twice)).toBeHidden();
  await open(agent, '/desk/statements?state=dismissed');
  await agent.getByTestId('lines').getByRole('listitem').filter({ hasText: twice }).getByRole('button', { name: 'Buka lagi' }).click();
  await expect(agent.getByTestId('done')).toContainText('dibuka lagi');
  await open(agent, '/desk/statements?state=unmatched');
  await again.getByRole('button', { name: 'Catat sebagai dana tak terduga' }).click();
  await expect(agent.getByText(twice)).toBeHidden();
  await expect(agent.getByTestId('done')).toContainText('Dana tak terduga');

  await signIn(page, buyer.email);
  await open(page, `/pay/${group.payment.id}`);
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid');
  // A transfer of another sum beside it can be proven. Not sent: the desk's queue belongs to its own tests.
  await page.getByText('Transfer lebih dari sekali?').click();
  await expect(page.getByTestId('proof-form').getByRole('button', { name: 'Kirim bukti' })).toBeVisible();
  await shot(page, 'statement-3-second-proof');
  expect(belanjain('verify')).toContain('balanced');
});

test('the desk enters how another bank writes its statements', async ({ person }) => {
  const agent = await person();
  await signIn(agent, 'cs1@belanjain.test', DEMO_PASSWORD);
  await open(agent, '/desk/statements');
  const name = `Bank ${unique()}`;
  const form = agent.getByTestId('layout-form');
  await form.getByText('Tambah format bank lain').click();
  const fill = (field: string, value: string) => form.locator(`input[name="layout[${field}]"]`).fill(value);
  for (const [field, value] of [['name', name], ['bank', 'Kami'], ['delimiter', ';;'], ['date', 'Tgl'], ['date_formats', '%d-%m-%Y']]) await fill(field, value);
  for (const [field, value] of [['description', 'Uraian, Berita'], ['amount', 'Nilai'], ['credit', 'K'], ['mark', 'DK']]) await fill(field, value);
  await form.getByRole('button', { name: 'Simpan format' }).click();
  // What is wrong is said, nothing typed is lost.
  await expect(form.locator('input[name="layout[delimiter]"]')).toHaveAttribute('aria-invalid', 'true');
  await fill('delimiter', ';');
  await form.getByRole('button', { name: 'Simpan format' }).click();
  const upload = agent.getByTestId('statement-form');
  await expect(upload.locator('select[name=layout]')).toHaveValue(name);
  const words = `LUAR ${unique()}`;
  const day = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10).split('-').reverse().join('-');
  const buffer = Buffer.from(`Tgl;Uraian;Berita;Nilai;DK\n${day};${words};x;1.234,00;K\n`);
  await upload.locator('select[name=layout]').selectOption(name);
  await upload.getByLabel('Berkas CSV dari bank').setInputFiles({ name: 'mutasi.csv', mimeType: 'text/csv', buffer });
  await upload.getByRole('button', { name: 'Unggah' }).click();
  await expect(agent.getByTestId('uploaded')).toContainText('1 uang masuk baru');
});
