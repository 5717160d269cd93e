import { datasetOfReference } from '../../shared/input-reference'
import type { RunRecord, RunSummary } from '../../shared/run'
import { runStateSchema } from '../../shared/run'
import type { ProjectDatabase } from './database'
import { compileQuery, compileSort } from './query/compile'

export interface RunQuery {
  query: string
  sort: string
  descending: boolean
  offset: number
  limit: number
}

interface RunRow {
  number: number
  id: string
  method: string
  method_title: string
  family: string
  dataset: string | null
  dataset_name: string | null
  state: string
  created_at: string
  finished_at: string | null
  seconds: number | null
  seed: number
  parameters: string
  metrics: string
}

/** The rows of the run table: everything a list, a filter and a sort need, so that no folder is read for them. */
export class RunIndex {
  constructor(private readonly database: ProjectDatabase) {}

  /** The next number, never given twice, whatever other processes do at the same moment. */
  allotNumber(): number {
    const row = this.database
      .prepare<[], { value: number }>(
        "UPDATE counters SET value = value + 1 WHERE name = 'run' RETURNING value",
      )
      .get()
    if (row === undefined) throw new Error('The run counter is missing from the index.')
    return row.value
  }

  /**
   * Takes a waiting run over from an owner that is gone. False where another process was quicker: of several
   * that see the same dead owner exactly one gets the run.
   */
  claim(id: string, owner: string, formerOwner: string): boolean {
    const result = this.database
      .prepare(
        `INSERT INTO claims VALUES (?, ?)
         ON CONFLICT (run) DO UPDATE SET owner = excluded.owner WHERE claims.owner = ?`,
      )
      .run(id, owner, formerOwner)
    return result.changes === 1
  }

  put(record: RunRecord, trashed = false): void {
    this.database.transaction(() => this.putRow(record, trashed)).immediate()
  }

  private putRow(record: RunRecord, trashed: boolean): void {
    const summary = summarise(record)
    const parameters = JSON.stringify(summary.parameters)
    this.database
      .prepare(
        `INSERT OR REPLACE INTO runs (number, id, method, method_title, family, dataset, dataset_name, state,
           created_at, finished_at, seconds, seed, parameters, metrics, search, trashed, revision)
         VALUES (@number, @id, @method, @methodTitle, @family, @dataset, @datasetName, @state,
           @createdAt, @finishedAt, @seconds, @seed, @parameters, @metrics, @search, @trashed, @revision)`,
      )
      .run({
        ...summary,
        parameters,
        metrics: JSON.stringify(summary.metrics),
        search: [
          summary.id,
          summary.methodTitle,
          summary.dataset,
          summary.datasetName,
          summary.state,
          record.stopMessage,
          record.failure?.message,
          parameters,
        ].join(' '),
        trashed: trashed ? 1 : 0,
        revision: this.nextRevision(),
      })
    this.database.prepare("UPDATE counters SET value = max(value, ?) WHERE name = 'run'").run(record.number)
    this.putValues(record)
  }

  private putValues(record: RunRecord): void {
    this.database.prepare('DELETE FROM run_values WHERE run = ?').run(record.number)
    const insert = this.database.prepare('INSERT OR REPLACE INTO run_values VALUES (?, ?, ?, ?, ?)')
    const put = (name: string, kind: string, value: unknown) => {
      if (typeof value === 'number') insert.run(record.number, name, kind, value, null)
      else if (value !== null && value !== undefined)
        insert.run(record.number, name, kind, null, valueText(value))
    }
    for (const [name, value] of Object.entries(record.parameters)) put(name, 'parameter', value)
    for (const [name, value] of Object.entries(record.figures)) put(name, 'figure', value)
    for (const metric of record.scoreCard?.metrics ?? []) put(metric.id, 'metric', metric.value)
    put('iterations', 'figure', record.iterations)
    put('threads', 'figure', record.threads)
  }

  private nextRevision(): number {
    const row = this.database
      .prepare<[], { value: number }>(
        "UPDATE counters SET value = value + 1 WHERE name = 'revision' RETURNING value",
      )
      .get()
    return row?.value ?? 0
  }

