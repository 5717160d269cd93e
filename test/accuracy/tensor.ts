import type { Check } from './check'
import { functionalOnBeijing } from './tensor/beijing'

/** What Tucker decomposition has to reach. */
export const tensor: readonly Check[] = [...functionalOnBeijing]
