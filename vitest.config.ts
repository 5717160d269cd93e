import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Faults kill processes at random moments and take minutes: `npm test` runs them as a suite of their own.
    exclude: ['**/node_modules/**', 'test/faults/**', 'test/e2e/**', 'test/accuracy/**', 'test/bench/**'],
    testTimeout: 60_000,
    // One file a process: the native addon and SQLite stay apart, and a crash takes one file with it.
    pool: 'forks',
  },
})
