import { describe, expect, test } from 'vitest'
import type { EventPayload } from '../../src/shared/protocol'
import { filigree } from './support/command-line'
import { auditProject, finishedRuns } from './support/project-audit'
import { writeScene } from './support/scenes'
import { Bench, endless } from './support/workbenches'

describe('several processes on one project', () => {
  const bench = new Bench()

  test('share its numbers, leave each other alone, and hear of each other', async () => {
    const scene = await writeScene(bench.path('scene.mat'), 14, 5)
    const window = await bench.workbench()
    const { folder } = await window.createProject(bench.folder, 'study')
    const dataset = await window.importFile(scene)
    const heard = new Set<string>()
    window.workbench.listen((name, payload) => {
      if (name !== 'runs.changed') return
      for (const { id } of (payload as EventPayload<'runs.changed'>).runs) heard.add(id)
    })
    const own = await window.run(dataset.id, 'ss-nmf', { ...endless, endmembers: 3 })
    await window.iterating(own.id)
    const words = ['run', dataset.id, '--method', 'vca', '--set', 'endmembers=2', '--project', folder]
    const ends = await Promise.all([1, 2, 3].map(() => filigree(words, { home: bench.folder })))
    expect(ends.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(['0 ', '0 ', '0 '])
    // The window's run was neither crashed nor taken over by those who opened the project beside it.
    expect((await window.ask('runs.get', { run: own.id })).state).toBe('running')
    await window.ask('runs.cancel', { run: own.id })
    await window.finished(own.id)
    const runs = await finishedRuns(folder)
    expect(runs.toSorted()).toEqual(['0001-ss-nmf', '0002-vca', '0003-vca', '0004-vca'])
    await expect.poll(() => [...heard].toSorted(), { timeout: 5000 }).toEqual(runs.toSorted())
    expect(await auditProject(folder)).toEqual([])
  })
})
