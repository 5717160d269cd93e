import { z } from 'zod'
import { arrayLayoutSchema, axisSchema } from './array'
import { failureSchema } from './failure'
import { inputReferenceSchema, resolvedInputSchema } from './input-reference'
import { axisScalesSchema, outputMeaningSchema } from './method'

/** queued → running → (cancelling) → one of the last four; `crashed` means the process went away. */
export const runStateSchema = z.enum([
  'queued',
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'crashed',
])
export type RunState = z.infer<typeof runStateSchema>

/** True for states that never change again. */
export function isFinished(state: RunState): boolean {
  return state !== 'queued' && state !== 'running' && state !== 'cancelling'
}

/** What a person asks for. */
export const runRequestSchema = z.object({
  method: z.string(),
  inputs: z.record(z.string(), inputReferenceSchema),
  /** Only what differs from the defaults needs to be here. */
  parameters: z.record(z.string(), z.unknown()),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  /** Null uses every core. */
  threads: z.number().int().min(1).max(1024).nullable().default(null),
})
export type RunRequest = z.input<typeof runRequestSchema>

export const metricSchema = z.object({
  id: z.string(),
  title: z.string(),
  value: z.number(),
  unit: z.string(),
  better: z.enum(['lower', 'higher', 'neither']),
  digits: z.number().int(),
})
export type Metric = z.infer<typeof metricSchema>

/** A score against the truth: figures never stand without the rules they were made by. */
export const scoreCardSchema = z.object({
  title: z.string(),
  /** Scaling, matching rule, and formula of every figure, as sentences. */
  rules: z.array(z.string()),
  columns: z.array(
    z.object({ title: z.string(), unit: z.string().nullable(), digits: z.number().int().nullable() }),
  ),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  /** matching[i] is the estimated component that truth component i was matched with; null where none was left. */
  matching: z.array(z.number().int().nullable()),
  metrics: z.array(metricSchema),
})
export type ScoreCard = z.infer<typeof scoreCardSchema>

/** A file of the run folder with its meaning. */
export const artifactSchema = arrayLayoutSchema.extend({
  name: z.string(),
  title: z.string(),
  meaning: outputMeaningSchema,
  unit: z.string().nullable(),
  scale: z.enum(['fraction', 'sequential', 'diverging']),
  /** Name of the artifact this one is the standard deviation of. */
  deviationOf: z.string().nullable().default(null),
  axisScales: axisScalesSchema.default({ horizontal: 'linear', vertical: 'linear' }),
  file: z.string(),
  bytes: z.number(),
  sha256: z.string().length(64),
  axes: z.array(axisSchema),
  /** What the numbers are, where the title does not say. */
  quantity: z.string().optional(),
  /** Of the finite values, for a shared colour scale. */
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
})
export type Artifact = z.infer<typeof artifactSchema>

/** What ran it: enough for another person to say why figures differ. */
export const environmentSchema = z.object({
  filigree: z.string(),
  native: z.string(),
  libraries: z.record(z.string(), z.string()),
  target: z.string(),
  runtime: z.string(),
  system: z.string(),
  processor: z.string(),
  cores: z.number(),
  memoryBytes: z.number(),
})
export type Environment = z.infer<typeof environmentSchema>

/** How the name of a run that was saved as one file ends. */
export const savedRunEnding = '.run.zip'

/** A run to try next: a method and those of its parameters that are not at their defaults. */
export const proposalSchema = z.object({
  title: z.string(),
  method: z.string(),
  parameters: z.record(z.string(), z.unknown()),
})
export type Proposal = z.infer<typeof proposalSchema>

/** `run.json`: everything known of a run but its arrays. Inputs to it are fixed when it is queued. */
export const runRecordSchema = z.object({
  schema: z.literal(1),
  /** Name of its folder: '0007-ss-nmf'. */
  id: z.string().regex(/^\d{4,}-[a-z0-9-]+$/),
  number: z.number().int().positive(),
  method: z.object({ id: z.string(), version: z.number().int(), title: z.string(), family: z.string() }),
  /** Every parameter, defaults filled in. */
  parameters: z.record(z.string(), z.unknown()),
  inputs: z.record(z.string(), resolvedInputSchema),
  seed: z.number().int(),
  threads: z.number().int(),
  state: runStateSchema,
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  setupSeconds: z.number().nullable(),
  iterationSeconds: z.number().nullable(),
  iterations: z.number().nullable(),
  peakMemoryBytes: z.number().nullable(),
  stopReason: z
    .enum(['converged', 'iteration-limit', 'stagnated', 'broke-down', 'cancelled', 'finished'])
    .nullable(),
  stopMessage: z.string().nullable(),
  failure: failureSchema.nullable(),
  /** Figures of the solver itself, recomputed at the end. */
  figures: z.record(z.string(), z.number()),
  scoreCard: scoreCardSchema.nullable(),
  warnings: z.array(z.string()),
  /** What the method found that is told in sentences: advice with its evidence, what was merged or added. */
  notes: z.array(z.string()).default([]),
  /** Runs that the method advises, in the order of the notes that say why. */
  proposals: z.array(proposalSchema).default([]),
  artifacts: z.array(artifactSchema),
  environment: environmentSchema.nullable(),
})
export type RunRecord = z.infer<typeof runRecordSchema>

/** A row of the run table. */
export const runSummarySchema = z.object({
  id: z.string(),
  number: z.number().int(),
  method: z.string(),
  methodTitle: z.string(),
  family: z.string(),
  dataset: z.string().nullable(),
  datasetName: z.string().nullable(),
  state: runStateSchema,
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  seconds: z.number().nullable(),
  seed: z.number().int(),
  parameters: z.record(z.string(), z.unknown()),
  metrics: z.array(metricSchema),
})
export type RunSummary = z.infer<typeof runSummarySchema>

/** Live news of a run, at most ten a second. */
export const runProgressSchema = z.object({
  run: z.string(),
  state: runStateSchema,
  stage: z.string(),
  iteration: z.number(),
  iterationLimit: z.number().nullable(),
  fraction: z.number().nullable(),
  elapsedSeconds: z.number(),
  remainingSeconds: z.number().nullable(),
  /** New trace rows: iteration, then a value for each trace column. */
  rows: z.array(z.array(z.number())),
})
export type RunProgress = z.infer<typeof runProgressSchema>
