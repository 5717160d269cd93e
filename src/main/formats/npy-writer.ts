import { createHash } from 'node:crypto'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  bytesPerElement,
  elementCount,
  columnMajorStrides,
  rowMajorStrides,
  type ArrayReference,
  type DType,
} from '../../shared/array'
import { toFiligreeError } from '../../shared/system-failure'
import { npyHeader } from './npy'

/** Largest piece given to the system at once. */
const pieceBytes = 8 * 1024 * 1024

/** Writes a .npy file piece by piece (little-endian), and its sha-256 along the way. */
export class NpyWriter {
  private readonly hash = createHash('sha256')
  private bytes = 0

  private constructor(
    private readonly handle: FileHandle,
    readonly path: string,
    readonly dtype: DType,
    readonly shape: readonly number[],
    private readonly headerBytes: number,
    private readonly fortran: boolean,
  ) {}

  /** Makes the file; it must not exist yet. Elements follow in C order, or with the first axis fastest (`fortran`). */
  static async create(
    path: string,
    dtype: DType,
    shape: readonly number[],
    fortran = false,
  ): Promise<NpyWriter> {
    const header = npyHeader(dtype, shape, fortran)
    try {
      const writer = new NpyWriter(await open(path, 'wx'), path, dtype, shape, header.length, fortran)
      await writer.append(header)
      return writer
    } catch (error) {
      throw toFiligreeError(error, path, 'write')
    }
  }

  /** Appends elements; the array's own type must be the file's. */
  async write(values: ArrayBufferView): Promise<void> {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    try {
      for (let start = 0; start < bytes.length; start += pieceBytes) {
        await this.append(bytes.subarray(start, start + pieceBytes))
      }
    } catch (error) {
      throw toFiligreeError(error, this.path, 'write')
    }
  }

  /** Flushes to the disk and tells what was written, as a dataset refers to it. */
  async finish(): Promise<ArrayReference> {
    const expected = this.headerBytes + elementCount(this.shape) * bytesPerElement[this.dtype]
    try {
      if (this.bytes !== expected) {
        throw new RangeError(
          `${this.path}: ${String(this.bytes)} bytes written, ${String(expected)} announced`,
        )
      }
      await this.handle.sync()
      await this.handle.close()
    } catch (error) {
      throw toFiligreeError(error, this.path, 'write')
    }
    return {
      location: 'project',
      file: basename(this.path),
      dtype: this.dtype,
      byteOrder: 'little',
      offset: this.headerBytes,
      shape: [...this.shape],
      strides: this.fortran ? columnMajorStrides(this.shape) : rowMajorStrides(this.shape),
      bytes: this.bytes,
      sha256: this.hash.digest('hex'),
      modifiedAt: null,
    }
  }

  /** Closes and removes an unfinished file. */
  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined)
    await rm(this.path, { force: true })
  }

  private async append(bytes: Uint8Array): Promise<void> {
    this.hash.update(bytes)
    for (let start = 0; start < bytes.length;) {
      start += (await this.handle.write(bytes, start)).bytesWritten
    }
    this.bytes += bytes.length
  }
}

/** Writes a .npy file through `fill`, which appends its elements; removes it where that fails. */
export async function writeNpyThrough(
  path: string,
  dtype: DType,
  shape: readonly number[],
  fill: (writer: NpyWriter) => Promise<void>,
  fortran = false,
): Promise<ArrayReference> {
  const writer = await NpyWriter.create(path, dtype, shape, fortran)
  try {
    await fill(writer)
    return await writer.finish()
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

/** Writes a whole array as .npy. */
export async function writeNpy(
  path: string,
  dtype: DType,
  shape: readonly number[],
  values: ArrayBufferView,
): Promise<ArrayReference> {
  return writeNpyThrough(path, dtype, shape, (writer) => writer.write(values))
}
