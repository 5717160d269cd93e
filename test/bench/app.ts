import type { Benchmark } from './benchmark'
import { headerImport } from './app/header-import'

/** The numbers that hold for the whole app. */
export const app: readonly Benchmark[] = [headerImport]
