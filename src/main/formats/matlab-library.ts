import { elementCount } from '../../shared/array'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { chosenWord } from './choice-values'
import { nameOfFile } from './cube-parts'
import type { LibraryContent } from './library-parts'
import { readMatlabFacts, type MatlabFacts } from './matlab-facts'
import { readMatlabDirectory, type MatlabVariable } from './matlab5-directory'
import { readNumbers } from './matlab5-values'
import type { RandomAccessFile } from './random-access-file'
import { shapeText } from './wording'

const libraryNames = /^(lib\d+|datalib|\w*library\w*|splib\w*)$/i
/** Columns in front of the spectra that tell of the bands; the USGS library has all three. */
const bandColumns = [/wavelength/i, /resolution|bandwidth|fwhm/i, /channel/i]
const layouts = ['bands-spectra', 'spectra-bands'] as const

/** Spectra of a MATLAB file as a matrix, before leading columns are taken off. */
interface Matrix {
  variable: MatlabVariable
  /** (band, column), first axis fastest. */
  values: ArrayLike<number>
  bands: number
  columns: number
  bandStride: number
  columnStride: number
}

/** The library a MATLAB file holds; null where it holds a scene or something else. */
export async function readMatlabLibrary(
  file: RandomAccessFile,
  choices: ImportChoices,
): Promise<LibraryContent | null> {
  const facts = await readMatlabFacts(file, await readMatlabDirectory(file))
  const groups = groupsOf(facts)
  const variable = spectraOf(facts, groups)
  if (variable === null) return null
  const matrix = await readMatrix(file, facts, variable, choices)
  const columnNames = await namesOf(file, facts, matrix.columns, variable)
  const leading = leadingColumns(matrix, columnNames)
  const count = matrix.columns - leading
  const values = new Float64Array(matrix.bands * count)
  for (let band = 0; band < matrix.bands; band += 1) {
    for (let column = 0; column < count; column += 1)
      values[band * count + column] = at(matrix, band, column + leading)
  }
  const own = leading > 0 ? Array.from({ length: matrix.bands }, (_, band) => at(matrix, band, 0)) : null
  return {
    format: { id: 'matlab', title: 'MATLAB' },
    name: nameOfFile(file.path),
    bytes: file.bytes,
    values,
    bands: matrix.bands,
    names: columnNames?.slice(leading) ?? groupNames(facts, groups, count) ?? numbered(count),
    wavelengths: own ?? facts.vectors.get(wavelengthVector(facts, matrix.bands) ?? '') ?? null,
    unit: null,
    goodBands: null,
    quantity: 'Reflectance',
    variables: facts.directory.variables.map(({ name, shape, className }) => ({
      name,
      shape,
      dtype: className,
      role: name === variable.name ? 'spectra' : roleOf(name, facts, groups),
    })),
    options: leading > 0 ? [] : [layoutOption(variable, matrix.bands)],
    notes:
      leading === 0
        ? []
        : [
            `The first ${String(leading)} columns of ${variable.name} hold wavelengths, bandwidths and channel numbers; they are no spectra.`,
          ],
  }
}

/** The variable with the spectra: `datalib`, the matrix that joins `lib1`, `lib2` …, or one named as a library. */
function spectraOf(facts: MatlabFacts, groups: readonly MatlabVariable[]): MatlabVariable | null {
  const matrices = facts.directory.variables.filter(
    ({ dtype, complex, shape }) =>
      dtype !== null && !complex && shape.length === 2 && shape.every((size) => size > 1),
  )
  const scene =
    facts.hints.pixels !== null ||
    facts.directory.variables.some(({ dtype, shape }) => dtype !== null && shape.length > 2)
  if (scene) return null
  const bands = groups[0]?.shape[0]
  const total = groups.reduce((sum, { shape }) => sum + (shape[1] ?? 0), 0)
  const joined = matrices.find(
    ({ name, shape }) => !libraryNames.test(name) && shape[0] === bands && shape[1] === total,
  )
  return joined ?? matrices.filter(({ name }) => libraryNames.test(name)).sort(larger)[0] ?? null
}

function larger(a: MatlabVariable, b: MatlabVariable): number {
  return elementCount(b.shape) - elementCount(a.shape)
}

