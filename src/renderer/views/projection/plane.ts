/** Points of a projection along two of its components; `x[i]` and `y[i]` belong to one pixel. */
export interface ProjectedPoints {
  x: Float32Array | Float64Array
  y: Float32Array | Float64Array
}

/** The part of the plane that is seen. */
export interface PlaneWindow {
  left: number
  right: number
  bottom: number
  top: number
}

/** Sizes of a drawing in points: the plane lies inside the margins, axes and their words in them. */
export interface PlaneFrame {
  width: number
  height: number
  window: PlaneWindow
}

/** Room for ticks and titles, in points. */
export const margins = { left: 62, right: 14, top: 10, bottom: 44 } as const

/** The window that shows all points and corners, with some air. */
export function wholePlane(points: ProjectedPoints, corners: ProjectedPoints | null): PlaneWindow {
  const [left, right] = reach([points.x, corners?.x ?? []])
  const [bottom, top] = reach([points.y, corners?.y ?? []])
  return { left, right, bottom, top }
}

function reach(lists: readonly ArrayLike<number>[]): [number, number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const values of lists) {
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? Number.NaN
      if (value - value !== 0) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (low > high) return [0, 1]
  const air = (high - low || Math.abs(high) || 1) * 0.06
  return [low - air, high + air]
}

/** Where a place of the plane is drawn. */
export function toScreen({ width, height, window }: PlaneFrame, x: number, y: number): [number, number] {
  const inner = innerSize(width, height)
  return [
    margins.left + ((x - window.left) / (window.right - window.left)) * inner.width,
    margins.top + ((window.top - y) / (window.top - window.bottom)) * inner.height,
  ]
}

/** The place of the plane that is drawn at a point. */
export function toPlane({ width, height, window }: PlaneFrame, left: number, top: number): [number, number] {
  const inner = innerSize(width, height)
  return [
    window.left + ((left - margins.left) / inner.width) * (window.right - window.left),
    window.top - ((top - margins.top) / inner.height) * (window.top - window.bottom),
  ]
}

/** Size of the plane inside the margins. */
export function innerSize(width: number, height: number): { width: number; height: number } {
  return {
    width: Math.max(1, width - margins.left - margins.right),
    height: Math.max(1, height - margins.top - margins.bottom),
  }
}

/** Zooms by a factor and keeps the place drawn at a point where it is; never beyond the whole. */
export function zoomPlane(
  frame: PlaneFrame,
  whole: PlaneWindow,
  factor: number,
  left: number,
  top: number,
): PlaneWindow {
  const [x, y] = toPlane(frame, left, top)
  const { window } = frame
  const wanted = (window.right - window.left) / factor
  const most = whole.right - whole.left
  if (wanted >= most) return whole
  const least = most / 400
  const scale = Math.max(wanted, least) / (window.right - window.left)
  return within(whole, {
    left: x + (window.left - x) * scale,
    right: x + (window.right - x) * scale,
    bottom: y + (window.bottom - y) * scale,
    top: y + (window.top - y) * scale,
  })
}

/** Moves the window by points of the drawing. */
export function panPlane(frame: PlaneFrame, whole: PlaneWindow, dx: number, dy: number): PlaneWindow {
  const inner = innerSize(frame.width, frame.height)
  const { window } = frame
  const right = (dx / inner.width) * (window.right - window.left)
  const up = (dy / inner.height) * (window.top - window.bottom)
  return within(whole, {
    left: window.left - right,
    right: window.right - right,
    bottom: window.bottom + up,
    top: window.top + up,
  })
}

/** Pushes a window back to where there is something to see. */
function within(whole: PlaneWindow, window: PlaneWindow): PlaneWindow {
  const across = push(window.left, window.right, whole.left, whole.right)
  const down = push(window.bottom, window.top, whole.bottom, whole.top)
  return {
    left: window.left + across,
    right: window.right + across,
    bottom: window.bottom + down,
    top: window.top + down,
  }
}

function push(low: number, high: number, least: number, most: number): number {
  if (low < least) return least - low
  return high > most ? most - high : 0
}
