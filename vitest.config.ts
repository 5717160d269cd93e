import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const shared = {
  plugins: [svelte()],
  test: {
    testTimeout: 60_000,
    // One file a process: the native addon and SQLite stay apart, and a crash takes one file with it.
    pool: 'forks' as const,
  },
}

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          ...shared.test,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/faults/**', 'test/e2e/**'],
        },
      },
      {
        ...shared,
        test: {
          ...shared.test,
          // They kill processes at random moments, take minutes and want the machine to themselves.
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
        },
      },
    ],
  },
})
