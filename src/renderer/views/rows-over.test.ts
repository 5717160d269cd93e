import { expect, test } from 'vitest'
import type { Artifact } from '../../shared/run'
import { rowsOver } from './rows-over'

const artifact = (name: string, meaning: Artifact['meaning']) => ({ name, meaning }) as Artifact

test('points stand over the series they are called after', () => {
  const [curve, rows] = [artifact('curve', 'series'), artifact('curveRows', 'scatter')]
  expect(rowsOver(curve, [curve, rows])).toBe(rows)
  expect(rowsOver(curve, [curve, artifact('otherRows', 'scatter')])).toBeNull()
  expect(rowsOver(rows, [curve, rows])).toBeNull()
})
