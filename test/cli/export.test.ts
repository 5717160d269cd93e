import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { exitCodes } from '../../src/shared/failure'
import { filigree } from '../faults/support/command-line'
import { writeScene } from '../faults/support/scenes'
import { Bench } from '../faults/support/workbenches'

const bench = new Bench()

test('an exported cube is imported again with the same numbers, and is never overwritten', async () => {
  const project = bench.path('study')
  const call = (...words: string[]) => filigree([...words, '--project', project], { home: bench.folder })
  expect(await call('import', await writeScene(bench.path('scene.mat'), 7, 5))).toMatchObject({ code: 0 })
  for (const interleave of ['bsq', 'bil', 'bip']) {
    const out = bench.path(`copy-${interleave}`)
    const words = ['export', 'scene', '--interleave', interleave, '--byte-order', 'big', '--out', out]
    expect(await call(...words)).toMatchObject({ code: 0, stdout: `${out}.hdr\n${out}.img\n` })
    const again = await call(...words)
    expect(again.code).toBe(exitCodes.busy)
    expect(again.stderr).toMatch(/already/)
    expect(await call('import', `${out}.hdr`)).toMatchObject({ code: 0 })
    const back = bench.path(`back-${interleave}.npy`)
    expect(await call('export', `copy-${interleave}`, '--format', 'npy', '--out', back)).toMatchObject({
      code: 0,
    })
  }
  const [first, ...others] = await Promise.all(
    ['bsq', 'bil', 'bip'].map((interleave) => readFile(bench.path(`back-${interleave}.npy`))),
  )
  for (const other of others) expect(other).toEqual(first)
})
