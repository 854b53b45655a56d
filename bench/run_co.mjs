// Measures a running shop with 10 000 products: `node bench/run.mjs http://127.0.0.1:3000 SQLite`.
// Needs wrk and k6. Prints rows of a Markdown table; docs/benchmarks.md says how the shop was started.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [shop = 'http://127.0.0.1:3000', label = 'SQLite'] = process.argv.slice(2);
const connections = [8];
const duration = process.env.DURATION ?? '8s';
// Where the generator runs: not on the server's core.
const pin = process.env.GENERATOR_CPU ? ['taskset', '-c', process.env.GENERATOR_CPU] : [];
const folder = mkdtempSync(join(tmpdir(), 'bench-'));

function run(command, env = {}) {
  const [program, ...rest] = [...pin, ...command];
  const done = spawnSync(program, rest, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
  if (done.status !== 0) throw new Error(`${command.join(' ')}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

async function json(path, options) {
  const answer = await fetch(`${shop}/api/v1${path}`, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return body;
}

const post = (path, body, token) =>
  json(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });

const ms = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

function row(what, c, rate, p50, p95, p99, failed) {
  const note = failed ? ` (${failed} failed)` : '';
  console.log(`| ${label} | ${what} | ${c} | ${Math.round(rate)}${note} | ${ms(p50)} | ${ms(p95)} | ${ms(p99)} |`);
}

const script = fileURLToPath(new URL('report.lua', import.meta.url));

function get(what, path) {
  for (const c of connections) {
    const out = run(['wrk', '-t1', `-c${c}`, `-d${duration}`, '-H', 'Accept-Encoding: gzip, br', '-s', script, `${shop}${path}`]);
    const report = JSON.parse(out.trim().split('\n').at(-1));
    row(what, c, report.rate, report.p50, report.p95, report.p99, report.failed);
  }
}

async function seller(name) {
  const email = `penjual-${Date.now()}-${name.length}@contoh.id`;
  const body = { name, email, password: 'kopi-tubruk-9431', role: 'seller', store_name: name, store_location: 'Bandung' };
  const made = await post('/auth/register', body);
  const input = { name: `Barang ${name}`, category: 'sepatu-lari', weight_grams: 500, price: 100_000, stock: 9_000_000, status: 'active' };
  const sold = await post('/seller/products', input, made.access_token);
  return { store: made.user.store.id, variant: sold.variants[0].id };
}

async function checkouts() {
  const sellers = [await seller(`Bench ${Date.now()} A`), await seller(`Bench ${Date.now()} BB`)];
  for (const c of connections) {
    const file = join(folder, `k6-${c}.json`);
    run(['k6', 'run', '--quiet', `--summary-export=${file}`, fileURLToPath(new URL('checkout.js', import.meta.url))], {
      SHOP: shop,
      BUYERS: String(c),
      DURATION: duration,
      VARIANTS: sellers.map((s) => s.variant).join(','),
      STORES: sellers.map((s) => s.store).join(','),
    });
    const { metrics } = JSON.parse(readFileSync(file, 'utf8'));
    const times = metrics.checkout_ms;
    const rate = metrics.iterations.rate;
    row('checkout of two sellers (and two additions to the cart)', c, rate, times.med, times['p(95)'], times['p(99)'], metrics.checks.fails);
  }
}

const best = (await json('/products?sort=best_selling&per_page=1')).items[0];
//get('product list, API', '/api/v1/products?per_page=20');
//get('product detail, API', `/api/v1/products/${best.slug}`);
//get('keyword search, API', '/api/v1/products?q=sepatu');
//get('home, HTML', '/');
//get('product page, HTML', `/p/${best.slug}`);
await checkouts();
