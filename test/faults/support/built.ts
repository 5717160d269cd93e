import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../..', process.env['FILIGREE_OUT'] ?? 'out/main')

/** The built command line and solver host: faults are tried on what people run. */
export const built = { cli: resolve(folder, 'cli.js'), solverHost: resolve(folder, 'solver-host.js') }

for (const path of Object.values(built)) {
  if (!existsSync(path)) throw new Error(`${path} is missing. Build it first: npm run setup`)
}
