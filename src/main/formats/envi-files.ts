import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import { parseEnviHeader, startsLikeEnvi, type EnviHeader } from './envi-header'
import { toFiligreeError } from '../../shared/system-failure'
import { withFile } from './random-access-file'
import { counted, listed } from './wording'

/** Longest header that is read: a thousand bands with every known key need about 100 kB. */
const longestHeader = 16 * 1024 * 1024

/** Endings a data file may have beside the header `scene.hdr`, best first; '' is `scene` itself. */
const dataEndings = ['', '.img', '.dat', '.sli', '.raw', '.bsq', '.bil', '.bip', '.bin', '.cube']

export interface EnviFiles {
  header: string
  data: string
}

function isHeaderPath(path: string): boolean {
  return /\.hdr$/i.test(path)
}

/** `scene.img` → `scene`; a name without an ending stays. */
function stem(name: string): string {
  return name.replace(/\.[^.]+$/, '')
}

async function neighbours(path: string): Promise<string[]> {
  try {
    return await readdir(dirname(path))
  } catch (error) {
    throw toFiligreeError(error, dirname(path), 'read')
  }
}

/** Names that may be the header of a data file: `scene.img.hdr` and `scene.hdr`, in any case. */
async function headerOf(data: string): Promise<string | null> {
  const name = basename(data).toLowerCase()
  const wanted = [`${name}.hdr`, `${stem(name)}.hdr`]
  const found = (await neighbours(data)).filter((other) => wanted.includes(other.toLowerCase()))
  found.sort((a, b) => wanted.indexOf(a.toLowerCase()) - wanted.indexOf(b.toLowerCase()))
  return found[0] === undefined ? null : join(dirname(data), found[0])
}

/** Names that may be the data of a header: the header's own without `.hdr`, with or without a further ending. */
async function dataOf(header: string): Promise<string[]> {
  const base = basename(header)
    .replace(/\.hdr$/i, '')
    .toLowerCase()
  const wanted = dataEndings.map((ending) => base + ending)
  const found = (await neighbours(header)).filter((other) => wanted.includes(other.toLowerCase()))
  found.sort((a, b) => wanted.indexOf(a.toLowerCase()) - wanted.indexOf(b.toLowerCase()))
  const files: string[] = []
  for (const name of found) {
    const path = join(dirname(header), name)
    const status = await stat(path).catch(() => null)
    if (status?.isFile() === true) files.push(path)
  }
  return files
}

/** Whether the paths are an ENVI header, a data file that has one, or the two of them. */
export async function looksLikeEnvi(paths: readonly string[]): Promise<boolean> {
  if (paths.length > 2) return false
  const headers = paths.filter(isHeaderPath)
  if (headers.length > 1) return false
  if (headers.length === 1) return true
  const [data] = paths
  if (data === undefined || paths.length > 1) return false
  const header = await headerOf(data)
  if (header === null) return false
  return withFile(header, async (file) => {
    const start = await file.readUpTo(0, 64)
    return startsLikeEnvi(new TextDecoder('latin1').decode(start))
  })
}

/**
 * Finds the header and the data file from either of them, or takes both as given.
 * Throws `not-found` where the other one is missing, with the names it may have.
 */
export async function locateEnviFiles(paths: readonly string[]): Promise<EnviFiles> {
  const given = paths.find(isHeaderPath)
  const givenData = paths.find((path) => !isHeaderPath(path))
  if (given !== undefined && givenData !== undefined) return { header: given, data: givenData }
  if (given !== undefined) {
    // Opened first so that a vanished header is named itself, not its data.
    await withFile(given, () => Promise.resolve())
    const [data] = await dataOf(given)
    if (data !== undefined) return { header: given, data }
    const base = basename(given).replace(/\.hdr$/i, '')
    throw new FiligreeError(
      'not-found',
      `The data file of ${basename(given)} is missing: there is no ${base} and no ${listed(dataEndings.slice(1, 8).map((ending) => base + ending))} beside it. Put it there, or drop both files together.`,
    )
  }
  if (givenData === undefined) throw new FiligreeError('not-found', 'No file was given.')
  await withFile(givenData, () => Promise.resolve())
  const header = await headerOf(givenData)
  if (header !== null) return { header, data: givenData }
  const name = basename(givenData)
  throw new FiligreeError(
    'not-found',
    `The ENVI header of ${name} is missing: there is no ${name}.hdr and no ${stem(name)}.hdr beside it.`,
  )
}

/** Reads and parses a header file; text that is not UTF-8 is taken as Latin-1. */
export async function readEnviHeader(path: string): Promise<EnviHeader> {
  return withFile(path, async (file) => {
    if (file.bytes > longestHeader) {
      const start = new TextDecoder('latin1').decode(await file.readUpTo(0, 64))
      throw new FiligreeError(
        'invalid-file',
        startsLikeEnvi(start)
          ? `${file.name} has ${counted(file.bytes, 'byte')}; a header of more than ${counted(longestHeader, 'byte')} is not read.`
          : `${file.name} is not an ENVI header: its first line is not "ENVI".`,
      )
    }
    const bytes = await file.readUpTo(0, file.bytes)
    let text: string
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      text = new TextDecoder('latin1').decode(bytes)
    }
    return parseEnviHeader(text, file.name)
  })
}
