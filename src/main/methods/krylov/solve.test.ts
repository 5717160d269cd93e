import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readNpy, Workspace } from '../../../../test/measurement/workspace'
import { generateSystem, importSystem, solveWith } from '../../../../test/measurement/sparse-system'
import type { MatrixValue } from '../../../shared/method'

describe('solving one system', () => {
  let workspace: Workspace
  let poisson: MatrixValue
  let convection: MatrixValue
  let helmholtz: MatrixValue

  beforeAll(async () => {
    workspace = await Workspace.create()
    poisson = await generateSystem(
      workspace,
      'poisson',
      { shape: [14, 11], rightHandSide: 'manufactured' },
      1,
    )
    convection = await generateSystem(workspace, 'convection-diffusion', { shape: [12, 12] }, 1)
    helmholtz = await generateSystem(workspace, 'helmholtz', { shape: [16, 16], boundary: 'impedance' }, 1)
  }, 60_000)
  afterAll(() => workspace.remove())

  test.each([
    ['cg', { preconditioner: 'amg-classical' }],
    ['cg', { preconditioner: 'ic0' }],
    ['cg', { preconditioner: 'polynomial' }],
    ['deflated-cg', {}],
    ['minres', {}],
    ['gmres', {}],
    ['flexible-gmres', {}],
    ['bicgstab', {}],
    ['idr', {}],
    ['lsqr', {}],
    ['lsmr', {}],
    ['multigrid', {}],
    ['sparse-cholesky', {}],
    ['sparse-ldlt', {}],
    ['sparse-lu', {}],
    ['sparse-qr', {}],
  ])(
    '%s solves Poisson, and says how well by the residual that it recomputed',
    async (method, parameters) => {
      const { folder, result, figure } = await solveWith(workspace, method, poisson, parameters)
      expect(figure('trueResidual')).toBeLessThanOrEqual(1e-8)
      expect(figure('relativeError')).toBeLessThan(1e-5)
      const solution = await readNpy(join(folder, 'solution.npy'))
      expect(solution.shape).toEqual([14, 11])
      expect(result.artifacts.map(({ name }) => name)).toContain('error')
    },
  )

  test('complex systems keep both parts of their solution', async () => {
    const { folder, figure } = await solveWith(workspace, 'gmres', helmholtz, {
      preconditioner: 'shifted-laplacian',
    })
    expect(figure('trueResidual')).toBeLessThanOrEqual(1e-8)
    expect((await readNpy(join(folder, 'solution.npy'))).shape).toEqual([2, 16, 16])
  })

  test('what needs symmetry refuses a matrix without it, and says what to choose', async () => {
    await expect(solveWith(workspace, 'cg', convection)).rejects.toThrow(/CG needs a symmetric matrix.*GMRES/)
    await expect(solveWith(workspace, 'sparse-cholesky', convection)).rejects.toThrow(/not symmetric/)
  })

  test('advice names its evidence, and what is advised is among what is compared', async () => {
    const { result: advice } = await solveWith(workspace, 'advise-solver', poisson)
    expect(advice.stopMessage).toBe('Try Sparse Cholesky first.')
    expect(advice.notes?.[0]).toMatch(/Evidence: 154 rows/)
    const { folder, result, figure } = await solveWith(workspace, 'compare-solvers', poisson, {
      secondsAtMost: 10,
    })
    expect(figure('trueResidual')).toBeLessThanOrEqual(1e-8)
    const ranking = result.artifacts.find(({ name }) => name === 'ranking')
    const names = ranking?.axes[0]?.labels ?? []
    expect(names.some((name) => name === 'Sparse Cholesky (advised first)')).toBe(true)
    const { shape, values } = await readNpy(join(folder, 'ranking.npy'))
    const times = Array.from(
      { length: figure('solvedBy') },
      (_, row) => values[row * (shape[1] ?? 0) + 1] ?? 0,
    )
    expect(times).toEqual(times.toSorted((one, other) => one - other))
  }, 60_000)

  test('a factor from a file preconditions, and is asked for where it is missing', async () => {
    const parameters = { preconditioner: 'imported' }
    await expect(solveWith(workspace, 'cg', poisson, parameters)).rejects.toThrow(/No factor was given/)
    const path = join(workspace.folder, 'factor.mtx')
    const rows = Array.from({ length: 154 }, (_, row) => `${row + 1} ${row + 1} 2`)
    const header = '%%MatrixMarket matrix coordinate real general'
    await writeFile(path, [header, '154 154 154', ...rows, ''].join('\n'))
    const factor = await importSystem(workspace, path)
    const found = await solveWith(workspace, 'cg', poisson, parameters, 0, undefined, factor)
    expect(found.figure('trueResidual')).toBeLessThanOrEqual(1e-8)
  })

  test('a system that is not there is refused before anything starts', async () => {
    await expect(solveWith(workspace, 'cg', poisson, { system: 2 })).rejects.toThrow(/System 2 was asked for/)
  })
})
