import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decode } from 'fast-png'
import { outputMeaningSchema } from '../../shared/method'
import { makeReportedRun, makeReportFixture, type ReportFixture } from './fixtures/report-fixture'
import { createReportHtml } from './index'
import type { ReportedRun, ReportInput } from './report-input'

let fixture: ReportFixture
let run: ReportedRun

beforeAll(async () => {
  fixture = await makeReportFixture()
  run = await makeReportedRun(fixture)
})

afterAll(() => rm(fixture.folder, { recursive: true, force: true }))

async function html(runs: ReportedRun[], title = 'Unmixing the garden'): Promise<string> {
  return new TextDecoder().decode(await createReportHtml({ title, projectName: 'My study', runs }))
}

/** The text a reader sees, without tags. */
function textOf(page: string): string {
  const body = page.slice(page.indexOf('<body>'))
  return body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
}

/** The tags of a page with their attributes' values emptied: what is left is markup and nothing a person wrote. */
function bareTags(page: string): string {
  return (page.match(/<[a-z!/](?:"[^"]*"|[^">])*>/gi) ?? [])
    .map((tag) => tag.replace(/"[^"]*"/g, '""'))
    .join('\n')
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('the same input gives the same bytes', () => {
  it('twice in one process, whatever was drawn between', async () => {
    const input: ReportInput = { title: 'Twice', projectName: 'My study', runs: [run] }
    const first = await createReportHtml(input)
    await html([run, run])
    expect(sha256(await createReportHtml(input))).toBe(sha256(first))
  })

  it('in another process', async () => {
    const input: ReportInput = { title: 'Elsewhere', projectName: 'My study', runs: [run] }
    const inputFile = join(fixture.folder, 'input.json')
    await writeFile(inputFile, JSON.stringify(input))
    const script = join(fixture.folder, 'hash.mjs')
    await writeFile(
      script,
      `import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
const vite = createRequire(${JSON.stringify(import.meta.filename)}).resolve('vite')
const { runnerImport } = await import(pathToFileURL(vite).href)
const { module } = await runnerImport(${JSON.stringify(join(import.meta.dirname, 'index.ts'))})
const bytes = await module.createReportHtml(JSON.parse(readFileSync(${JSON.stringify(inputFile)}, 'utf8')))
process.stdout.write(createHash('sha256').update(bytes).digest('hex'))
`,
    )
    const other = execFileSync(process.execPath, [script], { encoding: 'utf8', cwd: process.cwd() })
    expect(other).toBe(sha256(await createReportHtml(input)))
  })
})

describe('a report stands alone', () => {
  it('has no script, no address of the outside, and no handler', async () => {
    const page = await html([run])
    expect(page).not.toMatch(/<script/i)
    expect(page).not.toMatch(/https?:\/\//i)
    expect(page).not.toMatch(/<(link|iframe|object|embed|base|form)\b/i)
    expect(bareTags(page)).not.toMatch(/\son[a-z]+=/i)
    for (const [, address = ''] of page.matchAll(/(?:href|src)="([^"]*)"/g)) {
      expect(address).toMatch(/^(#|data:image\/png;base64,)/)
    }
    expect(page).toContain("default-src 'none'")
  })

  it('has every id once, and every reference has its target', async () => {
    const page = await html([run, await makeReportedRun(fixture, 8)])
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const references = [...page.matchAll(/(?:href="#|url\(#|aria-labelledby=")([^")]*)/g)]
    for (const [, reference = ''] of references) {
      for (const id of reference.split(' ')) expect(ids).toContain(id)
    }
  })

  it('names its language, its tables and its pictures for those who cannot see them', async () => {
    const page = await html([run])
    expect(page).toContain('<html lang="en">')
    for (const [image] of page.matchAll(/<img [^>]*>/g)) expect(image).toMatch(/ alt="[^"]+"/)
    for (const [figure] of page.matchAll(/<figure [\s\S]*?<\/figure>/g))
      expect(figure).toContain('<figcaption>')
    for (const [table] of page.matchAll(/<table>[\s\S]*?<\/table>/g)) {
      expect(table).toContain('<caption>')
      expect(table).toContain('<th scope="col"')
    }
    for (const [chart] of page.matchAll(/<svg viewBox="0 0 720[\s\S]*?<\/svg>/g)) {
      expect(chart).toMatch(/role="img" aria-labelledby=.*<title /)
    }
  })
})

describe('names are hostile', () => {
  const hostile = `</title><script>alert(1)</script><img src=x onerror="alert('2')">&amp;\u0000\u202e`

  it('cannot get out of the text they stand in', async () => {
    const dataset = {
      ...fixture.dataset,
      name: hostile,
      notes: [hostile],
      quantity: { name: hostile, unit: hostile },
    }
    const page = await html(
      [
        {
          ...run,
          dataset: {
            ...dataset,
            truth: dataset.truth && { ...dataset.truth, names: [hostile, hostile, hostile], source: hostile },
          },
          repeat: [hostile],
          record: {
            ...run.record,
            warnings: [hostile],
            stopMessage: hostile,
            parameters: { ...run.record.parameters, [hostile]: hostile },
            artifacts: run.record.artifacts.map((artifact) => ({
              ...artifact,
              title: hostile,
              unit: hostile,
            })),
          },
        },
      ],
      hostile,
    )
    expect(page).not.toMatch(/<script/i)
    expect(page).not.toMatch(/<img src=x/i)
    expect(bareTags(page)).not.toMatch(/\son[a-z]+=/i)
    for (const unseen of ['\u0000', '\u202e']) expect(page.includes(unseen)).toBe(false)
    expect(page).toContain('&lt;script&gt;')
  })

  it('do not make a run read files outside its folder', async () => {
    const artifacts = run.record.artifacts.map((artifact) => ({
      ...artifact,
      file: `../../../etc/${artifact.file}`,
    }))
    const page = await html([{ ...run, record: { ...run.record, artifacts } }])
    expect(textOf(page)).not.toContain('could not be drawn')
  })
})

describe('what a report says', () => {
  it('shows an output of every meaning', async () => {
    const shown = new Set([...run.record.artifacts.map((artifact) => artifact.meaning), 'trace'])
    // A page has no sliders, and a model is there to predict with.
    const undrawn = ['slices', 'graph', 'model']
    expect([...shown, ...undrawn].sort()).toEqual([...outputMeaningSchema.options].sort())
    const page = textOf(await html([run]))
    for (const artifact of run.record.artifacts) expect(page).toContain(artifact.title)
    expect(page).toContain('Objective, Relative residual over the iterations')
    expect(page).toContain('The slice at first 1 (counted from 0)')
    expect(page).toContain('Abundances, estimate minus truth')
    expect(page).not.toContain('could not be drawn')
  })

  it('marks what differs from the defaults and prints what is needed to repeat the run', async () => {
    const page = await html([run])
    expect(page.match(/<tr class="marked">/g)).toHaveLength(2)
    const text = textOf(page)
    expect(text).toContain('Seed 5')
    expect(text).toContain('npx filigree run garden --method demo')
    expect(text).toContain('doi:10.1016/j.isprsjprs.2013.11.014, arXiv:1403.4682')
    expect(text).toContain('matched by abundance')
    for (const artifact of run.record.artifacts) expect(text).toContain(`${artifact.sha256} ${artifact.file}`)
    expect(page).toContain('<math')
  })

  it('tells where the truth was scaled and shows it dashed', async () => {
    const page = await html([run])
    expect(textOf(page)).toContain('multiplied by the factor that brings it nearest')
    expect(page).toContain('stroke-dasharray')
  })

  it('does not give away where the files lay', async () => {
    const page = await html([run])
    expect(page).toContain('garden.mat')
    expect(page).not.toContain('secret place')
    expect(page).not.toContain(fixture.folder)
  })

  it('says that a run failed, why, and that its figures are no result', async () => {
    const failure = {
      code: 'breakdown' as const,
      message: 'The objective became infinite in iteration 12.',
      field: null,
      detail: 'stack',
    }
    const record = { ...run.record, state: 'failed' as const, failure, stopReason: null, stopMessage: null }
    const text = textOf(await html([{ ...run, record }]))
    expect(text).toContain('The run failed')
    expect(text).toContain(
      'infinite in iteration 12. What it had written by then is shown below and is not a result.',
    )
    expect(text).not.toContain('succeeded')
  })

  it.each(['cancelled', 'crashed', 'running', 'queued'] as const)(
    'does not call a %s run a success',
    async (state) => {
      const record = {
        ...run.record,
        state,
        artifacts: [],
        scoreCard: null,
        stopReason: null,
        stopMessage: null,
        environment: null,
      }
      const text = textOf(await html([{ ...run, record }]))
      expect(text).toContain(state)
      expect(text).not.toContain('succeeded')
      expect(text).toContain('The run left no outputs.')
    },
  )

  it('warns where the iteration limit ended the run', async () => {
    const page = await html([{ ...run, record: { ...run.record, stopReason: 'iteration-limit' } }])
    expect(page).toContain('class="statement warning" aria-label="The run ended at its iteration limit')
  })

  it('says so where there is no trace, no dataset, or a file is gone', async () => {
    const elsewhere = { ...run, folder: join(fixture.folder, 'nowhere'), dataset: null, datasetFolder: null }
    const text = textOf(await html([elsewhere]))
    expect(text).toContain('The run left no trace.')
    expect(text).toContain('a dataset that is no longer in the project')
    expect(text).toContain('Residual could not be drawn')
  })

  it('compares several runs by what differs', async () => {
    const other = await makeReportedRun(fixture, 9)
    const metrics =
      run.record.scoreCard?.metrics.map((metric) => ({ ...metric, value: metric.value - 1 })) ?? []
    const record = {
      ...other.record,
      parameters: { ...other.record.parameters, graphWeight: 7 },
      scoreCard: run.record.scoreCard && { ...run.record.scoreCard, metrics },
    }
    const page = await html([run, { ...other, record }])
    const comparison = /<h2 id="comparison">[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''
    expect(comparison).toContain('Graph weight')
    expect(comparison).not.toContain('Normalisation')
    expect(comparison).toContain('<strong>1.537</strong>')
    expect(comparison).not.toContain('<strong>2.537</strong>')
    expect(page.match(/Dataset: Garden<\/h2>/g)).toHaveLength(1)
  })
})

describe('pictures', () => {
  it('paint a map through its table, line by line', async () => {
    const page = await html([run])
    const maps = [
      ...page.matchAll(/src="data:image\/png;base64,([^"]*)" width="32" height="24" alt="Abundances/g),
    ]
    expect(maps).toHaveLength(6)
    const png = decode(Buffer.from(maps[0]?.[1] ?? '', 'base64'))
    expect([png.width, png.height, png.channels]).toEqual([32, 24, 1])
    expect(png.palette).toHaveLength(256)
    expect(png.palette?.[0]).toEqual([68, 1, 84])
  })
})
