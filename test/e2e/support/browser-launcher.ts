import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
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
      close: async () => {
        await context.close()
        await ended(shell)
      },
    }
  },
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
