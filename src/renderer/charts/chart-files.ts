import type { ChartOption } from './chart-parts'
import { loadCharts } from './load-charts'
import { fileNameOf, saveFile } from './save-file'
import { csvText, type TableRows } from './series'

/** Size of exported figures in points: one column of a page, wide enough for a legend. */
const figure = { width: 960, height: 540, pixelRatio: 2 }

/** Saves a chart as it is seen (series, axes) with its title and legend, or all of its numbers as CSV. */
export async function exportChart(
  format: 'png' | 'svg' | 'csv',
  title: string,
  option: () => ChartOption,
  table: () => { header: readonly string[]; rows: TableRows },
  size: { width: number; height: number } = figure,
): Promise<void> {
  const name = `${fileNameOf(title)}.${format}`
  if (format === 'csv') {
    const { header, rows } = table()
    saveFile(name, csvText(header, rows), 'text/csv')
    return
  }
  const { drawPng, drawSvg } = await loadCharts()
  if (format === 'svg') saveFile(name, drawSvg(option(), size.width, size.height), 'image/svg+xml')
  else saveFile(name, await drawPng(option(), size.width, size.height, figure.pixelRatio))
}
