import { join } from 'node:path'
import { Readable } from 'node:stream'
import { dataHeaders } from '../../shared/data-address'
import { FiligreeError, type FailureCode } from '../../shared/failure'
import {
  arrayAsFloat64,
  arraySource,
  bandsOfCube,
  spectrumOfPixel,
  tensorExportFormats,
  tensorFile,
} from '../formats'
import type { Artifact } from '../../shared/run'
import { toFiligreeError } from '../../shared/system-failure'
import {
  arrayAnswer,
  attachment,
  fileAnswer,
  piecesAnswer,
  planeAnswer,
  rangeOf,
  textAnswer,
} from './data-answers'
import { patternWindowOf, sliceOf, wholeNumber, windowOf } from './data-queries'
import type { DatasetService } from './dataset-service'
import { vectorOf, type MatrixData } from './matrix-data'
import type { ReportService } from './report-service'
import type { RunService } from './run-service'
import { readTrace } from './trace-values'
import {
  foldsOfDataset,
  histogramOfDataset,
  modesOfRun,
  occupancyOfDataset,
  reconstructionNpy,
  sliceOfArtifact,
  sliceOfDataset,
  sliceOfReconstruction,
} from './tensor-data'
import { columnOfTable, rowsOfTable } from './table-data'
import type { UploadService } from './upload-service'

type Handler = (parts: string[], address: URL, request: Request) => Promise<Response>

interface Route {
  method: 'GET' | 'PUT'
  /** A colon stands for one part of the address, handed to the handler. */
  pattern: string
  handle: Handler
}

const statusOf: Partial<Record<FailureCode, number>> = {
  'not-found': 404,
  'not-allowed': 403,
  'read-only': 403,
  'invalid-parameter': 400,
  'disk-full': 507,
  'busy': 409,
}

/** Answers the addresses of `src/shared/data-address.ts`: bytes of arrays and files of the open project. */
export class DataHandler {
  private readonly routes: readonly Route[]

  constructor(
    private readonly datasets: DatasetService,
    private readonly runs: RunService,
    private readonly reports: ReportService,
    uploads: UploadService | null,
    private readonly matrices: MatrixData,
  ) {
    this.routes = [
      { method: 'GET', pattern: 'previews/:', handle: ([id]) => this.preview(id ?? '') },
      {
        method: 'GET',
        pattern: 'datasets/:/bands',
        handle: ([id], address, { signal }) => this.bands(id ?? '', address, signal),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/spectrum',
        handle: ([id], address) => this.spectrum(id ?? '', address),
      },
      { method: 'GET', pattern: 'datasets/:/array', handle: ([id]) => this.library(id ?? '') },
      {
        method: 'GET',
        pattern: 'datasets/:/truth/:',
        handle: ([id, part]) => this.truth(id ?? '', part ?? ''),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/slice',
        handle: ([id], address, { signal }) => this.slice(id ?? '', address, signal),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/pattern',
        handle: ([id], address, { signal }) => this.pattern(id ?? '', address, signal),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/pattern-entries',
        handle: ([id], address, { signal }) => this.patternEntries(id ?? '', address, signal),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/vectors/:',
        handle: ([id, name], address) => this.vector(id ?? '', name ?? '', address),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/matrix-market',
        handle: ([id], address) => this.matrixMarket(id ?? '', address),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/histogram',
        handle: ([id]) => this.histogram(id ?? ''),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/occupancy',
        handle: ([id], address) => this.occupancy(id ?? '', address),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/rows',
        handle: ([id], address) => this.tableRows(id ?? '', address),
      },
      {
        method: 'GET',
        pattern: 'datasets/:/column',
        handle: ([id], address) => this.tableColumn(id ?? '', address),
      },
      { method: 'GET', pattern: 'datasets/:/folds', handle: ([id]) => this.folds(id ?? '') },
      {
        method: 'GET',
        pattern: 'datasets/:/file',
        handle: ([id], address) => this.tensorFile(id ?? '', address),
      },
      {
        method: 'GET',
        pattern: 'runs/:/reconstruction/file',
        handle: ([id], address) => this.reconstructionFile(id ?? '', address),
      },
      {
        method: 'GET',
        pattern: 'runs/:/artifacts/:/slice',
        handle: ([id, name], address, { signal }) =>
          this.artifactSlice(id ?? '', name ?? '', address, signal),
      },
      {
        method: 'GET',
        pattern: 'runs/:/reconstruction',
        handle: ([id], address, { signal }) => this.reconstruction(id ?? '', address, signal),
      },
      {
        method: 'GET',
        pattern: 'runs/:/artifacts/:',
        handle: ([id, name], address) => this.artifact(id ?? '', name ?? '', address),
      },
      { method: 'GET', pattern: 'runs/:/trace', handle: ([id]) => this.trace(id ?? '') },
      {
        method: 'GET',
        pattern: 'runs/:/files/:',
        handle: ([id, file]) => this.runFile(id ?? '', file ?? ''),
      },
      { method: 'GET', pattern: 'reports/:', handle: ([id], address) => this.report(id ?? '', address) },
      ...(uploads === null
        ? []
        : [
            {
              method: 'PUT' as const,
              pattern: 'uploads',
              handle: (_: string[], address: URL, request: Request) => uploads.receive(address, request),
            },
          ]),
    ]
  }

