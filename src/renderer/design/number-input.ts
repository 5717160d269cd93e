export interface StepRules {
  minimum: number | null
  maximum: number | null
  step: number | null
  integer: boolean
  logarithmic: boolean
}

/**
 * Reads what a person typed: null for nothing, undefined for no number. A comma is taken as the decimal
 * point, because half of the world writes it so.
 */
export function parseNumber(text: string, integer: boolean): number | null | undefined {
  const trimmed = text.trim().replace(/−/g, '-')
  if (trimmed === '') return null
  const plain = /^[^.]*,[^.,]*$/.test(trimmed) ? trimmed.replace(',', '.') : trimmed
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return undefined
  const value = Number(plain)
  if (!Number.isFinite(value)) return undefined
  return integer && !Number.isSafeInteger(value) ? undefined : value
}

/** The text of a number in a field: short, exact, readable back. */
export function formatInput(value: number | null): string {
  return value === null ? '' : String(value)
}

/** The value some arrow-key presses away, kept inside its bounds. Logarithmic steps double per press. */
export function stepNumber(value: number | null, presses: number, rules: StepRules): number {
  const { minimum, maximum, integer, logarithmic } = rules
  const start = value ?? minimum ?? 0
  const step = rules.step ?? (integer ? 1 : 0.1)
  const moved = logarithmic && start > 0 ? start * 2 ** presses : start + presses * step
  // Twelve digits hide the dust of decimal steps in binary.
  const rounded = integer ? Math.round(moved) : Number(moved.toPrecision(12))
  return Math.min(Math.max(rounded, minimum ?? -Infinity), maximum ?? Infinity)
}

/** Index of the element of a written list in which the caret stands. */
export function elementAtCaret(text: string, caret: number): number {
  return (
    text
      .slice(0, caret)
      .trimStart()
      .split(/\s*[,;×]\s*|\s+/).length - 1
  )
}
