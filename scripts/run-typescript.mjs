// Runs a TypeScript file of the project, with its imports, on the Node the project is built for:
//   node scripts/run-typescript.mjs test/bench/run.ts [its own arguments]
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findRuntime } from './setup/runtime.mjs'
import { runScript, setUp } from './setup/set-up.mjs'
import { runInTerminal } from './setup/terminal.mjs'

const [entry, ...parameters] = process.argv.slice(2)
const own = fileURLToPath(import.meta.url)

await runScript(async () => {
  if (entry === undefined) {
    process.stderr.write('Usage: node scripts/run-typescript.mjs FILE.ts [arguments]\n')
    return 2
  }
  if (process.env.FILIGREE_TYPESCRIPT_READY === undefined) {
    await setUp()
    return runInTerminal(findRuntime(), [own, entry, ...parameters], {
      environment: { ...process.env, FILIGREE_TYPESCRIPT_READY: '1' },
    })
  }
  const { runnerImport } = await import('vite')
  process.argv = [process.argv[0] ?? 'node', resolve(entry), ...parameters]
  await runnerImport(resolve(entry))
  return Number(process.exitCode ?? 0)
})
