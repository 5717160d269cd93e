import { FiligreeError } from '../../shared/failure'
import type { ReportRecord } from '../../shared/project'
import { isFinished, type RunRecord } from '../../shared/run'
import { findMethod } from '../methods'
import { datasetIdFrom } from '../store/dataset-folders'
import { moveReport, reportIdFrom } from '../store/report-files'
import type { CurrentProject } from './current-project'
import { givenName, type DatasetService } from './dataset-service'
import type { EventBus } from './event-bus'
import type { RunService } from './run-service'
import type { TaskList } from './task-list'

/** Reports: written by a job into `reports/`, listed, deleted and restored. */
export class ReportService {
  constructor(
    private readonly project: CurrentProject,
    private readonly runs: RunService,
    private readonly datasets: DatasetService,
    private readonly tasks: TaskList,
    private readonly events: EventBus,
  ) {}

  list(): ReportRecord[] {
    return this.project.require().reports.list()
  }

  async create(ids: readonly string[], title: string | null): Promise<ReportRecord> {
    const store = this.project.requireWritable()
    const records = await Promise.all(ids.map((id) => this.runs.get(id)))
    for (const record of records) requireFinished(record)
    const name = givenName(title) ?? defaultTitle(records)
    const report = await this.tasks.run(`Writing the report '${name}'`, 'report', {
      project: store.paths.folder,
      id: await reportIdFrom(store.paths, datasetIdFrom(name)),
      createdAt: new Date().toISOString(),
      title: name,
      projectName: store.info().name,
      runs: await Promise.all(records.map((record) => this.reported(record))),
    })
    store.reports.put(report)
    this.events.emit('reports.changed', null)
    return report
  }

  async delete(id: string): Promise<void> {
    const store = this.project.requireWritable()
    const report = this.get(id)
    await moveReport(store.paths.reports, store.paths.trashed('reports', ''), id)
    store.reports.put(report, true)
    this.events.emit('reports.changed', null)
  }

  async restore(id: string): Promise<ReportRecord> {
    const store = this.project.requireWritable()
    if (!store.reports.ids(true).includes(id)) {
      throw new FiligreeError('not-found', `There is no report '${id}' in the trash of this project.`)
    }
    await moveReport(store.paths.trashed('reports', ''), store.paths.reports, id)
    store.reports.setTrashed(id, false)
    this.events.emit('reports.changed', null)
    return this.get(id)
  }

  get(id: string): ReportRecord {
    const report = this.project.require().reports.get(id)
    if (report !== null) return report
    throw new FiligreeError('not-found', `There is no report '${id}' in this project.`)
  }

  path(id: string): string {
    return this.project.require().paths.report(this.get(id).id)
  }

  private async reported(record: RunRecord) {
    const { paths } = this.project.require()
    const { dataset, folder } = await this.datasets.ofRun(record)
    return {
      record,
      folder: paths.run(record.id),
      method: findMethod(record.method.id).description,
      dataset,
      datasetFolder: folder,
      repeat: await this.runs.repeat(record, 'names'),
    }
  }
}

function requireFinished(record: RunRecord): void {
  if (isFinished(record.state)) return
  throw new FiligreeError(
    'busy',
    `Run ${record.id} is ${record.state}. A report needs finished runs: wait for it, or cancel it.`,
  )
}

function defaultTitle(records: readonly RunRecord[]): string {
  const [first] = records
  const scene = Object.values(first?.inputs ?? {})[0]?.title ?? 'Report'
  const methods = [...new Set(records.map(({ method }) => method.title))]
  return `${scene}: ${methods.join(', ')}`
}
