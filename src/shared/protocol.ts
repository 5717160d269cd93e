import { z } from 'zod'
import { columnRoleSchema, datasetSchema, importChoicesSchema, importPreviewSchema } from './dataset'
import { failureSchema } from './failure'
import { inputReferenceSchema } from './input-reference'
import { methodDescriptionSchema } from './method'
import {
  fileEntrySchema,
  fileListingSchema,
  projectInfoSchema,
  recentProjectSchema,
  reportRecordSchema,
  taskSchema,
} from './project'
import {
  environmentSchema,
  runProgressSchema,
  runRecordSchema,
  runRequestSchema,
  runSummarySchema,
} from './run'

/** Version of this map; both sides say theirs when they connect. */
export const protocolVersion = 1

function request<Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) {
  return { input, output }
}

const nothing = z.null()
const handle = z.string().min(1).max(200)
const id = z.string().min(1).max(200)
const text = z.string().max(4096)

/** Every request, with what it takes and what it answers. A failure is thrown as a `FiligreeError`. */
export const requests = {
  'app.info': request(
    nothing,
    z.object({
      version: z.string(),
      shell: z.enum(['electron', 'browser']),
      environment: environmentSchema.nullable(),
      cores: z.number(),
      /** Where new projects go unless another folder is chosen. */
      defaultFolder: fileEntrySchema,
      defaultFolderPath: z.string(),
    }),
  ),
  'methods.list': request(nothing, z.array(methodDescriptionSchema)),

  'project.current': request(nothing, projectInfoSchema.nullable()),
  'project.recent': request(nothing, z.array(recentProjectSchema)),
  'project.forget': request(z.object({ handle }), z.array(recentProjectSchema)),
  /** Makes `<folder>/<name>` and opens it; the folder must not exist yet or be empty. */
  'project.create': request(z.object({ folder: handle, name: text }), projectInfoSchema),
  'project.open': request(z.object({ folder: handle }), projectInfoSchema),
  'project.close': request(nothing, nothing),
  /** A new project beside the others with a synthetic scene in it. */
  'project.trySample': request(nothing, z.object({ project: projectInfoSchema, dataset: datasetSchema })),

  'files.places': request(nothing, z.array(fileEntrySchema)),
  'files.list': request(z.object({ folder: handle }), fileListingSchema),
  /** Resolves a path a person typed or pasted. */
  'files.locate': request(z.object({ path: text }), fileEntrySchema),
  'files.makeFolder': request(z.object({ folder: handle, name: text }), fileEntrySchema),

  'datasets.list': request(nothing, z.array(datasetSchema)),
  'datasets.get': request(z.object({ dataset: id }), datasetSchema),
  'datasets.preview': request(
    z.object({ files: z.array(handle).min(1).max(8), choices: importChoicesSchema }),
    importPreviewSchema,
  ),
  'datasets.import': request(
    z.object({ files: z.array(handle).min(1).max(8), choices: importChoicesSchema, name: text.nullable() }),
    datasetSchema,
  ),
  'datasets.generate': request(
    z.object({
      generator: id,
      inputs: z.record(z.string(), inputReferenceSchema).default({}),
      parameters: z.record(z.string(), z.unknown()),
      seed: z.number().int().min(0),
      name: text.nullable(),
    }),
    datasetSchema,
  ),
  /** Takes the truth of another file (samson_gt.mat) for a cube that came without. */
  'datasets.attachTruth': request(
    z.object({ dataset: id, file: handle, choices: importChoicesSchema }),
    datasetSchema,
  ),
  /** Names, units and coordinates of the modes of a tensor, one entry a mode. */
  'datasets.editAxes': request(
    z.object({
      dataset: id,
      axes: z
        .array(
          z.object({
            name: z.string().max(80),
            unit: z.string().max(40).nullable(),
            coordinates: z.array(z.number()).nullable(),
          }),
        )
        .max(32),
    }),
    datasetSchema,
  ),
  /** What each column of a table is for, one role a column. */
  'datasets.editRoles': request(
    z.object({ dataset: id, roles: z.array(columnRoleSchema).max(100_000) }),
    datasetSchema,
  ),
  /** What should be known of a table before a fit, as sentences: leaks, repeated rows, constant columns. */
  'datasets.findings': request(z.object({ dataset: id }), z.array(z.string())),
  'datasets.rename': request(z.object({ dataset: id, name: text.min(1) }), datasetSchema),
  'datasets.delete': request(z.object({ dataset: id }), nothing),
  'datasets.restore': request(z.object({ dataset: id }), datasetSchema),

  'runs.start': request(runRequestSchema, runRecordSchema),
  /** Takes in a run that was saved as a file, of this project or of another one. */
  'runs.import': request(z.object({ file: handle }), runRecordSchema),
  'runs.list': request(
    z.object({
      /** The query language of the store: `method:ss-nmf state:succeeded sad<3 OR "water"`; empty for all. */
      query: text,
      sort: z.string().max(200),
      descending: z.boolean(),
      offset: z.number().int().min(0),
      limit: z.number().int().min(1).max(10_000),
    }),
    z.object({ total: z.number().int(), runs: z.array(runSummarySchema) }),
  ),
  'runs.get': request(z.object({ run: id }), runRecordSchema),
  /** The newest progress of a run that is under way; null otherwise. Its rows are empty: fetch the trace. */
  'runs.progress': request(z.object({ run: id }), runProgressSchema.nullable()),
  'runs.cancel': request(z.object({ run: id }), nothing),
  'runs.delete': request(z.object({ run: id }), nothing),
  'runs.restore': request(z.object({ run: id }), runRecordSchema),
  'runs.log': request(z.object({ run: id }), z.string()),
  /** The command that repeats the run from a terminal. */
  'runs.command': request(z.object({ run: id }), z.string()),

  'reports.list': request(nothing, z.array(reportRecordSchema)),
  'reports.create': request(
    z.object({ runs: z.array(id).min(1).max(64), title: text.nullable() }),
    reportRecordSchema,
  ),
  'reports.delete': request(z.object({ report: id }), nothing),
  'reports.restore': request(z.object({ report: id }), reportRecordSchema),

  'tasks.list': request(nothing, z.array(taskSchema)),
  /** Stops a task; what asked for it is refused with 'cancelled'. Nothing happens to one that is over. */
  'tasks.cancel': request(z.object({ task: id }), nothing),
} as const

