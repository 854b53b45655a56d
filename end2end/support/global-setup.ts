import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const belanjain = join(root, 'target/debug/belanjain');

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Answers once the shop is ready; fails when the process ends before. */
async function ready(url: string, process: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (process.exitCode !== null) throw new Error('belanjain ended; see test-results/server.log');
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error('belanjain was not ready within 60 s');
}

/** Starts the real binary with demo data in a folder of its own. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), 'belanjain-e2e-'));
  const [port, sandbox] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    BELANJAIN_LISTEN: `127.0.0.1:${port}`,
    BELANJAIN_SANDBOX_LISTEN: `127.0.0.1:${sandbox}`,
    BELANJAIN_RATE_LIMIT: 'off',
    BELANJAIN_DATA_DIR: data,
    BELANJAIN_SITE_DIR: join(root, 'target/site'),
    DATABASE_URL: '',
  };
  const seeded = spawnSync(belanjain, ['seed-demo', '--products', '60', '--orders', '60'], { cwd: data, env, stdio: 'inherit' });
  if (seeded.status !== 0) throw new Error('belanjain seed-demo failed');
  const server = spawn(belanjain, ['serve'], { cwd: data, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(join(root, 'end2end/server.log'));
  server.stdout.pipe(log);
  server.stderr.pipe(log);
  await ready(url, server);
  process.env.SHOP_URL = url;
  process.env.SHOP_DATA = data;
  process.env.SHOP_SANDBOX = `127.0.0.1:${sandbox}`;
  return async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null && server.kill('SIGTERM')) await ended;
    // Whatever the tests did, the books must agree.
    const verified = spawnSync(belanjain, ['verify'], { cwd: data, env, encoding: 'utf8' });
    rmSync(data, { recursive: true, force: true });
    if (verified.status !== 0) throw new Error(`belanjain verify: ${verified.stdout}${verified.stderr}`);
  };
}
