// Copies the addon that `cargo build --release -p filigree-node` made to `src/native/build/filigree.node`.
// Plain Node 20 or newer; run it from anywhere.
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const libraries = { darwin: 'libfiligree_node.dylib', win32: 'filigree_node.dll' }
const library = libraries[process.platform] ?? 'libfiligree_node.so'
const targetFolder = process.env.CARGO_TARGET_DIR ?? join(here, 'target')
const built = join(targetFolder, 'release', library)

if (!existsSync(built)) {
  console.error(`${built} is missing: run "cargo build --release -p filigree-node" in src/native first.`)
  process.exit(1)
}
const folder = join(here, 'build')
mkdirSync(folder, { recursive: true })
// A process may have the old addon open: a rename leaves its copy alone, an overwrite would crash it.
const fresh = join(folder, `.filigree.node.${process.pid}`)
copyFileSync(built, fresh)
renameSync(fresh, join(folder, 'filigree.node'))
