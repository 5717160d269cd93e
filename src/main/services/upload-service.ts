import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, statfs } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { FiligreeError } from '../../shared/failure'
import { draftPath } from '../store/durable-file'
import { toFiligreeError } from '../../shared/system-failure'
import type { CurrentProject } from './current-project'
import type { FileHandles } from './file-handles'
import { checkedName } from './file-service'

/** Left free for everything else that writes. */
const reservedBytes = 64 * 1024 * 1024

/**
 * Takes a file that was dropped on a browser page, where no path is known: its bytes are streamed into the inbox
 * of the project, whole or not at all. Every upload gets a folder of its own, so that a header and its data file
 * keep their names.
 */
export class UploadService {
  constructor(
    private readonly project: CurrentProject,
    private readonly files: FileHandles,
  ) {}

  async receive(address: URL, request: Request): Promise<Response> {
    const store = this.project.requireWritable()
    const name = checkedName(address.searchParams.get('name') ?? '')
    if (request.body === null)
      throw new FiligreeError('invalid-parameter', `${name} was sent without any bytes.`)
    const folder = join(store.paths.inbox, randomUUID())
    try {
      await mkdir(folder, { recursive: true })
      const room = await freeBytes(folder)
      refuseTooLarge(name, Number(request.headers.get('content-length') ?? 0), room)
      const draft = draftPath(join(folder, name))
      await pipeline(
        Readable.fromWeb(request.body as ReadableStream),
        limit(name, room),
        createWriteStream(draft, { flags: 'wx', flush: true }),
      )
      await rename(draft, join(folder, name))
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw toFiligreeError(error, store.paths.folder)
    }
    return Response.json(await this.files.grant(join(folder, name)))
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return Math.max(0, bavail * bsize - reservedBytes)
}

function refuseTooLarge(name: string, bytes: number, room: number): void {
  if (bytes <= room) return
  throw new FiligreeError(
    'disk-full',
    `${name} does not fit on the disk of this project: at most ${Math.floor(room / 1e6)} MB are free. Free some space, or open the file by its path instead.`,
  )
}

/** The length a sender names may be missing or wrong, so the bytes themselves are counted. */
function limit(name: string, room: number): Transform {
  let bytes = 0
  return new Transform({
    transform(piece: Uint8Array, _encoding, done) {
      bytes += piece.byteLength
      try {
        refuseTooLarge(name, bytes, room)
        done(null, piece)
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
}
