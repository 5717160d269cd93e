import { join } from 'node:path'
import type { ArrayLayout, ArrayReference } from '../../shared/array'
import type { ArraySummary, ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { ArraySummariser } from './array-summary'
import { chosenWord } from './choice-values'
import { gather } from './gather'
import { fileOrder, layoutBlocks, stridesFor } from './layout-blocks'
import { writeNpyThrough } from './npy-writer'
import { withFile, type RandomAccessFile } from './random-access-file'
import { counted, grouped, shapeText } from './wording'

/** What a value of a mask other than 0 says of its entry. */
export const maskMeanings = ['missing', 'observed'] as const
export type MaskMeaning = (typeof maskMeanings)[number]

/** An array that says which entries of a tensor are there. */
export interface MaskSource extends ArrayLayout {
  path: string
  name: string
}

/** How entries become missing: by a mask, because they are NaN, by both, or not at all. */
export interface MissingRules {
  mask: MaskSource | null
  meaning: MaskMeaning
  nanIsMissing: boolean
}

/** What a mask seems to mean, and the share of its entries that are 1; null where it was not read. */
export interface MaskGuess {
  meaning: MaskMeaning
  share: number | null
}

/** Entries looked at while the meaning of a mask is guessed. */
const guessedFrom = 200_000

/** Throws `invalid-file` where a mask has another shape than its tensor, or holds no flags. */
export function requireMaskFits(mask: MaskSource, tensor: ArrayLayout, tensorName: string): void {
  if (mask.dtype.startsWith('complex')) {
    throw new FiligreeError('invalid-file', `${mask.name} holds complex numbers; a mask has 0 and 1.`)
  }
  const same =
    mask.shape.length === tensor.shape.length && mask.shape.every((size, axis) => size === tensor.shape[axis])
  if (same) return
  throw new FiligreeError(
    'invalid-file',
    `The mask ${mask.name} is ${shapeText(mask.shape)}, but ${tensorName} is ${shapeText(tensor.shape)}: a mask has one entry for each entry of its tensor.`,
  )
}

/**
 * What 1 means in a mask: as its name says; otherwise the fewer entries are the missing ones. Both conventions are
 * found in the wild, so it is a question whose answer is only guessed.
 */
export async function guessMaskMeaning(mask: MaskSource, readable: boolean): Promise<MaskGuess> {
  const named = meaningInName(mask.name)
  if (!readable) return { meaning: named ?? 'missing', share: null }
  const share = await withFile(mask.path, async (file) => {
    let seen = 0
    let set = 0
    for await (const { values } of layoutBlocks(file, mask, fileOrder(mask).order)) {
      for (const value of values) if (value !== 0) set += 1
      seen += values.length
      if (seen >= guessedFrom) break
    }
    return seen === 0 ? 0 : set / seen
  })
  return { meaning: named ?? (share <= 0.5 ? 'missing' : 'observed'), share }
}

/** Whether a file or an array is called as masks are. */
export function namedLikeMask(name: string): boolean {
  return /mask|missing|observed|hidden/i.test(name)
}

function meaningInName(name: string): MaskMeaning | null {
  if (/missing|hidden|nan|absent/i.test(name)) return 'missing'
  return /observed|known|present|valid/i.test(name) ? 'observed' : null
}

/** The question what 1 means in a mask. */
export function maskMeaningOption(guess: MaskGuess, choices: ImportChoices): ImportOption {
  const share =
    guess.share === null ? '' : `${Number((guess.share * 100).toPrecision(3))} % of the mask is 1. `
  return {
    key: 'maskMeaning',
    title: 'A mask of 1 means',
    help: `${share}Both conventions are in use; check that the fraction missing is what you expect.`,
    type: 'choice',
    choices: [
      { value: 'missing', title: 'The entry is missing' },
      { value: 'observed', title: 'The entry was observed' },
    ],
    value: chosenWord(choices, 'maskMeaning', maskMeanings, guess.meaning),
  }
}

/** The question whether NaN marks what is missing: offered, never assumed. */
export function nanOption(choices: ImportChoices): ImportOption {
  return {
    key: 'nanIsMissing',
    title: 'NaN marks missing entries',
    help: 'Off: a NaN is an error, and a run says where it is. On: such entries are left out of every sum, and predicted.',
    type: 'boolean',
    choices: [],
    value: choices['nanIsMissing'] === true,
  }
}

/**
 * Goes through a tensor once, counts its values and writes `mask.npy` (bool, true where an entry is missing) in the
 * order of the tensor's own file. Entries that are missing are counted as such and left out of all other figures.
 * Without rules nothing is written.
 */
export async function countAndMask(
  tensor: RandomAccessFile,
  layout: ArrayLayout,
  rules: MissingRules,
  watch: { folder: string; onProgress: (stage: string, fraction: number) => void; signal: AbortSignal },
): Promise<{ summary: ArraySummary; mask: ArrayReference | null }> {
  const { order, fortran } = fileOrder(layout)
  const counter = new ArraySummariser(order.map((axis) => layout.shape[axis] ?? 0))
  let missing = 0
  const pass = async (
    maskFile: RandomAccessFile | null,
    write: (flags: Uint8Array) => Promise<void>,
  ): Promise<void> => {
    for await (const { values, picks, fraction } of layoutBlocks(tensor, layout, order, watch.signal)) {
      const flags = new Uint8Array(values.length)
      if (maskFile !== null && rules.mask !== null) {
        const given = new Float64Array(values.length)
        await gather(maskFile, rules.mask, picks, given, stridesFor(order, picks), watch.signal)
        for (let i = 0; i < flags.length; i += 1) {
          flags[i] = (given[i] !== 0) === (rules.meaning === 'missing') ? 1 : 0
        }
      }
      if (rules.nanIsMissing) {
        for (let i = 0; i < flags.length; i += 1) if (Number.isNaN(values[i])) flags[i] = 1
      }
      missing += counter.addUnless(values, flags)
      await write(flags)
      watch.onProgress('Counting values', fraction)
    }
  }
  const writeMask = (maskFile: RandomAccessFile | null) =>
    writeNpyThrough(
      join(watch.folder, 'mask.npy'),
      'bool',
      layout.shape,
      (writer) => pass(maskFile, (flags) => writer.write(flags)),
      fortran,
    )
  let mask: ArrayReference | null = null
  if (rules.mask !== null) mask = await withFile(rules.mask.path, writeMask)
  else if (rules.nanIsMissing) mask = await writeMask(null)
  else await pass(null, () => Promise.resolve())
  const summary = counter.summary()
  if (missing > 0 && missing === summary.count) {
    throw new FiligreeError(
      'invalid-data',
      rules.mask === null
        ? `Every value of ${tensor.name} is NaN: there is nothing to work on.`
        : `With this meaning of the mask every entry of ${tensor.name} is missing. Choose the other meaning.`,
      { field: 'maskMeaning' },
    )
  }
  return { summary: inAxisOrder(summary, order), mask }
}

/** What a person should know of a tensor's numbers, as sentences; nothing where all is well. */
export function tensorNotes(summary: ArraySummary, axes: readonly { name: string }[]): string[] {
  const place = (position: readonly number[] | null) =>
    (position ?? []).map((index, axis) => `${axes[axis]?.name ?? ''} ${index}`).join(', ')
  const notes: string[] = []
  if (summary.nanCount > 0) {
    notes.push(
      `${counted(summary.nanCount, 'value is NaN', 'values are NaN')}, the first at ${place(summary.firstInvalid)} (counted from 0). A run stops there: import the tensor again with NaN as missing if that is what they mean.`,
    )
  } else if (summary.infiniteCount > 0) {
    notes.push(
      `${counted(summary.infiniteCount, 'value is infinite', 'values are infinite')}, the first at ${place(summary.firstInvalid)} (counted from 0). A run stops there.`,
    )
  }
  if (summary.noDataCount > 0) {
    const share = Number(((100 * summary.noDataCount) / summary.count).toPrecision(3))
    notes.push(
      `${grouped(summary.noDataCount)} of ${grouped(summary.count)} entries (${share} %) are missing.`,
    )
  }
  return notes
}

function inAxisOrder(summary: ArraySummary, order: readonly number[]): ArraySummary {
  const back = (position: number[] | null) =>
    position === null ? null : order.map((_, axis) => position[order.indexOf(axis)] ?? 0)
  return {
    ...summary,
    firstInvalid: back(summary.firstInvalid),
    firstNegative: back(summary.firstNegative),
  }
}
