import { chromium, type Browser } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'

type Found = { path: string } | { missing: string }

/** Chromium as the end-to-end suite finds it; asked in a process of its own, as that script is plain Node. */
function findChromium(): Found {
  const script = resolve(import.meta.dirname, '..', '..', 'scripts', 'test', 'chromium.mjs')
  const code = `import { findChromium } from ${JSON.stringify(pathToFileURL(script).href)}
process.stdout.write('\\n' + JSON.stringify(await findChromium()))`
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  return JSON.parse(printed.slice(printed.lastIndexOf('\n'))) as Found
}

/** Why no page can be measured here; null where one can. */
export function chromiumMissing(): string | null {
  const found = findChromium()
  return 'missing' in found ? found.missing : null
}

/** Starts Chromium without a window and without a GPU, as a continuous-integration machine has it. */
export async function startChromium(): Promise<Browser> {
  const found = findChromium()
  if ('missing' in found) throw new Error(found.missing)
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: found.path, args: [...sandbox, '--disable-gpu'] })
}
