import { pngOf } from '../charts/save-file'
import type { ChartTheme } from '../charts/chart-theme'
import { colourTicks, paintColourBar } from './colour-bar'
import { planePicture } from './map-picture'
import type { ColourScale, Plane } from './plane'

/** A map with its name, as grids and files show it. */
export interface NamedPlane {
  id: string
  title: string
  plane: Plane
}

const margin = 24
const titleHeight = 28
const barHeight = 56
const smallestSide = 280
const largestSide = 1024

/** Maps side by side with their titles and the one colour bar they share, as a PNG. */
export async function mapsPng(
  maps: readonly NamedPlane[],
  scale: ColourScale,
  barTitle: string,
  theme: Pick<ChartTheme, 'text' | 'surface' | 'font'>,
): Promise<Blob> {
  const first = maps[0]?.plane
  if (first === undefined) throw new Error('There is no map to save.')
  const side = Math.max(first.lines, first.samples)
  // Whole multiples keep the pixels square; only maps larger than the figure are made smaller.
  const factor = side >= largestSide ? largestSide / side : Math.max(1, Math.ceil(smallestSide / side))
  const width = Math.round(first.samples * factor)
  const height = Math.round(first.lines * factor)
  const columns = Math.min(
    maps.length,
    Math.max(1, Math.ceil(Math.sqrt(maps.length * (height / width) * 1.8))),
  )
  const rows = Math.ceil(maps.length / columns)
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(520, columns * (width + margin) + margin)
  canvas.height = rows * (height + titleHeight) + barHeight + margin * 2
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This window cannot draw pictures: its canvas is switched off.')
  context.fillStyle = theme.surface
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingEnabled = factor < 1
  context.textBaseline = 'alphabetic'
  maps.forEach((map, index) => {
    const left = margin + (index % columns) * (width + margin)
    const top = margin + Math.floor(index / columns) * (height + titleHeight)
    context.fillStyle = theme.text
    context.font = `600 14px ${theme.font}`
    context.fillText(map.title, left, top + 14, width)
    context.drawImage(planePicture(map.plane, scale), left, top + titleHeight - 6, width, height)
  })
  drawBar(context, scale, barTitle, canvas.height - barHeight - margin / 2, theme)
  return pngOf(canvas)
}

function drawBar(
  context: CanvasRenderingContext2D,
  scale: ColourScale,
  title: string,
  top: number,
  theme: Pick<ChartTheme, 'text' | 'font'>,
): void {
  const width = 360
  const bar = document.createElement('canvas')
  paintColourBar(bar, scale.colourMap)
  context.imageSmoothingEnabled = true
  context.fillStyle = theme.text
  context.font = `12px ${theme.font}`
  context.textAlign = 'left'
  context.fillText(title, margin + 8, top + 10)
  context.drawImage(bar, margin + 8, top + 18, width, 12)
  context.textAlign = 'center'
  for (const tick of colourTicks(scale)) {
    context.fillText(tick.label, margin + 8 + tick.position * width, top + 46)
  }
}
