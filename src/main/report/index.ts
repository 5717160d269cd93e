import { buildReport } from './build-report'
import { writeHtml } from './html/html-writer'
import type { ReportInput } from './report-input'

export type { ReportedRun, ReportInput } from './report-input'

/**
 * A report as one HTML file (UTF-8) that needs nothing else: no script, no link to the outside. The same input
 * gives the same bytes. Takes memory for the pictures it draws and for the file, not for the arrays behind them.
 */
export async function createReportHtml(input: ReportInput): Promise<Uint8Array> {
  return new TextEncoder().encode(writeHtml(await buildReport(input)))
}