  /** Never throws: a failure is an answer with its sentence as text. */
  async handle(request: Request): Promise<Response> {
    try {
      const address = new URL(request.url)
      for (const { method, pattern, handle } of this.routes) {
        const parts = matchParts(pattern, address.pathname)
        if (parts !== null && method === request.method) return await handle(parts, address, request)
      }
      return textAnswer(404, 'There is nothing at this address.')
    } catch (error) {
      const failure = toFiligreeError(error)
      return textAnswer(statusOf[failure.code] ?? 500, failure.message)
    }
  }

  private async preview(id: string): Promise<Response> {
    const plane = this.datasets.previewPlane(id)
    if (plane === null) throw notFound('This preview is not kept any more. Choose the file again.')
    return fileAnswer(plane.path, {
      [dataHeaders.dtype]: 'float32',
      [dataHeaders.shape]: `${plane.lines},${plane.samples}`,
    })
  }

  /** A picture that is zoomed past is no longer read for: of a large file that would go on for seconds. */
  private async bands(id: string, address: URL, signal: AbortSignal): Promise<Response> {
    const bands = (address.searchParams.get('bands') ?? '')
      .split(',')
      .map((text) => wholeNumber(text, 'bands'))
    const side = wholeNumber(address.searchParams.get('side') ?? '1024', 'side')
    const { values, shape, minimum, maximum } = await bandsOfCube(
      this.datasets.get(id),
      this.datasets.folder(id),
      bands,
      side,
      windowOf(address.searchParams.get('window')),
      signal,
    )
    return arrayAnswer(values, shape, rangeOf(minimum, maximum))
  }

  private async spectrum(id: string, address: URL): Promise<Response> {
    const line = wholeNumber(address.searchParams.get('line') ?? '', 'line')
    const sample = wholeNumber(address.searchParams.get('sample') ?? '', 'sample')
    const values = await spectrumOfPixel(this.datasets.get(id), this.datasets.folder(id), line, sample)
    return arrayAnswer(values, [values.length])
  }

  private async library(id: string): Promise<Response> {
    const { array, kind, name } = this.datasets.get(id)
    if (kind !== 'library') throw notFound(`'${name}' is a ${kind}, not a library of spectra.`)
    const { values, shape } = await arrayAsFloat64(arraySource(array, this.datasets.folder(id)))
    return arrayAnswer(values, shape)
  }

