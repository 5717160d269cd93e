/** What the fields for one number and for a list of numbers have in common. */
export interface NumberFieldProps<Value> {
  'id'?: string
  'label'?: string | undefined
  'aria-describedby'?: string | undefined
  'aria-invalid'?: boolean | undefined
  /** Bounds and steps of a number. */
  'minimum'?: number | null
  'maximum'?: number | null
  'step'?: number | null
  'integer'?: boolean
  /** Arrow keys multiply instead of adding. */
  'logarithmic'?: boolean
  'unit'?: string | null
  'placeholder'?: string
  'disabled'?: boolean
  /** Told every valid change; null for an empty field. */
  'onchange'?: (value: Value | null) => void
  /** Told a sentence while the text cannot be read, and null once it can. */
  'onproblem'?: (problem: string | null) => void
}
