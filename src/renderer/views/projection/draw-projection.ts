import type { ChartTheme } from '../../charts/chart-theme'
import { niceTicks } from '../../charts/scales'
import { formatNumber } from '../../../shared/numbers'
import { innerSize, margins, toScreen, type PlaneFrame, type ProjectedPoints } from './plane'

/** Corners of the simplex in the plane, with their names and colours. */
export interface Corners extends ProjectedPoints {
  names: readonly string[]
  colours: readonly string[]
}

/** Everything but the points: axes, the simplex, what is pointed at. */
export interface ProjectionDrawing {
  frame: PlaneFrame
  titles: { x: string; y: string }
  corners: Corners | null
  /** Corner that is pointed at. */
  pointed: number | null
  theme: ChartTheme
}

/** A straight line or a text of the drawing, for a canvas and for a file alike. */
export type Mark =
  | {
      type: 'line'
      from: [number, number]
      to: [number, number]
      colour: string
      width: number
      dashes: number[]
    }
  | { type: 'dot'; at: [number, number]; radius: number; colour: string; rim: string }
  | {
      type: 'text'
      at: [number, number]
      text: string
      colour: string
      halo: string | null
      align: 'start' | 'middle' | 'end'
      turned: boolean
      strong: boolean
    }

/** Axes with ticks and titles. */
export function axisMarks({ frame, titles, theme }: ProjectionDrawing): Mark[] {
  const { width, height, window } = frame
  const inner = innerSize(width, height)
  const bottom = margins.top + inner.height
  const right = margins.left + inner.width
  const line = (from: [number, number], to: [number, number]): Mark => ({
    type: 'line',
    from,
    to,
    colour: theme.line,
    width: 1,
    dashes: [],
  })
  const text = (at: [number, number], words: string, align: 'middle' | 'end', turned = false): Mark => ({
    type: 'text',
    at,
    text: words,
    colour: theme.quietText,
    halo: null,
    align,
    turned,
    strong: false,
  })
  const across = niceTicks(window.left, window.right, Math.max(3, Math.floor(inner.width / 90)))
  const down = niceTicks(window.bottom, window.top, Math.max(3, Math.floor(inner.height / 60)))
  return [
    line([margins.left, bottom], [right, bottom]),
    line([margins.left, margins.top], [margins.left, bottom]),
    ...across.flatMap((value) => {
      const [left] = toScreen(frame, value, window.bottom)
      return [
        line([left, bottom], [left, bottom + 5]),
        text([left, bottom + 14], formatNumber(value, 4), 'middle'),
      ]
    }),
    ...down.flatMap((value) => {
      const [, top] = toScreen(frame, window.left, value)
      return [
        line([margins.left - 5, top], [margins.left, top]),
        text([margins.left - 8, top], formatNumber(value, 4), 'end'),
      ]
    }),
    text([margins.left + inner.width / 2, height - 8], titles.x, 'middle'),
    text([10, margins.top + inner.height / 2], titles.y, 'middle', true),
  ]
}

/** Corners up to which all edges are drawn; of more, the lines would hide the points. */
const mostEdges = 12

/** The simplex: its edges, its corners, their names away from the middle. */
export function simplexMarks({ frame, corners, pointed, theme }: ProjectionDrawing): Mark[] {
  if (corners === null) return []
  const places = Array.from(corners.x, (x, index) => toScreen(frame, x, corners.y[index] ?? Number.NaN))
  const middle = [0, 1].map(
    (axis) => places.reduce((sum, place) => sum + (place[axis] ?? 0), 0) / places.length,
  )
  const edges: Mark[] = []
  places.forEach((from, one) => {
    places.slice(one + 1).forEach((to, offset) => {
      const touched = pointed === one || pointed === one + 1 + offset
      if (places.length > mostEdges && !touched) return
      edges.push({
        type: 'line',
        from,
        to,
        colour: theme.text,
        width: touched ? 2 : 1,
        dashes: touched ? [] : [4, 3],
      })
    })
  })
  const texts = places.flatMap((at, index): Mark[] => {
    const away = at[0] - (middle[0] ?? 0) >= 0 ? 1 : -1
    const above = at[1] - (middle[1] ?? 0) > 0 ? 15 : -13
    const inner = margins.left + innerSize(frame.width, frame.height).width
    // A name that would leave the picture stands on the other side of its corner.
    const length = (corners.names[index]?.length ?? 0) * 6.5
    const side = at[0] + length > inner ? -1 : at[0] - length < margins.left ? 1 : away
    return [
      {
        type: 'dot',
        at,
        radius: pointed === index ? 7 : 5,
        colour: corners.colours[index] ?? theme.text,
        rim: theme.surface,
      },
      {
        type: 'text',
        at: [
          at[0] + side * 8,
          Math.min(Math.max(at[1] + above, margins.top + 8), frame.height - margins.bottom - 6),
        ],
        text: corners.names[index] ?? '',
        colour: theme.text,
        halo: theme.surface,
        align: side > 0 ? 'start' : 'end',
        turned: false,
        strong: true,
      },
    ]
  })
  return [...edges, ...texts]
}

