import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'

const at = (path: string) => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      rollupOptions: {
        input: {
          'electron': at('src/main/shell/electron.ts'),
          'browser': at('src/main/shell/browser.ts'),
          'cli': at('src/main/shell/cli.ts'),
          'solver-host': at('src/main/solver-host/host.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { preload: at('src/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [svelte({ configFile: at('svelte.config.js') })],
    build: { rollupOptions: { input: { index: at('src/renderer/index.html') } } },
  },
})
