import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { datasetRecord, runRecord } from '../../../test/fixtures/run-records'
import { finishDatasetFolder, reserveDatasetFolder } from './dataset-folders'
import { identityOf } from './process-identity'
import { createProject, openProject, type ProjectStore } from './project-store'
import { finishRunFolder, queueRunFolder, writeRunOwner } from './run-folders'

const folder = temporaryFolder()
const gone = { host: (await identityOf(process.pid)).host, pid: 4_000_000, started: 'long ago' }
const takeOver = { takeOverQueue: true }

async function newProject(name: string): Promise<ProjectStore> {
  await createProject(folder.path(name))
  return openProject(folder.path(name), takeOver)
}

async function queue(store: ProjectStore, owner = store.self) {
  const record = await queueRunFolder(
    store.paths,
    () => store.runs.allotNumber(),
    (number) => runRecord(number, { state: 'queued', startedAt: null, finishedAt: null }),
    owner,
  )
  store.runs.put(record)
  return record
}

describe('a project', () => {
  test('is made whole, in a folder that is new or empty', async () => {
    await mkdir(folder.path('empty'))
    await createProject(folder.path('empty'))
    await createProject(folder.path('deep', 'er'))
    expect(await readdir(folder.path('empty'))).toEqual(['datasets', 'filigree.db', 'reports', 'runs'])
    await expectFailure(createProject(folder.path('empty')), 'invalid-parameter', /not empty/)
    await writeFile(folder.path('file'), 'x')
    await expectFailure(createProject(folder.path('file', 'below')), 'not-found', /./)
  })

  test('is refused where there is none, in words', async () => {
    await mkdir(folder.path('plain'))
    await expectFailure(openProject(folder.path('plain'), takeOver), 'not-found', /no Filigree project/)
    await expectFailure(openProject(folder.path('nowhere'), takeOver), 'not-found', /no longer there/)
  })

  test('of a newer version is refused and left untouched', async () => {
    ;(await newProject('newer')).close()
    const path = folder.path('newer', 'filigree.db')
    const database = new Database(path)
    database.pragma('user_version = 99')
    database.close()
    const before = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    await expectFailure(
      openProject(folder.path('newer'), takeOver),
      'newer-version',
      /newer version of Filigree.*untouched/,
    )
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(before)
    expect(await readdir(folder.path('newer'))).toEqual(['datasets', 'filigree.db', 'reports', 'runs'])
  })

  test.each([
    ['deleted', (path: string) => rm(path)],
    ['overwritten', (path: string) => writeFile(path, 'nonsense '.repeat(1000))],
    ['cut short', async (path: string) => writeFile(path, (await readFile(path)).subarray(0, 5000))],
  ])('whose index was %s is built again from its folders', async (how, damage) => {
    const store = await newProject(`index-${how}`)
    await queue(store)
    await finishRunFolder(store.paths, runRecord(1))
    const { id } = await reserveDatasetFolder(store.paths, 'Scene', () => false, store.self)
    await finishDatasetFolder(store.paths, datasetRecord({ id }))
    store.close()
    for (const suffix of ['-wal', '-shm']) await rm(`${store.paths.database}${suffix}`, { force: true })
    await damage(store.paths.database)
    const again = await openProject(store.paths.folder, takeOver)
    expect(again.notes.join(' ')).toMatch(/built again/)
    expect(again.runs.get('0001-vca')?.state).toBe('succeeded')
    expect(again.datasets.list().map((dataset) => dataset.id)).toEqual(['scene'])
    expect((await queue(again)).number).toBe(2)
    again.close()
  })
})

describe('what a crash left behind', () => {
  test('a run that was under way is crashed, with its last iteration', async () => {
    const store = await newProject('crashed')
    const { id } = await queue(store, gone)
    await writeRunOwner(store.paths, id, {
      workbench: gone,
      solver: gone,
      startedAt: '2026-11-20T08:00:00.000Z',
    })
    await writeFile(join(store.paths.runWork(id), 'trace.csv'), 'iteration,objective\n1,5\n2,4\n3,')
    store.close()
    const again = await openProject(store.paths.folder, takeOver)
    expect(again.runs.get(id)?.state).toBe('crashed')
    const record: unknown = JSON.parse(await readFile(join(again.paths.run(id), 'run.json'), 'utf8'))
    expect(record).toMatchObject({ state: 'crashed', failure: { code: 'crashed' }, iterations: 2 })
    expect(again.resumed).toEqual([])
    again.close()
  })

  test('a run that was complete but for its rename is kept', async () => {
    const store = await newProject('complete')
    const { id } = await queue(store, gone)
    await writeRunOwner(store.paths, id, {
      workbench: gone,
      solver: gone,
      startedAt: '2026-11-20T08:00:00.000Z',
    })
    await writeFile(join(store.paths.runWork(id), 'run.json'), JSON.stringify(runRecord(1)))
    store.close()
    const again = await openProject(store.paths.folder, takeOver)
    expect(again.runs.get(id)?.state).toBe('succeeded')
    expect(await readdir(again.paths.runs)).toEqual([id])
    again.close()
  })

  test('a waiting run goes on, but not in a command that only looks', async () => {
    const store = await newProject('waiting')
    const { id } = await queue(store, gone)
    store.close()
    const looking = await openProject(store.paths.folder, { takeOverQueue: false })
    expect(looking.resumed).toEqual([])
    expect(looking.runs.get(id)?.state).toBe('queued')
    looking.close()
    const again = await openProject(store.paths.folder, takeOver)
    expect(again.resumed.map((record) => record.id)).toEqual([id])
    again.close()
  })

  test('an unfinished import and abandoned drafts are cleared away, living ones are not', async () => {
    const store = await newProject('drafts')
    const half = await reserveDatasetFolder(store.paths, 'Half', () => false, gone)
    const living = await reserveDatasetFolder(store.paths, 'Living', () => false, store.self)
    await writeFile(join(store.paths.reports, '.r.html.4000000-0badcafe.part'), 'x')
    await writeFile(join(store.paths.reports, '.r.html.json'), '{}')
    store.close()
    const again = await openProject(store.paths.folder, takeOver)
    expect(again.notes.join(' ')).toMatch(/'half' was not complete/)
    expect(await readdir(again.paths.datasets)).toEqual([`.${living.id}`])
    expect(half.id).toBe('half')
    expect(await readdir(again.paths.reports)).toEqual([])
    again.close()
  })
})
