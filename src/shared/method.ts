import { z } from 'zod'
import { inputDescriptionSchema, type InputKinds, type InputSpec, type InputValue } from './method-input'
import { outputDescriptionSchema, type OutputSpec } from './method-output'
import { describeParameters, parameterDescriptionSchema } from './parameter'
import type { SolveContext, SolveResult } from './solve'

export * from './method-input'
export * from './method-output'
export * from './solve'

/** Who to thank: shown beside the method, in its documentation page and in every report. */
export const citationSchema = z.object({
  authors: z.string(),
  title: z.string(),
  year: z.number().int(),
  venue: z.string(),
  doi: z.string().optional(),
  arxiv: z.string().optional(),
})
export type Citation = z.infer<typeof citationSchema>

/** Everything a person sees of a method; forms, flags, pages and report sections are made from it. */
export const methodDescriptionSchema = z.object({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  family: z.string(),
  familyTitle: z.string(),
  /** Heading within its family; the lists of methods put it there. */
  section: z.string().optional(),
  version: z.number().int().positive(),
  /** `solver` makes a run from a dataset, `generator` makes a dataset, from nothing or from its inputs. */
  role: z.enum(['solver', 'generator']),
  title: z.string(),
  summary: z.string(),
  /** The objective or definition in LaTeX, one display formula each, with a line that says what the symbols are. */
  equations: z.array(z.object({ latex: z.string(), caption: z.string() })),
  /** Markdown for the documentation page: when to use it, what to look out for. */
  documentation: z.string(),
  cite: z.array(citationSchema),
  inputs: z.array(inputDescriptionSchema),
  parameters: z.array(parameterDescriptionSchema),
  outputs: z.array(outputDescriptionSchema),
})
export type MethodDescription = z.infer<typeof methodDescriptionSchema>

type InputSpecs = Record<string, InputSpec>
type InputValues<Inputs extends InputSpecs> = {
  [Name in keyof Inputs]: Inputs[Name] extends InputSpec<infer Type, infer Optional>
    ? Optional extends true
      ? InputKinds[Type] | null
      : InputKinds[Type]
    : never
}

/** A method: its spec and its call. One file a method under `src/main/methods/<family>`. */
export interface MethodSpec<
  Inputs extends InputSpecs = InputSpecs,
  Params extends z.ZodObject = z.ZodObject,
  Outputs extends Record<string, OutputSpec> = Record<string, OutputSpec>,
> {
  id: string
  family: string
  version: number
  role?: 'solver' | 'generator'
  title: string
  summary: string
  equations: { latex: string; caption: string }[]
  documentation: string
  cite: Citation[]
  inputs: Inputs
  params: Params
  outputs: Outputs
  /** Refuses, with a `FiligreeError`, what no parameter range can say: asked before a run is queued, computes nothing. */
  check?: (inputs: InputValues<Inputs>, params: z.infer<Params>) => void
  solve: (inputs: InputValues<Inputs>, params: z.infer<Params>, context: SolveContext) => Promise<SolveResult>
}

/** A method with its types forgotten, as the catalogue keeps it; inputs and parameters were checked before the call. */
export interface Method {
  description: MethodDescription
  params: z.ZodObject
  check: (inputs: Record<string, InputValue | null>, params: Record<string, unknown>) => void
  solve: (
    inputs: Record<string, InputValue | null>,
    params: Record<string, unknown>,
    context: SolveContext,
  ) => Promise<SolveResult>
}

const familyTitles: Record<string, string> = {
  unmixing: 'Hyperspectral unmixing',
  krylov: 'PDE and Krylov solvers',
  gp: 'Gaussian processes',
  tensor: 'Tucker decomposition',
}

/** Checks a spec and makes the description everything visible is built from. */
export function defineMethod<
  Inputs extends InputSpecs,
  Params extends z.ZodObject,
  Outputs extends Record<string, OutputSpec>,
>(spec: MethodSpec<Inputs, Params, Outputs>): Method {
  const description = methodDescriptionSchema.parse({
    id: spec.id,
    family: spec.family,
    familyTitle: familyTitles[spec.family] ?? spec.family,
    version: spec.version,
    role: spec.role ?? 'solver',
    title: spec.title,
    summary: spec.summary,
    equations: spec.equations,
    documentation: spec.documentation,
    cite: spec.cite,
    inputs: Object.entries(spec.inputs).map(([name, value]) => ({ name, ...value })),
    parameters: describeParameters(spec.params),
    outputs: Object.entries(spec.outputs).map(([name, value]) => ({ name, ...value })),
  })
  return {
    description,
    params: spec.params,
    check: (inputs, params) => spec.check?.(inputs as InputValues<Inputs>, spec.params.parse(params)),
    solve: (inputs, params, context) =>
      spec.solve(inputs as InputValues<Inputs>, spec.params.parse(params), context),
  }
}
