import { z } from 'zod'
import { textSyntaxes, type TextSyntax } from './text-syntax'

/**
 * What a parameter's `.meta({...})` may say. `title` is needed; everything else about a parameter (range,
 * default, choices) is read from its zod type.
 */
export interface ParameterMeta {
  title: string
  symbol?: string
  unit?: string
  help?: string
  /** Headings of the form, in the order they first appear; 'Model' when left out. */
  group?: string
  /** Hidden behind "Advanced" until it differs from its default. */
  advanced?: boolean
  /** Titles of an enum's values. */
  choices?: Record<string, string>
  /** Of a text: the language it is written in, which forms read along. */
  syntax?: TextSyntax
  /** Of a text: values to start from, with their titles. */
  samples?: Record<string, string>
  /** A natural step for a slider or spinner. */
  step?: number
  /** Slider runs in decades. */
  logarithmic?: boolean
}

export const parameterDescriptionSchema = z.object({
  name: z.string(),
  title: z.string(),
  symbol: z.string().nullable(),
  unit: z.string().nullable(),
  help: z.string(),
  group: z.string(),
  advanced: z.boolean(),
  /** `integers` and `numbers` are lists; the bounds below are then those of every element. */
  type: z.enum(['integer', 'number', 'boolean', 'choice', 'text', 'integers', 'numbers']),
  /** May be left empty ("estimate it"). */
  nullable: z.boolean(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  exclusiveMinimum: z.boolean(),
  exclusiveMaximum: z.boolean(),
  step: z.number().nullable(),
  logarithmic: z.boolean(),
  choices: z.array(z.object({ value: z.string(), title: z.string() })),
  /** Of a text: its language, and values to start from. */
  syntax: z.enum(textSyntaxes).optional(),
  samples: z.array(z.object({ value: z.string(), title: z.string() })).optional(),
  /** How many elements a list has at least and at most; null where any number will do, and for other types. */
  leastLength: z.number().nullable(),
  mostLength: z.number().nullable(),
  /** Undefined where the person must choose. */
  default: z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number())]).optional(),
})
export type ParameterDescription = z.infer<typeof parameterDescriptionSchema>

type JsonSchema = {
  type?: string | string[]
  enum?: unknown[]
  anyOf?: JsonSchema[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  items?: JsonSchema
  minItems?: number
  maxItems?: number
  default?: unknown
} & Partial<ParameterMeta>

/** Turns a method's zod object into the list forms, flags and pages are made from. Throws on a type it cannot show. */
export function describeParameters(schema: z.ZodObject): ParameterDescription[] {
  const json = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, JsonSchema> }
  return Object.entries(json.properties ?? {}).map(([name, property]) => describeParameter(name, property))
}

function describeParameter(name: string, property: JsonSchema): ParameterDescription {
  const alternatives = alternativesOf(property)
  const nullable = alternatives.some((alternative) => alternative.type === 'null')
  const value = nullable ? (alternatives.find((alternative) => alternative.type !== 'null') ?? {}) : property
  const meta: Partial<ParameterMeta> = { ...value, ...property }
  if (meta.title === undefined) throw new Error(`Parameter '${name}' has no title: add .meta({ title }).`)
  // The bounds of a list are those of its elements.
  const bounds = value.items ?? value
  return parameterDescriptionSchema.parse({
    name,
    title: meta.title,
    symbol: meta.symbol ?? null,
    unit: meta.unit ?? null,
    help: meta.help ?? '',
    group: meta.group ?? 'Model',
    advanced: meta.advanced ?? false,
    type: parameterType(name, value),
    nullable,
    minimum: finiteOrNull(bounds.minimum ?? bounds.exclusiveMinimum),
    maximum: finiteOrNull(bounds.maximum ?? bounds.exclusiveMaximum),
    exclusiveMinimum: bounds.exclusiveMinimum !== undefined,
    exclusiveMaximum: bounds.exclusiveMaximum !== undefined,
    step: meta.step ?? null,
    logarithmic: meta.logarithmic ?? false,
    choices: (value.enum ?? []).map((choice) => ({
      value: String(choice),
      title: meta.choices?.[String(choice)] ?? String(choice),
    })),
    ...(meta.syntax === undefined ? {} : { syntax: meta.syntax }),
    ...(meta.samples === undefined
      ? {}
      : { samples: Object.entries(meta.samples).map(([value, title]) => ({ value, title })) }),
    leastLength: value.minItems ?? null,
    mostLength: value.maxItems ?? null,
    default: property.default,
  })
}

/** A nullable type is written as `anyOf`, or, where it has no bounds, as a list of type names. */
function alternativesOf(property: JsonSchema): JsonSchema[] {
  if (Array.isArray(property.type)) return property.type.map((type) => ({ ...property, type }))
  return property.anyOf ?? []
}

function parameterType(name: string, value: JsonSchema): ParameterDescription['type'] {
  if (value.enum !== undefined) return 'choice'
  if (value.type === 'integer' || value.type === 'number' || value.type === 'boolean') return value.type
  if (value.type === 'string') return 'text'
  if (value.type === 'array' && value.items?.type === 'integer') return 'integers'
  if (value.type === 'array' && value.items?.type === 'number') return 'numbers'
  throw new Error(`Parameter '${name}' has a type no form can show: ${JSON.stringify(value.type)}.`)
}

/** zod writes the bounds of a safe integer where none were given: those are no bounds for a person. */
function finiteOrNull(bound: number | undefined): number | null {
  return bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound
}

/** Whether a value is a list of numbers, as parameters of the types 'integers' and 'numbers' have. */
export function isNumberList(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'number')
}

/** Whether two values of a parameter are the same; lists are where their elements are. */
export function sameParameterValue(a: unknown, b: unknown): boolean {
  if (!isNumberList(a) || !isNumberList(b)) return a === b
  return a.length === b.length && a.every((element, index) => element === b[index])
}

/** How many elements a list of a parameter has, in words: '3', '2 to 8', 'at least 1'; empty where it may be any. */
export function lengthText({
  leastLength,
  mostLength,
}: Pick<ParameterDescription, 'leastLength' | 'mostLength'>): string {
  if (leastLength !== null && leastLength === mostLength) return String(leastLength)
  if (leastLength !== null && mostLength !== null) return `${leastLength} to ${mostLength}`
  if (leastLength !== null) return `at least ${leastLength}`
  return mostLength === null ? '' : `at most ${mostLength}`
}

/** Reads a list as a person writes it: '20, 20, 5', '20 20 5', '20 × 20 × 5' or '[20,20,5]'. Null for no number. */
export function parseNumberList(text: string): { elements: (number | null)[]; words: string[] } {
  const words = text
    .trim()
    .replace(/^\[(.*)\]$/s, '$1')
    .split(/\s*[,;×]\s*|\s+/)
    .filter((word, index, all) => word !== '' || (index > 0 && index < all.length - 1))
  const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
  const elements = words.map((word) => {
    const value = plain.test(word) ? Number(word) : Number.NaN
    return Number.isFinite(value) ? value : null
  })
  return { elements, words }
}
