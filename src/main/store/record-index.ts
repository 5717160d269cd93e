import { datasetSchema, type Dataset } from '../../shared/dataset'
import { reportRecordSchema, type ReportRecord } from '../../shared/project'
import type { ProjectDatabase } from './database'

interface Stored {
  id: string
  createdAt: string
}

/** Rows that are a record as JSON with an id: datasets and reports. */
export class RecordIndex<RecordType extends Stored> {
  constructor(
    private readonly database: ProjectDatabase,
    private readonly table: 'datasets' | 'reports',
    private readonly parse: (content: unknown) => RecordType,
  ) {}

  put(record: RecordType, trashed = false): void {
    this.database
      .prepare(`INSERT OR REPLACE INTO ${this.table} (id, created_at, record, trashed) VALUES (?, ?, ?, ?)`)
      .run(record.id, record.createdAt, JSON.stringify(record), trashed ? 1 : 0)
  }

  get(id: string): RecordType | null {
    const row = this.database
      .prepare<[string], { record: string }>(`SELECT record FROM ${this.table} WHERE id = ? AND trashed = 0`)
      .get(id)
    return row === undefined ? null : this.parse(JSON.parse(row.record))
  }

  list(): RecordType[] {
    return this.database
      .prepare<[], { record: string }>(
        `SELECT record FROM ${this.table} WHERE trashed = 0 ORDER BY created_at, id`,
      )
      .all()
      .map(({ record }) => this.parse(JSON.parse(record)))
  }

  count(): number {
    return Number(this.database.prepare(`SELECT count(*) FROM ${this.table} WHERE trashed = 0`).pluck().get())
  }

  has(id: string): boolean {
    return this.database.prepare(`SELECT 1 FROM ${this.table} WHERE id = ?`).get(id) !== undefined
  }

  ids(trashed: boolean): string[] {
    return this.database
      .prepare<[number], { id: string }>(`SELECT id FROM ${this.table} WHERE trashed = ?`)
      .all(trashed ? 1 : 0)
      .map(({ id }) => id)
  }

  setTrashed(id: string, trashed: boolean): void {
    this.database.prepare(`UPDATE ${this.table} SET trashed = ? WHERE id = ?`).run(trashed ? 1 : 0, id)
  }

  remove(id: string): void {
    this.database.prepare(`DELETE FROM ${this.table} WHERE id = ?`).run(id)
  }
}

export const datasetIndex = (database: ProjectDatabase) =>
  new RecordIndex<Dataset>(database, 'datasets', (content) => datasetSchema.parse(content))

export const reportIndex = (database: ProjectDatabase) =>
  new RecordIndex<ReportRecord>(database, 'reports', (content) => reportRecordSchema.parse(content))
