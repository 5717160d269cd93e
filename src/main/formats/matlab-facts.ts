import { elementCount } from '../../shared/array'
import type { SizeHints } from './axis-order'
import type { MatlabDirectory, MatlabVariable } from './matlab5-directory'
import { readNumbers, readStrings } from './matlab5-values'
import type { RandomAccessFile } from './random-access-file'

/** Longest list of numbers and most variables that are read while roles are guessed. */
const longestVector = 8192
const mostVectors = 128
const mostNames = 4096

/** A MATLAB file as far as roles can be guessed from it: its variables, and the values of the small ones. */
export interface MatlabFacts {
  directory: MatlabDirectory
  /** Numbers of scalars and vectors by variable name. */
  vectors: ReadonlyMap<string, number[]>
  /** Strings of char and cell arrays by variable name. */
  names: ReadonlyMap<string, string[]>
  hints: SizeHints & { pixels: number | null }
}

/** Names people give to the sizes of a scene; only variables with a single number count. */
const sizeNames = {
  lines: /^(nrows?|lines?|nlines?|rows?|height|h|nl|nr)$/i,
  samples: /^(ncols?|cols?|columns?|samples?|nsamples?|width|w|ns|nc)$/i,
  bands: /^(nbands?|bands?|channels?|l|b|nb)$/i,
  pixels: /^(n|npixels?|pixels?)$/i,
}

/** Reads the small values of a file. */
export async function readMatlabFacts(
  file: RandomAccessFile,
  directory: MatlabDirectory,
): Promise<MatlabFacts> {
  const vectors = new Map<string, number[]>()
  const names = new Map<string, string[]>()
  for (const variable of directory.variables) {
    if (isSmallVector(variable) && vectors.size < mostVectors) {
      vectors.set(variable.name, Array.from(await readNumbers(file, directory, variable)))
    }
    if (isNameList(variable) && names.size < mostVectors) {
      names.set(variable.name, await readStrings(file, directory, variable))
    }
  }
  const size = (pattern: RegExp): number | null => {
    for (const [name, values] of vectors) {
      const [value] = values
      if (values.length === 1 && value !== undefined && pattern.test(name) && value > 0) return value
    }
    return null
  }
  const hints = {
    lines: size(sizeNames.lines),
    samples: size(sizeNames.samples),
    bands: size(sizeNames.bands),
    pixels: size(sizeNames.pixels),
  }
  return {
    directory,
    vectors,
    names,
    hints: {
      ...hints,
      pixels: hints.lines !== null && hints.samples !== null ? hints.lines * hints.samples : hints.pixels,
    },
  }
}

function isSmallVector(variable: MatlabVariable): boolean {
  const count = elementCount(variable.shape)
  const flat = variable.shape.filter((size) => size !== 1).length <= 1
  return variable.dtype !== null && !variable.complex && flat && count > 0 && count <= longestVector
}

function isNameList(variable: MatlabVariable): boolean {
  if (variable.className === 'cell') return elementCount(variable.shape) <= mostNames
  return (
    variable.className === 'char' &&
    (variable.shape[0] ?? 0) <= mostNames &&
    elementCount(variable.shape) <= mostNames * 64
  )
}

/** Wavelengths of the bands: a vector of that length with a telling name. */
export function wavelengthsIn(facts: MatlabFacts, bands: number): number[] | null {
  for (const [name, values] of facts.vectors) {
    if (values.length !== bands || bands < 2 || !values.every(Number.isFinite)) continue
    if (/wave|lambda|^wl$|^wvl/i.test(name)) return values
  }
  return null
}

/** Names of the bands where the file says which channels were kept (`SlectBands`). */
export function bandNamesIn(facts: MatlabFacts, bands: number): string[] | null {
  for (const [name, values] of facts.vectors) {
    if (values.length === bands && bands > 1 && /^s[ea]?lect\w*bands?$/i.test(name)) {
      return values.map((channel) => `channel ${String(channel)}`)
    }
  }
  return null
}

/** Names of the materials: a list of that many strings; '#1 Tree' becomes 'Tree'. */
export function materialNamesIn(facts: MatlabFacts, materials: number): string[] | null {
  for (const [name, strings] of facts.names) {
    if (strings.length === materials && /cood|name|label|material|class/i.test(name)) {
      return strings.map(
        (text, index) => text.replace(/^#?\d+[.:\s]+/, '').trim() || `Endmember ${String(index + 1)}`,
      )
    }
  }
  return null
}
