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
    await form.getByRole('combobox').selectOption('BRI');
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

  await signIn(page, buyer.email);
  await open(page, `/pay/${group.payment.id}`);
  await expect(page.getByTestId('payment')).toHaveAttribute('data-status', 'paid');
  expect(belanjain('verify')).toContain('balanced');
});
