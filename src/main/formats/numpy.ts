import type { ArrayLayout, Axis } from '../../shared/array'
import type { ImportChoices } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { summaryNotes } from './array-summary'
import { axisOrderOption, axisOrders, guessAxisOrder, inCubeOrder, type AxisOrder } from './axis-order'
import { chosenWord } from './choice-values'
import {
  cubeAxes,
  cubeSizeText,
  externalReference,
  nameOfFile,
  onlyPath,
  previewPlane,
  summariseCube,
} from './cube-parts'
import type { Importer } from './importer'
import { npyLayout, startsLikeNpy } from './npy'
import { withFile, type RandomAccessFile } from './random-access-file'
import { requireReal } from './real-array'
import { counted, shapeText } from './wording'

const noScale = { scale: 1, noDataValue: null }

/** NumPy: one array a file. Cubes are read in place whatever the order of their axes. */
export const numpyImporter: Importer = {
  id: 'numpy',
  title: 'NumPy',
  extensions: ['npy'],

  async recognises(paths) {
    const [path] = paths
    if (path === undefined || paths.length > 1) return false
    if (/\.npy$/i.test(path)) return true
    return withFile(path, async (file) => startsLikeNpy(await file.readUpTo(0, 6)))
  },

  async preview(paths, choices) {
    return withFile(onlyPath(paths), async (file) => {
      const { stored, cube, order } = await openCube(file, choices)
      const previewBand = Math.floor((cube.shape[2] ?? 1) / 2)
      return {
        preview: {
          format: { id: 'numpy', title: 'NumPy' },
          name: nameOfFile(file.path),
          kind: 'cube',
          external: true,
          bytes: file.bytes,
          facts: [
            { label: 'Size', value: cubeSizeText(cube.shape) },
            { label: 'Type', value: `${cube.dtype}, ${cube.byteOrder} endian` },
            { label: 'File', value: `${counted(file.bytes, 'byte')}, stays where it is` },
          ],
          variables: [{ name: file.name, shape: stored.shape, dtype: stored.dtype, role: 'cube' }],
          options: [axisOrderOption(stored.shape, order)],
          axes: axesOf(cube),
          truth: null,
          previewBand,
          warnings: [],
        },
        plane: await previewPlane({ ...cube, path: file.path }, previewBand, noScale),
      }
    })
  },

  async import(paths, choices, context) {
    return withFile(onlyPath(paths), async (file) => {
      context.onProgress('Reading the header', null)
      const { cube, order } = await openCube(file, choices)
      const summary = await summariseCube({ ...cube, path: file.path }, noScale, context)
      return {
        kind: 'cube',
        origin: {
          type: 'file',
          format: 'numpy',
          files: [{ path: file.path, bytes: file.bytes, sha256: null }],
          choices: { axisOrder: order },
        },
        array: externalReference(cube, file),
        axes: axesOf(cube),
        quantity: { name: 'Value', unit: null },
        ...noScale,
        parts: {},
        goodBands: null,
        displayBands: null,
        truth: null,
        summary,
        notes: summary === null ? [] : summaryNotes(summary),
      }
    })
  },
}

function axesOf(cube: ArrayLayout): Axis[] {
  return cubeAxes(cube.shape, { wavelengths: null, unit: null, names: null })
}

async function openCube(
  file: RandomAccessFile,
  choices: ImportChoices,
): Promise<{ stored: ArrayLayout; cube: ArrayLayout; order: AxisOrder }> {
  const stored = await npyLayout(file)
  requireReal(stored.dtype, file.name)
  if (stored.shape.length !== 3) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} holds a ${kindOfRank(stored.shape)} (${shapeText(stored.shape)}); only cubes with three axes (line, sample, band) can be imported yet.`,
    )
  }
  if (stored.shape.includes(0)) {
    throw new FiligreeError('invalid-file', `${file.name} is empty: its size is ${shapeText(stored.shape)}.`)
  }
  const none = { lines: null, samples: null, bands: null }
  const order = chosenWord(choices, 'axisOrder', axisOrders, guessAxisOrder(stored.shape, none))
  const cube = {
    ...stored,
    shape: inCubeOrder(order, stored.shape),
    strides: inCubeOrder(order, stored.strides),
  }
  return { stored, cube, order }
}

function kindOfRank(shape: readonly number[]): string {
  if (shape.length === 1) return 'list of numbers'
  return shape.length === 2 ? 'matrix' : `tensor with ${String(shape.length)} axes`
}
