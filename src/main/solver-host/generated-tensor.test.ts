import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/fixtures/temporary-folder'
import type { SolveResult } from '../../shared/method'
import { writeNpy } from '../formats'
import { findMethod } from '../methods'
import { describeTensor } from './generated-tensor'

const folder = temporaryFolder()

/** What a generator told that wrote a tensor of 2 × 3 with artifacts of the given names. */
function result(...names: string[]): SolveResult {
  const axis = (name: string, size: number) => ({ name, size, unit: null, coordinates: null, labels: null })
  return {
    stopReason: 'finished',
    stopMessage: '',
    iterations: 0,
    figures: {},
    setupSeconds: 0,
    iterationSeconds: 0,
    peakMemoryBytes: 0,
    warnings: ['Two entries are extreme.'],
    artifacts: names.map((name) => ({
      name,
      axes: name === 'tensor' ? [axis('line', 2), axis('band', 3)] : [],
    })),
  }
}

const input = {
  project: '',
  dataset: { id: 'made', name: 'Made', createdAt: '2026-01-01T00:00:00.000Z' },
  generator: 'synthetic-tensor',
  inputs: {},
  parameters: { noise: 0 },
  seed: 1,
  threads: 1,
}

async function written(...names: string[]): Promise<string> {
  const place = await folder.make()
  for (const name of names) {
    await writeNpy(join(place, `${name}.npy`), 'float64', [2, 3], new Float64Array([1, 2, 3, 4, 5, 6]))
  }
  return place
}

const { description: method } = findMethod('synthetic-tensor', 'generator')

function generated(place: string, ...names: string[]) {
  return { folder: place, method, job: input, result: result(...names) }
}

test('a mask beside the tensor says what is missing, and is no part of its truth', async () => {
  const place = await written('tensor', 'mask', 'core')
  const { parts } = await describeTensor(generated(place, 'tensor', 'mask', 'core'))
  expect(Object.keys(parts).sort()).toEqual(['mask', 'true-core'])
  expect(parts['mask']).toMatchObject({ location: 'project', file: 'mask.npy', shape: [2, 3] })
})

test('without a mask every entry counts; modes, notes and summary are those of what was written', async () => {
  const place = await written('tensor')
  const dataset = await describeTensor(generated(place, 'tensor'))
  expect(dataset.parts).toEqual({})
  expect(dataset.axes.map(({ name }) => name)).toEqual(['line', 'band'])
  expect(dataset.notes).toEqual(['Two entries are extreme.'])
  expect(dataset.summary).toMatchObject({ minimum: 1, maximum: 6 })
})
