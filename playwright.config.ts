import { defineConfig } from '@playwright/test'
import type { ShellOptions } from './test/e2e/support/test'

/** One suite, two launchers: the same specs through the browser shell and through Electron. */
export default defineConfig<ShellOptions>({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // Each test starts an app of its own, and solvers use every core.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'line',
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'browser shell', use: { shell: 'browser' } },
    { name: 'electron shell', use: { shell: 'electron' } },
  ],
})
