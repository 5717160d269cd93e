import { z } from 'zod'

/** Where an input comes from. */
export const inputReferenceSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('dataset'), dataset: z.string() }),
  z.object({ type: z.literal('truth'), dataset: z.string(), part: z.enum(['endmembers', 'abundances']) }),
  z.object({ type: z.literal('artifact'), run: z.string(), artifact: z.string() }),
  /** A whole earlier run: a fitted model to predict with. */
  z.object({ type: z.literal('run'), run: z.string() }),
])
export type InputReference = z.infer<typeof inputReferenceSchema>

/** The dataset a reference points at, itself or its truth; null for what earlier runs made. */
export function datasetOfReference(reference: InputReference): string | null {
  return reference.type === 'dataset' || reference.type === 'truth' ? reference.dataset : null
}

/** An input as it was when it was asked for. */
export const resolvedInputSchema = z.object({
  reference: inputReferenceSchema,
  /** Words for a person: 'Samson', 'endmembers of run 0003-vca'. */
  title: z.string(),
  sha256: z.string().length(64),
  /** Of a table: what its columns were for. */
  columnRoles: z.array(z.string()).optional(),
})
export type ResolvedInput = z.infer<typeof resolvedInputSchema>