  setTrashed(id: string, trashed: boolean): void {
    this.database
      .prepare('UPDATE runs SET trashed = ?, revision = ? WHERE id = ?')
      .run(trashed ? 1 : 0, this.nextRevision(), id)
  }

  remove(id: string): void {
    this.database.prepare('DELETE FROM runs WHERE id = ?').run(id)
  }

  get(id: string): RunSummary | null {
    const row = this.database
      .prepare<[string], RunRow>('SELECT * FROM runs WHERE id = ? AND trashed = 0')
      .get(id)
    return row === undefined ? null : toSummary(row)
  }

  count(): number {
    return Number(this.database.prepare('SELECT count(*) FROM runs WHERE trashed = 0').pluck().get())
  }

  /** Throws 'invalid-parameter' that points at the place where the query cannot be read. */
  list({ query, sort, descending, offset, limit }: RunQuery): { total: number; runs: RunSummary[] } {
    const condition = compileQuery(query)
    const order = compileSort(sort)
    const where = `runs.trashed = 0 AND (${condition.sql})`
    const total = this.database
      .prepare(`SELECT count(*) FROM runs WHERE ${where}`)
      .pluck()
      .get(...condition.values)
    const rows = this.database
      .prepare<unknown[], RunRow>(
        // Runs without the value come last in both directions.
        `SELECT runs.*, ${order.sql} AS sort_value FROM runs WHERE ${where}
         ORDER BY sort_value IS NULL, sort_value ${descending ? 'DESC' : 'ASC'}, number DESC LIMIT ? OFFSET ?`,
      )
      .all(...order.values, ...condition.values, limit, offset)
    return { total: Number(total), runs: rows.map(toSummary) }
  }

  /** Every run the index knows, for comparing it with the folders. */
  states(): Map<string, { state: string; trashed: boolean }> {
    const rows = this.database
      .prepare<[], { id: string; state: string; trashed: number }>('SELECT id, state, trashed FROM runs')
      .all()
    return new Map(rows.map(({ id, state, trashed }) => [id, { state, trashed: trashed === 1 }]))
  }

  /** Rows that changed after a revision, in this or another process. */
  changedSince(revision: number): { revision: number; runs: RunSummary[]; removed: string[] } {
    const rows = this.database
      .prepare<[number], RunRow & { trashed: number; revision: number }>(
        'SELECT * FROM runs WHERE revision > ? ORDER BY revision',
      )
      .all(revision)
    return {
      revision: rows.at(-1)?.revision ?? revision,
      runs: rows.filter(({ trashed }) => trashed === 0).map(toSummary),
      removed: rows.filter(({ trashed }) => trashed === 1).map(({ id }) => id),
    }
  }

  revision(): number {
    return Number(this.database.prepare("SELECT value FROM counters WHERE name = 'revision'").pluck().get())
  }
}

/** The row of the run table that a record makes. */
export function summarise(record: RunRecord): RunSummary {
  const [first] = Object.values(record.inputs)
  const reference = first?.reference
  const dataset = reference === undefined ? null : datasetOfReference(reference)
  const seconds =
    record.startedAt === null || record.finishedAt === null
      ? null
      : (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000
  return {
    id: record.id,
    number: record.number,
    method: record.method.id,
    methodTitle: record.method.title,
    family: record.method.family,
    dataset,
    datasetName: first?.title ?? null,
    state: record.state,
    createdAt: record.createdAt,
    finishedAt: record.finishedAt,
    seconds,
    seed: record.seed,
    parameters: record.parameters,
    metrics: record.scoreCard?.metrics ?? [],
  }
}

function toSummary(row: RunRow): RunSummary {
  return {
    id: row.id,
    number: row.number,
    method: row.method,
    methodTitle: row.method_title,
    family: row.family,
    dataset: row.dataset,
    datasetName: row.dataset_name,
    state: runStateSchema.parse(row.state),
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    seconds: row.seconds,
    seed: row.seed,
    parameters: JSON.parse(row.parameters) as RunSummary['parameters'],
    metrics: JSON.parse(row.metrics) as RunSummary['metrics'],
  }
}

/** Text as it is, true and false by name, anything else as JSON. */
function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
