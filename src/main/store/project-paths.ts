import { join } from 'node:path'

/** Names of everything in a project folder. Hidden names are work under way. */
export class ProjectPaths {
  readonly folder: string
  readonly database: string
  readonly datasets: string
  readonly runs: string
  readonly reports: string
  readonly trash: string
  /** Files that were sent to the browser shell, until they are imported. */
  readonly inbox: string

  constructor(folder: string) {
    this.folder = folder
    this.database = join(folder, databaseName)
    this.datasets = join(folder, 'datasets')
    this.runs = join(folder, 'runs')
    this.reports = join(folder, 'reports')
    this.trash = join(folder, '.trash')
    this.inbox = join(folder, '.inbox')
  }

  dataset(id: string): string {
    return join(this.datasets, id)
  }

  datasetWork(id: string): string {
    return join(this.datasets, `.${id}`)
  }

  run(id: string): string {
    return join(this.runs, id)
  }

  runWork(id: string): string {
    return join(this.runs, `.${id}`)
  }

  report(id: string): string {
    return join(this.reports, id)
  }

  trashed(kind: 'datasets' | 'runs' | 'reports', id: string): string {
    return join(this.trash, kind, id)
  }
}

/** A folder with this file in it is a project. */
export const databaseName = 'filigree.db'

/** Files of a run folder besides its arrays. */
export const runFiles = {
  record: 'run.json',
  request: 'request.json',
  owner: 'owner.json',
  trace: 'trace.csv',
  timing: 'timing.csv',
  log: 'log.txt',
} as const

export const datasetRecordFile = 'dataset.json'
