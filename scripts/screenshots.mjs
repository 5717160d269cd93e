// npm run screenshots: the pictures of the README, made by the end-to-end suite.
import { MissingTool, inProject } from './setup/project.mjs'
import { findRuntime, runtimeEnvironment } from './setup/runtime.mjs'
import { runScript, setUp } from './setup/set-up.mjs'
import { runInTerminal } from './setup/terminal.mjs'
import { findChromium } from './test/chromium.mjs'

await runScript(async () => {
  await setUp()
  const chromium = await findChromium()
  if ('missing' in chromium) throw new MissingTool(chromium.missing)
  const environment = { ...runtimeEnvironment(), CHROMIUM_PATH: chromium.path, FILIGREE_SCREENSHOTS: '1' }
  const runner = inProject('node_modules', '@playwright', 'test', 'cli.js')
  return runInTerminal(findRuntime(), [runner, 'test', 'screenshots', '--project', 'browser shell'], {
    environment,
  })
})
