/** What is known of a matrix before it is solved with: the figures of the addon's `matrixFacts`, by the same names. */
export interface MatrixFacts {
  rows: number
  columns: number
  entries: number
  zeroRows: number
  zeroColumns: number
  zeroDiagonal: number
  diagonalRatio: number
  patternSymmetry: number
  hermitianDeviation: number
  symmetricDeviation: number
  dominantRows: number
  nonpositiveOffDiagonal: number
  constantResidual: number
  components: number
  complex: boolean
  definiteness: Definiteness
  /** A basis of what the matrix nearly sends to nought came with it. */
  nearNullSpace: boolean
}

export type Definiteness =
  'positive' | 'positive-likely' | 'semidefinite' | 'indefinite' | 'negative' | 'not-hermitian'

const words: readonly string[] = [
  'positive',
  'positive-likely',
  'semidefinite',
  'indefinite',
  'negative',
  'not-hermitian',
] satisfies Definiteness[]

function isDefiniteness(word: string): word is Definiteness {
  return words.includes(word)
}

/** Reads the addon's report; `nearNullSpace` is known from the dataset. */
export function matrixFacts(
  { figures, stopMessage }: { figures: Readonly<Record<string, number>>; stopMessage: string },
  nearNullSpace: boolean,
): MatrixFacts {
  const number = (name: string) => figures[name] ?? Number.NaN
  if (!isDefiniteness(stopMessage)) throw new Error(`'${stopMessage}' says nothing of definiteness.`)
  return {
    rows: number('rows'),
    columns: number('columns'),
    entries: number('entries'),
    zeroRows: number('zeroRows'),
    zeroColumns: number('zeroColumns'),
    zeroDiagonal: number('zeroDiagonal'),
    diagonalRatio: number('diagonalRatio'),
    patternSymmetry: number('patternSymmetry'),
    hermitianDeviation: number('hermitianDeviation'),
    symmetricDeviation: number('symmetricDeviation'),
    dominantRows: number('dominantRows'),
    nonpositiveOffDiagonal: number('nonpositiveOffDiagonal'),
    constantResidual: number('constantResidual'),
    components: number('components'),
    complex: number('complex') === 1,
    definiteness: stopMessage,
    nearNullSpace,
  }
}
