import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Dataset, DatasetKind } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import type { ArraySource, Axis } from '../../shared/array'
import type { InputDescription, InputValue, MethodDescription } from '../../shared/method'
import type { InputReference, ResolvedInput } from '../../shared/input-reference'
import type { RunRecord } from '../../shared/run'
import { readDatasetRecord } from '../store/dataset-folders'
import type { ProjectPaths } from '../store/project-paths'
import { readRunRecord } from '../store/run-folders'
import { isMissing } from '../../shared/system-failure'
import { verifiedSource } from './dataset-source'

// Ids become folder names here: what is no id must not get as far as a path.
const datasetIdPattern = /^[a-z0-9][a-z0-9-]*$/
const runIdPattern = /^\d{4,}-[a-z0-9-]+$/

/** The inputs of a run or a generator, ready for its method and for its record. */
export interface ResolvedInputs {
  values: Record<string, InputValue | null>
  /** What the record keeps; a hash is null while an external file is still being hashed. */
  recorded: Record<string, Omit<ResolvedInput, 'sha256'> & { sha256: string | null }>
  /** Dataset of the cube or tensor: the run is listed under it and scored against its truth. */
  dataset: Dataset | null
}

interface Resolved {
  value: InputValue
  title: string
  sha256: string | null
}

/** Finds the files behind the references of a run and checks that they are of the right kind and unchanged. */
export async function resolveInputs(
  paths: ProjectPaths,
  method: MethodDescription,
  references: Record<string, InputReference>,
): Promise<ResolvedInputs> {
  refuseUnknown(method, references)
  const result: ResolvedInputs = { values: {}, recorded: {}, dataset: null }
  for (const description of method.inputs) {
    const { name, title, type, optional } = description
    const reference = references[name]
    if (reference === undefined) {
      if (!optional) throw wrong(name, `${method.title} needs '${name}' (${title}).`)
      result.values[name] = null
      continue
    }
    const resolved = await resolvers[type](paths, name, reference, description)
    result.values[name] = resolved.value
    const dataset = 'dataset' in resolved.value ? resolved.value.dataset : null
    const columnRoles = dataset?.columnRoles
    result.recorded[name] = {
      ...{ reference, title: resolved.title, sha256: resolved.sha256 },
      ...(columnRoles === undefined ? {} : { columnRoles }),
    }
    result.dataset ??= dataset
  }
  return result
}

/** What a record keeps of inputs whose files are hashed by now. Throws where a file could not be read for that. */
export function hashedInputs(recorded: ResolvedInputs['recorded']): Record<string, ResolvedInput> {
  return Object.fromEntries(
    Object.entries(recorded).map(([name, entry]) => [name, { ...entry, sha256: requireHash(entry) }]),
  )
}

function requireHash({ sha256, title }: { sha256: string | null; title: string }): string {
  if (sha256 !== null) return sha256
  throw new FiligreeError(
    'invalid-data',
    `The file of '${title}' could not be read for its checksum. Import it again.`,
  )
}

function refuseUnknown(method: MethodDescription, references: Record<string, InputReference>): void {
  const names = method.inputs.map(({ name }) => name)
  const unknown = Object.keys(references).find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw wrong(
    unknown,
    `${method.title} takes no input called '${unknown}'. It takes: ${names.join(', ') || 'none'}.`,
  )
}

type Resolver = (
  paths: ProjectPaths,
  name: string,
  reference: InputReference,
  description: InputDescription,
) => Promise<Resolved>

const resolvers: Record<InputDescription['type'], Resolver> = {
  cube,
  spectra,
  maps,
  tensor,
  matrix: (paths, name, reference) => withParts(paths, name, reference, ['matrix']),
  table: (paths, name, reference) => withParts(paths, name, reference, ['table']),
  run,
}

async function cube(paths: ProjectPaths, name: string, reference: InputReference): Promise<Resolved> {
  if (reference.type !== 'dataset') throw wrong(name, `'${name}' must be a dataset.`)
  const dataset = await datasetOf(paths, reference.dataset)
  if (dataset.kind !== 'cube')
    throw wrong(name, `'${dataset.name}' is a ${dataset.kind}; '${name}' must be a cube.`)
  const source = await verifiedSource(dataset.array, paths.dataset(dataset.id))
  return { value: { dataset, source }, title: dataset.name, sha256: dataset.array.sha256 }
}

function tensor(paths: ProjectPaths, name: string, reference: InputReference): Promise<Resolved> {
  return withParts(paths, name, reference, ['tensor', 'cube'])
}

/** A dataset of one of these kinds, with the arrays that belong to it. */
async function withParts(
  paths: ProjectPaths,
  name: string,
  reference: InputReference,
  kinds: DatasetKind[],
): Promise<Resolved> {
  if (reference.type !== 'dataset') throw wrong(name, `'${name}' must be a dataset.`)
  const dataset = await datasetOf(paths, reference.dataset)
  if (!kinds.includes(dataset.kind))
    throw wrong(name, `'${dataset.name}' is a ${dataset.kind}; '${name}' must be a ${kinds.join(' or a ')}.`)
  const folder = paths.dataset(dataset.id)
  const parts: Record<string, ArraySource> = {}
  for (const [role, array] of Object.entries(dataset.parts)) parts[role] = await verifiedSource(array, folder)
  const source = await verifiedSource(dataset.array, folder)
  return { value: { dataset, source, parts }, title: dataset.name, sha256: datasetHash(dataset) }
}

