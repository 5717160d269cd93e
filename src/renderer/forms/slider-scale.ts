import type { ParameterDescription } from '../../shared/parameter'

/** How a slider of a bounded parameter maps its 0 … 1 to values. */
export interface SliderScale {
  toValue(position: number): number
  toPosition(value: number): number
  /** Positions between which a key press moves. */
  step: number
}

/** Decades a logarithmic slider shows below its upper end where the lower end is zero. */
const decadesBelow = 8

/** Steps a person can still aim at with a slider a hand wide. */
const finestSlider = 400

/**
 * The slider of a numeric parameter, or null where a bound is missing or the range is too wide to aim in.
 * A logarithmic one whose range starts at zero keeps its first step for zero itself.
 */
export function sliderScale(parameter: ParameterDescription): SliderScale | null {
  const { minimum, maximum } = parameter
  if (minimum === null || maximum === null || !(maximum > minimum)) return null
  if (parameter.type !== 'integer' && parameter.type !== 'number') return null
  if (parameter.logarithmic && minimum >= 0) return logarithmicScale(minimum, maximum, parameter)
  const span = maximum - minimum
  const step = parameter.step ?? (parameter.type === 'integer' ? 1 : span / 100)
  if (span / step > finestSlider) return null
  const decimals = Math.max(0, Math.ceil(-Math.log10(step)) + 1)
  return {
    toValue: (position) => {
      const value = minimum + Math.round((position * span) / step) * step
      return Math.min(maximum, Number(value.toFixed(Math.min(decimals, 12))))
    },
    toPosition: (value) => clamp((value - minimum) / span),
    step: Math.min(1, step / span),
  }
}

function logarithmicScale(minimum: number, maximum: number, parameter: ParameterDescription): SliderScale {
  const low = minimum > 0 ? minimum : maximum * 10 ** -decadesBelow
  const zero = minimum === 0 && !parameter.exclusiveMinimum
  const decades = Math.log10(maximum / low)
  const step = 0.1 / decades
  return {
    toValue: (position) => {
      if (zero && position < step / 2) return 0
      const value = Number((low * 10 ** (position * decades)).toPrecision(2))
      return parameter.type === 'integer' ? Math.round(value) : Math.min(maximum, Math.max(minimum, value))
    },
    toPosition: (value) => (value <= low ? 0 : clamp(Math.log10(value / low) / decades)),
    step,
  }
}

function clamp(position: number): number {
  return Math.min(1, Math.max(0, position))
}
