/** Curves of a picture without axes: one a spectrum, each over the same places. */
export interface Curves {
  /** Place of every value, rising; null spaces them evenly. */
  x: Float64Array | null
  lines: readonly Float64Array[]
}

/** Places of `most` of `count` things, evenly among them. */
export function evenPlaces(count: number, most: number): number[] {
  const shown = Math.min(count, most)
  return Array.from({ length: shown }, (_, index) => Math.floor((index * count) / shown))
}

/** Draws curves as large as the canvas is, with a margin; gaps where there is no value. */
export function drawCurves(canvas: HTMLCanvasElement, curves: Curves, colours: readonly string[]): void {
  const ratio = window.devicePixelRatio || 1
  const { clientWidth: width, clientHeight: height } = canvas
  canvas.width = Math.max(1, Math.round(width * ratio))
  canvas.height = Math.max(1, Math.round(height * ratio))
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(ratio, ratio)
  const values = curves.lines.flatMap((line) => [...line.filter(Number.isFinite)])
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  if (!(high >= low)) return
  const margin = 12
  const count = curves.lines[0]?.length ?? 0
  const [first, last] = curves.x === null ? [0, count - 1] : [curves.x[0] ?? 0, curves.x.at(-1) ?? 1]
  const across = (index: number) =>
    margin + (((curves.x?.[index] ?? index) - first) / (last - first || 1)) * (width - 2 * margin)
  const down = (value: number) =>
    height - margin - ((value - low) / (high - low || 1)) * (height - 2 * margin)
  context.lineWidth = 1.25
  context.lineJoin = 'round'
  curves.lines.forEach((line, place) => {
    context.strokeStyle = colours[place % colours.length] ?? 'currentColor'
    context.beginPath()
    let drawing = false
    line.forEach((value, index) => {
      if (!Number.isFinite(value)) drawing = false
      else if (drawing) context.lineTo(across(index), down(value))
      else {
        context.moveTo(across(index), down(value))
        drawing = true
      }
    })
    context.stroke()
  })
}
