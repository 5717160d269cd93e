import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** The folder of the clone. */
export const root = resolve(import.meta.dirname, '..', '..')

/** @param {...string} parts */
export const inProject = (...parts) => join(root, ...parts)

export const isWindows = process.platform === 'win32'

/** Folders that are made by set-up and never decide whether something is stale. */
const made = new Set(['node_modules', 'target', 'build', 'out', '.git'])

/**
 * Hash of the names and contents of files and folders of the project; a missing one counts as such.
 * @param {readonly string[]} paths relative to the project
 * @param {(path: string) => boolean} [counts] leaves files out, by their path relative to the project
 */
export function contentHash(paths, counts = () => true) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap((part) => filesBelow(inProject(part))).sort()) {
    const name = relative(root, path).split(sep).join('/')
    if (!counts(name)) continue
    hash.update(name).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} path @returns {string[]} */
function filesBelow(path) {
  if (!existsSync(path)) return []
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
      made.has(entry.name)
        ? []
        : entry.isDirectory()
          ? filesBelow(join(path, entry.name))
          : [join(path, entry.name)],
    )
  } catch {
    return [path] // a file
  }
}

/** A small file that remembers for which content hash something was made. */
export class Stamp {
  /** @param {string} path relative to the project; beside what it is about, so that both go together */
  constructor(path) {
    this.path = inProject(path)
  }

  /** @param {string} hash */
  matches(hash) {
    return existsSync(this.path) && readFileSync(this.path, 'utf8') === hash
  }

  /** @param {string} hash */
  write(hash) {
    mkdirSync(dirname(this.path), { recursive: true })
    writeFileSync(this.path, hash)
  }
}

/** A tool that is missing or too old; the message says how to get it. */
export class MissingTool extends Error {}
