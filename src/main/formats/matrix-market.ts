import { createWriteStream } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { fromNativeError, loadNative } from '../../native/addon'
import type { MatrixMarketHeader } from '../../native/node/index'
import { chosenWord, usedChoices } from './choice-values'
import { nameOfFile } from './cube-parts'
import { describedFile } from './described-file'
import type { ImportContext, Importer } from './importer'
import { joinSystems, matrixDataset, takeSystem, type ReadSystem } from './matrix-dataset'
import { previewedBytes, previewMatrix, readMatrix, withAddon, withScratch } from './matrix-reading'
import { isFolder, withFile } from './random-access-file'
import { readParameterTable } from './system-parameters'
import { textPieces } from './text-source'
import { counted, grouped, listed, shapeText } from './wording'

const none = 'none'
const mostComments = 4

/**
 * Matrix Market (.mtx, .mtx.gz): a matrix with a right-hand side that lies beside it or was chosen with it, or several
 * matrices of one size, or a folder of them, as a sequence of systems in the order of their names, with a CSV of their
 * parameters.
 */
export const matrixMarketImporter: Importer = {
  id: 'matrix-market',
  title: 'Matrix Market',
  extensions: ['mtx', 'gz'],
  takesFolders: true,

  async recognises(given) {
    const paths = await filesOf(given)
    const matrices = paths.filter((path) => /\.mtx(\.gz)?$/i.test(path))
    const others = paths.filter((path) => !matrices.includes(path))
    if (matrices.length > 0) return others.length <= 1 && others.every((path) => /\.csv$/i.test(path))
    const [path] = paths
    if (path === undefined || paths.length > 1) return false
    return withFile(path, async (file) => {
      const start = new TextDecoder('latin1').decode(await file.readUpTo(0, 16))
      return /^%%?MatrixMarket/i.test(start)
    })
  },

  async preview(given, choices) {
    const paths = await filesOf(given)
    return withScratch(null, async (scratch) => {
      const plan = await planFiles(paths, choices, scratch)
      const [first] = plan.systems
      if (first === undefined) throw noMatrix(paths)
      const { header } = first
      return previewMatrix((native, most, context) => native.readMatrixMarket(first.text, most, context), {
        format: { id: 'matrix-market', title: 'Matrix Market' },
        name: nameOfFile(first.path.replace(/\.gz$/i, '')),
        bytes: plan.bytes,
        facts: [
          { label: 'Numbers', value: `${header.field}, ${header.symmetry}` },
          ...(plan.systems.length > 1 ? [{ label: 'Systems', value: grouped(plan.systems.length) }] : []),
          { label: 'Right-hand side', value: rightHandSideText(plan) },
          { label: 'File', value: `${counted(plan.bytes, 'byte')}, copied into the project` },
        ],
        variables: paths.map((path) => ({
          ...{ name: basename(path), shape: [], dtype: 'file' },
          role: roleOf(path, plan),
        })),
        options: plan.options,
        warnings: [...plan.notes, ...toldComments(header)],
        partly: first.bytes > previewedBytes,
        size: header,
      })
    })
  },

  async import(given, choices, context) {
    const paths = await filesOf(given)
    return withScratch(context.folder, async (scratch) => {
      const plan = await planFiles(paths, choices, scratch)
      if (plan.systems.length === 0) throw noMatrix(paths)
      const systems: ReadSystem[] = []
      for (const [index, system] of plan.systems.entries()) {
        systems.push(await readSystem(system, join(scratch, `system-${index}`), context))
      }
      const { counts, parts } = await gathered(systems, context)
      if (plan.parameters !== null) {
        await readParameterTable(plan.parameters, systems.length, context.folder)
        parts.push('parameters')
      }
      const [first] = plan.systems
      const comments = first === undefined ? [] : [...plan.notes, ...toldComments(first.header)]
      const used = [
        ...new Set([...paths, ...plan.systems.flatMap(({ rightHandSide }) => rightHandSide ?? [])]),
      ]
      const files = await Promise.all(
        used.map((path) => withFile(path, (file) => describedFile(file, context))),
      )
      return {
        ...(await matrixDataset(context.folder, counts, parts, comments)),
        origin: { type: 'file', format: 'matrix-market', files, choices: usedChoices(plan.options) },
      }
    })
  },
}

