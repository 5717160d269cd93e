import { headerImport } from './app/header-import'
import { manyRuns } from './app/many-runs'
import { mapRepaint } from './app/map-repaint'
import { windowStart } from './app/window-start'
import type { Benchmark } from './benchmark'

/** The numbers that hold for the whole app. */
export const app: readonly Benchmark[] = [windowStart, manyRuns, mapRepaint, headerImport]
