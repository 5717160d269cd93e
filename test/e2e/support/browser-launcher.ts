import type { Page } from '@playwright/test'
import { spawn, type ChildProcess } from 'node:child_process'
import { basename, dirname, resolve } from 'node:path'
import { appEnvironment, projectRoot, type Launcher } from './launcher'

/** How long a built app may take to print its address, in milliseconds. */
const startLimit = 20_000

/** The browser shell as `npm start -- --browser` runs it, and a page of Chromium at the address it prints. */
export const browserLauncher: Launcher = {
  unavailable: () => null,
  async launch(folders, window, browser) {
    const shell = spawn(process.execPath, [resolve(projectRoot, 'out', 'main', 'browser.js'), '--no-open'], {
      env: appEnvironment(folders),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const address = await printedAddress(shell)
    const context = await (
      await browser()
    ).newContext({
      viewport: { width: window.width, height: window.height },
      colorScheme: window.colours,
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    await page.goto(address)
    return {
      page,
      chooseFiles: async (paths, open) => {
        await open()
        await answerFileDialog(page, paths)
      },
      close: async () => {
        await context.close()
        await ended(shell)
      },
    }
  },
}

/** Types the path of the folder and picks the files in it, as a person does. */
async function answerFileDialog(page: Page, paths: readonly string[]): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Type or paste a path' }).click()
  const path = dialog.getByRole('textbox', { name: 'Path' })
  await path.fill(dirname(paths[0] ?? ''))
  await path.press('Enter')
  for (const [index, file] of paths.entries()) {
    const entry = dialog.getByRole('option', { name: basename(file) })
    await entry.click({ modifiers: index === 0 ? [] : ['Control'] })
  }
  await dialog.getByRole('button', { name: 'Choose', exact: true }).click()
}

function printedAddress(shell: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let said = ''
    const limit = setTimeout(() => {
      fail(new Error(`The browser shell printed no address in ${startLimit} ms. It said: ${said}`))
    }, startLimit)
    const read = (data: Buffer): void => {
      said += data.toString()
      const address = /^http:\/\/127\.0\.0\.1:\d+\/\?token=\S+$/m.exec(said)?.[0]
      if (address === undefined) return
      clearTimeout(limit)
      done(address)
    }
    shell.stdout?.on('data', read)
    shell.stderr?.on('data', read)
    shell.on('exit', (code) => {
      clearTimeout(limit)
      fail(new Error(`The browser shell ended with exit code ${code ?? 'none'}. It said: ${said}`))
    })
  })
}

function ended(shell: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (shell.exitCode !== null || shell.signalCode !== null) {
      done()
      return
    }
    shell.once('exit', () => {
      done()
    })
    shell.kill('SIGTERM')
  })
}