/** The first comments that say something: lines of dashes do not. */
function toldComments({ comments }: MatrixMarketHeader): string[] {
  return comments.filter((comment) => /[a-z]/i.test(comment)).slice(0, mostComments)
}

/** The files themselves, or all matrices in a folder with the one table beside them. */
async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    if (!(await isFolder(path))) {
      files.push(path)
      continue
    }
    const names = (await readdir(path)).filter((name) => /\.mtx(\.gz)?$|\.csv$/i.test(name))
    files.push(...names.map((name) => join(path, name)))
  }
  return files
}

interface PlannedSystem {
  path: string
  /** The file itself, or what it was unpacked to. */
  text: string
  bytes: number
  header: MatrixMarketHeader
  rightHandSide: string | null
}

interface MatrixMarketPlan {
  systems: PlannedSystem[]
  parameters: string | null
  bytes: number
  options: ImportOption[]
  /** What a person might miss: a file beside the matrix that looks like its right-hand side and is not. */
  notes: string[]
}

/** Reads all headers: columns beside square matrices are right-hand sides, a single matrix looks for one beside it. */
async function planFiles(
  paths: readonly string[],
  choices: ImportChoices,
  scratch: string,
): Promise<MatrixMarketPlan> {
  const byName = paths.toSorted((a, b) => basename(a).localeCompare(basename(b), 'en', { numeric: true }))
  const parameters = byName.find((path) => /\.csv$/i.test(path)) ?? null
  const found: PlannedSystem[] = []
  let bytes = 0
  for (const path of byName.filter((candidate) => candidate !== parameters)) {
    const text = await unpacked(path, scratch)
    const header = await headerOf(text)
    const size = await withFile(text, (file) => Promise.resolve(file.bytes))
    bytes += size
    found.push({ path, text, bytes: size, header, rightHandSide: null })
  }
  const isVector = ({ header }: PlannedSystem) => header.columns === 1 && header.rows > 1
  const systems = found.filter((file) => !isVector(file))
  const vectors = found.filter(isVector)
  if (systems.length !== 1) {
    if (vectors.length > 0 && vectors.length !== systems.length) {
      throw new FiligreeError(
        'invalid-data',
        `${counted(systems.length, 'matrix', 'matrices')} and ${counted(vectors.length, 'right-hand side')} were chosen. Choose one for each matrix, or none.`,
      )
    }
    const paired = systems.map((system, index) => ({
      ...system,
      rightHandSide: vectors[index]?.path ?? null,
    }))
    return { systems: paired, parameters, bytes, options: [], notes: [] }
  }
  const [system] = systems
  if (system === undefined) throw noMatrix(paths)
  const { candidates, notes } =
    vectors.length > 0
      ? { candidates: vectors.map(({ path }) => path), notes: [] }
      : await vectorsBeside(system)
  const names = [none, ...candidates.map((path) => basename(path))]
  const chosen = chosenWord(choices, 'rightHandSide', names, names[1] ?? none)
  const rightHandSide = candidates.find((path) => basename(path) === chosen) ?? null
  const options: ImportOption[] =
    candidates.length === 0
      ? []
      : [
          {
            key: 'rightHandSide',
            title: 'Right-hand side',
            help: 'A file with one column and as many rows as the matrix.',
            type: 'choice',
            choices: names.map((name) => ({ value: name, title: name === none ? 'None' : name })),
            value: chosen,
          },
        ]
  return { systems: [{ ...system, rightHandSide }], parameters, bytes, options, notes }
}

