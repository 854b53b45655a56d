import { DEMO_PASSWORD, account, belanjain, expect, open, shot, signIn, test, unique } from '../support/shop.ts';

test('an administrator looks at letters, runs a job and finds it in the audit trail', async ({ page, request }) => {
  await account(request, 'customer', `Budi ${unique()}`);
  await signIn(page, 'admin@belanjain.test', DEMO_PASSWORD);

  await open(page, '/admin/mail');
  const letter = page.frameLocator('[data-testid=letter]');
  await expect(letter.getByRole('heading', { name: 'Pesanan kamu sudah kami catat' })).toBeVisible();
  await expect(page.getByTestId('letter-text')).toContainText('Bayar sekarang: http');
  await shot(page, 'admin-mail-1-indonesian');
  await page.getByRole('link', { name: 'English' }).click();
  await expect(letter.getByRole('heading', { name: 'We have recorded your order' })).toBeVisible();
  await page.getByRole('link', { name: 'Ponsel' }).click();
  await page.getByTestId('letter-kinds').getByRole('link', { name: 'Laporan mingguan' }).click();
  await expect(letter.getByText('Stop letters like this one')).toBeVisible();
  await shot(page, 'admin-mail-2-phone-english');

  await open(page, '/admin/jobs');
  const job = page.locator('[data-job=verify-books]');
  await job.getByRole('button', { name: 'Jalankan sekarang' }).click();
  await expect(page.getByText('Permintaan dicatat')).toBeVisible();
  // A worker carries it out soon; the page is asked again until it says so.
  await expect(async () => {
    await open(page, '/admin/jobs');
    await expect(job.getByTestId('job-run').first()).toContainText('Buku stok dan uang cocok', { timeout: 1_000 });
  }).toPass();
  await shot(page, 'admin-jobs');

  await open(page, '/admin/audit?action=job.run');
  await expect(page.getByTestId('audit').getByRole('listitem').first()).toContainText('job:verify-books');
  await shot(page, 'admin-audit');

  await open(page, '/admin/outbox');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await shot(page, 'admin-outbox');
});

test('the mail log finds what somebody was sent', async ({ page, request }) => {
  const buyer = await account(request, 'customer', `Budi ${unique()}`);
  await signIn(page, 'admin@belanjain.test', DEMO_PASSWORD);
  await expect(async () => {
    await open(page, '/admin/sent');
    await page.getByLabel('Email penerima').fill(buyer.email);
    await page.getByLabel('Status').selectOption('Terkirim');
    await page.getByRole('button', { name: 'Cari', exact: true }).last().click();
    await expect(page.getByTestId('mail-log')).toContainText('Selamat datang di Belanjain', { timeout: 1_000 });
  }).toPass();
  await shot(page, 'admin-sent');
});

test('a seller stops the weekly report by the link in it and takes it back in the account', async ({ page, request }) => {
  const seller = await account(request, 'seller', `Toko ${unique()}`);
  belanjain('jobs', 'run', 'weekly-report');
  await expect(async () => {
    await page.goto('/dev/mail');
    await page.getByRole('link', { name: `Laporan mingguan ${seller.name}` }).click({ timeout: 1_000 });
  }).toPass();
  const link = await page.getByRole('link', { name: 'Berhenti menerima surat seperti ini' }).getAttribute('href');
  await open(page, new URL(link!).pathname);
  await page.getByRole('button', { name: 'Ya, berhenti' }).click();
  await expect(page.getByText('Kamu tidak akan menerima')).toBeVisible();
  await shot(page, 'unsubscribed');

  await signIn(page, seller.email);
  await open(page, '/account');
  const report = page.locator('[data-letter=weekly_report]');
  await expect(report).toContainText('Tidak aktif');
  await report.getByRole('button', { name: 'Kirim lagi' }).click();
  await expect(report.getByRole('button', { name: 'Jangan kirim' })).toBeVisible();
});
