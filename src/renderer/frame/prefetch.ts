import { loadCharts } from '../charts/load-charts'
import { loadFormulas } from '../methods/load-formulas'

/** Runs tasks one after the other, each when the window has nothing else to do. */
export function whenIdle(tasks: readonly (() => Promise<unknown>)[]): void {
  const [first, ...others] = tasks
  if (first === undefined) return
  requestIdleCallback(() => {
    // What could not be fetched is fetched again, and its failure told, where it is needed.
    void first()
      .catch(() => undefined)
      .then(() => {
        whenIdle(others)
      })
  })
}

/** The libraries that pages fetch when they draw. */
export const libraries: readonly (() => Promise<unknown>)[] = [loadCharts, loadFormulas]
