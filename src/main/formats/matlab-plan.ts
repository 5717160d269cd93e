import type { Dataset, ImportChoices, ImportOption } from '../../shared/dataset'
import { bandNamesIn, readMatlabFacts, wavelengthsIn, type MatlabFacts } from './matlab-facts'
import { arrangeCube, type CubeArrangement } from './matlab-cube'
import { chooseTruth, mapsView, readTruth, type TruthChoice, type TruthViews } from './matlab-truth'
import { matlabKindOptions } from './matlab-tensor'
import { readMatlabDirectory } from './matlab5-directory'
import { readNumbers } from './matlab5-values'
import { chosenWord } from './choice-values'
import { cubeAxes } from './cube-parts'
import { guessPixelOrder, pixelOrders, type PixelOrderEvidence } from './pixel-order'
import type { RandomAccessFile } from './random-access-file'
import { looksLikeAbundances, type StridedView } from './strided-view'
import { guessedWavelengthUnit } from './wavelength-unit'
import { counted } from './wording'

/** Everything an import of a MATLAB file would do, with the numbers it read to decide. */
export interface MatlabPlan {
  facts: MatlabFacts
  arrangement: CubeArrangement
  /** (line, sample, band); null where lines × samples do not fit (`arrangement.problem`). */
  view: StridedView | null
  order: PixelOrderEvidence
  truth: TruthChoice
  truthViews: TruthViews | null
  axes: Dataset['axes']
  options: ImportOption[]
  warnings: string[]
}

/** Reads a MATLAB file as far as the present choices need it, and guesses what they leave open. */
export async function planMatlab(file: RandomAccessFile, choices: ImportChoices): Promise<MatlabPlan> {
  const facts = await readMatlabFacts(file, await readMatlabDirectory(file))
  const arrangement = arrangeCube(facts, choices, file.name)
  const { variable, size } = arrangement
  const values = await readNumbers(file, facts.directory, variable)
  const truth = chooseTruth(facts, size, variable.name, choices)
  const wavelengths = wavelengthsIn(facts, size.bands)
  const unit = wavelengths === null ? null : guessedWavelengthUnit(wavelengths)
  const axes = cubeAxes([size.lines, size.samples, size.bands], {
    wavelengths,
    unit,
    names: bandNamesIn(facts, size.bands),
  })
  const kind = matlabKindOptions(facts, 'cube')
  const warnings = [...arrangement.warnings, ...truth.warnings]
  if (unit !== null)
    warnings.push(`The file does not say the unit of its wavelengths; their size says ${unit}.`)
  if (variable.dtype === 'int64' || variable.dtype === 'uint64') {
    warnings.push(`${variable.name} holds 64-bit integers, kept as doubles: beyond 2⁵³ they are rounded.`)
  }
  if (arrangement.problem !== null) {
    const order: PixelOrderEvidence = {
      order: chosenWord(choices, 'pixelOrder', pixelOrders, 'column-major'),
      reason: 'as chosen',
    }
    return {
      ...{ facts, arrangement, order, truth, axes },
      view: null,
      truthViews: null,
      options: [...kind, ...arrangement.options(order.order), ...truth.options],
      warnings: [arrangement.problem, ...warnings],
    }
  }
  const order = await pixelOrderOf(file, facts, arrangement, values, truth, choices)
  const view = arrangement.viewOf(values, order.order)
  if (looksLikeAbundances(view)) {
    warnings.unshift(
      `Every pixel of ${variable.name} sums to one: these look like abundances of ${counted(size.bands, 'material')}, not like a scene.`,
    )
  }
  const scene = { size, order: order.order, cubeView: view }
  const truthViews = await readTruth(file, facts, truth, scene, choices)
  return {
    ...{ facts, arrangement, view, order, truth, truthViews, axes, warnings },
    options: [
      ...kind,
      ...arrangement.options(order.order),
      ...truth.options,
      ...truthViews.orientationOption,
    ],
  }
}

async function pixelOrderOf(
  file: RandomAccessFile,
  facts: MatlabFacts,
  arrangement: CubeArrangement,
  values: StridedView['values'],
  truth: TruthChoice,
  choices: ImportChoices,
): Promise<PixelOrderEvidence> {
  if (!arrangement.pixelOrderOpen) return { order: 'column-major', reason: 'the cube has its own axes' }
  if (choices['pixelOrder'] !== undefined) {
    return { order: chosenWord(choices, 'pixelOrder', pixelOrders, 'column-major'), reason: 'as chosen' }
  }
  const { abundances } = truth
  // Only maps with axes of their own can tell: a matrix of abundances has the same order as the cube.
  const maps = abundances?.shape.length === 3 ? abundances : null
  const mapsSeen =
    maps === null
      ? null
      : mapsView(maps, await readNumbers(file, facts.directory, maps), arrangement.size, 'column-major')
  return guessPixelOrder((order) => arrangement.viewOf(values, order), mapsSeen)
}
