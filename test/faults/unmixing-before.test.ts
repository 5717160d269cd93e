import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findMethod } from '../../src/main/methods'
import { checkedParameters } from '../../src/main/methods/checked-parameters'
import { FiligreeError } from '../../src/shared/failure'
import { cubeOf, givenSpectra, unmix } from '../measurement/scene'
import { readNpy, Workspace } from '../measurement/workspace'

const shape = [6, 10, 5]

/** Mixtures of three spectra with a little noise, from a fixed recipe, changed by `change`. */
function values(change: (value: number, pixel: number, band: number) => number = (value) => value) {
  let state = 7
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647
  const spectra = Array.from({ length: 3 }, () => Array.from({ length: 5 }, () => 0.1 + next()))
  const pixels = Array.from({ length: 60 }, () => {
    const parts = [next(), next(), next()]
    const sum = parts.reduce((total, part) => total + part)
    return Array.from({ length: 5 }, (_, band) =>
      parts.reduce((total, part, j) => total + (part / sum) * (spectra[j]?.[band] ?? 0), 0.001 * next()),
    )
  })
  return Float64Array.from(
    pixels.flatMap((pixel, index) => pixel.map((value, band) => change(value, index, band))),
  )
}

describe('what comes before unmixing, and extraction, on scenes that are not as they should be', () => {
  let workspace: Workspace
  let files = 0

  beforeAll(async () => {
    workspace = await Workspace.create()
  })
  afterAll(() => workspace.remove())

  async function cube(change?: Parameters<typeof values>[0], size = shape) {
    files += 1
    return cubeOf(await workspace.write(`cube-${files}.npy`, size, values(change)))
  }

  const solve = async (method: string, scene: Awaited<ReturnType<typeof cube>>, parameters: object = {}) =>
    unmix(workspace, method, { cube: scene }, { ...parameters })

  async function finiteFiles(folder: string, names: string[]) {
    for (const name of names) {
      const { values: found } = await readNpy(join(folder, `${name}.npy`))
      expect(found.every(Number.isFinite), name).toBe(true)
    }
  }

  test.each([
    ['constant', 0.4],
    ['zero', 0],
  ])(
    'a %s band: noise, MNF and the count name it with the way out, the detection lists it',
    async (_, level) => {
      const dead = await cube((value, _pixel, band) => (band === 3 ? level : value))
      for (const method of ['noise-estimate', 'endmember-count', 'mnf']) {
        const parameters = method === 'mnf' ? { components: 2 } : {}
        await expect(solve(method, dead, parameters)).rejects.toMatchObject({
          code: 'invalid-parameter',
          field: 'leaveOutBands',
          message: expect.stringMatching(/Band 3 .*leaveOutBands=3\./) as string,
        })
        await solve(method, dead, { ...parameters, leaveOutBands: '3' })
      }
      const folder = await solve('bad-bands', dead)
      await finiteFiles(folder, ['bands', 'noiseShare'])
      await finiteFiles(await solve('n-findr', dead, { endmembers: 3 }), [
        'endmembers',
        'projection',
        'simplex',
      ])
    },
  )

  test('pixels that are zero in every band are never picked, and no NaN comes out', async () => {
    const dark = await cube((value, pixel) => (pixel >= 20 && pixel < 30 ? 0 : value))
    for (const method of ['vca', 'n-findr', 'atgp', 'ppi', 'sisal']) {
      for (const normalisation of ['none', 'unit-length', 'brightness']) {
        const folder = await solve(method, dark, { endmembers: 3, normalisation })
        await finiteFiles(folder, ['endmembers', 'projection', 'simplex'])
        if (method === 'sisal') continue
        const { values: places } = await readNpy(join(folder, 'positions.npy'))
        for (let index = 0; index < places.length; index += 2) expect(places[index]).not.toBe(2)
      }
    }
    await expect(solve('picked-pixels', dark, { pixels: [0, 0, 2, 4] })).rejects.toThrow(
      /line 2, sample 4 is zero in every band/,
    )
  })

  test('one endmember: abundances can be solved for, extraction asks for two', async () => {
    const scene = await cube()
    const one = await workspace.write('one.npy', [5, 1], values().slice(0, 5))
    for (const method of ['fcls', 'nnls', 'ucls']) {
      const folder = await unmix(workspace, method, { cube: scene, spectra: givenSpectra(one) }, {})
      await finiteFiles(folder, ['abundances', 'residual', 'residualSpectrum', 'projection', 'simplex'])
    }
    await finiteFiles(await solve('picked-pixels', scene, { pixels: [1, 1] }), ['endmembers', 'simplex'])
    for (const method of ['vca', 'n-findr', 'atgp', 'ppi', 'sisal', 'edaa', 'seed-spread', 'bootstrap']) {
      expect(() => checkedParameters(findMethod(method), { endmembers: 1 })).toThrow(
        "Endmembers ('endmembers') is 1; it must be a whole number of at least 2 and of at most 64.",
      )
    }
  })

  test('more endmembers than pixels', async () => {
    const few = cubeOf(await workspace.write('few.npy', [1, 3, 5], values().slice(0, 15)))
    for (const method of ['vca', 'n-findr', 'atgp', 'ppi', 'sisal']) {
      await expect(solve(method, few, { endmembers: 4 })).rejects.toThrow(
        /4 endmembers .* only 3 valid pixels/,
      )
    }
    await expect(solve('noise-estimate', few)).rejects.toThrow(/more pixels than bands/)
    await expect(solve('endmember-count', few)).rejects.toThrow(/more pixels than bands/)
  })

  const short = { rounds: 3, restarts: 2 }
  const repeated = [
    ['seed-spread', { method: 'edaa', repeats: 2, settings: 'rounds=3, restarts=2' }],
    ['bootstrap', { method: 'edaa', repeats: 2, settings: 'rounds=3, restarts=2' }],
    ['seed-spread', { method: 'ss-nmf', repeats: 2, settings: 'maxIterations=5' }],
  ] as const

  test.each([
    ['constant', 0.4],
    ['zero', 0],
  ])('a %s band is told of by the methods that take it, and no NaN comes out', async (_, level) => {
    const dead = await cube((value, _pixel, band) => (band === 3 ? level : value))
    for (const [method, own] of [
      ...['vca', 'n-findr', 'atgp', 'ppi', 'sisal'].map((name) => [name, {}] as const),
      ['edaa', short] as const,
      ['ss-nmf', { maxIterations: 5 }] as const,
      ...repeated,
    ]) {
      const { folder, warnings } = await told(method, dead, { endmembers: 3, ...own })
      expect(warnings.join(), method).toMatch(/Band 3 .* holds one value .*leaveOutBands=3\./)
      await allFinite(folder)
    }
  })

  test.each([
    ['zeros alone', () => 0, /Every pixel .*is zero|zero in every pixel/],
    [
      'one spectrum, brighter and darker',
      (_: number, pixel: number, band: number) => (1 + (pixel % 7)) * (1 + band),
      /the same spectrum/,
    ],
  ])('a scene of %s is refused in words, or leaves no NaN', async (_, change, words) => {
    const poor = await cube(change)
    for (const [method, own] of [
      ...['vca', 'n-findr', 'atgp', 'ppi', 'sisal'].map((name) => [name, {}] as const),
      ['edaa', short] as const,
      ...repeated,
    ]) {
      const parameters = { endmembers: 3, ...own }
      const outcome = await told(method, poor, parameters).catch((cause: unknown) => cause)
      if (outcome instanceof FiligreeError) expect(outcome.message, method).toMatch(words)
      else await allFinite((outcome as Awaited<ReturnType<typeof told>>).folder)
    }
  })

  /** Solves, and gives what the run would be told. */
  async function told(method: string, scene: Awaited<ReturnType<typeof cube>>, parameters: object) {
    const { description, params, solve: run } = findMethod(method)
    const context = await workspace.solve()
    const others = description.inputs.map(({ name }) => [name, null] as const)
    const given = { ...Object.fromEntries(others), cube: scene }
    const { warnings } = await run(given, params.parse(parameters), context)
    return { folder: context.folder, warnings }
  }

  async function allFinite(folder: string) {
    const arrays = (await readdir(folder)).filter((file) => file.endsWith('.npy'))
    expect(arrays.length).toBeGreaterThan(0)
    await finiteFiles(
      folder,
      arrays.map((file) => file.slice(0, -4)),
    )
  }

  test('a soft sum to one, and spectra that were stretched before', async () => {
    const scene = await cube()
    const folder = await solve('vca', scene, { endmembers: 3, normalisation: 'min-max-unit-length' })
    const spectra = {
      ...givenSpectra((await readSource(folder)).source),
      normalisation: 'min-max-unit-length',
    }
    const parameters = { normalisation: 'min-max-unit-length', sumToOne: 'soft', sumToOneWeight: 10 }
    const used = await unmix(workspace, 'fcls', { cube: scene, spectra }, parameters)
    const [given, kept] = [
      await readNpy(join(folder, 'endmembers.npy')),
      await readNpy(join(used, 'endmembers.npy')),
    ]
    // Unit length once more changes rounding only where VCA left a pixel of another length.
    const length = (all: Float64Array, j: number) =>
      Math.hypot(...Array.from({ length: 5 }, (_, band) => all[band * 3 + j] ?? 0))
    for (let j = 0; j < 3; j += 1) {
      for (let band = 0; band < 5; band += 1) {
        const expected = (given.values[band * 3 + j] ?? 0) / length(given.values, j)
        expect(kept.values[band * 3 + j]).toBeCloseTo(expected, 12)
      }
    }
  })

  async function readSource(folder: string) {
    const { values: found, shape: size } = await readNpy(join(folder, 'endmembers.npy'))
    files += 1
    return { source: await workspace.write(`spectra-${files}.npy`, size, found) }
  }

  test('a file that is cut short while it is read is an error, not a crash', async () => {
    const scene = await cube()
    await writeFile(scene.source.path, 'short')
    await expect(solve('endmember-count', scene)).rejects.toMatchObject({
      code: expect.any(String) as string,
    })
  })
})
