import { z } from 'zod'

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
  type: z.enum(['integer', 'number', 'boolean', 'choice', 'text']),
  /** May be left empty ("estimate it"). */
  nullable: z.boolean(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  exclusiveMinimum: z.boolean(),
  exclusiveMaximum: z.boolean(),
  step: z.number().nullable(),
  logarithmic: z.boolean(),
  choices: z.array(z.object({ value: z.string(), title: z.string() })),
  /** Undefined where the person must choose. */
  default: z.union([z.number(), z.string(), z.boolean(), z.null()]).optional(),
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
  const exclusiveMinimum = value.exclusiveMinimum !== undefined
  const exclusiveMaximum = value.exclusiveMaximum !== undefined
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
    minimum: finiteOrNull(value.minimum ?? value.exclusiveMinimum),
    maximum: finiteOrNull(value.maximum ?? value.exclusiveMaximum),
    exclusiveMinimum,
    exclusiveMaximum,
    step: meta.step ?? null,
    logarithmic: meta.logarithmic ?? false,
    choices: (value.enum ?? []).map((choice) => ({
      value: String(choice),
      title: meta.choices?.[String(choice)] ?? String(choice),
    })),
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
  throw new Error(`Parameter '${name}' has a type no form can show: ${JSON.stringify(value.type)}.`)
}

/** zod writes the bounds of a safe integer where none were given: those are no bounds for a person. */
function finiteOrNull(bound: number | undefined): number | null {
  return bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound
}
