import type { ImportChoices } from '../../shared/dataset'
import { usedChoices } from './choice-values'
import { nameOfFile, onlyPath } from './cube-parts'
import { describedFile } from './described-file'
import type { Importer } from './importer'
import { withFile, type RandomAccessFile } from './random-access-file'
import { arrangeEntries, type ArrangedEntries } from './scattered-tensor'
import { previewScattered, writeScattered } from './scattered-files'
import { modeOptions } from './tensor-modes'
import { textPieces } from './text-source'
import { mostEntries, TnsReader } from './tns-text'
import { counted, grouped } from './wording'

/** Entries that are read for a preview. */
const previewedEntries = 200_000

/** FROSTT text (.tns, .tns.gz): sparse and scattered tensors, an entry a line. */
export const tnsImporter: Importer = {
  id: 'tns',
  title: 'FROSTT tensor',
  extensions: ['tns', 'gz'],

  async recognises(paths) {
    return Promise.resolve(paths.length === 1 && /\.tns(\.gz)?$/i.test(paths[0] ?? ''))
  },

  async preview(paths, choices) {
    return withFile(onlyPath(paths), async (file) => {
      const { arranged, sample } = await readTns(file, choices, previewedEntries)
      return previewScattered(arranged, {
        format: { id: 'tns', title: 'FROSTT tensor' },
        name: nameOfTensor(file.path),
        bytes: file.bytes,
        facts: [{ label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` }],
        variables: [],
        options: [],
        warnings: [
          ...(sample
            ? [
                `Only the first ${grouped(previewedEntries)} entries were looked at: sizes and duplicates may turn out larger.`,
              ]
            : []),
          ...arranged.notes.filter((note) => /taken already|Slices without|no value/.test(note)),
        ],
      })
    })
  },

  async import(paths, choices, context) {
    return withFile(onlyPath(paths), async (file) => {
      const { arranged } = await readTns(file, choices, mostEntries, {
        signal: context.signal,
        onBytes: (bytes) => context.onProgress('Reading the entries', bytes / file.bytes),
      })
      const described = await describedFile(file, context)
      return {
        ...(await writeScattered(arranged, 'Value', context)),
        origin: {
          type: 'file',
          format: 'tns',
          files: [described],
          choices: usedChoices([...arranged.options, ...modeOptions(arranged.modes, arranged.axes)]),
        },
      }
    })
  },
}

/** A dataset's name as the file suggests it: `nell-2.tns.gz` → 'nell-2'. */
function nameOfTensor(path: string): string {
  return nameOfFile(path.replace(/\.gz$/i, ''))
}

async function readTns(
  file: RandomAccessFile,
  choices: ImportChoices,
  limit: number,
  watch: Parameters<typeof textPieces>[1] = {},
): Promise<{ arranged: ArrangedEntries; sample: boolean }> {
  const reader = new TnsReader(file.name, limit)
  for await (const piece of textPieces(file, watch)) {
    reader.add(piece)
    if (reader.full) break
  }
  const { indices, values, sizes } = reader.finish()
  const sample = reader.full
  const preview = limit < mostEntries
  const table = {
    columns: indices.map((numbers) => ({ name: null, numbers, kind: 'index' as const, labels: [] })),
    ...{ values, sizes, missing: null, folds: [] },
  }
  return {
    arranged: arrangeEntries(table, choices, { name: file.name, duplicates: 'sum', sample, preview }),
    sample,
  }
}