  private async truth(id: string, part: string): Promise<Response> {
    const { truth } = this.datasets.get(id)
    const array = part === 'endmembers' ? truth?.endmembers : part === 'abundances' ? truth?.abundances : null
    if (array === null || array === undefined) throw notFound(`This dataset has no true ${part}.`)
    const { values, shape } = await arrayAsFloat64(arraySource(array, this.datasets.folder(id)))
    return arrayAnswer(values, shape)
  }

  private async slice(id: string, address: URL, signal: AbortSignal): Promise<Response> {
    const { slice, options, as } = sliceOf(address, signal)
    const dataset = this.datasets.get(id)
    const plane = await sliceOfDataset(dataset, this.datasets.folder(id), slice, options)
    return planeAnswer(plane, as, { name: dataset.id, axes: dataset.axes, slice })
  }

  private async pattern(id: string, address: URL, signal: AbortSignal): Promise<Response> {
    const dataset = this.datasets.get(id)
    const look = await this.matrices.pattern(
      dataset,
      this.datasets.folder(id),
      patternWindowOf(address),
      signal,
    )
    return arrayAnswer(look.planes, look.shape)
  }

  private async patternEntries(id: string, address: URL, signal: AbortSignal): Promise<Response> {
    const dataset = this.datasets.get(id)
    const window = patternWindowOf(address)
    const { entries } = await this.matrices.pattern(dataset, this.datasets.folder(id), window, signal)
    return arrayAnswer(entries, [entries.length / 4, 4])
  }

  private async vector(id: string, name: string, address: URL): Promise<Response> {
    const system = wholeNumber(address.searchParams.get('system') ?? '0', 'system')
    const { values, shape } = await vectorOf(this.datasets.get(id), this.datasets.folder(id), name, system)
    return arrayAnswer(values, shape)
  }