const canvasAlign = { start: 'left', middle: 'center', end: 'right' } as const

/** Draws marks on a canvas. */
export function drawMarks(context: CanvasRenderingContext2D, marks: readonly Mark[], font: string): void {
  for (const mark of marks) {
    if (mark.type === 'line') {
      context.beginPath()
      context.moveTo(...mark.from)
      context.lineTo(...mark.to)
      context.strokeStyle = mark.colour
      context.lineWidth = mark.width
      context.setLineDash(mark.dashes)
      context.stroke()
      context.setLineDash([])
    } else if (mark.type === 'dot') {
      context.beginPath()
      context.arc(...mark.at, mark.radius, 0, 2 * Math.PI)
      context.fillStyle = mark.colour
      context.fill()
      context.strokeStyle = mark.rim
      context.lineWidth = 2
      context.stroke()
    } else {
      drawText(context, mark, font)
    }
  }
}

function drawText(
  context: CanvasRenderingContext2D,
  mark: Extract<Mark, { type: 'text' }>,
  font: string,
): void {
  context.save()
  context.translate(...mark.at)
  if (mark.turned) context.rotate(-Math.PI / 2)
  context.font = `${mark.strong ? '600 12px' : '11px'} ${font}`
  context.textAlign = canvasAlign[mark.align]
  context.textBaseline = 'middle'
  if (mark.halo !== null) {
    context.lineJoin = 'round'
    context.lineWidth = 4
    context.strokeStyle = mark.halo
    context.strokeText(mark.text, 0, 0)
  }
  context.fillStyle = mark.colour
  context.fillText(mark.text, 0, 0)
  context.restore()
}

/** The same marks as SVG elements. */
export function marksSvg(marks: readonly Mark[], font: string): string {
  return marks
    .map((mark) => {
      if (mark.type === 'line') {
        const dashes = mark.dashes.length === 0 ? '' : ` stroke-dasharray="${mark.dashes.join(' ')}"`
        return `<line x1="${mark.from[0]}" y1="${mark.from[1]}" x2="${mark.to[0]}" y2="${mark.to[1]}" stroke="${mark.colour}" stroke-width="${mark.width}"${dashes}/>`
      }
      if (mark.type === 'dot') {
        return `<circle cx="${mark.at[0]}" cy="${mark.at[1]}" r="${mark.radius}" fill="${mark.colour}" stroke="${mark.rim}" stroke-width="2"/>`
      }
      const [x, y] = mark.at
      const place = `x="${x}" y="${y}"${mark.turned ? ` transform="rotate(-90 ${x} ${y})"` : ''}`
      const look = `font-family="${escaped(font)}" font-size="${mark.strong ? 12 : 11}" font-weight="${mark.strong ? 600 : 400}" fill="${mark.colour}" text-anchor="${mark.align}" dominant-baseline="central"`
      const halo =
        mark.halo === null
          ? ''
          : ` stroke="${mark.halo}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`
      return `<text ${place} ${look}${halo}>${escaped(mark.text)}</text>`
    })
    .join('\n')
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }
  return text.replace(/[&<>"]/g, (sign) => `&${names[sign] ?? ''};`)
}
