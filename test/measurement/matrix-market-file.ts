import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'

/** Lines that are written at once. */
const linesAtOnce = 20_000

/** What the numbers of a file are, and which half of the matrix it holds. */
export interface MatrixMarketKind {
  field: 'real' | 'complex' | 'pattern'
  symmetry: 'general' | 'symmetric'
}

/**
 * Writes a seeded random square matrix as published collections have them: column after column, the diagonal of each
 * and `perColumn` entries more at random rows (below it where the matrix is symmetric), values with all their digits.
 */
export async function writeRandomMatrixMarket(
  folder: string,
  name: string,
  { field, symmetry }: MatrixMarketKind,
  size: number,
  perColumn: number,
): Promise<string> {
  const random = generator(size + perColumn)
  const numbers = { real: 1, complex: 2, pattern: 0 }[field]
  const values = () => Array.from({ length: numbers }, () => ` ${(random() - 0.5) * 10 ** (6 * random())}`)
  function* lines(): Generator<string> {
    for (let column = 1; column <= size; column += 1) {
      const first = symmetry === 'symmetric' ? column : 1
      const rows = new Set([column])
      while (rows.size <= Math.min(perColumn, size - first)) {
        rows.add(first + Math.floor(random() * (size - first + 1)))
      }
      for (const row of [...rows].sort((a, b) => a - b)) yield `${row} ${column}${values().join('')}\n`
    }
  }
  const entries = Array.from(
    { length: size },
    (_, index) => 1 + Math.min(perColumn, symmetry === 'symmetric' ? size - index - 1 : size - 1),
  ).reduce((sum, count) => sum + count, 0)
  return writeLines(
    join(folder, name),
    `%%MatrixMarket matrix coordinate ${field} ${symmetry}\n${size} ${size} ${entries}\n`,
    lines(),
  )
}

/** Writes the operator of the 27 nearest points of a cube: 26 on the diagonal, −1 beside it. */
export async function writeCubeStencil(folder: string, name: string, side: number): Promise<string> {
  const near = (at: number) => [at - 1, at, at + 1].filter((other) => other >= 0 && other < side)
  function* lines(): Generator<string> {
    for (let z = 0; z < side; z += 1) {
      for (let y = 0; y < side; y += 1) {
        for (let x = 0; x < side; x += 1) {
          const row = (z * side + y) * side + x + 1
          for (const c of near(z)) {
            for (const b of near(y)) {
              for (const a of near(x)) {
                const column = (c * side + b) * side + a + 1
                yield `${row} ${column} ${row === column ? 26 : -1}\n`
              }
            }
          }
        }
      }
    }
  }
  const size = side ** 3
  const head = `%%MatrixMarket matrix coordinate real general\n${size} ${size} ${(3 * side - 2) ** 3}\n`
  return writeLines(join(folder, name), head, lines())
}

async function writeLines(path: string, head: string, lines: Iterable<string>): Promise<string> {
  const stream = createWriteStream(path)
  let pending = [head]
  const flush = async () => {
    if (!stream.write(pending.join(''))) await once(stream, 'drain')
    pending = []
  }
  for (const line of lines) {
    pending.push(line)
    if (pending.length >= linesAtOnce) await flush()
  }
  await flush()
  stream.end()
  await once(stream, 'finish')
  return path
}

/** Numbers in [0, 1), the same ones for a seed every time (Marsaglia's xorshift). */
function generator(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
