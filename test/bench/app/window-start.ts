import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chromiumMissing, startChromium } from '../../measurement/chromium'
import { median } from '../../measurement/statistics'
import { browserLauncher } from '../../e2e/support/browser-launcher'
import { bounded, seconds, type Benchmark } from '../benchmark'

const built = resolve(import.meta.dirname, '..', '..', '..', 'out')

/** From starting the built browser shell to a first page that answers; Chromium itself runs already. */
export const windowStart: Benchmark = {
  name: 'Start of the built app in the browser shell, until its first page can be used',
  peers: [],
  missing: () =>
    existsSync(join(built, 'main', 'browser.js')) && existsSync(join(built, 'renderer', 'index.html'))
      ? chromiumMissing()
      : 'the app is not built: npm run build',
  async measure(workspace) {
    const folders = {
      settings: join(workspace.folder, 'settings'),
      projects: join(workspace.folder, 'projects'),
      files: join(workspace.folder, 'files'),
    }
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true })
    const browser = await startChromium()
    const times: number[] = []
    try {
      for (let round = 0; round < 6; round += 1) {
        const start = performance.now()
        const window = { width: 1440, height: 900, colours: 'light' as const }
        const app = await browserLauncher.launch(folders, window, () => Promise.resolve(browser))
        await app.page
          .getByRole('button', { name: /try a sample/i })
          .first()
          .click({ trial: true })
        times.push((performance.now() - start) / 1000)
        await app.close()
      }
    } finally {
      await browser.close()
    }
    const warm = times.slice(1)
    return [bounded('time, median of five with a warm disk', median(warm), 1.5, seconds, { ours: warm })]
  },
}
