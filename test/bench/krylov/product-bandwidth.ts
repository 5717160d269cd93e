import type { MatrixValue } from '../../../src/shared/method'
import { callNative } from '../../../src/main/methods/native'
import { systemInput } from '../../../src/main/methods/krylov/system-input'
import { writeCubeStencil } from '../../measurement/matrix-market-file'
import { generateSystem, importSystem } from '../../measurement/sparse-system'
import type { Workspace } from '../../measurement/workspace'
import type { Benchmark, Measurement } from '../benchmark'

const rounds = 60

/** Short and long rows, from a matrix that is a few times the caches to one of half a gigabyte. */
const matrices: [name: string, make: (workspace: Workspace) => Promise<MatrixValue>][] = [
  ['Poisson 1024² (5 points)', (workspace) => poisson(workspace, [1024, 1024])],
  ['Poisson 100³ (7 points)', (workspace) => poisson(workspace, [100, 100, 100])],
  ['Poisson 160³ (7 points)', (workspace) => poisson(workspace, [160, 160, 160])],
  [
    'anisotropic diffusion 1000² (9 points)',
    (workspace) => generateSystem(workspace, 'anisotropic-diffusion', { shape: [1000, 1000] }, 1),
  ],
  [
    'cube of 80³ (27 points)',
    async (workspace) => importSystem(workspace, await writeCubeStencil(workspace.folder, 'cube.mtx', 80)),
  ],
]

const poisson = (workspace: Workspace, shape: number[]) => generateSystem(workspace, 'poisson', { shape }, 1)

/** The product with a sparse matrix beside copies of memory, in turn in one run. */
export const productBandwidth: Benchmark = {
  name: 'Sparse matrix-vector product against the copy bandwidth of the machine, both cores; bytes of the matrix as it is stored (values, 4-byte columns, 8-byte row pointers) and of x and y, once each',
  peers: [],
  missing: () => null,
  async measure(workspace) {
    const measured: Measurement[] = []
    for (const [name, make] of matrices) {
      const matrix = await make(workspace)
      const context = await workspace.solve()
      const { figures, stopMessage } = await callNative(context, (native, nativeContext) =>
        native.matrixBandwidth(systemInput(matrix), rounds, nativeContext),
      )
      const share = (of: string) => figures[of] ?? Number.NaN
      const inPercent = (of: string) => `${(100 * share(of)).toFixed(0)} %`
      // Held against whichever way of copying is faster here.
      const value = Math.min(share('shareOfCopy'), share('shareOfStreamedCopy'))
      const megabytes = ((figures['productBytes'] ?? Number.NaN) / 1e6).toFixed(0)
      const text = `${inPercent('shareOfCopy')} of a copy with ordinary stores, ${inPercent('shareOfStreamedCopy')} of one with stores past the caches, ${inPercent('shareOfReading')} of mere reading; ${megabytes} MB. ${stopMessage}`
      measured.push({ name, value, text, mark: '≥ 80 % of the faster copy', passed: value >= 0.8, times: {} })
    }
    return measured
  },
}
