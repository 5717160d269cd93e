import { readdir, stat } from 'node:fs/promises'
import { extname, join, relative, resolve, sep } from 'node:path'
import { FiligreeError } from '../../shared/failure'

/** A file of the built renderer, as a shell serves it. */
export interface RendererFile {
  /** Address below the origin: `/assets/index-3f2a.js`. */
  address: string
  path: string
  contentType: string
  bytes: number
}

/** The built renderer; it lies beside `out/main`. */
export const rendererFolder = resolve(import.meta.dirname, '..', 'renderer')

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/**
 * The list of what may be served, made once at the start. A request is looked up in it and never joined to
 * a path, so there is nothing to traverse. `/` stands for `index.html`.
 */
export async function listRendererFiles(
  folder: string = rendererFolder,
): Promise<ReadonlyMap<string, RendererFile>> {
  const files = new Map<string, RendererFile>()
  for (const path of await pathsBelow(folder)) {
    const contentType = contentTypes[extname(path).toLowerCase()]
    if (contentType === undefined) continue
    const address = `/${relative(folder, path).split(sep).join('/')}`
    files.set(address, { address, path, contentType, bytes: (await stat(path)).size })
  }
  const page = files.get('/index.html')
  if (page === undefined) throw notBuilt(folder)
  files.set('/', page)
  return files
}

async function pathsBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    throw notBuilt(folder, error)
  }
}

function notBuilt(folder: string, cause?: unknown): FiligreeError {
  return new FiligreeError(
    'not-found',
    `The page of Filigree is not built: ${folder} holds no index.html. Run "npm run setup", then start again.`,
    { cause },
  )
}
