import { test as base, expect, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { deflateSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

export { expect };
export const PASSWORD = 'kopi-tubruk-9431';
export const DEMO_PASSWORD = 'belanja-aman-2026';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every test fails on a script error or a page that the browser could not take over. */
export const test = base.extend<{ baseURL: string; errors: string[]; person: () => Promise<Page> }>({
  baseURL: async ({}, use) => use(process.env.SHOP_URL!),
  errors: [
    async ({ context }, use) => {
      const errors: string[] = [];
      watch(context, errors);
      await use(errors);
      expect(errors, 'no error in the browser').toEqual([]);
    },
    { auto: true },
  ],
  /** A page of somebody else: a browser profile of their own, on the same device. */
  person: async ({ browser, errors }, use) => {
    const { viewport, isMobile, hasTouch, userAgent } = test.info().project.use;
    const device = { ...(viewport && { viewport }), ...(isMobile && { isMobile, hasTouch }), ...(userAgent && { userAgent }) };
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ ...device, locale: 'id-ID', baseURL: process.env.SHOP_URL });
      contexts.push(context);
      watch(context, errors);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

function watch(context: BrowserContext, errors: string[]): void {
  context.on('weberror', (error) => errors.push(`${error.page()?.url()}: ${error.error().message}`));
  context.on('console', (message) => {
    // A refusal of the server (4xx) is also logged by the browser; tests expect those themselves. Letters are shown in frames
    // without scripts, where the tests' own may not run either.
    const harmless = ['Failed to load resource', "the document's frame is sandboxed"];
    if (message.type() === 'error' && !harmless.some((text) => message.text().includes(text))) {
      errors.push(`${message.page()?.url()}: ${message.text()}`);
    }
  });
}

let counter = 0;
/** Unique among tests and workers. */
export const unique = () => `${process.pid}-${Date.now()}-${counter++}`;

/** Opens a page and waits until the browser has taken it over. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

export async function hydrated(page: Page): Promise<void> {
  await page.locator('body[data-hydrated]').waitFor({ state: 'attached' });
}

/** Runs a command of the binary against the tests' shop. */
export function belanjain(...args: string[]): string {
  const env = {
    ...process.env,
    BELANJAIN_DATA_DIR: process.env.SHOP_DATA,
    BELANJAIN_SANDBOX_LISTEN: process.env.SHOP_SANDBOX,
    DATABASE_URL: '',
  };
  const done = spawnSync(`${root}/target/debug/belanjain`, args, { env, cwd: process.env.SHOP_DATA, encoding: 'utf8' });
  expect(done.status, `${args.join(' ')}: ${done.stdout}${done.stderr}`).toBe(0);
  return done.stdout;
}

/** A shot of the page for the reader of the report. */
export async function shot(page: Page, name: string): Promise<void> {
  const project = test.info().project.name;
  await page.screenshot({ path: `${root}/end2end/screenshots/${project}-${name}.png`, fullPage: true });
}

export interface Account {
  name: string;
  token: string;
  email: string;
  store?: { id: string; slug: string; name: string };
}

/** An account by the API, for tests about something else. */
export async function account(request: APIRequestContext, role: 'customer' | 'seller', name: string, location = 'Bandung'): Promise<Account> {
  const email = `${role}-${unique()}@contoh.id`;
  const data = { name, email, password: PASSWORD, role, ...(role === 'seller' ? { store_name: name, store_location: location } : {}) };
  const answer = await request.post('/api/v1/auth/register', { data });
  expect(answer.status(), await answer.text()).toBe(201);
  const body = await answer.json();
  return { name, token: body.access_token, email, store: body.user.store ?? undefined };
}

export interface Product {
  id: string;
  slug: string;
  name: string;
  variants: { id: string }[];
}

export async function product(request: APIRequestContext, seller: Account, data: object): Promise<Product> {
  const input = { description: 'Barang bagus.', category: 'sepatu-lari', weight_grams: 700, price: 150_000, stock: 20, status: 'active', ...data };
  const answer = await request.post('/api/v1/seller/products', { data: input, headers: bearer(seller) });
  expect(answer.status(), await answer.text()).toBe(201);
  return answer.json();
}

export const bearer = (who: Account) => ({ authorization: `Bearer ${who.token}` });

/** Three of a product, ordered by the API and not yet paid. */
export async function placed(request: APIRequestContext, buyer: Account, seller: Account, sold: Product, method = 'sandbox') {
  const headers = bearer(buyer);
  await request.post('/api/v1/cart/items', { headers, data: { variant_id: sold.variants[0]!.id, quantity: 3 } });
  const address = {
    recipient: 'Budi', phone: '081234567890', street: 'Jl. Melati 5', district: 'Tebet',
    regency: 'Jakarta Selatan', province: 'DKI Jakarta', postal_code: '12810',
  };
  const data = { address, shipping: [{ store_id: seller.store!.id, service: 'jne_reg' }], payment_method: method };
  const answer = await request.post('/api/v1/checkout', { headers: { ...headers, 'idempotency-key': unique() }, data });
  expect(answer.status(), await answer.text()).toBe(201);
  return answer.json();
}

/** Available units. */
export const stock = async (request: APIRequestContext, sold: Product) =>
  (await (await request.get(`/api/v1/products/${sold.slug}`)).json()).variants[0].available;

export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await open(page, '/login');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Kata sandi').fill(password);
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.waitForURL((url) => url.pathname !== '/login');
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, body, sum]);
}

/** A real PNG with a gradient. */
export function png(width = 320, height = 320): Buffer {
  const row = width * 3 + 1;
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * row + 1 + x * 3;
      pixels[at] = (x * 255) / width;
      pixels[at + 1] = (y * 255) / height;
      pixels[at + 2] = 160;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
}
