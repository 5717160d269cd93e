import { decode } from 'fast-png'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowMajorStrides, type ArraySource } from '../../../shared/array'
import { writeNpy } from '../../formats'
import type { Figure } from '../document'
import { mapsFigure, type MapSet } from './maps-figure'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filigree-maps-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function written(name: string, shape: number[], values: Float64Array): Promise<ArraySource> {
  const path = join(folder, name)
  const { dtype, byteOrder, offset } = await writeNpy(path, 'float64', shape, values)
  return { path, dtype, byteOrder, offset, shape, strides: rowMajorStrides(shape) }
}

async function figureOf(set: Partial<MapSet>): Promise<Figure> {
  const whole = { title: 'Residual', unit: null, scale: 'sequential' as const, minimum: null, maximum: null }
  const block = await mapsFigure({ ...whole, notes: [], planes: [], ...set })
  if (block.type !== 'figure') throw new Error(`A ${block.type} was made in place of a figure.`)
  return block
}

function onlyMap(figure: Figure) {
  const [panel] = figure.panels
  if (panel?.type !== 'map') throw new Error('The figure has no map.')
  return panel
}

describe('figures of maps', () => {
  it('thins a map that is larger than its picture may be, and says so', async () => {
    const source = await written(
      'large.npy',
      [3, 2500],
      Float64Array.from({ length: 7500 }, (_, index) => index % 2500),
    )
    const figure = await figureOf({ planes: [{ title: '', source }] })
    expect(onlyMap(figure)).toMatchObject({ width: 834, height: 1 })
    expect(figure.caption).toEqual(['Residual. Drawn from every third pixel of every third line.'])
    const png = decode(onlyMap(figure).png)
    expect([png.data[0], png.data[833]]).toEqual([0, 254])
  })

  it('paints pixels without a value in a colour of their own and explains it at the bar', async () => {
    const source = await written(
      'holes.npy',
      [1, 4],
      Float64Array.of(0, Number.NaN, 1, Number.POSITIVE_INFINITY),
    )
    const figure = await figureOf({ planes: [{ title: '', source }] })
    expect([...decode(onlyMap(figure).png).data]).toEqual([0, 255, 254, 255])
    expect(figure.colourBar).toMatchObject({ low: '0', high: '1', missing: '#96969e' })
    expect(figure.data?.rows[0]?.cells.map(String)).toEqual(['Residual', '0', '0.5', '1', '2'])
  })

  it('centres differences on zero and shares one scale among all maps', async () => {
    const first = await written('first.npy', [1, 2], Float64Array.of(1, 2))
    const second = await written('second.npy', [1, 2], Float64Array.of(3, 1))
    const figure = await figureOf({
      scale: 'diverging',
      planes: [
        { title: 'a', source: first, subtract: second },
        { title: 'b', source: second, subtract: first },
      ],
    })
    expect(figure.colourBar).toMatchObject({ low: '−2', middle: '0', high: '2', missing: null })
    expect([...decode(onlyMap(figure).png).data]).toEqual([0, 191])
  })

  it('survives a map without a single value', async () => {
    const source = await written('nothing.npy', [2, 2], new Float64Array(4).fill(Number.NaN))
    const figure = await figureOf({ planes: [{ title: '', source }] })
    expect(onlyMap(figure).description).toBe('Residual: no finite value.')
    expect(figure.colourBar).toMatchObject({ low: '0', high: '1' })
  })
})
