import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'
import { output } from '../../../shared/method'
import { formatWhole } from '../../../shared/numbers'
import type { RankChoice, TensorAccuracy } from '../native'
import { ranksFor, shapeWords } from './ranks'

const rankList = z.array(z.int().min(1)).min(1).max(32)
const rankWords = {
  title: 'Ranks',
  symbol: 'r',
  help: 'One for each mode. A single number counts for every mode.',
}

/** Ranks as a list that must be given. */
export const ranksParameter = rankList.meta(rankWords)

/** Ranks as a list that is one number for all modes where none is given. */
export const ranksByDefault = (rank: number) => rankList.default([rank]).meta(rankWords)

/** How the ranks of a dense model are chosen: the same block for every method that can choose them. */
export const rankParameters = {
  choose: z
    .enum(['tolerance', 'ranks', 'size'])
    .default('tolerance')
    .meta({
      title: 'Choose ranks by',
      help: 'A largest error, the ranks themselves, or a size that the model must not exceed.',
      choices: { tolerance: 'Error tolerance', ranks: 'Ranks', size: 'Size budget' },
      group: 'Ranks',
    }),
  tolerance: z.number().positive().max(1).default(0.05).meta({
    title: 'Error tolerance',
    symbol: 'ε',
    help: 'The relative error stays at or below this, with as few numbers as possible. Used when ranks are chosen by tolerance.',
    group: 'Ranks',
    logarithmic: true,
  }),
  ranks: z.array(z.int().min(1)).max(32).default([]).meta({
    title: 'Ranks',
    symbol: 'r',
    help: 'One for each mode. A single number counts for every mode. Used when ranks are chosen directly.',
    group: 'Ranks',
  }),
  budget: z.int().min(1).max(Number.MAX_SAFE_INTEGER).default(20_000).meta({
    title: 'Size budget',
    unit: 'numbers',
    help: 'Core and factors together have at most this many numbers. Used when ranks are chosen by size.',
    group: 'Ranks',
    logarithmic: true,
  }),
}

/** How directions are found. */
export const accuracyParameter = z
  .enum(['gram', 'qr'])
  .default('gram')
  .meta({
    title: 'Arithmetic',
    help: 'Gram matrices are fast and see singular values down to 1e-8 of the largest; QR and SVD see them down to 1e-15, in about three times the time.',
    choices: { gram: 'Fast (Gram matrices)', qr: 'Accurate (QR and SVD)' },
    advanced: true,
  })

interface RankValues {
  choose: 'tolerance' | 'ranks' | 'size'
  tolerance: number
  ranks: readonly number[]
  budget: number
}

/** Smallest tolerance each arithmetic can promise. */
const smallestTolerance: Readonly<Record<TensorAccuracy, number>> = { gram: 1.5e-7, qr: 3.6e-14 }

/** The choice as the addon takes it. Throws a `FiligreeError` where it does not fit the tensor. */
export function rankChoice(
  { choose, tolerance, ranks, budget }: RankValues,
  modes: readonly Axis[],
  accuracy: TensorAccuracy,
): RankChoice {
  const nothing = { ranks: null, tolerance: null, budget: null }
  if (ranks.length > 0 && choose !== 'ranks') {
    throw new FiligreeError(
      'invalid-parameter',
      `Ranks were given (${ranks.join(', ')}), but they are to be chosen by ${choose}. Choose them by ranks (choose=ranks), or leave them empty.`,
      { field: 'choose' },
    )
  }
  switch (choose) {
    case 'ranks':
      return { ...nothing, ranks: ranksFor(ranks, modes) }
    case 'size':
      return { ...nothing, budget: checkedBudget(budget, modes) }
    case 'tolerance':
      return { ...nothing, tolerance: checkedTolerance(tolerance, accuracy) }
  }
}

/** A budget must hold the smallest model, one component a mode. */
export function checkedBudget(budget: number, modes: readonly Axis[]): number {
  const smallest = modes.reduce((sum, { size }) => sum + size, 1)
  if (budget >= smallest) return budget
  throw new FiligreeError(
    'invalid-parameter',
    `A budget of ${formatWhole(budget)} numbers is too small: one component a mode of a tensor of ${shapeWords(modes)} takes ${formatWhole(smallest)} already. Choose at least that.`,
    { field: 'budget' },
  )
}

function checkedTolerance(tolerance: number, accuracy: TensorAccuracy): number {
  const lowest = smallestTolerance[accuracy]
  if (tolerance >= lowest) return tolerance
  const advice =
    accuracy === 'gram'
      ? "Choose the accurate arithmetic ('qr'), or a larger tolerance."
      : 'Double precision can not promise less; choose a larger tolerance.'
  throw new FiligreeError(
    'invalid-parameter',
    `A tolerance of ${tolerance} lies below ${lowest}, where rounding hides the singular values. ${advice}`,
    { field: 'tolerance' },
  )
}

/** Outputs of every Tucker model. */
export const tuckerOutputs = {
  core: output.tensor({
    title: 'Core',
    scale: 'diverging',
    help: 'How the components of the modes combine. Its slices are orthogonal, those of most energy first.',
  }),
  factors: output.factors({
    title: 'Factors',
    each: 'mode',
    scale: 'diverging',
    help: 'Components along a mode, orthonormal, in the order of their energy; the largest entry of each is positive.',
  }),
}

/** Singular values of every mode. */
export const singularValuesOutput = (help: string) =>
  output.series({
    title: 'Singular values',
    each: 'mode',
    axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
    help,
  })
