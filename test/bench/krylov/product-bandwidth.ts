import { callNative } from '../../../src/main/methods/native'
import { systemInput } from '../../../src/main/methods/krylov/system-input'
import { generateSystem } from '../../measurement/sparse-system'
import type { Benchmark, Measurement } from '../benchmark'

const shapes = [
  [1024, 1024],
  [100, 100, 100],
]

/** The product with a sparse matrix beside a copy of memory, in turn in one run. */
export const productBandwidth: Benchmark = {
  name: 'Sparse matrix-vector product against the copy bandwidth of the machine',
  peers: [],
  missing: () => null,
  async measure(workspace) {
    const measured: Measurement[] = []
    for (const shape of shapes) {
      const matrix = await generateSystem(workspace, 'poisson', { shape }, 1)
      const context = await workspace.solve()
      const { figures } = await callNative(context, (native, nativeContext) =>
        native.matrixBandwidth(systemInput(matrix), 60, nativeContext),
      )
      const value = figures['shareOfCopy'] ?? Number.NaN
      const rate = (name: string) => `${((figures[name] ?? Number.NaN) / 1e9).toFixed(1)} GB/s`
      const text = `${(100 * value).toFixed(0)} % (${rate('productBytesPerSecond')} of ${rate('copyBytesPerSecond')})`
      measured.push({
        ...{ name: `Poisson ${shape.join(' × ')}`, value, text, mark: '≥ 80 %' },
        ...{ passed: value >= 0.8, times: {} },
      })
    }
    return measured
  },
}