/**
 * What a dataset is recognised by: its array alone where that is all there is of it, else a digest of all of its arrays
 * and of what results depend on as well: coordinates of the modes of a tensor, roles of the columns of a table.
 */
/** What a dataset is told from another one by: its numbers, and of a table the roles of its columns. Null until it was counted. */
export function datasetHash({ array, parts, axes, kind, columnRoles }: Dataset): string | null {
  const others = Object.entries(parts).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const placed = kind === 'tensor' && axes.some(({ coordinates }) => coordinates !== null)
  if (others.length === 0 && !placed && columnRoles === undefined) return array.sha256
  const hashes = [array.sha256, ...others.map(([, part]) => part.sha256)]
  if (hashes.includes(null)) return null
  const words = [
    ...hashes,
    ...others.map(([role]) => role),
    axes.map(({ coordinates }) => coordinates),
    columnRoles,
  ]
  return createHash('sha256').update(JSON.stringify(words)).digest('hex')
}

function spectra(paths: ProjectPaths, name: string, reference: InputReference): Promise<Resolved> {
  switch (reference.type) {
    case 'dataset':
      return librarySpectra(paths, name, reference)
    case 'truth':
      return trueSpectra(paths, name, reference)
    case 'artifact':
      return spectraOfRun(paths, name, reference)
    case 'run':
      throw wrong(name, `'${name}' must be spectra, not a whole run.`)
  }
}

async function librarySpectra(
  paths: ProjectPaths,
  name: string,
  reference: Extract<InputReference, { type: 'dataset' }>,
): Promise<Resolved> {
  const dataset = await datasetOf(paths, reference.dataset)
  if (dataset.kind !== 'library') {
    throw wrong(
      name,
      `'${dataset.name}' is a ${dataset.kind}; '${name}' takes spectra from a library, a truth or an earlier run.`,
    )
  }
  const [bands, spectrum] = dataset.axes
  return {
    value: {
      source: await verifiedSource(dataset.array, paths.dataset(dataset.id)),
      bands: bands ?? plainBands(dataset.array.shape[0]),
      labels: spectrum?.labels ?? null,
      from: `from the library '${dataset.name}'`,
      normalisation: null,
    },
    title: dataset.name,
    sha256: dataset.array.sha256,
  }
}

function plainBands(size = 0): Axis {
  return { name: 'band', size, unit: null, coordinates: null, labels: null }
}

async function trueSpectra(
  paths: ProjectPaths,
  name: string,
  reference: Extract<InputReference, { type: 'truth' }>,
): Promise<Resolved> {
  const dataset = await datasetOf(paths, reference.dataset)
  const array = reference.part === 'endmembers' ? dataset.truth?.endmembers : null
  if (array === null || array === undefined)
    throw wrong(
      name,
      `'${dataset.name}' has no true endmembers. Attach a truth file to it, or choose another input.`,
    )
  const names = dataset.truth?.names ?? []
  return {
    value: {
      source: await verifiedSource(array, paths.dataset(dataset.id)),
      bands: dataset.axes[2] ?? plainBands(array.shape[0]),
      labels: names.length === array.shape[1] ? names : null,
      from: `from the truth of '${dataset.name}'`,
      normalisation: null,
    },
    title: `true endmembers of ${dataset.name}`,
    sha256: array.sha256,
  }
}

async function spectraOfRun(
  paths: ProjectPaths,
  name: string,
  reference: Extract<InputReference, { type: 'artifact' }>,
): Promise<Resolved> {
  const { record, artifact, source, title } = await artifactOf(paths, name, reference, 'spectra')
  const normalisation = record.parameters['normalisation']
  return {
    value: {
      source,
      bands: artifact.axes[0] ?? plainBands(source.shape[0]),
      labels: artifact.axes[1]?.labels ?? null,
      from: `from run ${record.id}`,
      normalisation: typeof normalisation === 'string' ? normalisation : null,
    },
    title,
    sha256: artifact.sha256,
  }
}

async function maps(paths: ProjectPaths, name: string, reference: InputReference): Promise<Resolved> {
  switch (reference.type) {
    case 'dataset':
      return bandsAsMaps(paths, name, reference)
    case 'truth':
      return trueMaps(paths, name, reference)
    case 'artifact': {
      const { record, artifact, source, title } = await artifactOf(paths, name, reference, 'maps')
      const labels = artifact.axes[0]?.labels ?? null
      return {
        value: { source, labels, from: `from run ${record.id}` },
        title,
        sha256: artifact.sha256,
      }
    }
    case 'run':
      throw wrong(name, `'${name}' must be maps, not a whole run.`)
  }
}

