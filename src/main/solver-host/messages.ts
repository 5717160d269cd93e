import { z } from 'zod'
import { arrayLayoutSchema } from '../../shared/array'
import {
  arraySummarySchema,
  datasetSchema,
  importChoicesSchema,
  importPreviewSchema,
} from '../../shared/dataset'
import { failureSchema } from '../../shared/failure'
import { resolvedInputSchema } from '../../shared/input-reference'
import { methodDescriptionSchema } from '../../shared/method'
import { patternWindowSchema } from '../../shared/pattern-window'
import { reportRecordSchema } from '../../shared/project'
import { environmentSchema, runRecordSchema } from '../../shared/run'

const sha256 = z.string().length(64)

/** What a new dataset is called; its hidden work folder exists already. */
const newDatasetSchema = z.object({ id: z.string(), name: z.string(), createdAt: z.string() })

const reportedRunSchema = z.object({
  record: runRecordSchema,
  folder: z.string(),
  method: methodDescriptionSchema,
  dataset: datasetSchema.nullable(),
  datasetFolder: z.string().nullable(),
  repeat: z.array(z.string()),
})

const arraySourceSchema = arrayLayoutSchema.extend({ path: z.string() })

/** The arrays of a matrix, or of a sequence of them, as the addon takes them; vectors are not looked at. */
const systemSourcesSchema = z.object({
  values: arraySourceSchema,
  rowPointers: arraySourceSchema,
  columnIndices: arraySourceSchema,
  columns: z.number().int().positive(),
  rightHandSide: z.null(),
  knownSolution: z.null(),
  nearNullSpace: z.null(),
  parameters: z.null(),
})

/** Every kind of job, with what it is given and what it gives back. Paths are absolute: only the main side names them. */
export const jobs = {
  /** Versions and machine, as a run would record them. */
  'environment': { input: z.object({ version: z.string() }), output: environmentSchema },
  'preview': {
    input: z.object({
      files: z.array(z.string()).min(1),
      choices: importChoicesSchema,
      /** Where the picture's float32 values go. */
      planeFile: z.string(),
    }),
    output: z.object({
      preview: importPreviewSchema.omit({ previewId: true }),
      plane: z.object({ lines: z.number().int(), samples: z.number().int() }).nullable(),
    }),
  },
  'import': {
    input: z.object({
      project: z.string(),
      dataset: newDatasetSchema,
      files: z.array(z.string()).min(1),
      choices: importChoicesSchema,
    }),
    output: datasetSchema,
  },
  'generate': {
    input: z.object({
      project: z.string(),
      dataset: newDatasetSchema,
      generator: z.string(),
      inputs: z.record(z.string(), resolvedInputSchema),
      parameters: z.record(z.string(), z.unknown()),
      seed: z.number().int(),
      threads: z.number().int(),
    }),
    output: datasetSchema,
  },
  'attach-truth': {
    input: z.object({
      project: z.string(),
      dataset: z.string(),
      file: z.string(),
      choices: importChoicesSchema,
    }),
    output: datasetSchema,
  },
  'solve': {
    input: z.object({ project: z.string(), run: z.string(), version: z.string() }),
    output: runRecordSchema,
  },
  'report': {
    input: z.object({
      project: z.string(),
      id: z.string(),
      createdAt: z.string(),
      title: z.string(),
      projectName: z.string(),
      runs: z.array(reportedRunSchema).min(1),
    }),
    output: reportRecordSchema,
  },
  /** The sha-256 of every external file of a dataset that has none yet, and the summary where it was not counted. */
  'hash': {
    input: z.object({ project: z.string(), dataset: z.string(), threads: z.number().int() }),
    output: z.object({
      files: z.array(z.object({ path: z.string(), sha256 })),
      summary: arraySummarySchema.nullable(),
    }),
  },
  /** Counts of entries in the cells of a window of a matrix, as files in `folder`. */
  'look': {
    input: z.object({
      folder: z.string(),
      system: systemSourcesSchema,
      window: patternWindowSchema,
      threads: z.number().int(),
    }),
    output: z.object({ entries: z.number(), files: z.array(z.string()) }),
  },
  /** A system of a matrix as a Matrix Market file. */
  'write-matrix': {
    input: z.object({
      folder: z.string(),
      file: z.string(),
      system: systemSourcesSchema,
      index: z.number().int().nonnegative(),
      comment: z.string(),
      threads: z.number().int(),
    }),
    output: z.null(),
  },
} as const

export type JobKind = keyof typeof jobs
export type JobInput<Kind extends JobKind> = z.infer<(typeof jobs)[Kind]['input']>
export type JobOutput<Kind extends JobKind> = z.infer<(typeof jobs)[Kind]['output']>

const kindSchema = z.enum(Object.keys(jobs) as [JobKind, ...JobKind[]])

/** What the workbench says to a job process: one start, then perhaps a cancel. */
export const jobCommandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), kind: kindSchema, input: z.unknown() }),
  z.object({ type: z.literal('cancel') }),
])
export type JobCommand = z.infer<typeof jobCommandSchema>

export const jobProgressSchema = z.object({
  stage: z.string(),
  iteration: z.number(),
  iterationLimit: z.number().nullable(),
  fraction: z.number().nullable(),
  // zod's own number refuses NaN and infinity, which a diverging solver may well report.
  rows: z.array(z.array(z.custom<number>((value) => typeof value === 'number'))),
})
export type JobProgress = z.infer<typeof jobProgressSchema>

/** What a job process says: progress at most ten times a second, then one result or one failure. */
export const jobReportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: jobProgressSchema }),
  z.object({ type: z.literal('result'), output: z.unknown() }),
  z.object({ type: z.literal('failure'), failure: failureSchema }),
])
export type JobReport = z.infer<typeof jobReportSchema>
