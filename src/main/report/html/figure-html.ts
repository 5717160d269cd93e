import type { ColourBar, Figure, MapPanel, Panel } from '../document'
import { escapeMarkup } from '../escape'
import { writeInline } from './inline-html'
import { writeTable } from './table-html'

/** Pictures side by side, their colour bar, their caption, and their numbers folded away. */
export function writeFigure(figure: Figure, number: number): string {
  const bar = figure.colourBar === null ? '' : writeColourBar(figure.colourBar, `bar-${number}`)
  const data =
    figure.data === null
      ? ''
      : `<details><summary>Figure ${number} as a table</summary>${writeTable(figure.data, null)}</details>`
  return `<figure id="figure-${number}">
<div class="panels">${figure.panels.map((panel) => writePanel(panel, figure.panels.length === 1)).join('\n')}</div>
${bar}<figcaption><b>Figure ${number}.</b> ${writeInline(figure.caption)}</figcaption>
${data}
</figure>`
}

function writePanel(panel: Panel, alone: boolean): string {
  if (panel.type === 'chart') {
    return `<div class="panel chart${alone ? '' : ' half'}">${panel.svg.replace(/ xmlns(:[a-z]+)?="[^"]*"/g, '')}</div>`
  }
  const title = panel.title === '' ? '' : `<h4>${escapeMarkup(panel.title)}</h4>`
  const address = `data:image/png;base64,${Buffer.from(panel.png).toString('base64')}`
  const image = `<img src="${address}" width="${panel.width}" height="${panel.height}" alt="${escapeMarkup(panel.description)}">`
  return `<div class="panel${alone ? ' alone' : ''}">${title}<div class="picture">${image}${writeMarks(panel)}</div></div>`
}

/** Rings with labels over a picture, readable on any colour: white on a dark rim. */
function writeMarks(panel: MapPanel): string {
  if (panel.marks.length === 0) return ''
  const unit = Math.max(panel.width, panel.height) / 100
  const rings = panel.marks.map(({ x, y, label }) => {
    const circle = `cx="${round(x)}" cy="${round(y)}" r="${round(unit * 1.6)}" fill="none"`
    const text = `x="${round(x + unit * 2.4)}" y="${round(y - unit * 1.6)}" font-size="${round(unit * 4.5)}"`
    return (
      `<circle ${circle} stroke="#000" stroke-width="${round(unit * 0.9)}"/>` +
      `<circle ${circle} stroke="#fff" stroke-width="${round(unit * 0.45)}"/>` +
      `<text ${text} font-family="sans-serif" font-weight="600" fill="#fff" stroke="#000" stroke-width="${round(unit * 0.9)}" paint-order="stroke">${escapeMarkup(label)}</text>`
    )
  })
  return `<svg viewBox="0 0 ${panel.width} ${panel.height}" aria-hidden="true">${rings.join('')}</svg>`
}

/** @param id Unique in the document. */
function writeColourBar(bar: ColourBar, id: string): string {
  const last = Math.max(1, bar.colours.length - 1)
  const stops = bar.colours.map(
    (colour, index) => `<stop offset="${round((100 * index) / last)}%" stop-color="${colour}"/>`,
  )
  const title = bar.unit === null ? bar.title : `${bar.title} (${bar.unit})`
  const text = escapeMarkup(`Colour bar: ${title} from ${bar.low} over ${bar.middle} to ${bar.high}.`)
  const missing = bar.missing === null ? '' : `<span><i style="background:${bar.missing}"></i>no value</span>`
  const ticks = [
    { x: 0, anchor: 'start', label: bar.low },
    { x: 160, anchor: 'middle', label: bar.middle },
    { x: 320, anchor: 'end', label: bar.high },
  ].map(
    ({ x, anchor, label }) =>
      `<path d="M${x} 12v4" stroke="currentColor"/><text x="${x}" y="28" text-anchor="${anchor}" fill="currentColor">${escapeMarkup(label)}</text>`,
  )
  return `<div class="bar"><svg viewBox="0 0 320 30" role="img" aria-label="${text}"><defs><linearGradient id="${id}">${stops.join('')}</linearGradient></defs><rect width="320" height="12" fill="url(#${id})"/>${ticks.join('')}</svg><span>${escapeMarkup(title)}</span>${missing}</div>
`
}

function round(value: number): string {
  return String(Number(value.toFixed(3)))
}
