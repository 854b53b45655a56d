import { account, bearer, belanjain, expect, placed, product, stock, test, unique } from '../support/shop.ts';

// Ends every payment that is still open: runs when the other tests are done.
test('an order nobody pays is cancelled after a day', async ({ request }) => {
  const [seller, buyer] = [await account(request, 'seller', `Toko ${unique()}`), await account(request, 'customer', 'Budi')];
  const sold = await product(request, seller, { name: `Sepatu Tak Dibayar ${unique()}`, stock: 10 });
  const group = await placed(request, buyer, seller, sold);
  const tomorrow = new Date(Date.now() + 24 * 3_600_000 + 60_000).toISOString();
  belanjain('jobs', 'run', 'auto-cancel', '--now', tomorrow);
  const order = await (await request.get(`/api/v1/orders/${group.orders[0].number}`, { headers: bearer(buyer) })).json();
  expect(order.status).toBe('cancelled');
  expect(await stock(request, sold)).toBe(10);
  expect(belanjain('verify')).toContain('balanced');
});
