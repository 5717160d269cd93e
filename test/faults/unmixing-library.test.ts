import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { arrayAsFloat64, writeNpy } from '../../src/main/formats'
import { exitCodes } from '../../src/shared/failure'
import type { RunRecord } from '../../src/shared/run'
import { mineralLibrary, writeLibrary, type SpectralLibrary } from '../fixtures/spectral-library'
import { filigree } from './support/command-line'
import { Bench, type TestWorkbench } from './support/workbenches'

const [bands, lines, samples] = [30, 8, 9]
const own = mineralLibrary(12, bands)
const methods = ['sunsal', 'clsunsal', 'sunsal-tv', 'mua']

describe('libraries that are not as they should be', () => {
  const bench = new Bench()
  let workbench: TestWorkbench
  let project = ''

  beforeAll(async () => {
    workbench = await bench.workbench()
    await workbench.createProject(bench.folder, 'study')
    project = bench.path('study')
    await library('own', own)
    await workbench.ask('datasets.generate', {
      generator: 'library-scene',
      inputs: { library: { type: 'dataset', dataset: 'own' } },
      parameters: { lines, samples, spectra: [1, 5, 8], snr: 40 },
      seed: 1,
      name: 'Scene',
    })
  }, 240_000)

  async function library(name: string, content: SpectralLibrary, unit?: string): Promise<string> {
    return (await workbench.importFile(await writeLibrary(bench.path(`${name}.csv`), content, unit))).id
  }

  /** A cube without wavelengths: mixtures of three spectra, changed by `change`. */
  async function cube(name: string, change: (value: number, pixel: number, band: number) => number) {
    const values = Array.from({ length: lines * samples * bands }, (_, index) => {
      const [pixel, band] = [Math.floor(index / bands), index % bands]
      const share = (pixel % 7) / 7
      const mixed = share * (own.spectra[1]?.[band] ?? 0) + (1 - share) * (own.spectra[8]?.[band] ?? 0)
      return change(mixed, pixel, band)
    })
    const path = bench.path(`${name}.npy`)
    await writeNpy(path, 'float64', [lines, samples, bands], Float64Array.from(values))
    return (await workbench.importFile(path)).id
  }

  const start = (
    method: string,
    cubeId: string,
    libraryId: string,
    parameters: Record<string, unknown> = {},
  ) =>
    workbench.run(cubeId, method, parameters, {
      inputs: {
        cube: { type: 'dataset', dataset: cubeId },
        library: { type: 'dataset', dataset: libraryId },
      },
    })

  async function solve(...given: Parameters<typeof start>): Promise<RunRecord> {
    const run = await workbench.finished((await start(...given)).id)
    expect(run.failure).toBeNull()
    return run
  }

  async function numbers(run: RunRecord, name: string): Promise<Float64Array> {
    const artifact = run.artifacts.find((candidate) => candidate.name === name)
    if (artifact === undefined) throw new Error(`${run.id} has no ${name}.`)
    const { file, dtype, byteOrder, offset, shape, strides } = artifact
    const path = join(project, 'runs', run.id, file)
    return (await arrayAsFloat64({ path, dtype, byteOrder, offset, shape, strides })).values
  }

  async function allFinite(run: RunRecord, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const values = await numbers(run, name)
      expect(values.length).toBeGreaterThan(0)
      expect(values.every(Number.isFinite), `${run.id} ${name}`).toBe(true)
    }
  }

  test('a library with fewer or more bands is refused with both counts and the remedy, which works', async () => {
    const wider = await library('wider', mineralLibrary(12, 90, 0.3, 2.6))
    const narrower = await library('narrower', mineralLibrary(12, 20, 0.9, 1.9))
    for (const method of methods) {
      await expect(start(method, 'scene', wider)).rejects.toMatchObject({
        code: 'invalid-data',
        field: 'library',
        message: expect.stringMatching(/has 90 bands.*has 30.*wider or finer.*resample-library/s) as string,
      })
      await expect(start(method, 'scene', narrower)).rejects.toMatchObject({
        field: 'library',
        message: expect.stringMatching(
          /has 20 bands.*has 30.*narrower or coarser.*resample-library/s,
        ) as string,
      })
    }
    const resampled = await solve('resample-library', 'scene', wider)
    const run = await workbench.run(
      'scene',
      'sunsal',
      {},
      {
        inputs: {
          cube: { type: 'dataset', dataset: 'scene' },
          library: { type: 'artifact', run: resampled.id, artifact: 'spectra' },
        },
      },
    )
    expect((await workbench.finished(run.id)).state).toBe('succeeded')
    // Nothing is extrapolated.
    const missing = await workbench.finished((await start('resample-library', 'scene', narrower)).id)
    expect(missing.failure).toMatchObject({ message: expect.stringMatching(/band/i) as string })
  })

  test('as many bands at other wavelengths are refused too', async () => {
    const shifted = await library('shifted', mineralLibrary(12, bands, 0.9, 1.9))
    await expect(start('sunsal', 'scene', shifted)).rejects.toMatchObject({
      field: 'library',
      message: expect.stringMatching(/both have 30 bands, but not the same.*resample-library/s) as string,
    })
  })

  test('nanometres against micrometres are the same library; a unit that nobody knows is asked for', async () => {
    const inNanometres = { ...own, wavelengths: own.wavelengths.map((value) => value * 1000) }
    const other = await library('nanometres', inNanometres, 'nm')
    const [first, second] = [await solve('sunsal', 'scene', 'own'), await solve('sunsal', 'scene', other)]
    expect(await numbers(second, 'abundances')).toEqual(await numbers(first, 'abundances'))
    const { warnings } = await solve('resample-library', 'scene', other)
    expect(warnings.join(' ')).toMatch(/converted from nm to µm/)
    const none = await cube('without-wavelengths', (value) => value)
    await expect(start('resample-library', none, 'own')).rejects.toMatchObject({
      field: 'library',
      message: expect.stringMatching(/no wavelengths.*Import it again/s) as string,
    })
  })

  test('dead bands of the scene or of the library, and pixels that are zero, leave no NaN', async () => {
    const dead = await cube('dead-bands', (value, _pixel, band) => (band === 3 || band === 11 ? 0 : value))
    const dark = await cube('dark-pixels', (value, pixel) => (pixel >= 18 && pixel < 27 ? 0 : value))
    const spectra = own.spectra.map((spectrum) => spectrum.map((value, band) => (band === 3 ? 0 : value)))
    const deadLibrary = await library('dead-library', { ...own, spectra })
    for (const method of methods) {
      for (const [scene, given] of [
        [dead, 'own'],
        [dead, deadLibrary],
        [dark, 'own'],
      ] as const) {
        await allFinite(await solve(method, scene, given), ['active', 'abundances', 'residual'])
      }
    }
    const maps = await numbers(await solve('sunsal', dark, 'own'), 'abundances')
    const pixels = lines * samples
    for (let map = 0; map < own.names.length; map += 1) {
      for (let pixel = 18; pixel < 27; pixel += 1) expect(maps[map * pixels + pixel]).toBe(0)
    }
  }, 240_000)

  test('spectra that are there twice are named, and the split is the same in every run', async () => {
    const twice = {
      ...own,
      names: [...own.names, 'Again'],
      spectra: [...own.spectra, own.spectra[5] ?? []],
    }
    const id = await library('twice', twice)
    for (const method of methods) {
      const [first, second] = [await solve(method, 'scene', id), await solve(method, 'scene', id)]
      expect(first.warnings.join(' ')).toMatch(/equal.*spectra 5 and 12.*Prune/s)
      const hash = ({ artifacts }: RunRecord) => artifacts.map(({ name, sha256 }) => [name, sha256])
      expect(hash(second)).toEqual(hash(first))
      await allFinite(first, ['abundances'])
    }
    const pruned = await workbench.ask('runs.start', {
      method: 'prune-library',
      inputs: { library: { type: 'dataset', dataset: id } },
      parameters: { angle: 0.01 },
    })
    const { figures } = await workbench.finished(pruned.id)
    expect(figures['kept']).toBe(12)
  }, 240_000)

  test('a sparsity that leaves nothing says which one would, and its score is no NaN', async () => {
    const run = await solve('sunsal', 'scene', 'own', { sparsity: 1e5 })
    expect(run.warnings.join(' ')).toMatch(/Every abundance is zero.*λmax = \d/s)
    expect((await numbers(run, 'abundances')).every((value) => value === 0)).toBe(true)
    await allFinite(run, ['active', 'residual'])
    for (const { value } of run.scoreCard?.metrics ?? []) expect(Number.isFinite(value)).toBe(true)
    expect(run.scoreCard?.metrics.find(({ id }) => id === 'sre')?.value).toBeCloseTo(0, 10)
  })

  test('a library with holes, and a scene of spectra that are not there, are refused in words', async () => {
    const holes = bench.path('holes.csv')
    await writeFile(holes, 'wavelength (µm),A,B\n0.5,0.1,0.2\n0.6,,0.3\n0.7,0.4,0.1\n')
    await workbench.importFile(holes).then(
      async ({ id }) => {
        const made = workbench.ask('datasets.generate', {
          generator: 'library-scene',
          inputs: { library: { type: 'dataset', dataset: id } },
          parameters: { lines: 4, samples: 4, endmembers: 2 },
          seed: 0,
          name: null,
        })
        await expect(made).rejects.toMatchObject({ field: 'endmembers' })
      },
      (error: unknown) => expect(String(error)).toMatch(/line|row|band/i),
    )
    const before = await workbench.ask('datasets.list', null)
    const beyond = workbench.ask('datasets.generate', {
      generator: 'library-scene',
      inputs: { library: { type: 'dataset', dataset: 'own' } },
      parameters: { spectra: [1, 99] },
      seed: 0,
      name: null,
    })
    await expect(beyond).rejects.toMatchObject({
      field: 'spectra',
      message: expect.stringMatching(/no spectrum 99.*12/s) as string,
    })
    expect(await workbench.ask('datasets.list', null)).toEqual(before)
  })

  test('the command line says the same, and leaves nothing behind', async () => {
    const place = ['--project', bench.path('by-hand')]
    const call = (...words: string[]) => filigree([...words, ...place], { home: bench.folder })
    const small = await writeLibrary(bench.path('small.csv'), mineralLibrary(12, 20, 0.9, 1.9))
    const full = await writeLibrary(bench.path('full.csv'), own)
    for (const file of [small, full]) expect(await call('import', file)).toMatchObject({ code: 0 })
    const size = ['--set', 'lines=6', '--set', 'samples=7', '--name', 'planted']
    expect(await call('generate', 'library-scene', '--input', 'library=dataset:full', ...size)).toMatchObject(
      { code: 0 },
    )
    const refused = await call(
      ...['run', 'planted', '--method', 'sunsal', '--input', 'library=dataset:small'],
    )
    expect(refused.code).toBe(exitCodes['invalid-data'])
    expect(refused.stderr).toMatch(/has 20 bands.*has 30.*resample-library/s)
    expect((await call('list')).stdout).toMatch(/0 of 0/)
  })
})
