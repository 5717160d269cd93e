import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import type { ColumnRole, Dataset, ImportChoices, ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { datasetOfReference, type InputReference } from '../../shared/input-reference'
import type { requests } from '../../shared/protocol'
import type { RunRecord } from '../../shared/run'
import { findMethod } from '../methods'
import {
  datasetIdFrom,
  readDatasetRecord,
  reserveDatasetFolder,
  updateDatasetRecord,
} from '../store/dataset-folders'
import { hashedInputs, resolveInputs } from '../solver-host/resolve-inputs'
import { moveFolderDurably } from '../store/durable-file'
import type { ProjectStore } from '../store/project-store'
import { toFiligreeError } from '../../shared/system-failure'
import { checkedParameters } from '../methods/checked-parameters'
import type { CurrentProject } from './current-project'
import { editedAxes, type AxisEdit } from './edited-axes'
import type { EventBus } from './event-bus'
import { editedRoles, findingsOfTable } from './table-data'
import type { TaskList } from './task-list'

/** A picture an import preview drew, as a file of float32 values. */
export interface PreviewPlane {
  path: string
  lines: number
  samples: number
}

type GenerateRequest = z.output<(typeof requests)['datasets.generate']['input']>

const mostPreviews = 8

/** Datasets: looked at before they are imported, imported, generated, renamed, deleted and restored. */
export class DatasetService {
  private readonly previews = new Map<string, PreviewPlane>()
  private readonly hashes = new Map<string, Promise<void>>()
  private previewFolder: Promise<string> | null = null

  constructor(
    private readonly project: CurrentProject,
    private readonly tasks: TaskList,
    private readonly events: EventBus,
  ) {}

  /** Called when a project was opened: files that were still being read for their checksum are read again. */
  begin(store: ProjectStore): void {
    if (store.readOnly) return
    for (const dataset of store.datasets.list()) this.hashInBackground(store, dataset)
  }

  async end(): Promise<void> {
    this.hashes.clear()
    this.previews.clear()
    if (this.previewFolder !== null) await rm(await this.previewFolder, { recursive: true, force: true })
    this.previewFolder = null
  }

  list(): Dataset[] {
    return this.project.require().datasets.list()
  }

  get(id: string): Dataset {
    return requireDataset(this.project.require(), id)
  }

  folder(id: string): string {
    const store = this.project.require()
    return store.paths.dataset(requireDataset(store, id).id)
  }

  /** The dataset of a run and its folder; null for both where it is gone. */
  async ofRun(record: RunRecord): Promise<{ dataset: Dataset | null; folder: string | null }> {
    const store = this.project.require()
    const references = Object.values(record.inputs).map(({ reference }) => reference)
    const ids = references.map(datasetOfReference).filter((dataset) => dataset !== null)
    const [id] = ids
    if (id === undefined || store.datasets.get(id) === null) return { dataset: null, folder: null }
    const folder = store.paths.dataset(id)
    return { dataset: await readDatasetRecord(folder), folder }
  }

  async preview(files: string[], choices: ImportChoices): Promise<ImportPreview> {
    this.previewFolder ??= mkdtemp(join(tmpdir(), 'filigree-previews-'))
    const previewId = randomUUID()
    const path = join(await this.previewFolder, previewId)
    const { preview, plane } = await this.tasks.runQuietly('preview', { files, choices, planeFile: path })
    if (plane === null) return { ...preview, previewId: null }
    this.previews.set(previewId, { path, ...plane })
    await this.forgetOldPreviews()
    return { ...preview, previewId }
  }

  previewPlane(id: string): PreviewPlane | null {
    return this.previews.get(id) ?? null
  }

  async import(files: string[], choices: ImportChoices, name: string | null): Promise<Dataset> {
    const title = givenName(name) ?? (await this.preview(files, choices)).name
    return this.make(title, (store, dataset) =>
      this.tasks.run(`Importing ${title}`, 'import', {
        project: store.paths.folder,
        dataset,
        files,
        choices,
      }),
    )
  }

  /** A dataset from a generator; what it is made from, a library say, is written down with it. */
  async generate(request: GenerateRequest): Promise<Dataset> {
    const { generator, seed } = request
    const method = findMethod(generator, 'generator')
    const parameters = checkedParameters(method, request.parameters)
    const { paths } = this.project.requireWritable()
    await this.awaitHashes(Object.values(request.inputs))
    const resolved = await resolveInputs(paths, method.description, request.inputs)
    method.check(resolved.values, parameters)
    const inputs = hashedInputs(resolved.recorded)
    const title = givenName(request.name) ?? method.description.title
    const threads = availableParallelism()
    return this.make(title, (store, dataset) =>
      this.tasks.run(`Generating ${title}`, 'generate', {
        ...{ project: store.paths.folder, dataset, generator, inputs, parameters, seed, threads },
      }),
    )
  }

  async attachTruth(id: string, file: string, choices: ImportChoices): Promise<Dataset> {
    const store = this.project.requireWritable()
    requireDataset(store, id)
    const dataset = await this.tasks.run(`Reading the truth in ${basename(file)}`, 'attach-truth', {
      ...{ project: store.paths.folder, dataset: id, file, choices },
    })
    return this.keep(store, dataset)
  }

  /** Gives the modes of a tensor other names, units and coordinates. */
  async editAxes(id: string, edits: readonly AxisEdit[]): Promise<Dataset> {
    const store = this.project.requireWritable()
    const before = requireDataset(store, id)
    const dataset = { ...before, axes: editedAxes(before, edits) }
    await updateDatasetRecord(store.paths, dataset)
    return this.keep(store, dataset)
  }

  /** Gives the columns of a table other roles; results of earlier runs keep the hash of the roles they saw. */
  async editRoles(id: string, roles: readonly ColumnRole[]): Promise<Dataset> {
    const store = this.project.requireWritable()
    const before = requireDataset(store, id)
    const columnRoles = await editedRoles(before, store.paths.dataset(id), roles)
    const dataset = { ...requireDataset(store, id), columnRoles }
    await updateDatasetRecord(store.paths, dataset)
    return this.keep(store, dataset)
  }

  findings(id: string): Promise<string[]> {
    return findingsOfTable(this.get(id), this.folder(id))
  }

  async rename(id: string, name: string): Promise<Dataset> {
    const store = this.project.requireWritable()
    const dataset = { ...requireDataset(store, id), name: name.trim() }
    if (dataset.name === '')
      throw new FiligreeError('invalid-parameter', 'A name is needed.', { field: 'name' })
    await updateDatasetRecord(store.paths, dataset)
    return this.keep(store, dataset)
  }

  async delete(id: string): Promise<void> {
    const store = this.project.requireWritable()
    const dataset = requireDataset(store, id)
    await moveFolderDurably(store.paths.dataset(id), store.paths.trashed('datasets', id))
    store.datasets.put(dataset, true)
    this.events.emit('datasets.changed', null)
  }

  async restore(id: string): Promise<Dataset> {
    const store = this.project.requireWritable()
    if (!store.datasets.ids(true).includes(id)) {
      throw new FiligreeError('not-found', `There is no dataset '${id}' in the trash of this project.`)
    }
    await moveFolderDurably(store.paths.trashed('datasets', id), store.paths.dataset(id))
    return this.keep(store, await readDatasetRecord(store.paths.dataset(id)))
  }

  /** Waits until every dataset a run would use has its checksum: a result belongs to bytes, not to a name. */
  async awaitHashes(references: readonly InputReference[]): Promise<void> {
    const store = this.project.requireWritable()
    for (const reference of references) {
      const id = datasetOfReference(reference)
      if (id === null) continue
      const dataset = requireDataset(store, id)
      this.hashInBackground(store, dataset)
      await this.hashes.get(dataset.id)
    }
  }

  private async make(
    title: string,
    job: (store: ProjectStore, dataset: { id: string; name: string; createdAt: string }) => Promise<Dataset>,
  ): Promise<Dataset> {
    const store = this.project.requireWritable()
    const { id, folder } = await reserveDatasetFolder(
      store.paths,
      datasetIdFrom(title),
      (candidate) => store.datasets.has(candidate),
      store.self,
    ).catch((error: unknown) => {
      throw toFiligreeError(error, store.paths.datasets)
    })
    try {
      const dataset = await job(store, { id, name: title, createdAt: new Date().toISOString() })
      this.keep(store, dataset)
      this.hashInBackground(store, dataset)
      return dataset
    } finally {
      // The job cleans up after itself; a job that was killed can not.
      await rm(folder, { recursive: true, force: true })
    }
  }

  private keep(store: ProjectStore, dataset: Dataset): Dataset {
    store.datasets.put(dataset)
    this.events.emit('datasets.changed', null)
    return dataset
  }

  private hashInBackground(store: ProjectStore, dataset: Dataset): void {
    if (this.hashes.has(dataset.id) || isHashed(dataset)) return
    const work = this.hash(store, dataset.id).finally(() => this.hashes.delete(dataset.id))
    // Whoever waits for it is told; nobody has to.
    work.catch((error: unknown) => {
      const failure = toFiligreeError(error)
      if (failure.code !== 'cancelled')
        this.events.emit('notice', { level: 'warning', message: failure.message })
    })
    this.hashes.set(dataset.id, work)
  }

  private async hash(store: ProjectStore, id: string): Promise<void> {
    const { name } = requireDataset(store, id)
    const { files, summary } = await this.tasks.run(`Reading ${name} for its checksum`, 'hash', {
      ...{ project: store.paths.folder, dataset: id, threads: availableParallelism() },
    })
    if (this.project.get() !== store) return
    // Read again: it may have been renamed while its file was read.
    const dataset = requireDataset(store, id)
    const updated = withHashes(dataset, new Map(files.map(({ path, sha256 }) => [path, sha256])))
    const counted = { ...updated, summary: summary ?? updated.summary }
    await updateDatasetRecord(store.paths, counted)
    this.keep(store, counted)
  }

  private async forgetOldPreviews(): Promise<void> {
    for (const [id, { path }] of [...this.previews].slice(0, -mostPreviews)) {
      this.previews.delete(id)
      await rm(path, { force: true })
    }
  }
}

/** A name that is more than blanks. */
export function givenName(name: string | null): string | null {
  const trimmed = name?.trim() ?? ''
  return trimmed === '' ? null : trimmed
}

function requireDataset(store: ProjectStore, id: string): Dataset {
  const dataset = store.datasets.get(id)
  if (dataset !== null) return dataset
  throw new FiligreeError('not-found', `There is no dataset '${id}' in this project.`)
}

function isHashed({ array, truth, summary }: Dataset): boolean {
  const arrays = [array, truth?.endmembers, truth?.abundances]
  // Complex numbers have no smallest and no largest: there is nothing to count.
  const counted = summary !== null || array.dtype.startsWith('complex')
  return counted && arrays.every((each) => each?.sha256 !== null)
}

function withHashes(dataset: Dataset, hashes: ReadonlyMap<string, string>): Dataset {
  const hashed = <Reference extends Dataset['array'] | null>(array: Reference): Reference =>
    array === null ? array : { ...array, sha256: array.sha256 ?? hashes.get(array.file) ?? null }
  const { origin, truth } = dataset
  return {
    ...dataset,
    array: hashed(dataset.array),
    truth:
      truth === null
        ? null
        : { ...truth, endmembers: hashed(truth.endmembers), abundances: hashed(truth.abundances) },
    origin:
      origin.type === 'generated'
        ? origin
        : {
            ...origin,
            files: origin.files.map((file) => ({
              ...file,
              sha256: file.sha256 ?? hashes.get(file.path) ?? null,
            })),
          },
  }
}
