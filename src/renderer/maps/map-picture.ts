import { mapCorner, type MapExtent, type MapWindow, type PixelPosition } from './map-view'
import { paintPlane, type ColourScale, type Plane } from './plane'

/** A pixel worth pointing out on a map, with a short text beside it. */
export interface MapMark extends PixelPosition {
  label: string
  /** Stands out among the marks. */
  strong?: boolean
}

/** A plane painted once at one canvas pixel a value; zooming and panning only draw it again. */
export function planePicture(plane: Plane, scale: ColourScale): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = plane.samples
  canvas.height = plane.lines
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This window cannot draw pictures: its canvas is switched off.')
  const image = context.createImageData(plane.samples, plane.lines)
  paintPlane(plane, scale, image.data)
  context.putImageData(image, 0, 0)
  return canvas
}

/** A picture and what it covers: its first pixel's place in the map, and every how many pixels one was taken. */
export interface MapLayer {
  picture: HTMLCanvasElement
  line: number
  sample: number
  step: number
}

/** Everything that is drawn over the background of a map, in points of its canvas. */
export interface MapDrawing {
  /** From the lowest to the highest. */
  layers: readonly MapLayer[]
  extent: MapExtent
  window: MapWindow
  cursor: PixelPosition | null
  marks: readonly MapMark[]
}

/** Draws a map: its pixels without smoothing, marks with a dark rim that holds on any colour, the crosshair. */
export function drawMap(context: CanvasRenderingContext2D, drawing: MapDrawing): void {
  const { extent, window } = drawing
  const { left, top, size } = mapCorner(extent, window)
  context.clearRect(0, 0, extent.width, extent.height)
  context.save()
  // The last pixel of a thinned picture may reach beyond the map.
  context.beginPath()
  context.rect(left, top, extent.samples * size, extent.lines * size)
  context.clip()
  for (const layer of drawing.layers) drawLayer(context, layer, left, top, size)
  context.restore()
  for (const mark of drawing.marks) {
    drawMark(context, left + (mark.sample + 0.5) * size, top + (mark.line + 0.5) * size, mark)
  }
  if (drawing.cursor !== null) {
    drawCrosshair(
      context,
      extent,
      left + (drawing.cursor.sample + 0.5) * size,
      top + (drawing.cursor.line + 0.5) * size,
    )
  }
}

function drawLayer(
  context: CanvasRenderingContext2D,
  { picture, line, sample, step }: MapLayer,
  left: number,
  top: number,
  size: number,
): void {
  const side = step * size
  // Pixels smaller than a point are averaged, larger ones keep their edges.
  context.imageSmoothingEnabled = side < 1
  context.drawImage(
    picture,
    left + sample * size,
    top + line * size,
    picture.width * side,
    picture.height * side,
  )
}

/** Strokes a path twice, dark under light, so that it is seen on every colour of every map. */
function strokeOnAnything(context: CanvasRenderingContext2D): void {
  context.strokeStyle = 'rgb(0 0 0 / 0.75)'
  context.lineWidth = 3
  context.stroke()
  context.strokeStyle = 'white'
  context.lineWidth = 1.25
  context.stroke()
}

function drawMark(context: CanvasRenderingContext2D, x: number, y: number, mark: MapMark): void {
  const { label, strong = false } = mark
  context.beginPath()
  context.arc(x, y, strong ? 8 : 5, 0, 2 * Math.PI)
  strokeOnAnything(context)
  if (strong) {
    context.beginPath()
    context.arc(x, y, 3, 0, 2 * Math.PI)
    strokeOnAnything(context)
  }
  context.font = '600 11px sans-serif'
  context.textBaseline = 'bottom'
  context.lineJoin = 'round'
  context.strokeStyle = 'rgb(0 0 0 / 0.75)'
  context.lineWidth = 3
  context.strokeText(label, x + 6, y - 4)
  context.fillStyle = 'white'
  context.fillText(label, x + 6, y - 4)
}

function drawCrosshair(context: CanvasRenderingContext2D, extent: MapExtent, x: number, y: number): void {
  const gap = 5
  context.beginPath()
  context.moveTo(0, y)
  context.lineTo(x - gap, y)
  context.moveTo(x + gap, y)
  context.lineTo(extent.width, y)
  context.moveTo(x, 0)
  context.lineTo(x, y - gap)
  context.moveTo(x, y + gap)
  context.lineTo(x, extent.height)
  strokeOnAnything(context)
}
