// k6: buyers who put one thing of each of two sellers into the cart and order both at once.
import http from 'k6/http';
import { check, fail } from 'k6';
import { Trend } from 'k6/metrics';

const base = `${__ENV.SHOP}/api/v1`;
const variants = __ENV.VARIANTS.split(',');
const stores = __ENV.STORES.split(',');
const buyers = Number(__ENV.BUYERS);
const address = {
  recipient: 'Budi', phone: '081234567890', street: 'Jl. Melati 5', district: 'Tebet',
  regency: 'Jakarta Selatan', province: 'DKI Jakarta', postal_code: '12810',
};

export const options = {
  vus: buyers,
  duration: __ENV.DURATION,
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'count'],
  discardResponseBodies: false,
};

const checkout = new Trend('checkout_ms', true);

function send(path, body, headers) {
  return http.post(`${base}${path}`, JSON.stringify(body), { headers: { 'content-type': 'application/json', ...headers } });
}

export function setup() {
  const tokens = [];
  for (let n = 0; n < buyers; n++) {
    const email = `bench-${Date.now()}-${n}@contoh.id`;
    const answer = send('/auth/register', { name: 'Pembeli', email, password: 'kopi-tubruk-9431', role: 'customer' }, {});
    if (answer.status !== 201) fail(answer.body);
    tokens.push(answer.json('access_token'));
  }
  return { tokens };
}

export default function ({ tokens }) {
  const authorization = `Bearer ${tokens[__VU - 1]}`;
  for (const variant_id of variants) {
    const added = send('/cart/items', { variant_id, quantity: 1 }, { authorization });
    if (added.status !== 201) fail(`${added.status}: ${added.body}`);
  }
  const shipping = stores.map((store_id) => ({ store_id, service: 'jne_reg' }));
  const body = { address, shipping, payment_method: 'sandbox' };
  const placed = send('/checkout', body, { authorization, 'idempotency-key': `${__VU}-${__ITER}-${Date.now()}` });
  checkout.add(placed.timings.duration);
  check(placed, { 'two orders': (answer) => answer.status === 201 && answer.json('orders').length === 2 });
}
