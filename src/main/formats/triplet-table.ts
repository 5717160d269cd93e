import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import type { TripletTableParams } from '../../native/node/index'
import { chosenWord, usedChoices } from './choice-values'
import { nameOfFile, onlyPath } from './cube-parts'
import { describedFile } from './described-file'
import type { Importer } from './importer'
import { matrixDataset } from './matrix-dataset'
import { previewedBytes, previewMatrix, readMatrix, withScratch, type MatrixReader } from './matrix-reading'
import { withFile, type RandomAccessFile } from './random-access-file'
import { isGzipped, textPieces } from './text-source'
import { counted } from './wording'

/** Bytes in which headings and separator are looked for. */
const headBytes = 64 * 1024
const heading =
  /^["']?(row|rows|i)["']?\s*[,;\t ]\s*["']?(col|cols|column|columns|j)["']?\s*[,;\t ]\s*["']?(value|val|v|a|data|entry|re|real)["']?(\s*[,;\t ]\s*["']?(imaginary|imag|im)["']?)?$/i
const endings = /\.(ijv|coo|triplets)(\.(csv|txt))?(\.gz)?$/i

/** Tables of entries: row, column, value and perhaps the imaginary part, an entry a line; also gzipped. */
export const tripletTableImporter: Importer = {
  id: 'triplet-table',
  title: 'Table of matrix entries',
  extensions: ['ijv', 'coo', 'triplets'],

  async recognises(paths) {
    const [path] = paths
    if (path === undefined || paths.length > 1) return false
    if (endings.test(path)) return true
    if (!/\.(csv|tsv|txt)(\.gz)?$/i.test(path)) return false
    return withFile(path, async (file) => heading.test(firstEntry(await headOf(file)).trim()))
  },

  async preview(paths, choices) {
    return withFile(onlyPath(paths), (file) =>
      withText(file, null, async (text, bytes) => {
        const plan = await planTable(file, choices)
        const partly = bytes > previewedBytes
        return previewMatrix(reader(text, plan), {
          format: { id: 'triplet-table', title: 'Table of matrix entries' },
          name: nameOfFile(file.path.replace(/\.gz$/i, '')),
          bytes: file.bytes,
          facts: [
            { label: 'Numbers', value: plan.params.complex ? 'complex' : 'real' },
            { label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` },
          ],
          variables: [],
          options: plan.options,
          warnings: [],
          partly,
          size: null,
        })
      }),
    )
  },

  async import(paths, choices, context) {
    return withFile(onlyPath(paths), (file) =>
      withText(file, context.folder, async (text) => {
        const plan = await planTable(file, choices)
        const counts = await readMatrix(reader(text, plan), null, context)
        const described = await describedFile(file, context)
        return {
          ...(await matrixDataset(context.folder, counts, [], [])),
          origin: {
            type: 'file',
            format: 'triplet-table',
            files: [described],
            choices: usedChoices(plan.options),
          },
        }
      }),
    )
  },
}

interface TablePlan {
  params: Omit<TripletTableParams, 'mostBytes'>
  options: ImportOption[]
}

function reader(text: string, { params }: TablePlan): MatrixReader {
  return (native, mostBytes, context) => native.readTripletTable(text, { ...params, mostBytes }, context)
}

/** What the first lines say, and what a person says otherwise. */
async function planTable(file: RandomAccessFile, choices: ImportChoices): Promise<TablePlan> {
  const head = await headOf(file)
  const lines = head.split(/\r?\n/)
  const firstLine = lines.findIndex((line) => isEntry(line))
  const [line = ''] = lines.slice(Math.max(0, firstLine))
  const named = line !== '' && !/^[\s\d+\-.eE,;]+$/.test(line.replaceAll('\t', ' '))
  const separator = [',', ';', '\t'].find((candidate) => line.includes(candidate)) ?? ' '
  const body = lines.slice(firstLine + (named ? 1 : 0)).filter(isEntry)
  const cells = body.slice(0, -1).map((entry) => entry.split(/[,;\t ]+/).filter((cell) => cell !== ''))
  const sample = cells.length > 0 ? cells : body.map((entry) => entry.split(/[,;\t ]+/))
  const width = sample[0]?.length ?? 0
  if (width !== 3 && width !== 4) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} has ${counted(width, 'cell')} in its first row; an entry of a matrix has three (row, column, value), or four where it is complex.`,
    )
  }
  const zero = sample.some(([row, column]) => Number(row) === 0 || Number(column) === 0)
  const first = chosenWord(choices, 'firstIndex', ['0', '1'], zero ? '0' : '1')
  return {
    params: {
      separator,
      headerLines: named ? firstLine + 1 : Math.max(0, firstLine),
      firstIndex: first === '0' ? 0 : 1,
      complex: width === 4,
      rows: null,
      columns: null,
    },
    options: [
      {
        key: 'firstIndex',
        title: 'Rows and columns are counted from',
        help: 'Guessed from the smallest index in the first lines.',
        type: 'choice',
        choices: [
          { value: '0', title: '0' },
          { value: '1', title: '1' },
        ],
        value: first,
      },
    ],
  }
}

function isEntry(line: string): boolean {
  return line.trim() !== '' && !/^\s*[#%]/.test(line)
}

function firstEntry(head: string): string {
  return head.split(/\r?\n/).find(isEntry) ?? ''
}

async function headOf(file: RandomAccessFile): Promise<string> {
  let text = ''
  for await (const piece of textPieces(file)) {
    text += new TextDecoder('latin1').decode(piece.subarray(0, headBytes))
    break
  }
  return text.slice(0, headBytes)
}

/** Hands on the text of a file: itself, or what it is unpacked to. */
async function withText<Result>(
  file: RandomAccessFile,
  folder: string | null,
  use: (path: string, bytes: number) => Promise<Result>,
): Promise<Result> {
  if (!(await isGzipped(file))) return use(file.path, file.bytes)
  return withScratch(folder, async (scratch) => {
    const path = join(scratch, 'entries.txt')
    await pipeline(Readable.from(textPieces(file), { objectMode: false }), createWriteStream(path))
    const bytes = await withFile(path, (text) => Promise.resolve(text.bytes))
    return use(path, bytes)
  })
}
