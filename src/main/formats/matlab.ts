import { join } from 'node:path'
import { plainNumbers } from '../../shared/dataset'
import { elementCount } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { ArraySummariser, summaryNotes } from './array-summary'
import { thinnedIndices } from './array-reader'
import { usedChoices } from './choice-values'
import { cubeSizeText, nameOfFile, onlyPath, previewSide } from './cube-parts'
import type { Importer, ImporterPreview } from './importer'
import { importLibrary, libraryPreview } from './library-parts'
import { readMatlabLibrary } from './matlab-library'
import { importMatlabMatrix, planMatlabMatrix, previewMatlabMatrix } from './matlab-matrix'
import { importArrayTable, previewArrayTable } from './array-table-file'
import { describedFile } from './described-file'
import { planMatlabTable } from './matlab-table'
import { planMatlab, type MatlabPlan } from './matlab-plan'
import { importMatlabTensor, planMatlabTensor, previewMatlabTensor, storedTypeOf } from './matlab-tensor'
import { withFile, type RandomAccessFile } from './random-access-file'
import { sceneOfFile } from './known-scenes'
import { elementAt, writeView, type StridedView } from './strided-view'
import { writeTruth } from './truth-writer'
import { counted } from './wording'

/**
 * MATLAB 5 (`save -v6` and `-v7`). Roles are guessed from names, sizes and numbers; every guess is an option.
 * The cube is copied into the project as (line, sample, band), a library as (band, spectrum), a tensor as it is; a file
 * with a sparse variable is a matrix.
 */
export const matlabImporter: Importer = {
  id: 'matlab',
  title: 'MATLAB',
  extensions: ['mat'],

  async recognises(paths) {
    const [path] = paths
    if (path === undefined || paths.length > 1) return false
    if (/\.mat$/i.test(path)) return true
    return withFile(path, async (file) => {
      const text = new TextDecoder('latin1').decode(await file.readUpTo(0, 128))
      return text.startsWith('MATLAB 5.0') || text.startsWith('MATLAB 7.3')
    })
  },

  async preview(paths, choices) {
    return withFile(onlyPath(paths), async (file) => {
      const matrix = await planMatlabMatrix(file, choices)
      if (matrix !== null) return previewMatlabMatrix(file, matrix)
      const table = await planMatlabTable(file, choices)
      if (table !== null) return previewArrayTable(file, table, choices)
      const library = await readMatlabLibrary(file, choices)
      if (library !== null) return libraryPreview(library)
      const tensor = await planMatlabTensor(file, choices)
      if (tensor !== null) return previewMatlabTensor(file, tensor, choices)
      const plan = await planMatlab(file, choices)
      const { variable, size } = plan.arrangement
      const previewBand = Math.floor(size.bands / 2)
      const { truthViews } = plan
      return {
        preview: {
          format: { id: 'matlab', title: 'MATLAB' },
          name: nameOfFile(file.path),
          kind: 'cube',
          external: false,
          bytes: file.bytes,
          facts: [
            { label: 'Size', value: cubeSizeText([size.lines, size.samples, size.bands]) },
            { label: 'Type', value: `${variable.dtype ?? ''}, copied into the project` },
            ...(plan.arrangement.pixelOrderOpen
              ? [{ label: 'Pixel order', value: `${plan.order.order}, ${plan.order.reason}` }]
              : []),
            { label: 'Truth', value: truthText(plan) },
          ],
          variables: plan.facts.directory.variables.map(({ name, shape, className, complex }) => ({
            name,
            shape,
            dtype: complex ? `complex ${className}` : className,
            role: roleOf(name, plan),
          })),
          options: plan.options,
          axes: plan.axes,
          truth:
            truthViews === null || plan.truth.materials === 0
              ? null
              : {
                  endmembers: truthViews.endmembers !== null,
                  abundances: truthViews.abundances !== null,
                  names: [...truthViews.names],
                },
          previewBand,
          warnings: [...plan.warnings, ...(truthViews?.reason ? [truthViews.reason] : [])],
        },
        plane: plan.view === null ? null : planeOf(plan.view, previewBand),
      }
    })
  },

  async import(paths, choices, context) {
    return withFile(onlyPath(paths), async (file) => {
      context.onProgress('Reading the file', null)
      const matrix = await planMatlabMatrix(file, choices)
      if (matrix !== null) return importMatlabMatrix(file, matrix, context)
      const table = await planMatlabTable(file, choices)
      if (table !== null) return importArrayTable(file, table, choices, context)
      const library = await readMatlabLibrary(file, choices)
      if (library !== null) {
        const files = [await describedFile(file, context)]
        return importLibrary(library, files, usedChoices(library.options), context)
      }
      const tensor = await planMatlabTensor(file, choices)
      if (tensor !== null) return importMatlabTensor(file, tensor, choices, context)
      const plan = await planMatlab(file, choices)
      const { view, truthViews } = plan
      if (view === null || truthViews === null) {
        throw new FiligreeError('invalid-parameter', plan.arrangement.problem ?? 'The cube has no size.', {
          field: 'lines',
        })
      }
      const described = await describedFile(file, context)
      const scene = sceneOfFile(described.bytes, described.sha256)
      const summariser = new ArraySummariser(view.shape)
      const array = await writeView(
        join(context.folder, 'cube.npy'),
        storedTypeOf(plan.arrangement.variable),
        view,
        3,
        {
          summariser,
          progress: (fraction) => {
            context.onProgress('Writing the cube', fraction)
          },
          signal: context.signal,
        },
      )
      const summary = summariser.summary()
      context.onProgress('Writing the truth', null)
      const named = scene?.materials.length === plan.truth.materials ? scene.materials : truthViews.names
      const written = await writeTruth(
        context.folder,
        { ...truthViews, names: named },
        truthSource(file, plan),
        summary.maximum,
      )
      return {
        kind: 'cube',
        origin: {
          type: 'file',
          format: 'matlab',
          files: [described],
          choices: usedChoices(plan.options),
        },
        array,
        axes: plan.axes,
        ...plainNumbers,
        parts: {},
        truth: written?.truth ?? null,
        summary,
        notes: [
          ...(scene === null ? [] : [`This is the public scene ${scene.title}. Cite: ${scene.citation}`]),
          ...(plan.arrangement.pixelOrderOpen
            ? [`Pixel order ${plan.order.order}: ${plan.order.reason}.`]
            : []),
          ...plan.warnings,
          ...summaryNotes(summary),
          ...(written?.notes ?? []),
        ],
      }
    })
  },
}

