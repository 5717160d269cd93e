import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, resolve } from 'node:path'
import { callNative } from '../../../src/main/methods/native'
import { writeRandomMatrixMarket, type MatrixMarketKind } from '../../measurement/matrix-market-file'
import { runPython } from '../../measurement/python'
import { importSystem } from '../../measurement/sparse-system'
import { median } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { sharedData } from '../../shared-data-files'
import { secondsOf, type Benchmark, type Measurement, type Peer } from '../benchmark'

const scipy: Peer = { name: 'SciPy', modules: ['scipy.io._fast_matrix_market'], packages: ['scipy>=1.12'] }

const rounds = 3
const least = 60

/** Generated files: about 300 MB of real numbers, and half of that or less of the other kinds. */
const generated: [name: string, kind: MatrixMarketKind, size: number, perColumn: number][] = [
  ['general real', { field: 'real', symmetry: 'general' }, 600_000, 12],
  ['symmetric real', { field: 'real', symmetry: 'symmetric' }, 400_000, 8],
  ['general complex', { field: 'complex', symmetry: 'general' }, 200_000, 10],
  ['general pattern', { field: 'pattern', symmetry: 'general' }, 600_000, 10],
]

const published = ['matrices/bcsstk13.mtx', 'matrices/cryg2500.mtx']

/** Matrix Market files into compressed rows on the disk, by the reader alone and by the whole import, against SciPy. */
export const matrixMarketReader: Benchmark = {
  name: 'Matrix Market: megabytes a second and core, against scipy.io.mmread (fast_matrix_market) in turn',
  peers: [scipy],
  missing: () => null,
  async measure(workspace, installed) {
    const measured: Measurement[] = []
    for (const [name, kind, size, perColumn] of generated) {
      const path = await writeRandomMatrixMarket(workspace.folder, `${name}.mtx`, kind, size, perColumn)
      measured.push(...(await readings(workspace, name, path, installed(scipy), true)))
    }
    for (const file of published) {
      const path = sharedData(file)
      if (path !== null)
        measured.push(...(await readings(workspace, basename(path), path, installed(scipy), false)))
    }
    return measured
  },
}

/** One file by all readers in turn. Files that take milliseconds are for the record. */
async function readings(
  workspace: Workspace,
  name: string,
  path: string,
  withPeer: boolean,
  marked: boolean,
): Promise<Measurement[]> {
  const { size } = statSync(path)
  const cores = availableParallelism()
  const script = resolve(import.meta.dirname, 'mmread_speed.py')
  const ways: [way: string, cores: number, mark: boolean, run: () => Promise<number>][] = [
    ...[1, cores].map((threads): (typeof ways)[number] => [
      `reader, ${threads} threads`,
      threads,
      marked,
      () => secondsOf(() => readNatively(workspace, path, threads)),
    ]),
    [
      'whole import with hash and checks',
      cores,
      marked,
      () => secondsOf(() => importSystem(workspace, path)),
    ],
    ...(withPeer ? [1, cores] : []).map((threads): (typeof ways)[number] => [
      `SciPy, parallelism ${threads}`,
      threads,
      false,
      () => Promise.resolve(Number(runPython([script, path, `${threads}`], threads))),
    ]),
  ]
  const times = ways.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, , , run]] of ways.entries()) times[index]?.push(await run())
  }
  return ways.map(([way, used, mark], index): Measurement => {
    const taken = times[index] ?? []
    const value = size / 1e6 / median(taken) / used
    return {
      name: `${name} (${(size / 1e6).toFixed(size < 1e7 ? 1 : 0)} MB), ${way}`,
      ...{ value, text: `${value.toFixed(0)} MB/s a core`, mark: mark ? `≥ ${least} MB/s a core` : null },
      ...{ passed: mark ? value >= least : null, times: { [way]: taken } },
    }
  })
}

async function readNatively(workspace: Workspace, path: string, threads: number): Promise<void> {
  const context = await workspace.solve(0, threads)
  await callNative(context, (native, nativeContext) => native.readMatrixMarket(path, null, nativeContext))
}
