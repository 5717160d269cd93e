import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { escapeMarkup } from '../escape'

use([LineChart, ScatterChart, BarChart, CustomChart, GridComponent, LegendComponent, SVGRenderer])

/** What ECharts tells a shape that is drawn by hand of its place. */
export interface DrawnPlace {
  coord: (point: number[]) => number[]
  size: (span: number[]) => number[]
  value: (dimension: number) => number
}

/** Stands for "the colour of the text around it" in chart options, where ECharts wants a colour it can parse. */
export const inkColour = '#0a0b0c'

/**
 * Draws a chart to one SVG element, in this process and without a page. The same options give the same
 * text, whatever was drawn before: ECharts numbers its ids over the life of the process, so they are
 * replaced, and what only serves a pointer (hover classes, meta attributes) is taken out.
 *
 * @param key Unique in the document; the ids inside the SVG start with it.
 */
export function drawSvgChart(
  key: string,
  title: string,
  description: string,
  size: { width: number; height: number },
  option: EChartsCoreOption,
): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size })
  try {
    chart.setOption({ ...option, animation: false })
    return settle(chart.renderToSVGString(), key, title, description)
  } finally {
    chart.dispose()
  }
}

function settle(svg: string, key: string, title: string, description: string): string {
  const ids = new Map<string, string>()
  const stableId = (id: string) => {
    const known = ids.get(id) ?? `${key}-${ids.size + 1}`
    ids.set(id, known)
    return known
  }
  const body = svg
    .replace(/^<svg[^>]*>\s*/, '')
    .replace(/<style\s*>[\s\S]*?<\/style>\s*/g, '')
    .replace(/<[a-zA-Z][^>]*>/g, (tag) =>
      tag
        .replace(/ class="zr[^"]*"/g, '')
        .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
        .replace(/ pointer-events="[^"]*"/g, '')
        .replace(/font-family:[^;"]*;?/g, '')
        .replace(/ id="(zr[^"]*)"/g, (_, id: string) => ` id="${stableId(id)}"`)
        .replace(/url\(#(zr[^)]*)\)/g, (_, id: string) => `url(#${stableId(id)})`)
        .replaceAll(`"${inkColour}"`, '"currentColor"'),
    )
  const size = /^<svg width="(\d+)" height="(\d+)"/.exec(svg)
  const box = `0 0 ${size?.[1] ?? '0'} ${size?.[2] ?? '0'}`
  const names = `<title id="${key}-title">${escapeMarkup(title)}</title><desc id="${key}-desc">${escapeMarkup(description)}</desc>`
  const labelled = `role="img" aria-labelledby="${key}-title ${key}-desc"`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" ${labelled}>${names}\n${body}`
}
