import { Readable } from 'node:stream'
import {
  arrayAsFloat64,
  arraySource,
  bandsOfCube,
  spectrumOfPixel,
  tensorExportFormats,
  tensorFile,
} from '../formats'
import { arrayAnswer, attachment, piecesAnswer, planeAnswer, rangeOf } from './data-answers'
import { patternWindowOf, sliceOf, wholeNumber, windowOf } from './data-queries'
import { notFound, type Route } from './data-route'
import type { DatasetService } from './dataset-service'
import { vectorOf, type MatrixData } from './matrix-data'
import { columnOfTable, rowsOfTable } from './table-data'
import { foldsOfDataset, histogramOfDataset, occupancyOfDataset, sliceOfDataset } from './tensor-data'

/** Answers for the arrays of datasets. */
export class DatasetAnswers {
  readonly routes: readonly Route[]

  constructor(
    private readonly datasets: DatasetService,
    private readonly matrices: MatrixData,
  ) {
    this.routes = [
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
    ]
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

  private async tensorFile(id: string, address: URL): Promise<Response> {
    const format = tensorExportFormats.find((name) => name === address.searchParams.get('as'))
    if (format === undefined) throw notFound('A tensor is written as npy, tns or csv.')
    const pieces = tensorFile(this.datasets.get(id), this.datasets.folder(id), format)
    return Promise.resolve(piecesAnswer(pieces, `${id}.${format}`))
  }
}
