import type { Check } from './check'
import { functionalOnBeijing } from './tensor/beijing'
import { maskedOnKinetic } from './tensor/kinetic'

/** What Tucker decomposition has to reach. */
export const tensor: readonly Check[] = [maskedOnKinetic, ...functionalOnBeijing]
