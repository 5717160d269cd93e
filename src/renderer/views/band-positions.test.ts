import { describe, expect, it } from 'vitest'
import type { Axis } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { exampleDataset } from '../testing/examples'
import { bandPositions, spectrumAt } from './band-positions'

const bandAxis = (size: number, coordinates: number[] | null, unit: string | null): Axis => ({
  name: 'band',
  size,
  unit,
  coordinates,
  labels: null,
})

function sceneWith(coordinates: number[] | null): Dataset {
  const plain = exampleDataset({ bands: 4 })
  const unit = coordinates === null ? null : 'nm'
  return {
    ...plain,
    axes: plain.axes.map((axis) => (axis.name === 'band' ? bandAxis(4, coordinates, unit) : axis)),
  }
}

describe('spectra of the bands that were kept', () => {
  it('leave gaps at left-out bands, known by their wavelengths', () => {
    const scene = sceneWith([400, 500, 600, 700])
    const places = bandPositions(bandAxis(2, [400, 700], 'nm'), 2, scene)
    expect(places.title).toEqual({ name: 'Wavelength', unit: 'nm' })
    expect([...places.x]).toEqual([400, 500, 600, 700])
    expect([...spectrumAt(places.rows, [1, 2, 3, 4], 2, 1)]).toEqual([2, Number.NaN, Number.NaN, 4])
  })

  it('are known by band numbers where the scene has no wavelengths', () => {
    const places = bandPositions(bandAxis(3, [0, 2, 3], null), 3, sceneWith(null))
    expect([...places.rows]).toEqual([0, -1, 1, 2])
    expect(places.title).toEqual({ name: 'Band', unit: null })
  })

  it('are sorted where a sensor goes back', () => {
    const places = bandPositions(bandAxis(3, [400, 600, 650], 'nm'), 3, sceneWith([400, 600, 550, 650]))
    expect([...places.x]).toEqual([400, 550, 600, 650])
    expect([...places.rows]).toEqual([0, -1, 1, 2])
    expect([...places.bands]).toEqual([0, 2, 1, 3])
  })

  it('fall back to the good bands of the file, then to their own axis', () => {
    const scene = { ...sceneWith([400, 500, 600, 700]), goodBands: [true, false, true, true] }
    expect([...bandPositions(bandAxis(3, null, null), 3, scene).rows]).toEqual([0, -1, 1, 2])
    const other = bandPositions(bandAxis(2, [1000, 2000], 'nm'), 2, scene)
    expect([...other.x]).toEqual([1000, 2000])
    expect([...other.bands]).toEqual([-1, -1])
  })
})