/** Every event the host sends without being asked. */
export const events = {
  'project.changed': projectInfoSchema.nullable(),
  'datasets.changed': nothing,
  'runs.changed': z.object({ runs: z.array(runSummarySchema), removed: z.array(z.string()) }),
  'run.progress': runProgressSchema,
  'reports.changed': nothing,
  'task.changed': taskSchema,
  'notice': z.object({ level: z.enum(['info', 'warning', 'error']), message: z.string() }),
} as const

export type RequestName = keyof typeof requests
export type RequestInput<Name extends RequestName> = z.input<(typeof requests)[Name]['input']>
export type RequestOutput<Name extends RequestName> = z.output<(typeof requests)[Name]['output']>
export type EventName = keyof typeof events
export type EventPayload<Name extends EventName> = z.output<(typeof events)[Name]>

/** Messages from the renderer, the same over a MessagePort and a WebSocket (there as JSON text). */
export const clientMessageSchema = z.object({
  type: z.literal('request'),
  id: z.number().int().nonnegative(),
  name: z.enum(Object.keys(requests) as [RequestName, ...RequestName[]]),
  input: z.unknown(),
})
export type ClientMessage = z.infer<typeof clientMessageSchema>

/** Messages to the renderer. */
export const hostMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.number().int(), version: z.string() }),
  z.object({ type: z.literal('response'), id: z.number().int(), output: z.unknown() }),
  z.object({ type: z.literal('failure'), id: z.number().int(), failure: failureSchema }),
  z.object({
    type: z.literal('event'),
    name: z.enum(Object.keys(events) as [EventName, ...EventName[]]),
    payload: z.unknown(),
  }),
])
export type HostMessage = z.infer<typeof hostMessageSchema>
