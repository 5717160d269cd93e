import { pngOf } from '../../charts/save-file'
import { paintPoints, type PointColours } from './density'
import { axisMarks, drawMarks, marksSvg, simplexMarks, type ProjectionDrawing } from './draw-projection'
import { innerSize, margins, type ProjectedPoints } from './plane'

/** Device pixels a point of exported figures. */
const ratio = 2

/** The points of a projection as a picture of their own, at `density` device pixels a point. */
export function pointsPicture(
  points: ProjectedPoints,
  drawing: ProjectionDrawing,
  density: number,
  colours: PointColours,
): HTMLCanvasElement {
  const image = paintPoints(points, drawing.frame, density, colours)
  const canvas = document.createElement('canvas')
  canvas.width = image.width
  canvas.height = image.height
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas
}

/** A projection with its axes and its simplex as a PNG. */
export async function projectionPng(
  points: ProjectedPoints,
  drawing: ProjectionDrawing,
  colours: PointColours,
): Promise<Blob> {
  const { frame, theme } = drawing
  const canvas = document.createElement('canvas')
  canvas.width = frame.width * ratio
  canvas.height = frame.height * ratio
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This window cannot draw pictures: its canvas is switched off.')
  context.scale(ratio, ratio)
  context.fillStyle = theme.surface
  context.fillRect(0, 0, frame.width, frame.height)
  const inner = innerSize(frame.width, frame.height)
  const picture = pointsPicture(points, drawing, ratio, colours)
  context.drawImage(picture, margins.left, margins.top, inner.width, inner.height)
  drawMarks(context, [...axisMarks(drawing), ...simplexMarks(drawing)], theme.font)
  return pngOf(canvas)
}

/** The same as SVG: the points as a picture inside it, axes, simplex and words as lines and text. */
export function projectionSvg(
  points: ProjectedPoints,
  drawing: ProjectionDrawing,
  colours: PointColours,
): string {
  const { frame, theme } = drawing
  const inner = innerSize(frame.width, frame.height)
  const picture = pointsPicture(points, drawing, ratio, colours).toDataURL('image/png')
  const size = `width="${frame.width}" height="${frame.height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${frame.width} ${frame.height}">
<rect ${size} fill="${theme.surface}"/>
<image href="${picture}" x="${margins.left}" y="${margins.top}" width="${inner.width}" height="${inner.height}"/>
${marksSvg([...axisMarks(drawing), ...simplexMarks(drawing)], theme.font)}
</svg>
`
}
