import { createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise, type Entry } from 'yauzl'
import { ZipFile } from 'yazl'
import { FiligreeError } from '../../shared/failure'
import { toFiligreeError } from '../../shared/system-failure'
import { runFiles } from './project-paths'

/** More files than this, or more bytes, are no run of ours. */
const mostFiles = 10_000
const mostBytes = 64 * 1024 ** 3

/** Deflate makes at most 1,032 bytes of one. */
const bestCompression = 1032

/** A finished run as one file: everything in its folder, uncompressed, so that numbers can be mapped where they lie. */
export async function packRun(folder: string): Promise<NodeJS.ReadableStream> {
  const archive = new ZipFile()
  for (const { name } of (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile())) {
    const { mtime } = await stat(join(folder, name))
    archive.addFile(join(folder, name), name, { compress: false, mtime })
  }
  archive.end()
  return archive.outputStream
}

/**
 * Unpacks such a file into an empty folder. Throws 'invalid-file' for what is no packed run: one without its record, with
 * folders in it, with names that lead elsewhere, or that promises more bytes than it can hold.
 */
export async function unpackRun(path: string, name: string, folder: string): Promise<void> {
  try {
    const archive = await openPromise(path, { lazyEntries: true, autoClose: false })
    try {
      const { size } = await stat(path)
      const entries: Entry[] = []
      for await (const entry of archive.eachEntry()) {
        entries.push(entry)
        if (entries.length > mostFiles) throw notARun(name, `it holds more than ${mostFiles} files`)
      }
      checkEntries(entries, name, size)
      for (const entry of entries) {
        const source = await archive.openReadStreamPromise(entry)
        await pipeline(source, createWriteStream(join(folder, entry.fileName), { flags: 'wx' }))
      }
    } finally {
      archive.close()
    }
  } catch (error) {
    if (error instanceof FiligreeError || (error instanceof Error && 'syscall' in error)) throw error
    throw notARun(name, 'it is damaged, or no zip file at all', toFiligreeError(error))
  }
}

function checkEntries(entries: readonly Entry[], name: string, size: number): void {
  if (!entries.some(({ fileName }) => fileName === runFiles.record)) {
    throw notARun(name, `it has no ${runFiles.record}`)
  }
  let bytes = 0
  for (const entry of entries) {
    const { fileName, uncompressedSize, compressedSize } = entry
    if (!/^[\w-][\w.-]*$/.test(fileName)) throw notARun(name, `it holds '${fileName}'`)
    if (entry.isEncrypted() || !entry.canDecodeFileData()) throw notARun(name, `${fileName} is encrypted`)
    bytes += uncompressedSize
    const promised = uncompressedSize > (compressedSize + 1) * bestCompression || compressedSize > size
    if (promised || bytes > mostBytes) throw notARun(name, `${fileName} promises more bytes than it holds`)
  }
}

function notARun(name: string, reason: string, cause?: Error): FiligreeError {
  return new FiligreeError(
    'invalid-file',
    `${name} is not a saved run: ${reason}. Save a run again from its page, under “Save run as a file”.`,
    cause === undefined ? {} : { cause, detail: cause.message },
  )
}
