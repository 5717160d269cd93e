import { z } from 'zod'

/** What a picture of a matrix tells besides the count of entries in each cell. */
export const patternModeSchema = z.enum(['entries', 'sign', 'asymmetry', 'magnitude'])
export type PatternMode = z.infer<typeof patternModeSchema>

const place = z.number().int().nonnegative()
const length = z.number().int().positive()

/** Part of a matrix and the cells it is drawn in, never more of them than rows and columns. */
export const patternWindowSchema = z.object({
  system: place,
  firstRow: place,
  rowCount: length,
  firstColumn: place,
  columnCount: length,
  lines: length.max(4096),
  samples: length.max(4096),
  mode: patternModeSchema,
})
export type PatternWindow = z.infer<typeof patternWindowSchema>

/** So many entries of a window are told one by one, at most; the addon has the same bound. */
export const mostToldEntries = 4096