/** `lib1`, `lib2` …: groups of spectra of one material, in the order of their numbers. */
function groupsOf(facts: MatlabFacts): MatlabVariable[] {
  const number = (name: string) => Number(/\d+$/.exec(name)?.[0] ?? 0)
  return facts.directory.variables
    .filter(({ name, dtype, shape }) => /^lib\d+$/i.test(name) && dtype !== null && shape.length === 2)
    .sort((a, b) => number(a.name) - number(b.name))
}

async function readMatrix(
  file: RandomAccessFile,
  facts: MatlabFacts,
  variable: MatlabVariable,
  choices: ImportChoices,
): Promise<Matrix> {
  const [rows = 0, columns = 0] = variable.shape
  const wide = wavelengthVector(facts, columns) !== null && wavelengthVector(facts, rows) === null
  const layout = chosenWord(choices, 'layout', layouts, wide ? 'spectra-bands' : 'bands-spectra')
  const values = await readNumbers(file, facts.directory, variable)
  return layout === 'bands-spectra'
    ? { variable, values, bands: rows, columns, bandStride: 1, columnStride: rows }
    : { variable, values, bands: columns, columns: rows, bandStride: rows, columnStride: 1 }
}

function at(matrix: Matrix, band: number, column: number): number {
  return matrix.values[band * matrix.bandStride + column * matrix.columnStride] ?? Number.NaN
}

/** A name a column; the USGS library keeps them as rows of character codes, others as text or cells. */
async function namesOf(
  file: RandomAccessFile,
  facts: MatlabFacts,
  columns: number,
  spectra: MatlabVariable,
): Promise<string[] | null> {
  for (const strings of facts.names.values()) if (strings.length === columns) return strings
  const bytes = facts.directory.variables.find(
    ({ name, dtype, shape }) =>
      dtype !== null &&
      shape.length === 2 &&
      shape[0] === columns &&
      name !== spectra.name &&
      /name|label/i.test(name),
  )
  if (bytes === undefined) return null
  const [rows = 0, length = 0] = bytes.shape
  const codes = await readNumbers(file, facts.directory, bytes)
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length }, (__, character) => String.fromCharCode(codes[character * rows + row] ?? 0))
      .join('')
      .replaceAll('\0', '')
      .trim(),
  )
}

function leadingColumns(matrix: Matrix, names: readonly string[] | null): number {
  if (names === null || !/^datalib$/i.test(matrix.variable.name)) return 0
  let leading = 0
  while (bandColumns[leading]?.test(names[leading] ?? '') === true) leading += 1
  return leading
}

function wavelengthVector(facts: MatlabFacts, bands: number): string | null {
  for (const [name, values] of facts.vectors)
    if (values.length === bands && /wave|lambda|^wl$|^wvl/i.test(name)) return name
  return null
}

/** 'Asphalt 1', 'Asphalt 2' …: names of the groups, a number a spectrum. */
function groupNames(facts: MatlabFacts, groups: readonly MatlabVariable[], count: number): string[] | null {
  const titles = [...facts.names.values()].find((strings) => strings.length === groups.length)
  const names = groups.flatMap(({ name, shape }, group) =>
    numbered(shape[1] ?? 0).map((_, index) => `${titles?.[group] ?? name} ${String(index + 1)}`),
  )
  return names.length === count && count > 0 ? names : null
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Spectrum ${String(index + 1)}`)
}

function roleOf(name: string, facts: MatlabFacts, groups: readonly MatlabVariable[]): string {
  if (groups.some((group) => group.name === name)) return 'group of the spectra'
  if (facts.names.has(name) || /name|label/i.test(name)) return 'names'
  return 'unused'
}

function layoutOption(variable: MatlabVariable, bands: number): ImportOption {
  const [rows = 0] = variable.shape
  const transposed = [...variable.shape].reverse()
  return {
    key: 'layout',
    title: 'Layout',
    help: 'Which side of the matrix is the spectrum.',
    type: 'choice',
    choices: [
      { value: 'bands-spectra', title: `${shapeText(variable.shape)}: bands × spectra` },
      { value: 'spectra-bands', title: `${shapeText(transposed)}: bands × spectra` },
    ],
    value: bands === rows ? 'bands-spectra' : 'spectra-bands',
  }
}
