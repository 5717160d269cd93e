import { z } from 'zod'
import { arrayReferenceSchema, axisSchema } from './array'
import { resolvedInputSchema } from './input-reference'

export const datasetKindSchema = z.enum(['cube', 'library', 'matrix', 'tensor', 'table'])
export type DatasetKind = z.infer<typeof datasetKindSchema>

/** Counts over a whole array. Positions are zero-based and in the order of the array's shape. */
export const arraySummarySchema = z.object({
  count: z.number(),
  nanCount: z.number(),
  infiniteCount: z.number(),
  negativeCount: z.number(),
  noDataCount: z.number(),
  firstInvalid: z.array(z.number()).nullable(),
  firstNegative: z.array(z.number()).nullable(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  mean: z.number().nullable(),
})
export type ArraySummary = z.infer<typeof arraySummarySchema>

/** Key among the choices of an origin that names the file a truth was taken from; `truth.<key>` are its own choices. */
export const truthChoice = 'truth'

/** Where a dataset came from, in enough detail to make it again. */
export const datasetOriginSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('file'),
    format: z.string(),
    files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string().nullable() })),
    /** The import choices as they were used: variable names, orientation, … */
    choices: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  z.object({
    type: z.literal('generated'),
    generator: z.string(),
    version: z.number().int(),
    /** What it was made from: a library, for a scene of its spectra. */
    inputs: z.record(z.string(), resolvedInputSchema).default({}),
    parameters: z.record(z.string(), z.unknown()),
    seed: z.number().int(),
  }),
])
export type DatasetOrigin = z.infer<typeof datasetOriginSchema>

/** What a column of a table is for. A split is 1 (or true) where its row is held out; there may be several. */
export const columnRoleSchema = z.enum(['input', 'target', 'weight', 'noise-variance', 'split', 'unused'])
export type ColumnRole = z.infer<typeof columnRoleSchema>

/** Roles of columns as people read them. */
export const columnRoleTitles: Readonly<Record<ColumnRole, string>> = {
  'input': 'Input',
  'target': 'Target',
  'weight': 'Weight',
  'noise-variance': 'Noise variance',
  'split': 'Split mask',
  'unused': 'Unused',
}

/** Known answer of a scene: endmembers (bands, p) and abundances (p, lines, samples), either may be missing. */
export const truthSchema = z.object({
  endmembers: arrayReferenceSchema.nullable(),
  abundances: arrayReferenceSchema.nullable(),
  names: z.array(z.string()),
  source: z.string(),
})
export type Truth = z.infer<typeof truthSchema>

/**
 * A dataset, as `dataset.json` keeps it. What `array`, `axes` and `parts` hold depends on the kind:
 *
 * - cube: (line, sample, band) whatever its interleave, the strides tell; band coordinates are wavelengths.
 * - library: (band, spectrum), a spectrum a column; band coordinates are wavelengths, spectrum labels are names.
 * - tensor, dense: any number of modes, an axis each; what is missing is told by `parts.mask` alone, also where a
 *   person said that NaN marks it: any other NaN is an error.
 * - tensor, scattered: `array` is (entry), the values; `parts.indices` is (entry, mode), zero-based; `axes` are the
 *   modes, not the axes of `array`.
 * - matrix, sparse, in compressed rows: `array` is (entry), float64 or complex128, ordered by row and then by column,
 *   without duplicates; `parts.columns` (entry) holds zero-based columns, int32; `parts.rows` (row + 1) says where rows
 *   begin, int64; `axes` are rows and columns, not the axes of `array`. A sequence of systems of one size keeps their
 *   entries one system after the other, and `parts.rows` is (system, row + 1), still counted from the first entry of all.
 *   Unknowns of a problem on a grid are in C order of `grid`.
 * - table: (row, column), float64, NaN where a value is missing; labels of the second axis are the columns' names, and
 *   `columnRoles` says what they are for.
 *
 * Parts of a tensor that may be there: `mask` (bool, of the tensor's shape or (entry), true where a value is
 * missing), `holdOut` (bool, (entry, fold), true where an entry is kept back in a fold).
 *
 * Parts of a matrix that may be there: `rightHandSide` (row), `knownSolution` (column), both of the values' type and
 * with a leading axis (system) in sequences; `nearNullSpace` (column, vector); `parameters` (system, parameter), what
 * the systems of a sequence were made from; `coordinates` (column, dimension), where unknowns lie; `mass` (entry), of
 * the pattern of the matrix: the mass matrix, for time steps and for shifts; `coefficient` (row), float64 and with a
 * leading axis (system) in sequences: the coefficient field of the equation; `initialState` (row), what time steps
 * start from.
 *
 * Parts of a table that may be there: `splits` (bool, (row, split), true where a row is held out).
 */
