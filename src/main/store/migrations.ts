/** One step of the database's form. Steps are never edited once released, only added. */
export interface Migration {
  version: number
  sql: string
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
      INSERT INTO counters VALUES ('run', 0), ('revision', 0);

      CREATE TABLE runs (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        method TEXT NOT NULL,
        method_title TEXT NOT NULL,
        family TEXT NOT NULL,
        dataset TEXT,
        dataset_name TEXT,
        state TEXT NOT NULL,
        created_at TEXT NOT NULL,
        finished_at TEXT,
        seconds REAL,
        seed INTEGER NOT NULL,
        parameters TEXT NOT NULL,
        metrics TEXT NOT NULL,
        search TEXT NOT NULL,
        trashed INTEGER NOT NULL DEFAULT 0,
        revision INTEGER NOT NULL
      );
      CREATE INDEX runs_by_state ON runs (state);
      CREATE INDEX runs_by_revision ON runs (revision);

      CREATE TABLE run_values (
        run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
        name TEXT NOT NULL COLLATE NOCASE,
        kind TEXT NOT NULL,
        number REAL,
        text TEXT COLLATE NOCASE,
        PRIMARY KEY (name, run, kind)
      ) WITHOUT ROWID;
      CREATE INDEX run_values_by_run ON run_values (run);

      CREATE TABLE claims (run TEXT PRIMARY KEY, owner TEXT NOT NULL) WITHOUT ROWID;

      CREATE TABLE datasets (
        id TEXT PRIMARY KEY,
        created_at TEXT NOT NULL,
        record TEXT NOT NULL,
        trashed INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;

      CREATE TABLE reports (
        id TEXT PRIMARY KEY,
        created_at TEXT NOT NULL,
        record TEXT NOT NULL,
        trashed INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;
    `,
  },
]

export const newestVersion = migrations.at(-1)?.version ?? 0
