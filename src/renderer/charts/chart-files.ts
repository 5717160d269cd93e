import { loadCharts } from './load-charts'
import { fileNameOf, saveFile } from './save-file'
import { csvText, seriesTable, type SeriesPlot } from './series'
import { seriesOption, type ChartTheme, type SeriesView } from './series-option'

/** Size of exported figures in points: one column of a page, wide enough for a legend. */
const figure = { width: 960, height: 540, pixelRatio: 2 }

/** Saves a chart as it is seen (series, axes) with its title and legend, or all of its numbers as CSV. */
export async function exportChart(
  format: 'png' | 'svg' | 'csv',
  plot: SeriesPlot,
  view: SeriesView,
  theme: ChartTheme,
): Promise<void> {
  const name = `${fileNameOf(plot.title)}.${format}`
  if (format === 'csv') {
    const { header, rows } = seriesTable(plot)
    saveFile(name, csvText(header, rows), 'text/csv')
    return
  }
  const { drawPng, drawSvg } = await loadCharts()
  const option = seriesOption(plot, view, theme, { file: true })
  if (format === 'svg') saveFile(name, drawSvg(option, figure.width, figure.height), 'image/svg+xml')
  else saveFile(name, await drawPng(option, figure.width, figure.height, figure.pixelRatio))
}
