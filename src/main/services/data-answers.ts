import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Axis } from '../../shared/array'
import { dataHeaders } from '../../shared/data-address'
import type { SliceRequest } from '../../shared/tensor-slice'
import { finiteRange, sliceCsv, sliceNpy, type FilePieces, type SlicePlane } from '../formats'

/** Smallest and largest value of an answer. */
export interface Range {
  minimum: number
  maximum: number
}

/** A range from ends that may be unknown. */
export function rangeOf(minimum: number | null, maximum: number | null): Range | null {
  return minimum === null || maximum === null ? null : { minimum, maximum }
}

/** Numbers as little-endian bytes; every machine this runs on keeps them so. Range: measured unless it is given. */
export function arrayAnswer(
  values: Float32Array | Float64Array,
  shape: readonly number[],
  range: Range | null = finiteRange(values),
): Response {
  const headers = new Headers({
    'content-type': 'application/octet-stream',
    [dataHeaders.dtype]: values instanceof Float32Array ? 'float32' : 'float64',
    [dataHeaders.shape]: shape.join(','),
  })
  if (range !== null) headers.set(dataHeaders.range, `${range.minimum},${range.maximum}`)
  // A view of whole memory of its own, which is what a response takes.
  return new Response(new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength), {
    headers,
  })
}

/** A file as it is. */
export async function fileAnswer(
  path: string,
  headers: Record<string, string>,
  contentType = 'application/octet-stream',
): Promise<Response> {
  const { size } = await stat(path)
  const stream = Readable.toWeb(createReadStream(path)) as ReadableStream
  return new Response(stream, {
    headers: { 'content-type': contentType, 'content-length': String(size), ...headers },
  })
}

/** A file that is made while it is sent. */
export function piecesAnswer(pieces: FilePieces, name: string): Response {
  const stream = Readable.toWeb(Readable.from(pieces)) as ReadableStream
  return new Response(stream, {
    headers: { 'content-type': 'application/octet-stream', ...attachment(name) },
  })
}

/** Headers that make the browser save an answer under a name. */
export function attachment(name: string): Record<string, string> {
  return { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}` }
}

/** A sentence. */
export function textAnswer(status: number, message: string): Response {
  return new Response(message, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

/** How a slice is kept as a file; null for the numbers alone. */
export type SliceFormat = 'npy' | 'csv' | null

/** A slice as numbers for the page, or as a file to keep: .npy, or CSV with the place and the value of every entry. */
export function planeAnswer(
  plane: SlicePlane,
  as: SliceFormat,
  { name, axes, slice }: { name: string; axes: readonly Axis[]; slice: SliceRequest },
): Response {
  if (as === null) return arrayAnswer(plane.values, plane.shape)
  const headers = attachment(`${name}-slice.${as}`)
  return as === 'npy'
    ? new Response(sliceNpy(plane), { headers: { 'content-type': 'application/octet-stream', ...headers } })
    : new Response(sliceCsv(plane, axes, slice), { headers: { 'content-type': 'text/csv', ...headers } })
}
