import { fileHashes } from '../measurement/file-hashes'
import { figure, type Figure } from './check'

/** Runs a method on one and on two threads, each into a folder, and counts the files that differ. */
export async function sameBytesFigure(
  method: string,
  run: (threads: number) => Promise<string>,
): Promise<Figure> {
  const one = await fileHashes(await run(1))
  const two = await fileHashes(await run(2))
  const different = [...one].filter(([file, hash]) => two.get(file) !== hash).map(([file]) => file)
  return figure(
    `${method}: files that differ, of ${one.size}`,
    different.length + Math.abs(one.size - two.size),
    { text: '0', passes: (count) => count === 0 && one.size > 0 },
    different.length === 0 ? '0' : different.join(', '),
  )
}
