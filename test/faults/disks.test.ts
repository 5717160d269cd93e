import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FiligreeError } from '../../src/shared/failure'
import { filigree } from './support/command-line'
import { makeReadOnly, noMounts, smallDisk, unmountAfterwards } from './support/mounts'
import { auditProject } from './support/project-audit'
import { writeScene } from './support/scenes'
import { Bench } from './support/workbenches'

async function failureOf(promise: Promise<unknown>): Promise<FiligreeError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof FiligreeError) return error
  throw new Error(`A FiligreeError was expected, not ${String(error)}`)
}

describe('a full disk', () => {
  const bench = new Bench()
  unmountAfterwards()
  const title = noMounts === null ? '' : ` (skipped: ${noMounts})`
  const testOnDisk = noMounts === null ? test : test.skip

  testOnDisk(`an import says so in one sentence and leaves nothing${title}`, async () => {
    const disk = smallDisk(bench.path('import-disk'), '1m')
    const scene = await writeScene(bench.path('large.mat'), 120, 120)
    const workbench = await bench.workbench()
    const { folder } = await workbench.createProject(disk, 'study')
    const failure = await failureOf(workbench.importFile(scene))
    expect(failure.code).toBe('disk-full')
    expect(failure.message).toMatch(/disk is full/)
    expect(await workbench.ask('datasets.list', null)).toEqual([])
    expect(await auditProject(folder)).toEqual([])
    await workbench.ask('project.close', null)
    const end = await filigree(['import', scene, '--project', folder], { home: bench.folder })
    expect(end.code).toBe(7)
    expect(end.stderr).toMatch(/disk is full/)
    expect(await auditProject(folder)).toEqual([])
  })

  testOnDisk(`a run fails with the reason, and the project goes on${title}`, async () => {
    const disk = smallDisk(bench.path('run-disk'), '2m')
    const scene = await writeScene(bench.path('medium.mat'), 110, 110)
    const workbench = await bench.workbench()
    const { folder } = await workbench.createProject(disk, 'study')
    const dataset = await workbench.importFile(scene)
    const { id } = await workbench.run(dataset.id, 'fcls', { endmembers: 8 })
    const record = await workbench.finished(id)
    expect(record.state).toBe('failed')
    expect(record.failure?.code).toBe('disk-full')
    expect(record.failure?.message).toMatch(/disk is full/i)
    expect(await auditProject(folder)).toEqual([])
    const after = await workbench.run(dataset.id, 'vca', { endmembers: 2 })
    expect((await workbench.finished(after.id)).state).toBe('succeeded')
  })
})

describe('a folder that cannot be written to', () => {
  const bench = new Bench()
  unmountAfterwards()

  test('is opened to look at, and says why nothing can be changed', async () => {
    const scene = await writeScene(bench.path('scene.mat'), 10, 10)
    await mkdir(bench.path('shelf'))
    const first = await bench.workbench()
    const { folder } = await first.createProject(bench.path('shelf'), 'study')
    const dataset = await first.importFile(scene)
    const { id } = await first.run(dataset.id, 'vca', { endmembers: 2 })
    await first.finished(id)
    await first.ask('project.close', null)
    const before = await readdir(folder)
    makeReadOnly(folder)

    const workbench = await bench.workbench()
    const info = await workbench.openProject(folder)
    expect(info).toMatchObject({ readOnly: true, datasetCount: 1, runCount: 1 })
    expect(info.notes.join(' ')).toMatch(/cannot be written to/)
    expect((await workbench.ask('runs.get', { run: id })).state).toBe('succeeded')
    for (const attempt of [
      () => workbench.run(dataset.id, 'vca', { endmembers: 2 }),
      () => workbench.importFile(scene),
      () => workbench.ask('reports.create', { runs: [id], title: null }),
      () => workbench.ask('runs.delete', { run: id }),
    ]) {
      const failure = await failureOf(attempt())
      expect(failure.code).toBe('read-only')
      expect(failure.message).toMatch(/can only be looked at/)
    }
    const end = await filigree(
      ['run', dataset.id, '--method', 'vca', '--set', 'endmembers=2', '--project', folder],
      {
        home: bench.folder,
      },
    )
    expect(end.code).toBe(6)
    expect(end.stderr).toMatch(/can only be looked at/)
    expect((await filigree(['list', '--project', folder], { home: bench.folder })).stdout).toContain(id)
    expect(await readdir(folder)).toEqual(before)
  })

  test('takes no new project', async () => {
    await mkdir(bench.path('sealed'))
    makeReadOnly(bench.path('sealed'))
    const workbench = await bench.workbench()
    const failure = await failureOf(workbench.createProject(bench.path('sealed'), 'study'))
    expect(failure.code).toBe('read-only')
    expect(failure.message).toMatch(/Writing is not allowed/)
    const end = await filigree(['new', bench.path('sealed', 'study')], { home: bench.folder })
    expect(end.code).toBe(6)
    expect(existsSync(join(bench.path('sealed'), 'study'))).toBe(false)
  })
})