function planeOf(view: StridedView, band: number): NonNullable<ImporterPreview['plane']> {
  const [lines, samples] = view.shape
  const step = Math.max(1, Math.ceil(Math.max(lines, samples) / previewSide))
  const rows = thinnedIndices(lines, step)
  const columns = thinnedIndices(samples, step)
  const values = new Float32Array(elementCount([rows.length, columns.length]))
  rows.forEach((line, row) => {
    columns.forEach((sample, column) => {
      values[row * columns.length + column] = elementAt(view, line, sample, band)
    })
  })
  return { lines: rows.length, samples: columns.length, values }
}

function truthText({ truth }: MatlabPlan): string {
  const parts = [
    truth.endmembers === null ? null : `endmembers ${truth.endmembers.name}`,
    truth.abundances === null ? null : `abundances ${truth.abundances.name}`,
  ].filter((part) => part !== null)
  return parts.length === 0
    ? 'none in this file'
    : `${parts.join(', ')} of ${counted(truth.materials, 'material')}`
}

function truthSource(file: RandomAccessFile, plan: MatlabPlan): string {
  return `${file.name}: ${truthText(plan)}`
}

function roleOf(name: string, plan: MatlabPlan): string {
  const { arrangement, truth, facts, axes } = plan
  if (name === arrangement.variable.name) return 'cube'
  if (name === truth.endmembers?.name) return 'true endmembers'
  if (name === truth.abundances?.name) return 'true abundances'
  const vector = facts.vectors.get(name)
  const { lines, samples, bands, pixels } = facts.hints
  if (vector?.length === 1 && [lines, samples, bands, pixels].includes(vector[0] ?? -1)) return 'size'
  if (vector !== undefined && vector === axes[2]?.coordinates) return 'wavelengths'
  if (facts.names.has(name)) return 'names'
  return 'unused'
}