async function trueMaps(
  paths: ProjectPaths,
  name: string,
  reference: Extract<InputReference, { type: 'truth' }>,
): Promise<Resolved> {
  const dataset = await datasetOf(paths, reference.dataset)
  const array = reference.part === 'abundances' ? dataset.truth?.abundances : null
  if (array === null || array === undefined)
    throw wrong(
      name,
      `'${dataset.name}' has no true abundances, or its endmembers were named. Attach a truth file with abundances to it, or choose another input.`,
    )
  const names = dataset.truth?.names ?? []
  return {
    value: {
      source: await verifiedSource(array, paths.dataset(dataset.id)),
      labels: names.length === array.shape[0] ? names : null,
      from: `from the truth of '${dataset.name}'`,
    },
    title: `true abundances of ${dataset.name}`,
    sha256: array.sha256,
  }
}

/** Maps are sometimes kept as a cube (line, sample, material): the same numbers with their axes in another order. */
async function bandsAsMaps(
  paths: ProjectPaths,
  name: string,
  reference: Extract<InputReference, { type: 'dataset' }>,
): Promise<Resolved> {
  const dataset = await datasetOf(paths, reference.dataset)
  if (dataset.kind !== 'cube' || dataset.scale !== 1)
    throw wrong(
      name,
      `'${dataset.name}' is ${dataset.kind === 'cube' ? 'a cube in scaled numbers' : `a ${dataset.kind}`}; '${name}' takes maps from a truth, an earlier run, or a cube whose bands they are as they stand.`,
    )
  const source = await verifiedSource(dataset.array, paths.dataset(dataset.id))
  return {
    value: {
      source: { ...source, shape: bandFirst(source.shape), strides: bandFirst(source.strides) },
      labels: dataset.axes[2]?.labels ?? null,
      from: `from the bands of '${dataset.name}'`,
    },
    title: `bands of ${dataset.name}`,
    sha256: dataset.array.sha256,
  }
}

/** What (line, sample, band) has, for (band, line, sample). */
function bandFirst([line = 0, sample = 0, band = 0]: readonly number[]): number[] {
  return [band, line, sample]
}

/** An artifact of a finished run that has this meaning. */
async function artifactOf(
  paths: ProjectPaths,
  name: string,
  reference: Extract<InputReference, { type: 'artifact' }>,
  meaning: 'spectra' | 'maps',
): Promise<{
  record: RunRecord
  artifact: RunRecord['artifacts'][number]
  source: ArraySource
  title: string
}> {
  const record = await finishedRun(paths, name, reference.run)
  const artifact = record.artifacts.find((candidate) => candidate.name === reference.artifact)
  if (artifact?.meaning !== meaning) {
    const there = record.artifacts.flatMap((each) => (each.meaning === meaning ? [each.name] : []))
    throw wrong(
      name,
      `Run ${record.id} has no ${meaning} called '${reference.artifact}'. It has: ${there.join(', ') || 'none'}.`,
    )
  }
  const { dtype, byteOrder, offset, shape, strides } = artifact
  return {
    record,
    artifact,
    source: { path: join(paths.run(record.id), artifact.file), dtype, byteOrder, offset, shape, strides },
    title: `${artifact.name} of run ${record.id}`,
  }
}

async function run(
  paths: ProjectPaths,
  name: string,
  reference: InputReference,
  { methods = [] }: InputDescription,
): Promise<Resolved> {
  if (reference.type !== 'run') throw wrong(name, `'${name}' must be an earlier run.`)
  const record = await finishedRun(paths, name, reference.run)
  if (record.state !== 'succeeded')
    throw wrong(name, `Run ${record.id} has ${record.state}; '${name}' must be a run that succeeded.`)
  if (!methods.includes(record.method.id))
    throw wrong(
      name,
      `Run ${record.id} was made by ${record.method.title}; '${name}' takes runs of: ${methods.join(', ')}.`,
    )
  const hashes = record.artifacts.map(({ name: artifact, sha256 }) => [artifact, sha256])
  const words = [record.method.id, record.method.version, record.parameters, hashes]
  return {
    value: { record, folder: paths.run(record.id) },
    title: `run ${record.id}`,
    sha256: createHash('sha256').update(JSON.stringify(words)).digest('hex'),
  }
}

async function finishedRun(paths: ProjectPaths, name: string, id: string): Promise<RunRecord> {
  const missing = wrong(name, `There is no finished run '${id}' in this project.`)
  if (!runIdPattern.test(id)) throw missing
  return readRunRecord(paths.run(id)).catch((error: unknown) => {
    throw isMissing(error) ? missing : error
  })
}

async function datasetOf(paths: ProjectPaths, id: string): Promise<Dataset> {
  const missing = new FiligreeError('not-found', `There is no dataset '${id}' in this project.`)
  if (!datasetIdPattern.test(id)) throw missing
  return readDatasetRecord(paths.dataset(id)).catch((error: unknown) => {
    throw isMissing(error) ? missing : error
  })
}

function wrong(name: string, message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field: name })
}
