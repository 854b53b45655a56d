// Measures webhooks and approvals per second of a running demo shop:
// `node bench/webhooks.mjs http://127.0.0.1:3000 data SQLite`, with the shop's data folder (for the
// secret it shares with the sandbox gateway). BELANJAIN names the binary, for `user` and `verify`;
// it finds the database by the same variables as the shop. Prints rows of a Markdown table and fails
// when a payment is lost or the books do not balance.
import { spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [shop = 'http://127.0.0.1:3000', data = 'data', label = 'SQLite'] = process.argv.slice(2);
const binary = process.env.BELANJAIN ?? 'target/release/belanjain';
const [payments, proofs] = [Number(process.env.PAYMENTS ?? 3000), Number(process.env.PROOFS ?? 400)];
const PASSWORD = 'kopi-tubruk-9431';
const own = readFileSync(join(data, 'token.secret'), 'utf8').trim();
const secret = createHash('sha256').update(`${own}webhook`).digest('hex');
const run = Date.now();

async function call(method, path, { body, token, headers } = {}) {
  const json = body !== undefined && !(body instanceof FormData);
  const answer = await fetch(`${shop}/api/v1${path}`, {
    method,
    headers: { ...(json && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }), ...headers },
    body: json ? JSON.stringify(body) : body,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const post = (path, body, token, headers) => call('POST', path, { body, token, headers });

/** Does `work` for every item, `c` at a time; answers seconds and sorted milliseconds. */
async function all(items, c, work) {
  const times = [];
  let next = 0;
  const started = performance.now();
  const worker = async () => {
    while (next < items.length) {
      const item = items[next++];
      const begun = performance.now();
      await work(item);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: c }, worker));
  return { seconds: (performance.now() - started) / 1000, times: times.sort((a, b) => a - b) };
}

const ms = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

async function measure(what, items, c, work) {
  const { seconds, times } = await all(items, c, work);
  const at = (share) => ms(times[Math.min(times.length - 1, Math.floor(times.length * share))]);
  console.log(`| ${label} | ${what} | ${c} | ${Math.round(items.length / seconds)} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} |`);
}

function belanjain(...args) {
  const done = spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, BELANJAIN_DATA_DIR: data, BELANJAIN_ADMIN_PASSWORD: PASSWORD } });
  if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.error ?? ''}${done.stdout}${done.stderr}`);
  return done.stdout.trim();
}

const register = (name, role) =>
  post('/auth/register', { name, email: `${role}-${run}-${name.replaceAll(' ', '')}@contoh.id`, password: PASSWORD, role, store_name: name, store_location: 'Bandung' });

/** Checkouts that wait for money, `count` of them, by some buyers. */
async function placed(sold, buyers, count, method) {
  const made = [];
  await Promise.all(
    buyers.map(async (token, n) => {
      for (let k = n; k < count; k += buyers.length) {
        await post('/cart/items', { variant_id: sold.variant, quantity: 1 }, token);
        const address = { recipient: 'Budi', phone: '081234567890', street: 'Jl. Melati 5', district: 'Tebet', regency: 'Jakarta Selatan', province: 'DKI Jakarta', postal_code: '12810' };
        const body = { address, shipping: [{ store_id: sold.store, service: 'jne_reg' }], payment_method: method };
        const { payment } = await post('/checkout', body, token, { 'idempotency-key': `${run}-${method}-${k}` });
        made.push({ id: payment.id, amount: payment.amount, token });
      }
    }),
  );
  return made;
}

/** The sandbox gateway's report that a payment was paid. */
function report({ id, amount }) {
  const data = { payment_id: `pay_${id}`, external_id: id, reference: `ref-${id}`, amount, currency: 'IDR' };
  const body = JSON.stringify({ id: `evt_${id}`, type: 'payment.paid', created: new Date().toISOString(), data });
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return fetch(`${shop}/api/v1/webhooks/sandbox`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-sandbox-signature': `t=${seconds},v1=${signature}` },
    body,
  }).then(async (answer) => {
    if (!answer.ok) throw new Error(`webhook: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  });
}

// The smallest picture there is.
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

async function prove({ id, amount, token }) {
  const form = new FormData();
  form.set('amount', String(amount));
  form.set('sender_name', 'Budi');
  form.set('sender_bank', 'BCA');
  form.set('proof', new Blob([picture]), 'bukti.png');
  await call('POST', `/payments/${id}/proof`, { body: form, token });
}

/** Every one of them is paid. */
async function counted(made) {
  let lost = 0;
  await all(made, 8, async ({ id, token }) => {
    const { status } = await call('GET', `/payments/${id}`, { token });
    if (status !== 'paid') lost += 1;
  });
  return lost;
}

const owner = await register('Bench Toko', 'seller');
const goods = { name: 'Barang Bench', category: 'sepatu-lari', weight_grams: 500, price: 100_000, stock: 9_000_000, status: 'active' };
const product = await post('/seller/products', goods, owner.access_token);
const sold = { store: owner.user.store.id, variant: product.variants[0].id };
const buyers = [];
for (let n = 0; n < 8; n++) buyers.push((await register(`Bench Pembeli ${n}`, 'customer')).access_token);

const paid = await placed(sold, buyers, payments, 'sandbox');
const third = Math.floor(paid.length / 3);
await measure('webhook that pays an order', paid.slice(0, third), 1, report);
await measure('webhook that pays an order', paid.slice(third, 2 * third), 8, report);
await measure('webhook that pays an order', paid.slice(2 * third), 32, report);
await measure('the same webhook again', paid, 8, report);

const transfers = await placed(sold, buyers, proofs, 'manual_transfer');
await all(transfers, 8, prove);
const email = `cs-${run}@contoh.id`;
belanjain('user', 'create-staff', '--role', 'cs1', '--name', 'Bench Petugas', '--email', email);
const { access_token: agent } = await post('/auth/login', { email, password: PASSWORD });
const approve = ({ id }) => post(`/desk/payments/${id}/approve`, {}, agent);
const half = Math.floor(transfers.length / 2);
await measure('approval of a transfer', transfers.slice(0, half), 1, approve);
await measure('approval of a transfer', transfers.slice(half), 8, approve);

const lost = (await counted(paid)) + (await counted(transfers));
console.log(`${label}: ${paid.length} webhooks, ${transfers.length} approvals, ${lost} lost; verify: ${belanjain('verify')}`);
if (lost > 0) process.exit(1);
