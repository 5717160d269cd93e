import type { ArraySource } from '../../shared/array'
import type { ImportChoices, Truth } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { readBands } from './array-reader'
import type { ImportContext } from './importer'
import { readMatlabFacts } from './matlab-facts'
import type { CubeSize } from './matlab-roles'
import { chooseTruth, readTruth } from './matlab-truth'
import { readMatlabDirectory } from './matlab5-directory'
import { chosenWord } from './choice-values'
import { sha256OfFile } from './file-hash'
import { finiteRange } from './physical-values'
import { pixelOrders } from './pixel-order'
import { withFile } from './random-access-file'
import { sceneOfFile } from './known-scenes'
import type { StridedView } from './strided-view'
import { writeTruth } from './truth-writer'
import { counted, grouped, listed, shapeText } from './wording'

/** Bands of the cube the orientation of maps is checked against, and the most pixels that are read for it. */
const bandsChecked = 8
const mostPixelsChecked = 4_000_000

/**
 * Takes the truth of a MATLAB file for a cube that is in the project already. Writes
 * `truth-endmembers.npy` (bands, p) and `truth-abundances.npy` (p, lines, samples) into `context.folder`.
 *
 * Choices: `endmembers` and `abundances` name variables ('none' leaves one out), `pixelOrder` says how a matrix
 * of abundances lies, `mapOrientation` whether maps are transposed; what is left open is told from the cube.
 * Throws `invalid-data` with the sizes found where nothing fits.
 * @param cube (line, sample, band)
 */
export async function truthFromFile(
  path: string,
  cube: ArraySource,
  choices: ImportChoices,
  context: ImportContext,
): Promise<{ truth: Truth; notes: string[] }> {
  if (!/\.mat$/i.test(path)) {
    throw new FiligreeError('invalid-file', 'Truth can be taken from MATLAB files (.mat) only.')
  }
  const [lines = 0, samples = 0, bands = 0] = cube.shape
  const size: CubeSize = { lines, samples, bands }
  return withFile(path, async (file) => {
    context.onProgress('Reading the file', null)
    const facts = await readMatlabFacts(file, await readMatlabDirectory(file))
    const choice = chooseTruth(facts, size, null, choices)
    if (choice.materials === 0) {
      const found = facts.directory.variables.filter(({ dtype }) => dtype !== null)
      const sizes = found.slice(0, 8).map(({ name, shape }) => `${name} (${shapeText(shape)})`)
      throw new FiligreeError(
        'invalid-data',
        `${file.name} holds no truth for a cube of ${grouped(lines)} lines × ${grouped(samples)} samples and ${counted(bands, 'band')}: endmembers need ${grouped(bands)} rows or columns, abundances ${grouped(lines * samples)} pixels. It has ${sizes.length === 0 ? 'no arrays' : listed(sizes)}.`,
      )
    }
    context.onProgress('Comparing with the cube', null)
    const { view, maximum } = await someBands(cube)
    const order = chosenWord(choices, 'pixelOrder', pixelOrders, 'column-major')
    const views = await readTruth(file, facts, choice, { size, order, cubeView: view }, choices)
    const scene = sceneOfFile(file.bytes, await sha256OfFile(file, context.signal))
    const names = scene?.materials.length === choice.materials ? scene.materials : views.names
    context.onProgress('Writing the truth', null)
    const used = [choice.endmembers?.name, choice.abundances?.name].filter((name) => name !== undefined)
    const written = await writeTruth(
      context.folder,
      { ...views, names },
      `${file.name}: ${listed(used)}`,
      maximum,
    )
    if (written === null) throw new RangeError('Truth was chosen but not written')
    return { truth: written.truth, notes: [...choice.warnings, ...written.notes] }
  })
}

/** Some bands of the cube as (line, sample, band); no view for a scene too large to hold. */
async function someBands(cube: ArraySource): Promise<{ view: StridedView | null; maximum: number | null }> {
  const [lines = 0, samples = 0, bands = 0] = cube.shape
  if (lines * samples > mostPixelsChecked) return { view: null, maximum: null }
  const chosen = Array.from({ length: Math.min(bands, bandsChecked) }, (_, index) =>
    Math.floor((index * bands) / Math.min(bands, bandsChecked)),
  )
  const { values } = await readBands(cube, chosen, Math.max(lines, samples))
  return {
    view: { values, shape: [lines, samples, chosen.length], strides: [samples, 1, lines * samples] },
    maximum: finiteRange(values)?.maximum ?? null,
  }
}
