import { z } from 'zod'

export const projectInfoSchema = z.object({
  name: z.string(),
  /** Shown to the person, never sent back: the host knows which project is open. */
  folder: z.string(),
  readOnly: z.boolean(),
  datasetCount: z.number().int(),
  runCount: z.number().int(),
  /** What was mended when it was opened, as sentences: a crashed run, an unfinished import that was cleared away. */
  notes: z.array(z.string()),
})
export type ProjectInfo = z.infer<typeof projectInfoSchema>

export const recentProjectSchema = z.object({
  /** A handle for `project.open`. */
  handle: z.string(),
  name: z.string(),
  folder: z.string(),
  openedAt: z.string(),
  missing: z.boolean(),
})
export type RecentProject = z.infer<typeof recentProjectSchema>

/** A report that was written into `reports/`. */
export const reportRecordSchema = z.object({
  /** Its file name. */
  id: z.string(),
  title: z.string(),
  runs: z.array(z.string()),
  bytes: z.number(),
  sha256: z.string(),
  createdAt: z.string(),
})
export type ReportRecord = z.infer<typeof reportRecordSchema>

/** A file or folder the host vouches for. The renderer never names a path, it sends the handle back. */
export const fileEntrySchema = z.object({
  handle: z.string(),
  name: z.string(),
  kind: z.enum(['file', 'folder']),
  bytes: z.number().nullable(),
  modifiedAt: z.string().nullable(),
  /** A folder that holds a Filigree project. */
  project: z.boolean(),
})
export type FileEntry = z.infer<typeof fileEntrySchema>

export const fileListingSchema = z.object({
  /** The folder itself and the way up from it, outermost first. */
  trail: z.array(fileEntrySchema),
  path: z.string(),
  entries: z.array(fileEntrySchema),
  /** Said instead of an empty list where the folder cannot be read. */
  problem: z.string().nullable(),
})
export type FileListing = z.infer<typeof fileListingSchema>

/** Long work that is not a run: an import, a report, a hash. */
export const taskSchema = z.object({
  id: z.string(),
  title: z.string(),
  fraction: z.number().nullable(),
  stage: z.string(),
  state: z.enum(['running', 'finished', 'failed']),
})
export type Task = z.infer<typeof taskSchema>
