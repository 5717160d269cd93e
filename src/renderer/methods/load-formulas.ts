import type * as formulas from './formulas'

/** What draws formulas comes with the first of them, or while the window is idle. */
export function loadFormulas(): Promise<typeof formulas> {
  return import('./formulas')
}
