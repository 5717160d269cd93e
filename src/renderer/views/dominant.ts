/** Class of a pixel without values, and of one whose largest value stays below the threshold. */
export const noClass = -1
export const belowThreshold = -2

/** The largest of several maps in every pixel. */
export interface DominantClasses {
  /** Place of the largest map, or one of the two above. */
  classes: Int16Array
  /** Share of the pixels with values that each map is the largest in. */
  shares: Float64Array
  /** Share of the pixels with values whose largest value stays below the threshold. */
  below: number
}

/** The place of the largest value in every pixel of `count` maps; ties go to the first. */
export function dominantClasses(
  values: Float32Array | Float64Array,
  count: number,
  threshold: number,
): DominantClasses {
  const pixels = Math.floor(values.length / count)
  const classes = new Int16Array(pixels).fill(noClass)
  const largest = new Float64Array(pixels).fill(Number.NEGATIVE_INFINITY)
  for (let component = 0; component < count; component += 1) {
    const start = component * pixels
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const value = values[start + pixel] ?? Number.NaN
      if (value > (largest[pixel] ?? 0)) {
        largest[pixel] = value
        classes[pixel] = component
      }
    }
  }
  const counts = new Float64Array(count)
  let below = 0
  let valid = 0
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const winner = classes[pixel] ?? noClass
    if (winner < 0) continue
    valid += 1
    if ((largest[pixel] ?? 0) < threshold) {
      classes[pixel] = belowThreshold
      below += 1
    } else {
      counts[winner] = (counts[winner] ?? 0) + 1
    }
  }
  const total = Math.max(1, valid)
  return { classes, shares: counts.map((each) => each / total), below: below / total }
}

/** A colour as opaque RGB bytes. */
export type Rgb = readonly [number, number, number]

/** Paints classes into RGBA pixels; pixels without values stay transparent. */
export function paintClasses(
  classes: Int16Array,
  colours: readonly Rgb[],
  below: Rgb,
  pixels: Uint8ClampedArray,
): void {
  const bytes = new Uint8Array((colours.length + 2) * 4)
  const put = (place: number, [red, green, blue]: Rgb) => bytes.set([red, green, blue, 255], place * 4)
  // Entry 0 is no class and entry 1 what is below the threshold: the codes −1 and −2 count from the other end.
  put(1, below)
  colours.forEach((colour, component) => put(component + 2, colour))
  const table = new Uint32Array(bytes.buffer)
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength >> 2)
  for (let pixel = 0; pixel < classes.length; pixel += 1) {
    const winner = classes[pixel] ?? noClass
    words[pixel] = table[winner >= 0 ? winner + 2 : -winner - 1] ?? 0
  }
}

/** 'rgb(12, 34, 56)' as numbers, as the tokens' colours are written. */
export function rgbOf(colour: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number)
  return [red, green, blue]
}

/** Further colours than the palette has: each of its own, then each mixed with another one. */
export function classColours(palette: readonly Rgb[], mixed: Rgb, count: number): Rgb[] {
  return Array.from({ length: count }, (_, index) => {
    const [red, green, blue] = palette[index % palette.length] ?? mixed
    const share = Math.min(0.75, Math.floor(index / palette.length) * 0.45)
    const mix = (one: number, other: number) => Math.round(one * (1 - share) + other * share)
    return [mix(red, mixed[0]), mix(green, mixed[1]), mix(blue, mixed[2])]
  })
}
