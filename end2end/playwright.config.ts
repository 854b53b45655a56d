import { defineConfig, devices } from '@playwright/test';

/** One shop, started by the global set-up, for all tests: they bring their own people and products. */
export default defineConfig({
  testDir: 'tests',
  globalSetup: './support/global-setup.ts',
  outputDir: 'test-results',
  forbidOnly: !!process.env.CI,
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['html', { open: 'never', outputFolder: 'playwright-report' }]],
  use: {
    locale: 'id-ID',
    timezoneId: 'Asia/Jakarta',
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    },
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1280, height: 900 } }, testIgnore: ['expiry.spec.ts', 'desk.spec.ts'] },
    { name: 'phone', use: { ...devices['Pixel 7'] }, testMatch: ['story.spec.ts', 'accessibility.spec.ts', 'pages.spec.ts', 'editor.spec.ts'] },
    // One queue: an agent who is done takes the next proof, whoever's it is.
    { name: 'desk', use: { viewport: { width: 1280, height: 900 } }, testMatch: 'desk.spec.ts' },
    { name: 'desk-phone', use: { ...devices['Pixel 7'] }, testMatch: 'desk.spec.ts', dependencies: ['desk'] },
    { name: 'afterwards', testMatch: 'expiry.spec.ts', dependencies: ['desktop', 'phone', 'desk-phone'] },
  ],
});
