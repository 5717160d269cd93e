import { join } from 'node:path'
import { Readable } from 'node:stream'
import { FiligreeError } from '../../shared/failure'
import { isFinished, savedRunEnding, type Artifact } from '../../shared/run'
import { arrayAsFloat64 } from '../formats'
import { arrayAnswer, attachment, fileAnswer, piecesAnswer, planeAnswer, rangeOf } from './data-answers'
import { packRun } from '../store/run-package'
import { sliceOf, wholeNumber } from './data-queries'
import { notFound, type Route } from './data-route'
import type { RunService } from './run-service'
import { modesOfRun, reconstructionNpy, sliceOfArtifact, sliceOfReconstruction } from './tensor-data'
import { readTrace } from './trace-values'

/** Answers for what runs wrote. */
export class RunAnswers {
  readonly routes: readonly Route[]

  constructor(private readonly runs: RunService) {
    this.routes = [
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
      { method: 'GET', pattern: 'runs/:/package', handle: ([id]) => this.package(id ?? '') },
      { method: 'GET', pattern: 'runs/:/trace', handle: ([id]) => this.trace(id ?? '') },
      {
        method: 'GET',
        pattern: 'runs/:/files/:',
        handle: ([id, file]) => this.runFile(id ?? '', file ?? ''),
      },
    ]
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

  private async package(id: string): Promise<Response> {
    const { state } = await this.runs.get(id)
    if (!isFinished(state))
      throw new FiligreeError('busy', `Run ${id} is ${state}: it can be saved when it has finished.`)
    const stream = Readable.toWeb(Readable.from(await packRun(this.runs.folder(id)))) as ReadableStream
    return new Response(stream, {
      headers: { 'content-type': 'application/zip', ...attachment(`${id}${savedRunEnding}`) },
    })
  }

  private async runFile(id: string, file: string): Promise<Response> {
    if (!/^[\w-][\w.-]*$/.test(file)) throw notFound(`Run ${id} has no file of this name.`)
    return fileAnswer(join(this.runs.folder(id), file), attachment(`${id}-${file}`))
  }
}
