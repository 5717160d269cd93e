import type { RunSummary } from '../../shared/run'
import type { App } from '../state/app.svelte'

/** Puts runs into the trash and offers the way back. */
export async function deleteRuns(
  app: App,
  runs: readonly Pick<RunSummary, 'id' | 'number'>[],
): Promise<void> {
  for (const run of runs) await app.client.request('runs.delete', { run: run.id })
  const [first] = runs
  const message =
    runs.length === 1 ? `Run ${first?.number} was deleted.` : `${runs.length} runs were deleted.`
  app.notices.offerUndo(message, async () => {
    for (const run of runs) await app.client.request('runs.restore', { run: run.id })
  })
}

/** Writes a report of some runs and shows it. */
export async function createReport(app: App, runs: readonly string[]): Promise<void> {
  const report = await app.client.request('reports.create', { runs: [...runs], title: null })
  app.router.go('reports', report.id)
}
