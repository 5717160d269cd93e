import type { BandPlane } from './band-planes'

/** What a stretch needs to know of a band. Quantiles come from an even sample, the ends from every pixel. */
export interface BandStatistics {
  minimum: number
  maximum: number
  /** 2nd and 98th percentile. */
  low: number
  high: number
  /** Counts of the sample in even bins from minimum to maximum. */
  histogram: Uint32Array
}

/** A band and the values that become black and full colour. */
export interface StretchedBand {
  plane: BandPlane
  low: number
  high: number
}

const sampleSize = 50_000
export const histogramBins = 96

/** Counts a band. Values that are not finite are left out; a band without any is 0 to 1. */
export function bandStatistics(values: Float32Array): BandStatistics {
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value - value !== 0) continue
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
  }
  if (minimum > maximum) {
    return { minimum: 0, maximum: 1, low: 0, high: 1, histogram: new Uint32Array(histogramBins) }
  }
  const sample = evenSample(values).sort()
  return {
    minimum,
    maximum,
    low: quantile(sample, 0.02),
    high: quantile(sample, 0.98),
    histogram: histogramOf(sample, minimum, maximum),
  }
}

/** Finite values at an even distance, at most `sampleSize` of them. */
function evenSample(values: Float32Array): Float32Array {
  const step = Math.max(1, Math.ceil(values.length / sampleSize))
  const sample = new Float32Array(Math.ceil(values.length / step))
  let count = 0
  for (let index = 0; index < values.length; index += step) {
    const value = values[index] ?? 0
    if (value - value !== 0) continue
    sample[count] = value
    count += 1
  }
  return sample.subarray(0, count)
}

/** Quantile of sorted numbers, with linear interpolation. */
export function quantile(sorted: Float32Array, share: number): number {
  if (sorted.length === 0) return 0
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? 0
  return below + (above - below) * (place - Math.floor(place))
}

function histogramOf(sample: Float32Array, minimum: number, maximum: number): Uint32Array {
  const histogram = new Uint32Array(histogramBins)
  const factor = maximum > minimum ? histogramBins / (maximum - minimum) : 0
  for (const value of sample) {
    const bin = Math.min(histogramBins - 1, Math.floor((value - minimum) * factor))
    histogram[bin] = (histogram[bin] ?? 0) + 1
  }
  return histogram
}

const gammaSteps = 1024

/** Brightness (0 to 255) of even steps between a band's ends. */
export function gammaTable(gamma: number): Uint8Array {
  return Uint8Array.from({ length: gammaSteps }, (_, step) =>
    Math.round(255 * (step / (gammaSteps - 1)) ** (1 / gamma)),
  )
}

/**
 * Paints three bands as red, green and blue into RGBA pixels. A pixel that is not finite in any of them stays
 * transparent. Same-sized planes; a million pixels take about twenty milliseconds.
 */
export function paintComposite(
  bands: readonly [StretchedBand, StretchedBand, StretchedBand],
  gamma: number,
  pixels: Uint8ClampedArray,
): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength >> 2)
  const table = gammaTable(gamma)
  const [red, green, blue] = bands
  const reds = red.plane.values
  const greens = green.plane.values
  const blues = blue.plane.values
  const redFactor = factorOf(red)
  const greenFactor = factorOf(green)
  const blueFactor = factorOf(blue)
  const last = gammaSteps - 1
  for (let index = 0; index < words.length; index += 1) {
    const r = ((reds[index] ?? 0) - red.low) * redFactor
    const g = ((greens[index] ?? 0) - green.low) * greenFactor
    const b = ((blues[index] ?? 0) - blue.low) * blueFactor
    const sum = r + g + b
    if (sum - sum !== 0) {
      words[index] = 0
      continue
    }
    // Bytes in memory are red, green, blue, opacity; every machine this runs on is little-endian.
    words[index] =
      0xff000000 |
      ((table[b <= 0 ? 0 : b >= last ? last : b | 0] ?? 0) << 16) |
      ((table[g <= 0 ? 0 : g >= last ? last : g | 0] ?? 0) << 8) |
      (table[r <= 0 ? 0 : r >= last ? last : r | 0] ?? 0)
  }
}

function factorOf(band: StretchedBand): number {
  return band.high > band.low ? (gammaSteps - 1) / (band.high - band.low) : 0
}

/** A composite at one canvas pixel a value. Needs three bands of one size. */
export function compositePicture(bands: readonly StretchedBand[], gamma: number): HTMLCanvasElement {
  const [red, green, blue] = bands
  if (red === undefined || green === undefined || blue === undefined) {
    throw new Error('A composite needs three bands.')
  }
  const canvas = document.createElement('canvas')
  canvas.width = red.plane.samples
  canvas.height = red.plane.lines
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This window cannot draw pictures: its canvas is switched off.')
  const image = context.createImageData(canvas.width, canvas.height)
  paintComposite([red, green, blue], gamma, image.data)
  context.putImageData(image, 0, 0)
  return canvas
}
