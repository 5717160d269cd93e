import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { readWhole } from './array-reader'
import { readNpyHeader } from './npy'
import { writeNpy } from './npy-writer'
import { reshapeNpy } from './reshape-npy'

const { path: inFolder } = temporaryFolder()

test('numbers stay in their order under another shape, and their count is held to', async () => {
  const path = inFolder('a.npy')
  const values = Float64Array.from({ length: 24 }, (_, at) => at / 7)
  await writeNpy(path, 'float64', [2, 12], values)
  await reshapeNpy(path, [2, 3, 4])
  const read = await readWhole({ ...(await readNpyHeader(path)), path })
  expect(read.shape).toEqual([2, 3, 4])
  expect(Array.from(read.values)).toEqual(Array.from(values))
  await expect(reshapeNpy(path, [5, 5])).rejects.toThrow(/24|5/)
})
