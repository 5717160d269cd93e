import type { Dataset, DatasetKind } from '../../shared/dataset'
import type { InputDescription, MethodDescription } from '../../shared/method'
import { datasetOfReference, type InputReference } from '../../shared/input-reference'
import type { RunSummary } from '../../shared/run'

/** One answer to "where does this input come from". */
export interface InputChoice {
  /** Stable text of the reference, for lists and addresses. */
  key: string
  title: string
  detail: string
  /** Null for "none", which only optional inputs have. */
  reference: InputReference | null
}

/** Key of the answer "none". */
export const noInput = 'none'

/** Stable text of a reference. */
export function inputKey(reference: InputReference): string {
  if (reference.type === 'dataset') return `dataset:${reference.dataset}`
  if (reference.type === 'truth') return `truth:${reference.dataset}:${reference.part}`
  if (reference.type === 'run') return `run:${reference.run}`
  return `artifact:${reference.run}:${reference.artifact}`
}

/** What an input may be taken from, the likeliest first. */
export function inputChoices(
  input: InputDescription,
  project: {
    datasets: readonly Dataset[]
    /** Finished runs, newest first. */
    runs: readonly RunSummary[]
    methods: readonly MethodDescription[]
    /** The cube that is worked on: what belongs to it comes first, what has other bands is left out. */
    cube: Dataset | null
  },
): InputChoice[] {
  if (input.type === 'run') return runChoices(input.methods ?? [], project.runs)
  if (input.type === 'maps') return mapsChoices(input, project)
  if (input.type !== 'spectra') return datasetChoices(input.type, project.datasets)
  const bands = project.cube?.array.shape[2]
  const fitting = project.datasets.filter(
    ({ kind, array }) => kind === 'cube' && (bands === undefined || array.shape[2] === bands),
  )
  const known = new Set(fitting.map(({ id }) => id))
  const choices = [
    ...fitting.flatMap((dataset) => truthChoices(dataset, 'endmembers')),
    ...project.runs
      .filter(
        (run) => run.dataset === null || known.has(run.dataset) || isLibrary(run.dataset, project.datasets),
      )
      .flatMap((run) => artifactChoices(run, project.methods, 'spectra')),
    // Of other bands or not: the method that takes it says what is to be done, in its own words.
    ...project.datasets.filter(({ kind }) => kind === 'library').map(libraryChoice),
  ]
  const own = (choice: InputChoice) => (belongsTo(choice, project) ? 0 : 1)
  choices.sort((one, other) => own(one) - own(other))
  return input.optional ? [none, ...choices] : choices
}

const none: InputChoice = { key: noInput, title: 'None', detail: '', reference: null }

/** True abundances, maps of runs, and cubes whose bands may be maps. */
function mapsChoices(
  input: InputDescription,
  project: {
    datasets: readonly Dataset[]
    runs: readonly RunSummary[]
    methods: readonly MethodDescription[]
    cube: Dataset | null
  },
): InputChoice[] {
  const { datasets, runs, methods, cube } = project
  const truths = datasets.flatMap((dataset) => truthChoices(dataset, 'abundances'))
  // The truth of the scene that is worked on is wanted where there is one.
  const own = truths.filter(({ reference }) => reference?.type === 'truth' && reference.dataset === cube?.id)
  return [
    ...own,
    ...(input.optional ? [none] : []),
    ...truths.filter((choice) => !own.includes(choice)),
    ...runs.flatMap((run) => artifactChoices(run, methods, 'maps')),
    ...datasetChoices('cube', datasets).map((choice) => ({ ...choice, title: `Bands of ${choice.title}` })),
  ]
}

/** Runs of the methods whose models are taken, newest first. */
function runChoices(methods: readonly string[], runs: readonly RunSummary[]): InputChoice[] {
  return runs
    .filter(({ method, state }) => methods.includes(method) && state === 'succeeded')
    .map((run) => {
      const reference = { type: 'run', run: run.id } as const
      return {
        key: inputKey(reference),
        title: `${run.methodTitle}, run ${run.number}`,
        detail: run.datasetName ?? '',
        reference,
      }
    })
}

/** Datasets of the kind that is asked for; for a tensor cubes too, after the tensors. */
function datasetChoices(type: DatasetKind, datasets: readonly Dataset[]): InputChoice[] {
  const of = (kind: Dataset['kind']) => datasets.filter((dataset) => dataset.kind === kind)
  return [...(type === 'tensor' ? of('tensor') : []), ...of(type === 'tensor' ? 'cube' : type)].map(
    arrayChoice,
  )
}

/** Runs on a library alone (pruned, resampled) are listed under it. */
function isLibrary(id: string, datasets: readonly Dataset[]): boolean {
  return datasets.find((dataset) => dataset.id === id)?.kind === 'library'
}

function libraryChoice(dataset: Dataset): InputChoice {
  const [bands = 0, count = 0] = dataset.array.shape
  const reference = { type: 'dataset', dataset: dataset.id } as const
  return {
    key: inputKey(reference),
    title: `Library ${dataset.name}`,
    detail: `${count} spectra, ${bands} bands`,
    reference,
  }
}

function arrayChoice(dataset: Dataset): InputChoice {
  const reference = { type: 'dataset', dataset: dataset.id } as const
  return {
    key: inputKey(reference),
    title: dataset.name,
    detail: dataset.axes.map(({ size }) => size).join(' × '),
    reference,
  }
}

function truthChoices(dataset: Dataset, part: 'endmembers' | 'abundances'): InputChoice[] {
  const array = dataset.truth?.[part] ?? null
  if (array === null) return []
  const reference = { type: 'truth', dataset: dataset.id, part } as const
  const [title, detail] =
    part === 'endmembers'
      ? [`Truth of ${dataset.name}`, `${array.shape[1] ?? 0} spectra`]
      : [`True abundances of ${dataset.name}`, `${array.shape[0] ?? 0} maps`]
  return [{ key: inputKey(reference), title, detail, reference }]
}

function artifactChoices(
  run: RunSummary,
  methods: readonly MethodDescription[],
  meaning: 'spectra' | 'maps',
): InputChoice[] {
  const outputs = methods.find(({ id }) => id === run.method)?.outputs ?? []
  return outputs
    .filter((output) => output.meaning === meaning && !output.optional)
    .map((output) => {
      const reference = { type: 'artifact', run: run.id, artifact: output.name } as const
      return {
        key: inputKey(reference),
        title: `${output.title} of run ${run.number}`,
        detail: [run.methodTitle, run.datasetName].filter((part) => part !== null).join(', '),
        reference,
      }
    })
}

function belongsTo(
  { reference }: InputChoice,
  { cube, runs }: { cube: Dataset | null; runs: readonly RunSummary[] },
): boolean {
  if (reference === null || cube === null) return false
  const dataset = datasetOfReference(reference)
  if (dataset !== null || !('run' in reference)) return dataset === cube.id
  return runs.find(({ id }) => id === reference.run)?.dataset === cube.id
}
