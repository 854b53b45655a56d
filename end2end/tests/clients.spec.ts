import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import midtrans from 'midtrans-client';
import { Xendit } from 'xendit-node';
import { expect, test, unique } from '../support/shop.ts';

/** The gateways' own libraries take our simulators for the real thing. */
const base = `http://${process.env.SHOP_SANDBOX}`;
const secret = (purpose: string) => {
  const own = readFileSync(join(process.env.SHOP_DATA!, 'token.secret'), 'utf8').trim();
  return createHash('sha256').update(own + purpose).digest('hex');
};
const settle = (name: string, id: string, outcome: string) =>
  fetch(`${base}/${name}/pay/by-reference/${id}`, { method: 'POST', body: new URLSearchParams({ outcome, lost: 'true' }), redirect: 'manual' });

test('midtrans-client charges, asks, is refused, refunds and reads notifications', async () => {
  const serverKey = `SB-Mid-server-${secret('midtrans')}`;
  const core = new midtrans.CoreApi({ isProduction: false, serverKey, clientKey: 'SB-Mid-client-1' });
  core.apiConfig.getCoreApiBaseUrl = () => `${base}/midtrans`;
  const order = (id: string) => ({ transaction_details: { order_id: id, gross_amount: 132000 } });

  const account = `ORDER-${unique()}`;
  const charged = await core.charge({ payment_type: 'bank_transfer', bank_transfer: { bank: 'bca' }, ...order(account) });
  expect(charged).toMatchObject({ status_code: '201', transaction_status: 'pending', gross_amount: '132000.00', payment_type: 'bank_transfer' });
  expect(charged.va_numbers[0]).toMatchObject({ bank: 'bca' });
  await expect(core.charge({ payment_type: 'qris', ...order(account) })).rejects.toMatchObject({ httpStatusCode: '406' });
  expect(await core.transaction.status(account)).toMatchObject({ status_code: '201', transaction_id: charged.transaction_id });
  // 407 is an answer, not an error.
  expect(await core.transaction.expire(account)).toMatchObject({ status_code: '407', transaction_status: 'expire' });
  await expect(core.transaction.cancel(account)).rejects.toMatchObject({ httpStatusCode: '412' });

  const code = `ORDER-${unique()}`;
  const qris = await core.charge({ payment_type: 'qris', ...order(code) });
  expect(qris.actions[0].name).toBe('generate-qr-code');
  expect((await fetch(qris.actions[0].url)).headers.get('content-type')).toBe('image/png');
  await settle('midtrans', code, 'paid');
  const paid = await core.transaction.notification(await core.transaction.status(code));
  expect(paid).toMatchObject({ status_code: '200', transaction_status: 'settlement', fraud_status: 'accept' });
  expect(await core.transaction.refund(code, { refund_key: 'r-1', amount: 32000, reason: 'rusak' })).toMatchObject({ transaction_status: 'partial_refund', refund_amount: '32000.00' });
  await expect(core.transaction.refund(code, { refund_key: 'r-1', amount: 32000 })).rejects.toMatchObject({ httpStatusCode: '406' });
  await expect(core.transaction.refund(code, { refund_key: 'r-2', amount: 132000 })).rejects.toMatchObject({ httpStatusCode: '414' });

  const wallet = `ORDER-${unique()}`;
  const gopay = await core.charge({ payment_type: 'gopay', ...order(wallet) });
  expect(gopay.actions.map((a: { name: string }) => a.name)).toEqual(['generate-qr-code', 'generate-qr-code-v2', 'deeplink-redirect', 'get-status', 'cancel']);
  expect(gopay.qr_string).toBeUndefined();
  await settle('midtrans', wallet, 'paid');
  await settle('midtrans', wallet, 'reverse');
  expect(await core.transaction.status(wallet)).toMatchObject({ status_code: '202', transaction_status: 'deny' });

  const snap = new midtrans.Snap({ isProduction: false, serverKey, clientKey: 'SB-Mid-client-1' });
  snap.apiConfig.getSnapApiBaseUrl = () => `${base}/midtrans/snap/v1`;
  const page = await snap.createTransaction(order(`ORDER-${unique()}`));
  expect(page.token).toHaveLength(36);
  expect((await fetch(page.redirect_url)).status).toBe(200);
  const wrong = new midtrans.Snap({ isProduction: false, serverKey: 'SB-Mid-server-wrong', clientKey: 'SB-Mid-client-1' });
  wrong.apiConfig.getSnapApiBaseUrl = () => `${base}/midtrans/snap/v1`;
  await expect(wrong.createTransaction(order('x'))).rejects.toMatchObject({ httpStatusCode: 401 });
});

