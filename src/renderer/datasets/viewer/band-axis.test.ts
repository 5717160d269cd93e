import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../../shared/dataset'
import { exampleDataset } from '../../testing/examples'
import { bandAxisOf, bandPresets, bandText, nearestBand, spectrumSeries } from './band-axis'

const plain = exampleDataset({ bands: 21 })
/** 400 to 900 nm in steps of 25. */
const spectral: Dataset = {
  ...plain,
  axes: plain.axes.map((axis) =>
    axis.name === 'band'
      ? { ...axis, unit: 'nm', coordinates: Array.from({ length: 21 }, (_, band) => 400 + band * 25) }
      : axis,
  ),
}

describe('a band axis', () => {
  it('names bands by wavelength where there is one', () => {
    const axis = bandAxisOf(spectral)
    expect(bandText(axis, 4)).toBe('Band 4 (500\u00a0nm)')
    expect(nearestBand(axis, 655)).toBe(10)
  })

  it('names them by number otherwise', () => {
    const axis = bandAxisOf(plain)
    expect(bandText(axis, 4)).toBe('Band 4')
    expect(axis.title).toEqual({ name: 'Band', unit: null })
  })
})

describe('bandPresets', () => {
  it('offers true and false colours by wavelength', () => {
    const presets = bandPresets(spectral)
    expect(presets.map((preset) => preset.title)).toEqual([
      'True colour',
      'False colour (near infrared)',
      'Across the spectrum',
    ])
    expect(presets[0]?.bands).toEqual([10, 6, 2])
    expect(presets[1]?.bands).toEqual([18, 10, 6])
  })

  it('calls no colour true that only follows the order of the bands', () => {
    const presets = bandPresets(plain)
    expect(presets.map((preset) => preset.title)).toEqual(['Colours by position', 'Across the spectrum'])
    expect(presets.every((preset) => preset.bands.every((band) => band >= 0 && band < 21))).toBe(true)
  })

  it('takes what the file proposes first', () => {
    expect(bandPresets({ ...spectral, displayBands: [3, 2, 1] })[0]).toMatchObject({
      title: 'As the file proposes',
      bands: [3, 2, 1],
    })
  })
})

describe('spectrumSeries', () => {
  it('leaves gaps at bad bands', () => {
    const axis = bandAxisOf(plain)
    const { x, y } = spectrumSeries(axis, [true, false, true], [1, 2, 3])
    expect([...x]).toEqual([0, 1, 2])
    expect([...y]).toEqual([1, NaN, 3])
  })

  it('puts overlapping sensors in the order of their wavelengths', () => {
    const axis = {
      count: 3,
      unit: 'nm',
      wavelengths: [500, 700, 600],
      title: { name: 'Wavelength', unit: 'nm' },
    }
    const { x, y } = spectrumSeries(axis, null, [1, 2, 3])
    expect([...x]).toEqual([500, 600, 700])
    expect([...y]).toEqual([1, 3, 2])
  })
})
