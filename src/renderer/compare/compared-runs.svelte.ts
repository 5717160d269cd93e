import { dataAddress } from '../../shared/data-address'
import type { TraceColumn } from '../../shared/method'
import type { RunRecord } from '../../shared/run'
import type { SeriesPlot } from '../charts/series'
import { fetchArray, type DataArray } from '../client/data'
import { MapLinks } from '../maps/map-links'
import type { App } from '../state/app.svelte'
import { sentenceOf } from '../state/notices.svelte'
import { columnOf } from '../views/components'
import { RunContext } from '../views/run-context.svelte'
import { datasetOfRun } from '../views/run-dataset'

/** A run of a comparison, with what is drawn of it. */
export interface ComparedRun {
  record: RunRecord
  context: RunContext
  columns: readonly TraceColumn[]
  trace: DataArray | null
}

/** The runs of a comparison, fetched together. Their maps share one window. */
export class ComparedRuns {
  runs = $state.raw<readonly ComparedRun[] | null>(null)
  problem = $state<string | null>(null)
  readonly #links = new MapLinks()

  constructor(
    private readonly app: App,
    private readonly ids: readonly string[],
  ) {}

  async load(): Promise<void> {
    try {
      this.runs = await Promise.all(this.ids.map((id) => this.#fetch(id)))
      this.problem = null
    } catch (error) {
      this.problem = sentenceOf(error)
    }
  }

  /** One trace column of all runs that have it. */
  tracePlot(name: string): SeriesPlot | null {
    const runs = (this.runs ?? []).filter(
      ({ columns, trace }) => trace !== null && columns.some((column) => column.name === name),
    )
    const column = runs[0]?.columns.find((candidate) => candidate.name === name)
    if (column === undefined) return null
    return {
      title: `${column.title}, runs compared`,
      x: { name: 'Iteration', unit: null },
      y: { name: column.title, unit: column.unit },
      series: runs.flatMap(({ record, columns, trace }) => {
        if (trace === null) return []
        const width = columns.length + 1
        const place = columns.findIndex((candidate) => candidate.name === name) + 1
        return [
          {
            id: record.id,
            name: `${record.number} · ${record.method.title}`,
            x: columnOf(trace.values, width, 0),
            y: columnOf(trace.values, width, place),
            colour: this.ids.indexOf(record.id),
          },
        ]
      }),
    }
  }

  async #fetch(id: string): Promise<ComparedRun> {
    const record = await this.app.client.request('runs.get', { run: id })
    const dataset = datasetOfRun(record, (dataset) => this.app.datasets.get(dataset))
    const method = this.app.methods.get(record.method.id)
    const columns = method?.outputs.find(({ meaning }) => meaning === 'trace')?.columns ?? []
    const traced = columns.length > 0 && record.state !== 'queued'
    return {
      record,
      context: new RunContext(record, dataset, this.#links),
      columns,
      trace: traced ? await fetchArray(dataAddress.trace(id)) : null,
    }
  }
}