test('midtransclient for Python does the same', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // Made by `cargo xtask test browser`.
  const python = join(root, 'target/python/bin/python');
  const script = join(root, 'end2end/python/midtrans.py');
  const done = spawnSync(python, [script, base, `SB-Mid-server-${secret('midtrans')}`], { encoding: 'utf8' });
  expect(done.status, `${done.error ?? ''}${done.stdout}${done.stderr}`).toBe(0);
  expect(done.stdout).toContain('midtransclient agrees');
});

test('xendit-node makes, lists, asks for, ends and refunds invoices', async () => {
  const secretKey = `xnd_development_${secret('xendit')}`;
  const { Invoice, Refund } = new Xendit({ secretKey, xenditURL: `${base}/xendit` });
  const externalId = `ORDER-${unique()}`;
  const data = { externalId, amount: 132000, currency: 'IDR', payerEmail: 'budi@contoh.id', description: 'Pesanan', paymentMethods: ['QRIS'] };
  const made = await Invoice.createInvoice({ data });
  expect(made).toMatchObject({ externalId, amount: 132000, status: 'PENDING', currency: 'IDR' });
  expect((await fetch(made.invoiceUrl)).status).toBe(200);
  const listed = await Invoice.getInvoices({ externalId });
  expect(listed.map((i) => i.id)).toEqual([made.id]);
  await settle('xendit', externalId, 'paid');
  expect((await Invoice.getInvoiceById({ invoiceId: made.id! })).status).toBe('PAID');
  await settle('xendit', externalId, 'settled');
  expect((await Invoice.getInvoiceById({ invoiceId: made.id! })).status).toBe('SETTLED');
  const data32 = { invoiceId: made.id!, referenceId: `R-${externalId}`, amount: 32000, currency: 'IDR', reason: 'CANCELLATION' } as const;
  const refund = await Refund.createRefund({ idempotencyKey: externalId, data: data32 });
  expect(refund).toMatchObject({ id: expect.stringMatching(/^rfd-/), amount: 32000, referenceId: `R-${externalId}`, currency: 'IDR' });
  // The same key is answered again; a name given twice is not taken.
  expect(await Refund.createRefund({ idempotencyKey: externalId, data: data32 })).toMatchObject({ id: refund.id });
  await expect(Refund.createRefund({ idempotencyKey: `${externalId}-2`, data: data32 })).rejects.toMatchObject({ status: 409 });
  expect(await Refund.getRefund({ refundID: refund.id! })).toMatchObject({ id: refund.id, amount: 32000, referenceId: `R-${externalId}` });
  expect((await Refund.getAllRefunds()).data.map((r) => r.id)).toContain(refund.id);
  await expect(Refund.getRefund({ refundID: 'rfd-missing' })).rejects.toMatchObject({ status: 404 });
  const second = await Invoice.createInvoice({ data: { ...data, externalId: `${externalId}-2` } });
  expect((await Invoice.expireInvoice({ invoiceId: second.id! })).status).toBe('EXPIRED');
  await expect(Invoice.expireInvoice({ invoiceId: second.id! })).rejects.toMatchObject({ status: 400 });
  await expect(Invoice.getInvoiceById({ invoiceId: 'missing' })).rejects.toMatchObject({ status: 404 });
  const stranger = new Xendit({ secretKey: 'xnd_development_wrong', xenditURL: `${base}/xendit` });
  await expect(stranger.Invoice.createInvoice({ data })).rejects.toMatchObject({ status: 401 });
});
