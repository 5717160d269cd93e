import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectFailure, temporaryFolder } from '../../../../test/fixtures/temporary-folder'
import { readWhole } from '../../formats'
import { ProjectPaths } from '../../store/project-paths'
import { generateJob } from './generate'

const folder = temporaryFolder()
const tensor = { shape: [6, 5, 4], ranks: [2, 3, 2], noise: 0.1, missing: 0, nonnegative: false }

/** A project with the work folder of one new dataset, as the supervisor leaves them to the job. */
async function project(): Promise<ProjectPaths> {
  const paths = new ProjectPaths(await folder.make())
  await mkdir(paths.datasetWork('made'), { recursive: true })
  return paths
}

function generate(
  paths: ProjectPaths,
  parameters: Record<string, unknown>,
  { generator = 'synthetic-tensor', seed = 3, signal = new AbortController().signal } = {},
) {
  return generateJob(
    {
      project: paths.folder,
      dataset: { id: 'made', name: 'Made', createdAt: '2026-01-01T00:00:00.000Z' },
      generator,
      inputs: {},
      parameters,
      seed,
      threads: 2,
    },
    { onProgress: () => undefined, signal },
  )
}

describe('a generated tensor', () => {
  test('becomes a dataset of the kind tensor whose modes, origin and truth are those of its parameters', async () => {
    const paths = await project()
    const dataset = await generate(paths, tensor)
    expect(dataset).toMatchObject({
      schema: 1,
      id: 'made',
      name: 'Made',
      kind: 'tensor',
      origin: {
        type: 'generated',
        generator: 'synthetic-tensor',
        version: 1,
        inputs: {},
        parameters: tensor,
        seed: 3,
      },
      truth: null,
      scale: 1,
      noDataValue: null,
    })
    expect(dataset.axes.map(({ name, size }) => [name, size])).toEqual([
      ['mode 1', 6],
      ['mode 2', 5],
      ['mode 3', 4],
    ])
    expect(dataset.array.shape).toEqual([6, 5, 4])
    const parts = Object.entries(dataset.parts).map(([name, { shape }]) => [name, shape])
    expect(Object.fromEntries(parts)).toEqual({
      'true-core': [2, 3, 2],
      'true-factors-1': [6, 2],
      'true-factors-2': [5, 3],
      'true-factors-3': [4, 2],
    })
  })

  test('lies whole in its place, named by its hashes, with nothing of the work left', async () => {
    const paths = await project()
    const dataset = await generate(paths, tensor)
    expect(await readdir(paths.datasets)).toEqual(['made'])
    const record: unknown = JSON.parse(await readFile(join(paths.dataset('made'), 'dataset.json'), 'utf8'))
    expect(record).toEqual(dataset)
    for (const { file, sha256, bytes } of [dataset.array, ...Object.values(dataset.parts)]) {
      const content = await readFile(join(paths.dataset('made'), file))
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
      expect(content.byteLength).toBe(bytes)
    }
  })

  test('is the same bytes for the same seed, and other ones for another', async () => {
    const hashes = await Promise.all(
      [3, 3, 4].map(async (seed) => (await generate(await project(), tensor, { seed })).array.sha256),
    )
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[0]).not.toBe(hashes[2])
  })

  test('holds NaN where entries are missing', async () => {
    const paths = await project()
    const { array } = await generate(paths, { ...tensor, missing: 0.25 })
    const { values } = await readWhole({ ...array, path: join(paths.dataset('made'), array.file) })
    const missing = [...values].filter((value) => Number.isNaN(value)).length
    expect(missing).toBeGreaterThan(0)
    expect(missing).toBeLessThan(values.length)
  })

  test('that can not be made leaves nothing behind', async () => {
    const paths = await project()
    await expectFailure(
      generate(paths, { ...tensor, shape: [4096, 4096, 4096] }),
      'invalid-parameter',
      /67 million/,
    )
    expect(await readdir(paths.datasets)).toEqual([])
  })

  test('that was cancelled leaves nothing behind', async () => {
    const paths = await project()
    await expect(generate(paths, tensor, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
    expect(await readdir(paths.datasets)).toEqual([])
  })
})

test('a generated scene still becomes a cube with its truth', async () => {
  const paths = await project()
  const parameters = { lines: 8, samples: 7, bands: 20, endmembers: 3, snr: 30 }
  const dataset = await generate(paths, parameters, { generator: 'synthetic-scene' })
  expect(dataset).toMatchObject({ kind: 'cube', parts: {}, truth: { source: 'exact, by construction' } })
  expect(dataset.array.shape).toEqual([8, 7, 20])
})