  private async matrixMarket(id: string, address: URL): Promise<Response> {
    const system = wholeNumber(address.searchParams.get('system') ?? '0', 'system')
    const { bytes, stream } = await this.matrices.matrixMarket(
      this.datasets.get(id),
      this.datasets.folder(id),
      system,
    )
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes) }
    return new Response(Readable.toWeb(stream) as ReadableStream, {
      headers: { ...headers, ...attachment(`${id}.mtx`) },
    })
  }

  private async histogram(id: string): Promise<Response> {
    const { values, low, high } = await histogramOfDataset(this.datasets.get(id), this.datasets.folder(id))
    return arrayAnswer(values, [values.length], { minimum: low, maximum: high })
  }

  private async occupancy(id: string, address: URL): Promise<Response> {
    const mode = wholeNumber(address.searchParams.get('mode') ?? '', 'mode')
    const values = await occupancyOfDataset(this.datasets.get(id), this.datasets.folder(id), mode)
    return arrayAnswer(values, [values.length])
  }

  private async tableRows(id: string, address: URL): Promise<Response> {
    const [first = 0, count = 0] = ['first', 'count'].map((name) =>
      wholeNumber(address.searchParams.get(name) ?? '', name),
    )
    const rows = await rowsOfTable(this.datasets.get(id), this.datasets.folder(id), first, count)
    return arrayAnswer(rows.values, rows.shape)
  }

  private async tableColumn(id: string, address: URL): Promise<Response> {
    const [column = 0, most = 0] = ['column', 'most'].map((name) =>
      wholeNumber(address.searchParams.get(name) ?? '', name),
    )
    const { values, shape } = await columnOfTable(
      this.datasets.get(id),
      this.datasets.folder(id),
      column,
      most,
    )
    return arrayAnswer(values, shape)
  }

  private async folds(id: string): Promise<Response> {
    const values = await foldsOfDataset(this.datasets.get(id), this.datasets.folder(id))
    return arrayAnswer(values, [values.length])
  }

  private async artifactSlice(
    id: string,
    name: string,
    address: URL,
    signal: AbortSignal,
  ): Promise<Response> {
    const { slice, options, as } = sliceOf(address, signal)
    const artifact = await this.artifactNamed(id, name)
    const plane = await sliceOfArtifact(artifact, this.runs.folder(id), slice, options)
    return planeAnswer(plane, as, { name: `${id}-${name}`, axes: artifact.axes, slice })
  }

  private async reconstruction(id: string, address: URL, signal: AbortSignal): Promise<Response> {
    const { slice, options, as } = sliceOf(address, signal)
    const record = await this.runs.get(id)
    const plane = await sliceOfReconstruction(record, this.runs.folder(id), slice, options)
    return planeAnswer(plane, as, { name: `${id}-reconstruction`, axes: modesOfRun(record), slice })
  }

  private async tensorFile(id: string, address: URL): Promise<Response> {
    const format = tensorExportFormats.find((name) => name === address.searchParams.get('as'))
    if (format === undefined) throw notFound('A tensor is written as npy, tns or csv.')
    const pieces = tensorFile(this.datasets.get(id), this.datasets.folder(id), format)
    return Promise.resolve(piecesAnswer(pieces, `${id}.${format}`))
  }

  private async reconstructionFile(id: string, address: URL): Promise<Response> {
    const text = address.searchParams.get('most')
    const most = text === null ? Number.MAX_SAFE_INTEGER : wholeNumber(text, 'most')
    if (most < 1) throw new FiligreeError('invalid-parameter', 'A mode keeps at least one entry.')
    const pieces = reconstructionNpy(await this.runs.get(id), this.runs.folder(id), most)
    return piecesAnswer(pieces, `${id}-reconstruction.npy`)
  }

  private async artifactNamed(id: string, name: string): Promise<Artifact> {
    const record = await this.runs.get(id)
    const artifact = record.artifacts.find((candidate) => candidate.name === name)
    if (artifact === undefined) throw notFound(`Run ${id} has no '${name}'.`)
    return artifact
  }

  private async artifact(id: string, name: string, address: URL): Promise<Response> {
    const artifact = await this.artifactNamed(id, name)
    const { dtype, byteOrder, offset, shape, strides, minimum, maximum } = artifact
    const path = join(this.runs.folder(id), artifact.file)
    const text = address.searchParams.get('index')
    const index = text === null ? null : wholeNumber(text, 'index')
    if (index !== null && index >= (shape[0] ?? 0))
      throw notFound(`'${name}' of run ${id} has no entry ${index}.`)
    const read = await arrayAsFloat64({ path, dtype, byteOrder, offset, shape, strides }, index)
    return arrayAnswer(read.values, read.shape, index === null ? rangeOf(minimum, maximum) : undefined)
  }

  private async trace(id: string): Promise<Response> {
    const { values, shape } = await readTrace(this.runs.folder(id))
    return arrayAnswer(values, shape, null)
  }

  private async runFile(id: string, file: string): Promise<Response> {
    if (!/^[\w-][\w.-]*$/.test(file)) throw notFound(`Run ${id} has no file of this name.`)
    return fileAnswer(join(this.runs.folder(id), file), attachment(`${id}-${file}`))
  }

  private async report(id: string, address: URL): Promise<Response> {
    const headers = address.searchParams.get('download') === '1' ? attachment(id) : {}
    return fileAnswer(this.reports.path(id), headers, 'text/html; charset=utf-8')
  }
}

/** The parts of an address that stand where the pattern has colons; null where it does not fit. */
function matchParts(pattern: string, path: string): string[] | null {
  const wanted = ['data', ...pattern.split('/')]
  const given = path.slice(1).split('/')
  if (wanted.length !== given.length) return null
  const parts: string[] = []
  for (const [index, name] of wanted.entries()) {
    const part = given[index] ?? ''
    if (name === ':') parts.push(decodeURIComponent(part))
    else if (name !== part) return null
  }
  return parts
}

function notFound(message: string): FiligreeError {
  return new FiligreeError('not-found', message)
}
