import { chromium, expect, test as base, type Browser, type Page } from '@playwright/test'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { browserLauncher } from './browser-launcher'
import { electronLauncher } from './electron-launcher'
import type { AppFolders, LaunchedApp, Launcher, WindowSetting } from './launcher'

export { expect }

export interface ShellOptions {
  /** Which shell a Playwright project runs the specs in. */
  shell: 'browser' | 'electron'
}

interface Fixtures {
  launcher: Launcher
  folders: AppFolders
  window: WindowSetting
  /** Starts the app; a second call starts it again with the same folders, as a person does the next day. */
  launch: () => Promise<LaunchedApp>
  /** The started app. */
  app: LaunchedApp
  /** Its page. */
  page: Page
  /** Errors of the page: a test that does not expect them fails by them. */
  pageErrors: string[]
}

interface WorkerFixtures {
  chromiumBrowser: () => Promise<Browser>
}

const launchers: Readonly<Record<ShellOptions['shell'], Launcher>> = {
  browser: browserLauncher,
  electron: electronLauncher,
}

/** What Chromium needs as root in a container, and what keeps it quiet. */
const chromiumArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const test = base.extend<Fixtures & ShellOptions, WorkerFixtures>({
  shell: ['browser', { option: true }],

  chromiumBrowser: [
    // Playwright reads the names of the fixtures a function needs from its pattern.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const named = process.env['CHROMIUM_PATH']
      const started: Browser[] = []
      await use(async () => {
        const [running] = started
        if (running !== undefined) return running
        const browser = await chromium.launch({
          args: chromiumArguments,
          ...(named === undefined ? {} : { executablePath: named }),
        })
        started.push(browser)
        return browser
      })
      for (const browser of started) await browser.close()
    },
    { scope: 'worker' },
  ],

  launcher: async ({ shell }, use) => {
    const launcher = launchers[shell]
    const reason = launcher.unavailable()
    test.skip(reason !== null, reason ?? '')
    await use(launcher)
  },

  // eslint-disable-next-line no-empty-pattern
  folders: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'filigree-e2e-'))
    const folders = {
      settings: join(folder, 'settings'),
      projects: join(folder, 'projects'),
      files: join(folder, 'files'),
    }
    for (const path of Object.values(folders)) await mkdir(path)
    await use(folders)
    await rm(folder, { recursive: true, force: true })
  },

  window: [{ width: 1440, height: 900, colours: 'light' }, { option: true }],

  // eslint-disable-next-line no-empty-pattern
  pageErrors: async ({}, use) => {
    const errors: string[] = []
    await use(errors)
    expect(errors, 'the page threw or logged errors').toEqual([])
  },

  launch: async ({ launcher, folders, window, chromiumBrowser, pageErrors }, use, testInfo) => {
    const started: LaunchedApp[] = []
    await use(async () => {
      await started.pop()?.close()
      const app = await launcher.launch(folders, window, chromiumBrowser)
      started.push(app)
      app.page.on('pageerror', (error) => pageErrors.push(error.message))
      app.page.on('console', (message) => {
        const text = message.text()
        if (message.type() === 'error' && !isSandboxNotice(text)) pageErrors.push(text)
      })
      return app
    })
    for (const app of started) {
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('page', { body: await picture(app), contentType: 'image/png' })
      }
      await app.close()
    }
  },

  app: async ({ launch }, use) => {
    await use(await launch())
  },

  page: async ({ app }, use) => {
    await use(app.page)
  },
})

/** A report's frame runs nothing: Chromium says so each time Playwright looks into it with a script of its own. */
function isSandboxNotice(text: string): boolean {
  return text.startsWith('Blocked script execution in') && text.includes('/data/reports/')
}

async function picture(app: LaunchedApp): Promise<Buffer> {
  return app.page.screenshot().catch(() => Buffer.alloc(0))
}
