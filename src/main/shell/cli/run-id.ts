import type { Workbench } from '../../services/workbench'

/** The id of a run that is named by its id, or by its number alone: '7' for '0007-ss-nmf'. */
export async function runId(workbench: Workbench, text: string): Promise<string> {
  if (!/^\d+$/.test(text)) return text
  const { runs } = await workbench.request('runs.list', {
    query: `number:${text}`,
    sort: 'number',
    descending: false,
    offset: 0,
    limit: 1,
  })
  return runs[0]?.id ?? text
}
