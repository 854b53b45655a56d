import type { APIRequestContext, Page } from '@playwright/test';
import { PASSWORD, account, bearer, belanjain, expect, hydrated, open, shot, signIn, test, unique } from '../support/shop.ts';
import { nextTotp, totp } from '../support/totp.ts';

const NEW = 'teh-poci-8812';

/** The path of the link in the newest email to somebody, as their mail program would open it. */
async function link(request: APIRequestContext, email: string, page: string): Promise<string> {
  let found = '';
  await expect(async () => {
    const list = await (await request.get('/dev/mail')).text();
    const letters = [...list.matchAll(/<li[^>]*>.*?<\/li>/gs)].map(([li]) => li).filter((li) => li.includes(email));
    for (const letter of letters) {
      const path = letter.match(/\/dev\/mail\/[0-9a-f-]{36}/)![0];
      const html = (await (await request.get(path)).text()).replaceAll(/&#x2f;/gi, '/').replaceAll('&#x3d;', '=');
      found = html.match(new RegExp(`/${page}\\?token=[\\w-]+`))?.[0] ?? '';
      if (found) break;
    }
    expect(found).not.toBe('');
  }).toPass();
  return found;
}

async function signOut(page: Page): Promise<void> {
  await page.getByLabel('Menu akun').click();
  await page.getByRole('button', { name: 'Keluar' }).click();
  await page.waitForURL((url) => url.pathname === '/');
}

test('a forgotten password is replaced by the link in the email, once', async ({ page, request }) => {
  const who = await account(request, 'customer', `Budi ${unique()}`);
  await open(page, '/login');
  await page.getByRole('link', { name: 'Lupa kata sandi?' }).click();
  await page.waitForURL('**/forgot-password');
  await page.getByLabel('Email').fill(who.email);
  await page.getByRole('button', { name: 'Kirim tautan' }).click();
  await expect(page.getByTestId('sent')).toBeVisible();
  const path = await link(request, who.email, 'reset-password');
  // A scanner looks first.
  expect((await request.get(path)).status()).toBe(200);
  await open(page, path);
  await page.getByLabel('Kata sandi baru').fill(NEW);
  await shot(page, 'identity-1-reset');
  await page.getByRole('button', { name: 'Simpan kata sandi' }).click();
  await page.waitForURL('**/login?done=reset');
  await expect(page.getByText('Kata sandi sudah diganti')).toBeVisible();
  await signIn(page, who.email, NEW);
  await open(page, path);
  await page.getByLabel('Kata sandi baru').fill(PASSWORD);
  await page.getByRole('button', { name: 'Simpan kata sandi' }).click();
  await expect(page.getByTestId('form-error')).toContainText('Minta tautan baru');
  expect((await request.get('/api/v1/me', { headers: bearer(who) })).status()).toBe(401);
});

test('an email is confirmed by the button behind its link', async ({ page, request }) => {
  const who = await account(request, 'customer', `Sari ${unique()}`);
  await signIn(page, who.email);
  await open(page, '/account');
  await expect(page.getByTestId('safety')).toContainText('Belum dikonfirmasi');
  // A demo asks nobody for it; who wants to can.
  expect((await request.post('/api/v1/auth/email/resend', { data: { email: who.email } })).status()).toBe(202);
  await open(page, await link(request, who.email, 'verify-email'));
  await page.getByRole('button', { name: 'Konfirmasi alamat' }).click();
  await page.waitForURL('**/account?saved=1');
  await expect(page.getByTestId('safety')).toContainText('Sudah dikonfirmasi');
});

test('two-step verification: set up, signed in with code and recovery code, switched off', async ({ page, request }) => {
  const who = await account(request, 'customer', `Dewi ${unique()}`);
  await signIn(page, who.email);
  await open(page, '/account');
  await page.getByTestId('safety').getByRole('link', { name: 'Aktifkan' }).click();
  await page.waitForURL('**/account/two-factor');
  await page.getByLabel('Kata sandi saat ini').fill(PASSWORD);
  await page.getByRole('button', { name: 'Aktifkan' }).click();
  const secret = (await page.getByTestId('totp-secret').textContent())!;
  await expect(page.getByAltText('Kode QR')).toBeVisible();
  await shot(page, 'identity-2-setup');
  // Each code works once: the set-up takes the present one, the sign-in the next one.
  await page.getByLabel('Kode').fill(totp(secret));
  await page.getByRole('button', { name: 'Aktifkan' }).click();
  await page.waitForURL('**/account/two-factor/codes');
  const listed = page.getByTestId('recovery-codes').getByRole('listitem');
  await expect(listed).toHaveCount(10);
  const codes = await listed.allTextContents();
  await shot(page, 'identity-3-codes');
  await page.reload();
  await expect(page.getByTestId('recovery-codes')).toHaveCount(0);
  await hydrated(page);
  await signOut(page);

  const enter = async (code: string) => {
    await open(page, '/login?next=/orders');
    await page.getByLabel('Email').fill(who.email);
    await page.getByLabel('Kata sandi').fill(PASSWORD);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.waitForURL('**/login/code?next=**');
    await page.getByLabel('Kode').fill('000000');
    await page.getByRole('button', { name: 'Masuk' }).click();
    await expect(page.getByTestId('form-error')).toContainText('Kode salah');
    await page.getByLabel('Kode').fill(code);
    await page.getByRole('button', { name: 'Masuk' }).click();
    // Not the page of the code, whose address ends with the same words.
    await page.waitForURL((url) => url.pathname === '/orders');
  };
  await enter(nextTotp(secret));
  await signOut(page);
  await enter(codes[0]!.toLowerCase());
  await open(page, '/account/two-factor');
  await expect(page.getByTestId('codes-left')).toContainText('9');
  await page.getByText('Nonaktifkan', { exact: true }).click();
  const proof = page.locator('details[open]');
  await proof.getByLabel('Kata sandi saat ini').fill(PASSWORD);
  await proof.getByLabel('Kode').fill(codes[1]!);
  await proof.getByRole('button', { name: 'Nonaktifkan sekarang' }).click();
  await expect(page.getByRole('button', { name: 'Aktifkan' })).toBeVisible();
  await signOut(page);
  await signIn(page, who.email);
});

test('the operator lets somebody in again who lost app and codes', async ({ page, request }) => {
  const who = await account(request, 'customer', `Joko ${unique()}`);
  const begun = await request.post('/api/v1/me/two-factor', { headers: bearer(who), data: { password: PASSWORD } });
  const { secret } = await begun.json();
  const data = { code: totp(secret) };
  expect((await request.post('/api/v1/me/two-factor/confirm', { headers: bearer(who), data })).status()).toBe(200);
  const login = () => request.post('/api/v1/auth/login', { data: { email: who.email, password: PASSWORD } });
  expect((await (await login()).json()).code).toBe('auth.totp_required');
  belanjain('user', 'reset-two-factor', '--email', who.email);
  expect((await login()).status()).toBe(200);
  await signIn(page, who.email);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('two-step verification works', async ({ page, request }) => {
    const who = await account(request, 'customer', `Ayu ${unique()}`);
    const enter = async () => {
      await page.goto('/login?next=/account');
      await page.getByLabel('Email').fill(who.email);
      await page.getByLabel('Kata sandi').fill(PASSWORD);
      await page.getByRole('button', { name: 'Masuk' }).click();
    };
    await enter();
    await page.goto('/account/two-factor');
    await page.getByLabel('Kata sandi saat ini').fill(PASSWORD);
    await page.getByRole('button', { name: 'Aktifkan' }).click();
    const secret = (await page.getByTestId('totp-secret').textContent())!;
    await page.getByLabel('Kode').fill('000000');
    await page.getByRole('button', { name: 'Aktifkan' }).click();
    await expect(page.getByTestId('form-error')).toBeVisible();
    await page.getByLabel('Kode').fill(totp(secret));
    await page.getByRole('button', { name: 'Aktifkan' }).click();
    await expect(page.getByTestId('recovery-codes').getByRole('listitem')).toHaveCount(10);
    await page.context().clearCookies();
    await enter();
    await expect(page).toHaveURL(/\/login\/code\?next=/);
    await page.getByLabel('Kode').fill(nextTotp(secret));
    await page.getByRole('button', { name: 'Masuk' }).click();
    await expect(page).toHaveURL(/\/account$/);
    await expect(page.getByTestId('safety')).toContainText('Aktif');
  });
});
