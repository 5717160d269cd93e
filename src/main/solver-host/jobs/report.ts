import { createHash } from 'node:crypto'
import type { ReportRecord } from '../../../shared/project'
import { createReportHtml } from '../../report'
import { ProjectPaths } from '../../store/project-paths'
import { writeReport } from '../../store/report-files'
import { stageProgress, type JobContext } from '../job-context'
import type { JobInput } from '../messages'

export async function reportJob(
  { project, id, createdAt, title, projectName, runs }: JobInput<'report'>,
  context: JobContext,
): Promise<ReportRecord> {
  context.onProgress(stageProgress('Drawing the figures', null))
  const page = await createReportHtml({ title, projectName, runs })
  context.signal.throwIfAborted()
  const record: ReportRecord = {
    id,
    title,
    runs: runs.map(({ record: { id: run } }) => run),
    bytes: page.byteLength,
    sha256: createHash('sha256').update(page).digest('hex'),
    createdAt,
  }
  await writeReport(new ProjectPaths(project).reports, record, page)
  return record
}
