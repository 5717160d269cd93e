// npm start: set-up where it is stale, then the workbench in a window, or in a browser where there can be none.
//   --browser   the browser shell, even where Electron is there
//   --port N    its port; a free one when left out (means --browser)
//   --no-open   only print its address (means --browser)
import { parseArgs } from 'node:util'
import { findElectron } from './setup/electron.mjs'
import { inProject, MissingTool, root } from './setup/project.mjs'
import { findRuntime } from './setup/runtime.mjs'
import { runScript, setUp } from './setup/set-up.mjs'
import { runInTerminal } from './setup/terminal.mjs'

const usage = 'npm start -- [--browser] [--port N] [--no-open]'

await runScript(async () => {
  const options = readOptions()
  await setUp()
  if (options.browser) return openBrowserShell(options, 'Browser shell, as asked')
  const electron = await findElectron()
  if (electron.binary === null) return openBrowserShell(options, `Browser shell, because ${electron.reason}`)
  process.stderr.write(`Electron window, because ${electron.reason}.\n`)
  return runInTerminal(electron.binary, [root])
})

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        browser: { type: 'boolean', default: false },
        port: { type: 'string' },
        open: { type: 'boolean', default: true },
      },
      allowNegative: true,
    })
    const { port, open } = values
    if (port !== undefined && !/^\d{1,5}$/.test(port)) {
      throw new TypeError(`A port is a whole number from 0 (any free one) to 65535, not '${port}'.`)
    }
    return { port, open, browser: values.browser || port !== undefined || !open }
  } catch (error) {
    throw new MissingTool(`${error instanceof Error ? error.message : String(error)}\n  Usage: ${usage}`)
  }
}

/** @param {{ port: string | undefined, open: boolean }} options @param {string} reason */
function openBrowserShell(options, reason) {
  process.stderr.write(`${reason}. Ctrl+C ends it. Open this address:\n`)
  return runInTerminal(findRuntime(), [
    inProject('out', 'main', 'browser.js'),
    ...(options.port === undefined ? [] : ['--port', options.port]),
    ...(options.open ? [] : ['--no-open']),
  ])
}
