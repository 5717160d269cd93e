import type { PixelWindow } from '../../shared/data-address'

/** A pixel of a map, zero-based. */
export interface PixelPosition {
  line: number
  sample: number
}

/** What part of a map is seen: its centre in pixels of the map, and how much larger than "all of it" it is drawn. */
export interface MapWindow {
  line: number
  sample: number
  zoom: number
}

/** Sizes that turn a window into places on a canvas. */
export interface MapExtent {
  lines: number
  samples: number
  width: number
  height: number
}

const largestZoom = 64

/** The window that shows the whole map. */
export function wholeMap(lines: number, samples: number): MapWindow {
  return { line: lines / 2, sample: samples / 2, zoom: 1 }
}

/** Canvas points a map pixel takes, the same both ways. */
export function pixelSize(extent: MapExtent, zoom: number): number {
  return Math.min(extent.width / extent.samples, extent.height / extent.lines) * zoom
}

/** Where the map's upper left corner lies on the canvas. */
export function mapCorner(extent: MapExtent, window: MapWindow): { left: number; top: number; size: number } {
  const size = pixelSize(extent, window.zoom)
  return {
    left: extent.width / 2 - window.sample * size,
    top: extent.height / 2 - window.line * size,
    size,
  }
}

/** The map pixel under a point of the canvas; null beside the map. */
export function pixelAt(extent: MapExtent, window: MapWindow, x: number, y: number): PixelPosition | null {
  const { left, top, size } = mapCorner(extent, window)
  const line = Math.floor((y - top) / size)
  const sample = Math.floor((x - left) / size)
  const inside = line >= 0 && sample >= 0 && line < extent.lines && sample < extent.samples
  return inside ? { line, sample } : null
}

/** The pixels that are seen; with a `margin` of 0.25, a quarter of the canvas more on every side. */
export function seenPixels(extent: MapExtent, window: MapWindow, margin = 0): PixelWindow {
  const size = pixelSize(extent, window.zoom)
  const range = (centre: number, room: number, count: number) => {
    const half = (room / size) * (0.5 + margin)
    const clamp = (place: number) => Math.min(count - 1, Math.max(0, Math.floor(place)))
    return [clamp(centre - half), clamp(centre + half)] as const
  }
  const [firstLine, lastLine] = range(window.line, extent.height, extent.lines)
  const [firstSample, lastSample] = range(window.sample, extent.width, extent.samples)
  return { firstLine, lastLine, firstSample, lastSample }
}

/** Zooms by a factor and keeps the point of the map under (x, y) where it is. */
export function zoomAt(
  extent: MapExtent,
  window: MapWindow,
  factor: number,
  x: number,
  y: number,
): MapWindow {
  const zoom = Math.min(largestZoom, Math.max(1, window.zoom * factor))
  const before = mapCorner(extent, window)
  const sample = (x - before.left) / before.size
  const line = (y - before.top) / before.size
  const size = pixelSize(extent, zoom)
  return clampWindow(extent, {
    zoom,
    sample: sample - (x - extent.width / 2) / size,
    line: line - (y - extent.height / 2) / size,
  })
}

/** Moves the window by points of the canvas, as a drag does. */
export function panBy(extent: MapExtent, window: MapWindow, dx: number, dy: number): MapWindow {
  const size = pixelSize(extent, window.zoom)
  return clampWindow(extent, { ...window, sample: window.sample - dx / size, line: window.line - dy / size })
}

/** Keeps the map in sight: a side that fits is centred, one that does not fills the canvas. */
export function clampWindow(extent: MapExtent, window: MapWindow): MapWindow {
  const size = pixelSize(extent, window.zoom)
  const clamp = (centre: number, count: number, room: number) => {
    const half = room / size / 2
    return half * 2 >= count ? count / 2 : Math.min(count - half, Math.max(half, centre))
  }
  return {
    zoom: window.zoom,
    sample: clamp(window.sample, extent.samples, extent.width),
    line: clamp(window.line, extent.lines, extent.height),
  }
}

/** The pixel an arrow key leads to from `from`, or the middle of the map where there was none. */
export function stepPixel(
  from: PixelPosition | null,
  key: string,
  step: number,
  lines: number,
  samples: number,
): PixelPosition | null {
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-step, 0],
    ArrowDown: [step, 0],
    ArrowLeft: [0, -step],
    ArrowRight: [0, step],
  }
  const move = moves[key]
  if (move === undefined) return null
  if (from === null) return { line: Math.floor(lines / 2), sample: Math.floor(samples / 2) }
  return {
    line: Math.min(lines - 1, Math.max(0, from.line + move[0])),
    sample: Math.min(samples - 1, Math.max(0, from.sample + move[1])),
  }
}
