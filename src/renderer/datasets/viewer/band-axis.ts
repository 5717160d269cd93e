import type { Dataset } from '../../../shared/dataset'
import { bandsByWavelength, displayBandsOf } from '../../../shared/display-bands'
import { formatQuantity } from '../../../shared/numbers'
import type { AxisText } from '../../charts/series'

export type Bands = [number, number, number]

/** The bands of a cube as a person names them: by wavelength where there is one, else by number. */
export interface BandAxis {
  count: number
  unit: string | null
  /** Null where bands only have numbers. */
  wavelengths: readonly number[] | null
  title: AxisText
}

export function bandAxisOf(dataset: Dataset): BandAxis {
  const axis = dataset.axes[2]
  const wavelengths = axis?.coordinates ?? null
  return {
    count: dataset.array.shape[2] ?? 1,
    unit: axis?.unit ?? null,
    wavelengths,
    title:
      wavelengths === null ? { name: 'Band', unit: null } : { name: 'Wavelength', unit: axis?.unit ?? null },
  }
}

/** 'Band 42 (0.65 µm)'. */
export function bandText(axis: BandAxis, band: number): string {
  const wavelength = axis.wavelengths?.[band]
  return wavelength === undefined ? `Band ${band}` : `Band ${band} (${formatQuantity(wavelength, axis.unit)})`
}

/** The band nearest to a wavelength, in the axis's own unit. */
export function nearestBand(axis: BandAxis, wavelength: number): number {
  let best = 0
  let distance = Number.POSITIVE_INFINITY
  axis.wavelengths?.forEach((other, band) => {
    if (Math.abs(other - wavelength) >= distance) return
    best = band
    distance = Math.abs(other - wavelength)
  })
  return best
}

/** A spectrum for a chart: x rises, bands the file calls bad are gaps. Sensors whose wavelengths overlap are sorted. */
export function spectrumSeries(
  axis: BandAxis,
  goodBands: readonly boolean[] | null,
  values: ArrayLike<number>,
): { x: Float64Array; y: Float64Array } {
  const { wavelengths } = axis
  const order = Array.from({ length: values.length }, (_, band) => band)
  if (wavelengths !== null)
    order.sort((one, other) => (wavelengths[one] ?? one) - (wavelengths[other] ?? other))
  const x = Float64Array.from(order, (band) => wavelengths?.[band] ?? band)
  const y = Float64Array.from(order, (band) =>
    goodBands?.[band] === false ? Number.NaN : Number(values[band]),
  )
  return { x, y }
}

export interface BandPreset {
  id: 'natural' | 'vegetation' | 'spread'
  title: string
  bands: Bands
}

// Near infrared, red, green in micrometres: the classical false colours, in which plants are red.
const vegetation = [0.86, 0.65, 0.55] as const

/**
 * Ready choices of bands. What the cube's wavelengths do not reach is not offered, and colours that only
 * follow the order of the bands are not called true.
 */
export function bandPresets(dataset: Dataset): BandPreset[] {
  const first = displayBandsOf(dataset)
  const titles = { file: 'As the file proposes', wavelength: 'True colour', position: 'Colours by position' }
  const presets: BandPreset[] = [{ id: 'natural', title: titles[first.chosenBy], bands: first.bands }]
  const falseColour = bandsByWavelength(dataset, vegetation, vegetation[0])
  if (falseColour !== null) {
    presets.push({ id: 'vegetation', title: 'False colour (near infrared)', bands: falseColour })
  }
  const last = (dataset.array.shape[2] ?? 1) - 1
  presets.push({ id: 'spread', title: 'Across the spectrum', bands: [last, Math.round(last / 2), 0] })
  return presets
}