/** Files named like the matrix with `_b` or `_rhs` after it: those that fit it, and words on those that do not. */
async function vectorsBeside({
  path,
  header,
}: PlannedSystem): Promise<{ candidates: string[]; notes: string[] }> {
  const stem = nameOfFile(path.replace(/\.gz$/i, '')).toLowerCase()
  const names = await readdir(dirname(path)).catch(() => [])
  const candidates: string[] = []
  const notes: string[] = []
  for (const name of names.toSorted()) {
    const match = /^(.+)_(?:b|rhs)\d*\.mtx$/i.exec(name)
    if (match?.[1]?.toLowerCase() !== stem) continue
    const candidate = join(dirname(path), name)
    const other = await headerOf(candidate).catch(() => null)
    if (other?.columns !== 1) continue
    if (other.rows === header.rows) candidates.push(candidate)
    else
      notes.push(
        `${name} lies beside the matrix and is not used: it has ${grouped(other.rows)} rows, and a right-hand side of this matrix has ${grouped(header.rows)}.`,
      )
  }
  return { candidates, notes }
}

async function headerOf(path: string): Promise<MatrixMarketHeader> {
  return loadNative()
    .matrixMarketHeader(path)
    .catch((cause: unknown) => {
      throw fromNativeError(cause)
    })
}

/** The text of a file: itself, or unpacked into the scratch folder where it is gzipped. */
async function unpacked(path: string, scratch: string): Promise<string> {
  if (!/\.gz$/i.test(path)) return path
  const target = join(scratch, basename(path).replace(/\.gz$/i, ''))
  await withFile(path, (file) =>
    pipeline(Readable.from(textPieces(file), { objectMode: false }), createWriteStream(target)),
  )
  return target
}

async function readSystem(
  { path, text, header, rightHandSide }: PlannedSystem,
  folder: string,
  context: ImportContext,
): Promise<ReadSystem> {
  await mkdir(folder, { recursive: true })
  const watch = { ...context, folder }
  const counts = await readMatrix(
    (native, most, own) => native.readMatrixMarket(text, most, own),
    null,
    watch,
  )
  if (rightHandSide !== null) {
    const of = await unpacked(rightHandSide, folder)
    const own = await headerOf(of)
    if (own.rows !== header.rows) {
      throw new FiligreeError(
        'invalid-data',
        `The right-hand side ${basename(rightHandSide)} has ${grouped(own.rows)} rows, and the matrix ${basename(path)} is ${shapeText([header.rows, header.columns])}. Choose the one that belongs to it, or none.`,
        { field: 'rightHandSide' },
      )
    }
    await withAddon(watch, (native, nativeContext) =>
      native.readMatrixMarketVector(of, 0, 'rightHandSide', nativeContext),
    )
  }
  return { name: basename(path), folder, counts, hasRightHandSide: rightHandSide !== null }
}

/** One system as it is, more than one as a sequence. */
async function gathered(systems: readonly ReadSystem[], context: ImportContext) {
  const [single] = systems
  if (systems.length > 1 || single === undefined) return joinSystems(systems, context)
  const parts = single.hasRightHandSide ? ['rightHandSide'] : []
  await takeSystem(single.folder, context.folder, ['values', 'rows', 'columns', ...parts])
  return { counts: single.counts, parts }
}

function rightHandSideText({ systems }: MatrixMarketPlan): string {
  const names = systems.flatMap(({ rightHandSide }) =>
    rightHandSide === null ? [] : [basename(rightHandSide)],
  )
  if (names.length === 0) return 'none; solvers can make one'
  return names.length > 3 ? counted(names.length, 'file') : listed(names)
}

function roleOf(path: string, { systems, parameters }: MatrixMarketPlan): string {
  if (path === parameters) return 'parameters'
  if (systems.some((system) => system.path === path)) return 'matrix'
  return systems.some(({ rightHandSide }) => rightHandSide === path) ? 'right-hand side' : 'unused'
}

function noMatrix(paths: readonly string[]): FiligreeError {
  return new FiligreeError(
    'invalid-file',
    `${listed(paths.map((path) => basename(path)))}: there is a vector and no matrix. Choose the matrix with it, or alone.`,
  )
}
