import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { elementCount, rowMajorStrides, type ArraySource } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import type { PatternWindow } from '../../shared/pattern-window'
import { arrayAsFloat64, arraySource, readNpyHeader, type Float64Values } from '../formats'
import type { JobInput } from '../solver-host/messages'
import type { TaskList } from './task-list'

/** Looks that are kept: going back to a window, or asking for its entries, counts nothing anew. */
const mostLooks = 24

/** What a look at a window found. */
interface Look {
  /** (1 or 2, line, sample). */
  planes: Float64Array
  shape: number[]
  /** (entry, 4); empty where there are too many to be told. */
  entries: Float64Array
}

/** A look that is under way or over; it is given up when nobody waits for it any more. */
interface KeptLook {
  found: Promise<Look>
  waiting: number
  leaving: AbortController
}

/** Processes that look at the same time: a page of thumbnails must not start one for each. */
const mostAtOnce = 2

/** Looks at matrices: counts in a process of its own, so that a hundred million entries keep nobody waiting. */
export class MatrixData {
  private readonly looks = new Map<string, KeptLook>()
  private readonly turns: (() => void)[] = []
  private running = 0

  constructor(private readonly tasks: TaskList) {}

  /** Counts of the entries in every cell of a window, and what its mode tells besides. */
  async pattern(dataset: Dataset, folder: string, window: PatternWindow, signal: AbortSignal): Promise<Look> {
    // The checksum of the columns tells the pattern of this dataset from that of one with the same name.
    const key = JSON.stringify([folder, dataset.parts['columns']?.sha256, window])
    const look = this.looks.get(key) ?? this.begin(key, systemOf(dataset, folder), window)
    look.waiting += 1
    const leave = () => {
      look.waiting -= 1
      if (look.waiting > 0) return
      look.leaving.abort()
      this.looks.delete(key)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await look.found
    } finally {
      signal.removeEventListener('abort', leave)
      if (!signal.aborted) look.waiting -= 1
    }
  }

  private begin(key: string, system: JobInput<'look'>['system'], window: PatternWindow): KeptLook {
    const leaving = new AbortController()
    const look = { found: this.inTurn(() => this.look(system, window, leaving.signal)), waiting: 0, leaving }
    this.looks.set(key, look)
    look.found.catch(() => this.looks.delete(key))
    for (const [oldest, { waiting }] of this.looks) {
      if (this.looks.size <= mostLooks) break
      if (waiting === 0 && oldest !== key) this.looks.delete(oldest)
    }
    return look
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= mostAtOnce) await new Promise<void>((turn) => this.turns.push(turn))
    else this.running += 1
    try {
      return await work()
    } finally {
      const next = this.turns.shift()
      if (next === undefined) this.running -= 1
      else next()
    }
  }

  /** One system as a Matrix Market file, as a stream that takes the file with it when it ends. */
  async matrixMarket(dataset: Dataset, folder: string, system: number) {
    const scratch = await mkdtemp(join(tmpdir(), 'filigree-export-'))
    const file = join(scratch, 'matrix.mtx')
    const remove = () => void rm(scratch, { recursive: true, force: true })
    try {
      await this.tasks.run(`Exporting ${dataset.name}`, 'write-matrix', {
        ...{ folder: scratch, file, index: system, threads: availableParallelism() },
        system: systemOf(dataset, folder),
        comment: `${dataset.name}, exported by Filigree`,
      })
      const { size } = await stat(file)
      return { bytes: size, stream: createReadStream(file).once('close', remove) }
    } catch (error) {
      remove()
      throw error
    }
  }

  private async look(
    system: JobInput<'look'>['system'],
    window: PatternWindow,
    signal: AbortSignal,
  ): Promise<Look> {
    signal.throwIfAborted()
    const folder = await mkdtemp(join(tmpdir(), 'filigree-look-'))
    try {
      const input = { folder, system, window, threads: availableParallelism() }
      const { files } = await this.tasks.runQuietly('look', input, signal)
      const read = async (file: string): Promise<Float64Values | null> => {
        if (!files.includes(file)) return null
        const path = join(folder, file)
        return arrayAsFloat64({ ...(await readNpyHeader(path)), path })
      }
      const counts = await read('counts.npy')
      const layer = await read('layer.npy')
      const entries = await read('entries.npy')
      const planes = [...(counts === null ? [] : [counts]), ...(layer === null ? [] : [layer])]
      const size = counts?.values.length ?? 0
      const values = new Float64Array(size * planes.length)
      planes.forEach((plane, index) => {
        values.set(plane.values, index * size)
      })
      return {
        planes: values,
        shape: [planes.length, ...(counts?.shape ?? [])],
        entries: entries?.values ?? new Float64Array(0),
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** A vector of a system: (1, entry), or (2, entry) where it is complex. Throws `not-found`. */
export async function vectorOf(
  dataset: Dataset,
  folder: string,
  name: string,
  system: number,
): Promise<Float64Values> {
  const array = dataset.parts[name]
  if (array === undefined || array.dtype.startsWith('int')) {
    throw new FiligreeError('not-found', `${dataset.name} has no vector '${name}'.`)
  }
  const { shape } = array
  const source = arraySource(array, folder)
  const lengths: readonly (number | undefined)[] = dataset.axes.map(({ size }) => size)
  const sequence = shape.length === 2 && lengths.includes(shape[1])
  const [systems = 1] = sequence ? shape : [1]
  if (system >= systems) throw new FiligreeError('not-found', `${dataset.name} has no system ${system + 1}.`)
  const length = sequence ? (shape[1] ?? 0) : (shape[0] ?? 0)
  const columns = sequence ? 1 : elementCount(shape.slice(1))
  const complex = array.dtype === 'complex128' || array.dtype === 'complex64'
  const numbers: ArraySource = {
    ...source,
    dtype: array.dtype === 'complex128' ? 'float64' : array.dtype === 'complex64' ? 'float32' : array.dtype,
    offset: source.offset,
    shape: [systems, length, columns, complex ? 2 : 1],
    strides: rowMajorStrides([systems, length, columns, complex ? 2 : 1]),
  }
  const { values } = await arrayAsFloat64(numbers, system)
  // The first column alone: of a near-null space the other vectors are asked for by their methods.
  const parts = complex ? 2 : 1
  const out = new Float64Array(parts * length)
  for (let entry = 0; entry < length; entry += 1) {
    for (let part = 0; part < parts; part += 1) {
      out[part * length + entry] = values[entry * columns * parts + part] ?? Number.NaN
    }
  }
  return { values: out, shape: [parts, length] }
}

function systemOf(dataset: Dataset, folder: string): JobInput<'look'>['system'] {
  const { rows, columns } = dataset.parts
  if (dataset.kind !== 'matrix' || rows === undefined || columns === undefined) {
    throw new FiligreeError('invalid-data', `${dataset.name} is not a matrix: it is a ${dataset.kind}.`)
  }
  return {
    values: arraySource(dataset.array, folder),
    rowPointers: arraySource(rows, folder),
    columnIndices: arraySource(columns, folder),
    columns: dataset.axes[1]?.size ?? 0,
    rightHandSide: null,
    knownSolution: null,
    nearNullSpace: null,
    parameters: null,
  }
}
