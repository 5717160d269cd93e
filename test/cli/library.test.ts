import { expect, test } from 'vitest'
import { datasetSchema } from '../../src/shared/dataset'
import { exitCodes } from '../../src/shared/failure'
import { runRecordSchema } from '../../src/shared/run'
import { filigree } from '../faults/support/command-line'
import { Bench } from '../faults/support/workbenches'
import { mineralLibrary, writeLibrary } from '../fixtures/spectral-library'

const bench = new Bench()
const call = (...words: string[]) =>
  filigree([...words, '--project', bench.path('study'), '--json'], { home: bench.folder })

async function answer(...words: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await call(...words)
  expect(stderr.split('\n').filter((line) => /Error|at /.test(line))).toEqual([])
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

test('from a library file to a scored run: import, prune, make a scene, unmix', async () => {
  const file = await writeLibrary(bench.path('minerals.csv'), mineralLibrary(40, 60))
  const library = datasetSchema.parse(await answer('import', file))
  expect(library).toMatchObject({ kind: 'library', id: 'minerals' })

  const pruned = runRecordSchema.parse(await answer('run', 'minerals', '--method', 'prune-library'))
  const kept = pruned.artifacts.find(({ name }) => name === 'spectra')
  const given = ['--input', `library=run:${pruned.id}/spectra`]

  const make = ['generate', 'library-scene', ...given, '--seed', '3', '--name', 'planted']
  const size = ['--set', 'lines=20', '--set', 'samples=25', '--set', 'snr=40', '--set', 'endmembers=3']
  const scene = datasetSchema.parse(await answer(...make, ...size))
  expect(scene.array.shape).toEqual([20, 25, 60])
  expect(scene.axes[2]).toMatchObject({
    unit: library.axes[0]?.unit,
    coordinates: library.axes[0]?.coordinates,
  })
  expect(scene.truth?.names).toHaveLength(3)
  for (const name of scene.truth?.names ?? []) expect(kept?.axes[1]?.labels).toContain(name)
  expect(scene.origin).toMatchObject({
    type: 'generated',
    inputs: { library: { reference: { type: 'artifact', run: pruned.id }, sha256: kept?.sha256 } },
  })

  const run = runRecordSchema.parse(
    await answer('run', 'planted', '--method', 'sunsal', ...given, '--set', 'sparsity=0.001'),
  )
  expect(run.scoreCard?.rules[0]).toMatch(/has its name/)
  const sre = run.scoreCard?.metrics.find(({ id }) => id === 'sre')
  expect(sre?.value).toBeGreaterThan(10)
  expect(run.artifacts[0]?.name).toBe('active')
  // The spectra with the largest abundances are those of the scene.
  const active = run.artifacts.find(({ name }) => name === 'active')?.axes[0]?.labels ?? []
  expect(active.slice(0, 3).toSorted()).toEqual(scene.truth?.names.toSorted())

  // By their numbers, the same scene again: what the seed drew is all there is to it.
  const numbers = scene.truth?.names.map((name) => kept?.axes[1]?.labels?.indexOf(name)).join(',') ?? ''
  const named = datasetSchema.parse(await answer(...make, ...size, '--set', `spectra=${numbers}`))
  expect(named.array.sha256).toBe(scene.array.sha256)

  // Its maps, mixed again from the spectra of their names with other noise: the truth stays.
  const maps = ['--input', 'abundances=truth:planted/abundances']
  const again = datasetSchema.parse(
    await answer('generate', 'library-scene', ...given, ...maps, '--set', 'snr=20', '--name', 'again'),
  )
  expect(again.array.shape).toEqual([20, 25, 60])
  expect(again.truth).toMatchObject({
    names: scene.truth?.names,
    abundances: { sha256: scene.truth?.abundances?.sha256 },
  })
  expect(again.array.sha256).not.toBe(scene.array.sha256)
  const wrong = await call('generate', 'library-scene', ...given, ...maps, '--set', 'spectra=1,2')
  expect(wrong.stderr).toMatch(/2 spectra were named for 3 maps from the truth of 'planted'/)

  // What λ does to the error is told where the truth is given.
  const path = ['run', 'planted', '--method', 'lambda-path', ...given, '--set', 'steps=9']
  const told = runRecordSchema.parse(await answer(...path, '--input', 'truth=truth/abundances'))
  expect(told.artifacts.map(({ name }) => name)).toContain('sre')
  expect(told.figures['bestSre']).toBeGreaterThan(10)
  const plain = runRecordSchema.parse(await answer(...path))
  expect(plain.artifacts.map(({ name }) => name)).not.toContain('sre')
})

test('a generator says what it needs and what it does not take', async () => {
  const without = await call('generate', 'library-scene')
  expect(without.code).toBe(exitCodes['invalid-parameter'])
  expect(without.stderr).toMatch(/needs 'library'/)
  const other = await call('generate', 'synthetic-scene', '--input', 'library=dataset:minerals')
  expect(other.stderr).toMatch(/takes no input called 'library'/)
  const unclear = await call('generate', 'library-scene', '--input', 'library=truth')
  expect(unclear.stderr).toMatch(/An input is written truth:DATASET/)
  const many = await call(
    ...['generate', 'library-scene', '--input', 'library=dataset:minerals', '--set', 'endmembers=50'],
  )
  expect(many.stderr).toMatch(/50 materials were asked for; there are 40 spectra/)
})
