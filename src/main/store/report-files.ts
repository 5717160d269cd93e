import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { reportRecordSchema, type ReportRecord } from '../../shared/project'
import { syncFolder, writeFileDurably, writeJsonDurably } from './durable-file'
import type { ProjectPaths } from './project-paths'

const ending = '.html'

/** The hidden record beside a report, from which the index can be rebuilt. */
function recordPath(folder: string, id: string): string {
  return join(folder, `.${id}.json`)
}

/** A free file name for a report. */
export async function reportIdFrom(paths: ProjectPaths, stem: string): Promise<string> {
  await mkdir(paths.reports, { recursive: true })
  const trash = await readdir(join(paths.trash, 'reports')).catch(() => [])
  const taken = new Set([...(await readdir(paths.reports)), ...trash])
  for (let count = 1; ; count += 1) {
    const id = `${stem}${count === 1 ? '' : `-${count}`}${ending}`
    if (!taken.has(id)) return id
  }
}

/** The record first: a report without one would be unknown to a rebuilt index, a record without a report is ignored. */
export async function writeReport(folder: string, record: ReportRecord, page: Uint8Array): Promise<void> {
  await writeJsonDurably(recordPath(folder, record.id), record)
  await writeFileDurably(join(folder, record.id), page)
}

export async function moveReport(from: string, to: string, id: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await rename(recordPath(from, id), recordPath(to, id))
  await rename(join(from, id), join(to, id))
  await Promise.all([syncFolder(to), syncFolder(from)])
}

/** Reports of a folder whose page and record are both there. */
export async function readReports(folder: string): Promise<ReportRecord[]> {
  const names = await readdir(folder).catch(() => [])
  const records: ReportRecord[] = []
  for (const id of names.filter((name) => name.endsWith(ending) && !name.startsWith('.'))) {
    try {
      records.push(reportRecordSchema.parse(JSON.parse(await readFile(recordPath(folder, id), 'utf8'))))
    } catch {
      // A page somebody put there by hand is theirs and no report of ours.
    }
  }
  return records
}

/** Records whose page never came, because the process was killed between the two. */
export async function removeOrphanReportRecords(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const pages = new Set(names)
  for (const name of names) {
    const [, page] = /^\.(.+\.html)\.json$/.exec(name) ?? []
    if (page !== undefined && !pages.has(page)) await rm(join(folder, name), { force: true })
  }
}
