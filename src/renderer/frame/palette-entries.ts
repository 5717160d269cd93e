import type { App } from '../state/app.svelte'
import type { Command } from '../state/commands.svelte'

export interface PaletteGroup {
  title: string
  commands: Command[]
}

/** Everything the palette offers now: the registry's commands by group, then datasets and the newest runs. */
export function paletteEntries(app: App): PaletteGroup[] {
  const groups = new Map<string, Command[]>()
  for (const command of app.commands.list) {
    if (command.id === 'palette.open') continue
    groups.set(command.group, [...(groups.get(command.group) ?? []), command])
  }
  const datasets = app.datasets.list.map((dataset): Command => ({
    id: `open.dataset.${dataset.id}`,
    title: dataset.name,
    group: 'Open a dataset',
    run: () => app.router.go('datasets', dataset.id),
  }))
  const runs = app.runs.latest.map((run): Command => ({
    id: `open.run.${run.id}`,
    title: `${run.id} · ${run.methodTitle}${run.datasetName === null ? '' : ` on ${run.datasetName}`}`,
    group: 'Open a run',
    run: () => app.router.go('runs', run.id),
  }))
  if (datasets.length > 0) groups.set('Open a dataset', datasets)
  if (runs.length > 0) groups.set('Open a run', runs)
  return [...groups].map(([title, commands]) => ({ title, commands }))
}
