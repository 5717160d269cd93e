import type * as charts from './echarts'

/** ECharts is the largest part of the window's code: it comes with the first chart, or while the window is idle. */
export function loadCharts(): Promise<typeof charts> {
  return import('./echarts')
}
