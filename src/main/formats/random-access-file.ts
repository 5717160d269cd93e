import { open, stat, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import { toFiligreeError } from '../../shared/system-failure'
import { counted } from './wording'

/** A file that is read at given positions, never mapped: one that shrinks meanwhile is an error, not a crash. */
export class RandomAccessFile {
  private constructor(
    private readonly handle: FileHandle,
    readonly path: string,
    /** Size when it was opened. */
    readonly bytes: number,
    /** Modification time in milliseconds since 1970. */
    readonly modifiedAt: number,
  ) {}

  /** Throws `not-found`, `not-allowed` or `invalid-file` (a folder, a pipe, a device). */
  static async open(path: string): Promise<RandomAccessFile> {
    try {
      // Asked before it is opened: opening a pipe would wait for its writer.
      const status = await stat(path)
      if (!status.isFile()) {
        const what = status.isDirectory() ? 'a folder' : 'a device or a pipe'
        throw new FiligreeError('invalid-file', `${basename(path)} is ${what}, not a file.`)
      }
      return new RandomAccessFile(await open(path, 'r'), path, status.size, status.mtimeMs)
    } catch (error) {
      throw toFiligreeError(error, path, 'read')
    }
  }

  get name(): string {
    return basename(this.path)
  }

  /** Fills `target` from `position`; throws `invalid-file` where the file ends before. */
  async readInto(target: Uint8Array, position: number): Promise<void> {
    let done = 0
    while (done < target.length) {
      const bytesRead = await this.readSome(target.subarray(done), position + done)
      if (bytesRead === 0) {
        throw new FiligreeError(
          'invalid-file',
          `${this.name} ends early: ${counted(target.length - done, 'byte')} missing after byte ${String(position + done)}. Was it changed or cut while it was read?`,
        )
      }
      done += bytesRead
    }
  }

  /** At most `length` bytes from `position`; fewer only at the end of the file. */
  async readUpTo(position: number, length: number): Promise<Uint8Array> {
    const target = new Uint8Array(Math.max(0, Math.min(length, this.bytes - position)))
    await this.readInto(target, position)
    return target
  }

  async close(): Promise<void> {
    await this.handle.close()
  }

  private async readSome(target: Uint8Array, position: number): Promise<number> {
    try {
      return (await this.handle.read(target, 0, target.length, position)).bytesRead
    } catch (error) {
      throw toFiligreeError(error, this.path, 'read')
    }
  }
}

/** Whether a path is that of a folder. Throws `not-found` or `not-allowed` where it cannot be asked. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw toFiligreeError(error, path, 'read')
  }
}

/** Opens a file, hands it over and closes it whatever happens. */
export async function withFile<Result>(
  path: string,
  use: (file: RandomAccessFile) => Promise<Result>,
): Promise<Result> {
  const file = await RandomAccessFile.open(path)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}
