import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import {
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  TooltipComponent,
} from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers'
import type { ChartOption } from './chart-parts'
import { pngOf } from './save-file'

use([
  LineChart,
  ScatterChart,
  BarChart,
  CustomChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  DataZoomComponent,
  TitleComponent,
  CanvasRenderer,
  SVGRenderer,
])

/** What the charts use of an ECharts instance. */
export type Chart = ReturnType<typeof init>

/** A chart drawn on a canvas inside `host`; dispose of it when the host goes. */
export function createChart(host: HTMLElement): Chart {
  return init(host, null, { renderer: 'canvas' })
}

/** An option drawn as a self-contained SVG document. */
export function drawSvg(option: ChartOption, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(option)
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

/** An option drawn as a PNG at `pixelRatio` device pixels a point. */
export async function drawPng(
  option: ChartOption,
  width: number,
  height: number,
  pixelRatio: number,
): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = width * pixelRatio
  canvas.height = height * pixelRatio
  const chart = init(canvas, null, { renderer: 'canvas', devicePixelRatio: pixelRatio, width, height })
  try {
    const finished = new Promise<void>((resolve) => {
      chart.on('finished', () => {
        resolve()
      })
    })
    chart.setOption(option)
    await finished
    return await pngOf(canvas)
  } finally {
    chart.dispose()
  }
}
