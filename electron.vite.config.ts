import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'

const at = (path: string) => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      // Packages stay packages: better-sqlite3 brings a binary, and the rest need no second copy.
      externalizeDeps: true,
      rolldownOptions: {
        input: {
          'electron': at('src/main/shell/electron.ts'),
          'browser': at('src/main/shell/browser.ts'),
          'cli': at('src/main/shell/cli.ts'),
          'solver-host': at('src/main/solver-host/host.ts'),
        },
        // Shared chunks lie beside the entries: modules find their neighbours by `import.meta.dirname`.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload is one CommonJS file that can require nothing but electron.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('src/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [svelte({ configFile: at('svelte.config.js') })],
    build: {
      rolldownOptions: { input: { index: at('src/renderer/index.html') } },
      // The page's policy allows no inline script, and fonts are files with a type of their own.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      minify: true,
    },
  },
})
