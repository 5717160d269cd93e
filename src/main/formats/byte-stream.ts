import { Readable } from 'node:stream'
import { createInflate } from 'node:zlib'
import { FiligreeError } from '../../shared/failure'
import type { RandomAccessFile } from './random-access-file'

/** Bytes read from a file at once. */
const pieceBytes = 1024 * 1024

/** Thrown where a stream ends before what was asked for; the reader of the format says what that means. */
export class StreamEnded extends Error {
  constructor(readonly missing: number) {
    super(`${String(missing)} bytes missing`)
    this.name = 'StreamEnded'
  }
}

async function* pieces(file: RandomAccessFile, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end; position += pieceBytes) {
    yield await file.readUpTo(position, Math.min(pieceBytes, end - position))
  }
}

/**
 * Bytes in order, from a stretch of a file or from what it inflates to. Nothing is held but the
 * current piece, so a small file that inflates to a huge one costs no memory until it is asked for.
 */
export class ByteStream {
  private piece: Uint8Array = new Uint8Array(0)
  private used = 0
  private finished = false

  private constructor(
    private readonly source: AsyncIterator<Uint8Array>,
    private readonly stop: () => void,
  ) {}

  /** Bytes that are in memory already. */
  static of(bytes: Uint8Array): ByteStream {
    const source = [bytes][Symbol.iterator]()
    return new ByteStream({ next: () => Promise.resolve(source.next()) }, () => undefined)
  }

  static plain(file: RandomAccessFile, start: number, end: number): ByteStream {
    const source = pieces(file, start, end)
    return new ByteStream(source, () => void source.return(undefined))
  }

  /** Inflates a zlib stretch while it is read. Damaged data throws `invalid-file`. */
  static inflated(file: RandomAccessFile, start: number, end: number): ByteStream {
    const input = Readable.from(pieces(file, start, end))
    const inflate = createInflate({ chunkSize: 256 * 1024 })
    input.on('error', (error) => inflate.destroy(error))
    input.pipe(inflate)
    const source = (inflate as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    const named: AsyncIterator<Uint8Array> = {
      next: async () => {
        try {
          return await source.next()
        } catch (error) {
          throw inflateFailure(error, file.name)
        }
      },
    }
    return new ByteStream(named, () => {
      input.destroy()
      inflate.destroy()
    })
  }

  /** Fills the target; throws `StreamEnded` where fewer bytes are left. */
  async readInto(target: Uint8Array): Promise<void> {
    let done = 0
    while (done < target.length) {
      const part = await this.next(target.length - done)
      if (part === null) throw new StreamEnded(target.length - done)
      target.set(part, done)
      done += part.length
    }
  }

  async read(length: number): Promise<Uint8Array> {
    const target = new Uint8Array(length)
    await this.readInto(target)
    return target
  }

  async skip(length: number): Promise<void> {
    let left = length
    while (left > 0) {
      const part = await this.next(left)
      if (part === null) throw new StreamEnded(left)
      left -= part.length
    }
  }

  close(): void {
    this.finished = true
    this.stop()
  }

  private async next(most: number): Promise<Uint8Array | null> {
    while (this.used === this.piece.length) {
      if (this.finished) return null
      const result = await this.source.next()
      if (result.done === true) {
        this.finished = true
        return null
      }
      this.piece = result.value
      this.used = 0
    }
    const part = this.piece.subarray(this.used, this.used + most)
    this.used += part.length
    return part
  }
}

function inflateFailure(error: unknown, name: string): Error {
  if (error instanceof FiligreeError) return error
  const code = error instanceof Error && 'code' in error ? error.code : null
  // What is there inflates, but the end of it is missing.
  if (code === 'Z_BUF_ERROR') return new StreamEnded(0)
  return new FiligreeError(
    'invalid-file',
    `A compressed part of ${name} is damaged and cannot be unpacked. Copy the file again from its source.`,
    { detail: String(error), cause: error },
  )
}
