import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { knownScenes, sceneOfFile } from './known-scenes'

const catalogueSchema = z.strictObject({
  scenes: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]+$/),
      title: z.string().min(1),
      kind: z.enum(['cube', 'library', 'abundances']),
      summary: z.string().min(1),
      page: z.url(),
      size: z.strictObject({ lines: z.int(), samples: z.int(), bands: z.int() }).nullable(),
      materials: z.array(z.string()),
      citation: z.string().min(1),
      licence: z.string().min(1),
      files: z
        .array(
          z.strictObject({
            name: z.string(),
            address: z.url().nullable(),
            bytes: z.int().positive().nullable(),
            sha256: z
              .string()
              .regex(/^[0-9a-f]{64}$/)
              .nullable(),
            format: z.string(),
            holds: z.string(),
          }),
        )
        .min(1),
    }),
  ),
})

describe('public scenes', () => {
  test('the catalogue is well-formed, and what the import recognises is in it word for word', async () => {
    const text = await readFile(resolve(import.meta.dirname, '../../../datasets/catalogue.json'), 'utf8')
    const { scenes } = catalogueSchema.parse(JSON.parse(text))
    expect(new Set(scenes.map(({ id }) => id)).size).toBe(scenes.length)
    for (const known of knownScenes) {
      const scene = scenes.find(({ id }) => id === known.id)
      expect(scene).toMatchObject({
        title: known.title,
        citation: known.citation,
        materials: known.materials,
      })
      expect(scene?.files.map(({ bytes, sha256 }) => ({ bytes, sha256 }))).toEqual(known.files)
    }
  })

  test('a file is recognised by its size and hash only', () => {
    const [file] = knownScenes[0]?.files ?? []
    if (file === undefined) throw new Error('No file')
    expect(sceneOfFile(file.bytes, file.sha256)?.title).toBe('Samson')
    expect(sceneOfFile(file.bytes + 1, file.sha256)).toBeNull()
  })
})
