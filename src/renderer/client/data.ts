import { bytesPerElement, dtypeSchema, elementCount, type DType } from '../../shared/array'
import { dataHeaders } from '../../shared/data-address'
import { failureSchema, FiligreeError } from '../../shared/failure'

export type DataValues =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>

/** An array as it came from a data address, in C order. */
export interface DataArray {
  values: DataValues
  shape: number[]
  /** Smallest and largest finite value, where the host said them. */
  range: readonly [number, number] | null
}

const views: Partial<Record<DType, (bytes: ArrayBuffer) => DataValues>> = {
  float32: (bytes) => new Float32Array(bytes),
  float64: (bytes) => new Float64Array(bytes),
  uint8: (bytes) => new Uint8Array(bytes),
  bool: (bytes) => new Uint8Array(bytes),
  int8: (bytes) => new Int8Array(bytes),
  uint16: (bytes) => new Uint16Array(bytes),
  int16: (bytes) => new Int16Array(bytes),
  uint32: (bytes) => new Uint32Array(bytes),
  int32: (bytes) => new Int32Array(bytes),
}

/** Fetches an array from a data address. Throws a `FiligreeError` for a refusal or bytes that do not fit their shape. */
export async function fetchArray(address: string, signal?: AbortSignal): Promise<DataArray> {
  const response = await fetch(address, { credentials: 'same-origin', ...(signal ? { signal } : {}) })
  if (!response.ok) throw await failureOf(response)
  const dtype = dtypeSchema.safeParse(response.headers.get(dataHeaders.dtype))
  const view = dtype.success ? views[dtype.data] : undefined
  if (!dtype.success || view === undefined) {
    throw new FiligreeError('internal', `The numbers at ${address} have a type that can not be shown.`)
  }
  const shape = numbersOf(response.headers.get(dataHeaders.shape))
  const bytes = await response.arrayBuffer()
  if (bytes.byteLength !== elementCount(shape) * bytesPerElement[dtype.data]) {
    throw new FiligreeError(
      'internal',
      `The numbers at ${address} do not fill their shape (${shape.join(' × ')}).`,
    )
  }
  const [low, high] = numbersOf(response.headers.get(dataHeaders.range))
  return {
    values: view(bytes),
    shape,
    range: low === undefined || high === undefined ? null : [low, high],
  }
}

/** The failure behind a response that is not ok: the host sends one as JSON. */
export async function failureOf(response: Response): Promise<FiligreeError> {
  return failureOfText(response.status, await response.text())
}

/** The same for a body that was read already. */
export function failureOfText(status: number, body: string): FiligreeError {
  try {
    const parsed = failureSchema.safeParse(JSON.parse(body))
    if (parsed.success) return new FiligreeError(parsed.data.code, parsed.data.message)
  } catch {
    // Not JSON: the sentence below says what is known.
  }
  return new FiligreeError('io', `Filigree answered ${status} where it should have sent data. Try again.`)
}

function numbersOf(header: string | null): number[] {
  return header === null || header === '' ? [] : header.split(',').map(Number)
}
