import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrayLayoutSchema, type Axis } from '../../../shared/array'
import type { Artifact } from '../../../shared/run'
import { writeNpy } from '../../formats'
import type { Block, Figure } from '../document'
import { plainDrawing } from '../fixtures/demo-method'
import { makeReportedRun, makeReportFixture, type ReportFixture } from '../fixtures/report-fixture'
import type { ReportedRun } from '../report-input'
import { coreFigure } from './core-figure'
import { tradeoffFigure } from './tradeoff-figure'

let fixture: ReportFixture
let run: ReportedRun
let made = 0

beforeAll(async () => {
  fixture = await makeReportFixture()
  run = await makeReportedRun(fixture)
})

afterAll(() => rm(fixture.folder, { recursive: true, force: true }))

async function artifact(
  name: string,
  meaning: Artifact['meaning'],
  axes: readonly Axis[],
  values: readonly number[],
): Promise<Artifact> {
  const shape = axes.map(({ size }) => size)
  made += 1
  const file = `made-${made}.npy`
  const written = await writeNpy(join(run.folder, file), 'float64', shape, Float64Array.from(values))
  return {
    ...arrayLayoutSchema.parse(written),
    ...{ bytes: written.bytes, sha256: written.sha256 ?? '', name, title: name, meaning, unit: null },
    ...{ scale: 'diverging', ...plainDrawing, file, axes: [...axes] },
    ...{ minimum: Math.min(...values), maximum: Math.max(...values) },
  }
}

function axis(name: string, size: number, labels: string[] | null = null): Axis {
  return { name, size, unit: null, coordinates: null, labels }
}

function figureIn(block: Block): Figure {
  if (block.type !== 'figure') throw new Error(`A ${block.type} was made in place of a figure.`)
  return block
}

const textOf = (cells: unknown) => JSON.stringify(cells)

describe('a core in a report', () => {
  it('is bars of its largest entries, the largest first, with their signs told', async () => {
    const axes = [axis('a', 2), axis('b', 3)]
    const core = await artifact('core', 'tensor', axes, [0.5, 0, -4, 1, 3, 0])
    const figure = figureIn(await coreFigure({ key: 'key', run, artifact: core, notes: [] }))
    expect(textOf(figure.caption)).toMatch(/The 4 largest of 6 entries.*100 % of the sum of squares/)
    const rows = figure.data?.rows.map(textOf) ?? []
    expect(rows).toHaveLength(4)
    expect(rows[0]).toMatch(/\(1, 3\).*[-−]4/)
    expect(rows[1]).toMatch(/\(2, 2\).*3/)
    expect(figureIn(await coreFigure({ key: 'key', run, artifact: core, notes: [] }))).toEqual(figure)
  })
})

describe('a trade-off in a report', () => {
  const labels = ['Size', 'Error', 'Rank of x', 'Rank of y']
  const values = [10, 0.5, 1, 1, 30, 0.1, 2, 2, 20, 0.2, 1, 2]
  const axes = [axis('choice', 3), axis('column', 4, labels)]
  const withParts = (parameters: Record<string, number>, artifacts: Artifact[]): ReportedRun => ({
    ...run,
    record: { ...run.record, parameters, artifacts },
  })

  it('marks the largest choice within the budget', async () => {
    const curve = await artifact('tradeoff', 'tradeoff', axes, values)
    const figure = figureIn(
      await tradeoffFigure({
        key: 'key',
        run: withParts({ budget: 25 }, [curve]),
        artifact: curve,
        notes: [],
      }),
    )
    expect(textOf(figure.caption)).toMatch(
      /Largest within the budget on this curve: ranks 1, 2, 20 numbers, error 0\.2/,
    )
    expect(figure.data?.rows.map((cells) => textOf(cells)).join()).toMatch(/1, 1.*1, 2.*2, 2/)
    const [panel] = figure.panels
    expect(panel?.type === 'chart' ? panel.svg : '').toContain('(1, 2)')
  })

  it('marks the ranks of the core where the run made one, and nothing where it chose none', async () => {
    const curve = await artifact('tradeoff', 'tradeoff', axes, values)
    const core = await artifact('core', 'tensor', [axis('a', 2), axis('b', 2)], [1, 0, 0, 1])
    const marked = figureIn(
      await tradeoffFigure({
        key: 'key',
        run: withParts({ budget: 10 }, [curve, core]),
        artifact: curve,
        notes: [],
      }),
    )
    expect(textOf(marked.caption)).toMatch(/Chosen: ranks 2, 2/)
    const plain = figureIn(
      await tradeoffFigure({ key: 'key', run: withParts({}, [curve]), artifact: curve, notes: [] }),
    )
    expect(textOf(plain.caption)).not.toMatch(/Chosen/)
  })
})
