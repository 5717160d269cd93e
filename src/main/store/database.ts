import Database from 'better-sqlite3'
import { open, readFile, stat } from 'node:fs/promises'
import { FiligreeError } from '../../shared/failure'
import { migrations, newestVersion } from './migrations'

export type ProjectDatabase = Database.Database

/** Marks the file as ours ('FLGR'), so that another program's database is never written to. */
const applicationId = 0x464c4752
const busyMilliseconds = 10_000

/** Thrown where the index cannot be used but the folders can: it is rebuilt from them. */
export class UnusableIndexError extends Error {}

/**
 * Opens the index, bringing an older one up to date. A newer one is refused and left untouched; a damaged one
 * throws `UnusableIndexError`.
 */
export async function openDatabase(path: string): Promise<ProjectDatabase> {
  await refuseForeignFile(path)
  let database: ProjectDatabase
  try {
    database = new Database(path, { timeout: busyMilliseconds })
  } catch (cause) {
    throw asUnusable(cause)
  }
  try {
    prepare(database)
    return database
  } catch (cause) {
    database.close()
    throw asUnusable(cause)
  }
}

/**
 * A copy of the index in memory, for a folder that cannot be written to: SQLite needs to write beside a
 * write-ahead log even to read it. Work that is still only in that log is found in the folders.
 */
export async function openDatabaseCopy(path: string): Promise<ProjectDatabase> {
  await refuseForeignFile(path)
  const bytes = await readFile(path)
  // Bytes 18 and 19 of the header ask for a write-ahead log, which a database in memory cannot have.
  bytes.fill(1, 18, 20)
  try {
    const database = new Database(bytes)
    prepare(database)
    return database
  } catch (cause) {
    throw asUnusable(cause)
  }
}

export function openEmptyDatabase(): ProjectDatabase {
  const database = new Database(':memory:')
  prepare(database)
  return database
}

function prepare(database: ProjectDatabase): void {
  refuseNewer(versionOf(database))
  // A network share may refuse the log; SQLite then keeps its older journal, which is slower but safe.
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  migrate(database)
}

function migrate(database: ProjectDatabase): void {
  if (versionOf(database) === newestVersion) return
  database
    .transaction(() => {
      // Asked again inside: another process may have migrated while this one waited for the lock.
      const version = versionOf(database)
      for (const migration of migrations) if (migration.version > version) database.exec(migration.sql)
      database.pragma(`application_id = ${applicationId}`)
      database.pragma(`user_version = ${newestVersion}`)
    })
    .immediate()
}

function versionOf(database: ProjectDatabase): number {
  return Number(database.pragma('user_version', { simple: true }))
}

/** Reads the header itself: opening with SQLite could already change the file. */
async function refuseForeignFile(path: string): Promise<void> {
  const size = await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
  if (size === 0) return
  const file = await open(path, 'r')
  try {
    const header = Buffer.alloc(100)
    await file.read(header, 0, 100, 0)
    if (header.toString('latin1', 0, 15) !== 'SQLite format 3') {
      throw new UnusableIndexError('The index is not a database.')
    }
    refuseNewer(header.readUInt32BE(60))
    const owner = header.readUInt32BE(68)
    if (owner !== applicationId && owner !== 0)
      throw new UnusableIndexError('The index belongs to another program.')
  } finally {
    await file.close()
  }
}

function refuseNewer(version: number): void {
  if (version <= newestVersion) return
  throw new FiligreeError(
    'newer-version',
    `This project was made by a newer version of Filigree (project format ${version}, this version knows up to ${newestVersion}). It was left untouched; update Filigree to open it.`,
  )
}

/** What opening, or reading all of it, says of an index that cannot be used; anything else is given back as it is. */
export function asUnusable(cause: unknown): unknown {
  const code = (cause as { code?: unknown }).code
  const damaged = typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(code)
  return damaged ? new UnusableIndexError('The index is damaged.', { cause }) : cause
}
