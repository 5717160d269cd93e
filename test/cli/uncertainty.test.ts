import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodes } from '../../src/shared/failure'
import { runRecordSchema, type RunRecord } from '../../src/shared/run'
import { arrayAsFloat64, readNpyHeader } from '../../src/main/formats'
import { filigree } from '../faults/support/command-line'
import { Bench } from '../faults/support/workbenches'

const bench = new Bench()
const scene = ['--set', 'lines=12', '--set', 'samples=14', '--set', 'bands=20', '--set', 'endmembers=3']

async function generated(): Promise<(...words: string[]) => ReturnType<typeof filigree>> {
  const project = bench.path('study')
  const call = (...words: string[]) => filigree([...words, '--project', project], { home: bench.folder })
  const existing = await readdir(join(project, 'datasets')).catch(() => [])
  if (existing.length === 0) {
    expect(await call('generate', 'synthetic-scene', ...scene, '--name', 'scene')).toMatchObject({ code: 0 })
  }
  return call
}

async function lastRun(): Promise<{ folder: string; record: RunRecord }> {
  const runs = join(bench.path('study'), 'runs')
  const [last = ''] = (await readdir(runs))
    .filter((name) => !name.startsWith('.'))
    .sort()
    .slice(-1)
  const folder = join(runs, last)
  return {
    folder,
    record: runRecordSchema.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))),
  }
}

async function numbers(
  folder: string,
  name: string,
): Promise<{ values: number[]; shape: readonly number[] }> {
  const path = join(folder, `${name}.npy`)
  const { values, shape } = await arrayAsFloat64({ ...(await readNpyHeader(path)), path })
  return { values: Array.from(values), shape }
}

const words = (method: string, ...settings: string[]) => [
  ...['run', 'scene', '--method', method],
  ...settings.flatMap((setting) => ['--set', setting]),
]

test.each([
  ['seed-spread', ['method=edaa', 'settings=rounds=4,restarts=3', 'endmembers=3', 'repeats=3']],
  ['bootstrap', ['method=fcls', 'endmembers=3', 'repeats=3']],
])('%s joins its repeats, tells their deviations and leaves no repeat behind', async (method, settings) => {
  const call = await generated()
  expect(await call(...words(method, ...settings))).toMatchObject({ code: 0 })
  const { folder, record } = await lastRun()
  expect(record.state).toBe('succeeded')
  expect((await readdir(folder)).filter((name) => /repeat-|prepared/.test(name))).toEqual([])
  const deviations = record.artifacts.filter(({ deviationOf }) => deviationOf !== null)
  expect(deviations.map(({ name, deviationOf }) => [name, deviationOf])).toEqual([
    ['endmembersDeviation', 'endmembers'],
    ['abundancesDeviation', 'abundances'],
  ])
  const maps = await numbers(folder, 'abundances')
  expect(maps.shape).toEqual([3, 12, 14])
  for (let pixel = 0; pixel < 168; pixel += 1) {
    const sum = [0, 1, 2].reduce((total, map) => total + (maps.values[168 * map + pixel] ?? 0), 0)
    expect(sum).toBeCloseTo(1, 10)
  }
  const { values } = await numbers(folder, 'abundancesDeviation')
  expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true)
  expect(values.some((value) => value > 0)).toBe(true)
  const agreement = await numbers(folder, 'agreement')
  expect(agreement.shape).toEqual([3, 3])
  expect([0, 4, 8].every((place) => Math.abs(agreement.values[place] ?? 1) < 1e-5)).toBe(true)
  expect(record.artifacts.find(({ name }) => name === 'repeats')?.axes[0]?.labels).toHaveLength(3)
})

test('a library is taken apart and its spectra told of one by one', async () => {
  const call = await generated()
  const settings = ['method=fcls', 'repeats=4', 'share=0.6']
  const end = await call(...words('library-subsets', ...settings), '--input', 'spectra=truth')
  expect(end).toMatchObject({ code: 0 })
  const { folder, record } = await lastRun()
  expect(record.artifacts.map(({ name }) => name)).toEqual([
    'abundances',
    'abundancesDeviation',
    'components',
  ])
  const { values } = await numbers(folder, 'components')
  expect([values[0], values[3], values[6]].every((repeats) => (repeats ?? 0) >= 2)).toBe(true)
  expect((await readdir(folder)).includes('endmembers.npy')).toBe(false)
})

test('what the repeated method would refuse is refused before anything runs', async () => {
  const call = await generated()
  const refused = async (...settings: string[]) => {
    const end = await call(...words('seed-spread', ...settings))
    expect(end.code).toBe(exitCodes['invalid-parameter'])
    return end.stderr
  }
  expect(await refused('method=edaa', 'endmembers=3', 'settings=speed=7')).toContain("no parameter 'speed'")
  expect(await refused('method=ss-nmf', 'endmembers=3', 'settings=window=4')).toContain('must have a middle')
  expect(await refused('method=edaa', 'endmembers=21')).toContain('Choose at most 20')
})