export const datasetSchema = z.object({
  schema: z.literal(1),
  /** Name of its folder under `datasets/`. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  name: z.string().min(1),
  kind: datasetKindSchema,
  createdAt: z.iso.datetime(),
  origin: datasetOriginSchema,
  array: arrayReferenceSchema,
  axes: z.array(axisSchema),
  /** Further arrays of the dataset by their role. */
  parts: z.record(z.string(), arrayReferenceSchema).default({}),
  /** What the numbers are: 'Reflectance', 'Radiance', 'Value'. */
  quantity: z.object({ name: z.string(), unit: z.string().nullable() }),
  /** Matrix: the axes of the grid that its unknowns lie on, the last one fastest. */
  grid: z.array(axisSchema).optional(),
  /** Table: what each column is for. */
  columnRoles: z.array(columnRoleSchema).optional(),
  /** Factor that turns stored numbers into the quantity. */
  scale: z.number(),
  noDataValue: z.number().nullable(),
  /** Bands the file itself calls good; null where it does not say. */
  goodBands: z.array(z.boolean()).nullable(),
  /** Full width of every band at half its maximum, in the unit of the wavelengths, where the file says. */
  bandWidths: z.array(z.number().positive()).optional(),
  /** Bands the file proposes for red, green and blue, zero-based. */
  displayBands: z.tuple([z.number().int(), z.number().int(), z.number().int()]).nullable(),
  truth: truthSchema.nullable(),
  /** Null until it was counted: a large external file is counted when it is first used. */
  summary: arraySummarySchema.nullable(),
  /** What the import decided and what a person should know, as sentences. */
  notes: z.array(z.string()),
})
export type Dataset = z.infer<typeof datasetSchema>

/** What a dataset says of numbers that are no measurements of a scene: taken as they are stored, without truth. */
export const plainNumbers = {
  quantity: { name: 'Value', unit: null },
  scale: 1,
  noDataValue: null,
  goodBands: null,
  displayBands: null,
  truth: null,
} as const satisfies Partial<Dataset>

/** A question an importer leaves to the person, with the answer it guessed. */
export const importOptionSchema = z.object({
  key: z.string(),
  title: z.string(),
  help: z.string(),
  type: z.enum(['choice', 'integer', 'text', 'boolean']),
  choices: z.array(z.object({ value: z.string(), title: z.string() })),
  value: z.union([z.string(), z.number(), z.boolean()]),
})
export type ImportOption = z.infer<typeof importOptionSchema>

export const importChoicesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type ImportChoices = z.infer<typeof importChoicesSchema>

/** What an import would make, before it is made. */
export const importPreviewSchema = z.object({
  /** Names the plane at `/data/previews/:previewId`; null where no picture can be drawn. */
  previewId: z.string().nullable(),
  format: z.object({ id: z.string(), title: z.string() }),
  name: z.string(),
  kind: datasetKindSchema,
  /** True where the file stays where it is and is mapped, false where its arrays are copied into the project. */
  external: z.boolean(),
  bytes: z.number(),
  /** Facts worth reading before saying yes: size, bands, wavelength range, type, interleave. */
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  /** Everything found in the file and the role it was given: cube, endmembers, abundances, size, unused. */
  variables: z.array(
    z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.string(), role: z.string() }),
  ),
  options: z.array(importOptionSchema),
  axes: z.array(axisSchema),
  truth: z
    .object({ endmembers: z.boolean(), abundances: z.boolean(), names: z.array(z.string()) })
    .nullable(),
  /** The band shown in the preview picture, zero-based. */
  previewBand: z.number().nullable(),
  warnings: z.array(z.string()),
  /** A table: its columns with what each is for, and its first rows as the file has them. */
  table: z
    .object({
      columns: z.array(
        z.object({
          name: z.string(),
          role: columnRoleSchema,
          /** Whether it holds words, which no role but 'unused' can take. */
          words: z.boolean(),
          missing: z.number(),
          minimum: z.number().nullable(),
          maximum: z.number().nullable(),
        }),
      ),
      rows: z.array(z.array(z.string())),
    })
    .optional(),
})
export type ImportPreview = z.infer<typeof importPreviewSchema>
