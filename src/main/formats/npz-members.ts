import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import type { ArrayLayout } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { toFiligreeError } from '../../shared/system-failure'
import { throwIfCancelled } from './cancellation'
import { npyLayout } from './npy'
import type { RandomAccessFile } from './random-access-file'
import { counted } from './wording'

/** Most members whose headers are read. */
const mostMembers = 1000
/** Of every member so much is read for its header. */
const headerBytes = 64 * 1024
/** Deflate makes at most 1,032 bytes of one. */
const bestCompression = 1032

/** An array of an .npz archive. */
export interface NpzMember {
  /** Its name without '.npy'. */
  name: string
  /** Where its elements lie within its own .npy. */
  layout: ArrayLayout
  /** Bytes of its .npy. */
  bytes: number
  /** Where its .npy begins in the archive; null for one that is compressed. */
  start: number | null
  entry: Entry
}

/** An archive's arrays that can be read, and why others cannot. */
export interface NpzDirectory {
  members: NpzMember[]
  unreadable: { name: string; reason: string }[]
}

/** Lists the arrays of an archive: reads their headers, never their numbers. Throws `invalid-file` for damage. */
export async function readNpzDirectory(file: RandomAccessFile): Promise<NpzDirectory> {
  return withArchive(file, async (archive) => {
    const directory: NpzDirectory = { members: [], unreadable: [] }
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith('.npy')) continue
      if (directory.members.length + directory.unreadable.length >= mostMembers) {
        throw new FiligreeError(
          'invalid-file',
          `${file.name} holds more than ${counted(mostMembers, 'array')}.`,
        )
      }
      const name = entry.fileName.slice(0, -'.npy'.length)
      try {
        directory.members.push(await readMember(archive, file, entry, name))
      } catch (error) {
        if (!(error instanceof FiligreeError)) throw error
        directory.unreadable.push({ name, reason: error.message })
      }
    }
    return directory
  })
}

async function readMember(
  archive: ZipFile,
  file: RandomAccessFile,
  entry: Entry,
  name: string,
): Promise<NpzMember> {
  const bytes = entry.uncompressedSize
  if (entry.isEncrypted() || !entry.canDecodeFileData()) {
    throw new FiligreeError(
      'invalid-file',
      `${name} in ${file.name} is encrypted or packed in an unknown way.`,
    )
  }
  if (entry.compressedSize > file.bytes || bytes > entry.compressedSize * bestCompression + bestCompression) {
    throw new FiligreeError(
      'invalid-file',
      `${name} in ${file.name} promises ${counted(bytes, 'byte')}, more than its ${counted(entry.compressedSize, 'byte')} can unpack to.`,
    )
  }
  const head = await prefix(await archive.openReadStreamPromise(entry), headerBytes)
  const layout = await npyLayout({
    name: `${name} in ${file.name}`,
    bytes,
    readUpTo: (position, length) => Promise.resolve(head.slice(position, position + length)),
  })
  const stored = entry.compressionMethod === 0
  const start = stored
    ? (await archive.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart
    : null
  return { name, layout, bytes, start, entry }
}

/** Unpacks a member into a file; no byte more than the archive announced. */
export async function extractMember(
  file: RandomAccessFile,
  member: NpzMember,
  path: string,
  watch: { signal?: AbortSignal; onProgress?: (fraction: number) => void } = {},
): Promise<void> {
  await withArchive(file, async (archive) => {
    // Its sizes are checked while it is unpacked: yauzl stops at the first byte too many.
    const source = await archive.openReadStreamPromise(member.entry)
    let done = 0
    const meter = new Transform({
      transform(piece: Buffer, _, next) {
        done += piece.length
        watch.onProgress?.(done / member.bytes)
        next(null, piece)
      },
    })
    try {
      await pipeline(source, meter, createWriteStream(path, { flags: 'wx' }), {
        ...(watch.signal === undefined ? {} : { signal: watch.signal }),
      })
    } catch (error) {
      throwIfCancelled(watch.signal)
      throw archiveFailure(error, file.name)
    }
  })
}

/** Unpacks a small file of an archive by its full name, whatever it holds. Throws `not-found`. */
export async function extractNamed(file: RandomAccessFile, name: string, path: string): Promise<void> {
  await withArchive(file, async (archive) => {
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName !== name) continue
      await writeFile(path, await prefix(await archive.openReadStreamPromise(entry), headerBytes))
      return
    }
    throw new FiligreeError('not-found', `${file.name} holds no ${name}.`)
  })
}

async function withArchive<Result>(
  file: RandomAccessFile,
  use: (archive: ZipFile) => Promise<Result>,
): Promise<Result> {
  try {
    const archive = await openPromise(file.path, { lazyEntries: true, autoClose: false })
    try {
      return await use(archive)
    } finally {
      archive.close()
    }
  } catch (error) {
    throw archiveFailure(error, file.name)
  }
}

function archiveFailure(error: unknown, name: string): Error {
  if (error instanceof FiligreeError) return error
  // Of the system: a full disk, a vanished file. Everything else is about the archive.
  if (error instanceof Error && 'syscall' in error) return toFiligreeError(error, name)
  return new FiligreeError(
    'invalid-file',
    `${name} is damaged and cannot be unpacked. Copy it again from its source.`,
    { detail: String(error), cause: error },
  )
}

async function prefix(stream: Readable, length: number): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= length) break
  }
  stream.destroy()
  return Uint8Array.from(Buffer.concat(pieces).subarray(0, length))
}
