import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { readTrace } from '../services/trace-values'
import { TraceFiles } from './trace-files'

const folder = temporaryFolder()
const ignore = () => undefined

describe('the growing files of a run', () => {
  test('give every number back as it was', async () => {
    const place = await folder.make()
    const rows = [
      [0, 1 / 3, Number.NaN],
      [1, 5e-324, Number.POSITIVE_INFINITY],
      [2, 1.7976931348623157e308, -0.1],
    ]
    const files = await TraceFiles.open(place, ['objective', 'residual'], ignore)
    files.rows(rows.slice(0, 1))
    files.rows(rows.slice(1))
    files.time(2, 0.5)
    files.log('Done.')
    await files.close()
    const { values, shape } = await readTrace(place)
    expect(shape).toEqual([3, 3])
    expect([...values]).toEqual(rows.flat())
    expect(await readFile(join(place, 'timing.csv'), 'utf8')).toBe('iteration,seconds\n2,0.500\n')
    expect(await readFile(join(place, 'log.txt'), 'utf8')).toMatch(/^\d{4}-.* Done\.\n$/)
  })

  test('a row that is still being written is left out, and no trace is an empty one', async () => {
    const place = await folder.make()
    expect(await readTrace(place)).toMatchObject({ shape: [0, 0] })
    const files = await TraceFiles.open(place, ['objective'], ignore)
    await files.close()
    expect(await readTrace(place)).toMatchObject({ shape: [0, 2] })
  })
})
