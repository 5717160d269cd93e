import { mapCorner, type MapExtent, type MapWindow, type PixelPosition } from '../../maps/map-view'

export interface PinMark extends PixelPosition {
  /** CSS colour. */
  colour: string
  label: string
  /** CSS colour of the label. */
  ink: string
}

/** Draws numbered pins over a picture: a filled dot with a white ring and a dark rim, seen on any ground. */
export function drawPins(
  context: CanvasRenderingContext2D,
  extent: MapExtent,
  window: MapWindow,
  pins: readonly PinMark[],
): void {
  const { left, top, size } = mapCorner(extent, window)
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.font = '600 10px sans-serif'
  for (const pin of pins) {
    const x = left + (pin.sample + 0.5) * size
    const y = top + (pin.line + 0.5) * size
    for (const [radius, colour] of [
      [10, 'rgb(0 0 0 / 0.7)'],
      [9, 'white'],
      [7.5, pin.colour],
    ] as const) {
      context.beginPath()
      context.arc(x, y, radius, 0, 2 * Math.PI)
      context.fillStyle = colour
      context.fill()
    }
    context.fillStyle = pin.ink
    context.fillText(pin.label, x, y + 0.5)
  }
  context.textAlign = 'start'
}
