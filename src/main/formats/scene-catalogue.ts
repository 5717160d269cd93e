import { z } from 'zod'
import catalogue from '../../../datasets/catalogue.json'

const sceneFileSchema = z.object({
  name: z.string(),
  address: z.url().nullable(),
  bytes: z.number().int().positive().nullable(),
  sha256: z.string().length(64).nullable(),
  format: z.string(),
  holds: z.string(),
})

/** A public scene: where it is to be had, what it is, and how it is cited. */
export const publicSceneSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  kind: z.enum(['cube', 'library', 'abundances']),
  summary: z.string(),
  /** A page that says where to download it. */
  page: z.url(),
  size: z.object({ lines: z.number().int(), samples: z.number().int(), bands: z.number().int() }).nullable(),
  /** Names of its known materials, in the order of its truth files. */
  materials: z.array(z.string()),
  citation: z.string(),
  /** As its source states it; 'not stated' where it does not. */
  licence: z.string(),
  files: z.array(sceneFileSchema),
})
export type PublicScene = z.infer<typeof publicSceneSchema>

/** The catalogue of public scenes, checked. */
export const publicScenes: readonly PublicScene[] = z
  .object({ scenes: z.array(publicSceneSchema) })
  .parse(catalogue).scenes

/** The public scene a file belongs to, told by size and SHA-256; null for any other file. */
export function sceneOfFile(bytes: number, sha256: string): PublicScene | null {
  return (
    publicScenes.find(({ files }) => files.some((file) => file.bytes === bytes && file.sha256 === sha256)) ??
    null
  )
}
