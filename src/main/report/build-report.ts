import type { Dataset } from '../../shared/dataset'
import type { MethodDescription } from '../../shared/method'
import { paragraph, type Block, type ReportDocument, type Section } from './document'
import { formatCount } from '../../shared/numbers'
import { formatTime } from './words'
import type { ReportedRun, ReportInput } from './report-input'
import { comparisonSection } from './sections/comparison-section'
import { convergenceSection } from './sections/convergence-section'
import { datasetSection } from './sections/dataset-section'
import { environmentSection } from './sections/environment-section'
import { methodSection } from './sections/method-section'
import { outputBlocks } from './sections/output-blocks'
import { parametersSection } from './sections/parameters-section'
import { repeatSection } from './sections/repeat-section'
import { scoreSection } from './sections/score-section'
import { outcome, summarySection } from './sections/summary-section'

/**
 * Turns runs into a report: reads what their folders hold, draws it, and says how each one came about.
 * Nothing but the input enters it, no clock and no machine: the same input gives an equal document.
 */
export async function buildReport(input: ReportInput): Promise<ReportDocument> {
  const sections: Section[] = [summarySection(input.runs)]
  if (input.runs.length > 1) sections.push(comparisonSection(input.runs))
  for (const { dataset, folder } of distinctDatasets(input.runs)) {
    sections.push(await datasetSection(dataset, folder))
  }
  sections.push(...distinctMethods(input.runs).map(methodSection))
  for (const run of input.runs) {
    const parts = await runSections(run)
    if (input.runs.length === 1) sections.push(...parts)
    else {
      const { record } = run
      const title = `Run ${record.number}: ${record.method.title}`
      sections.push({ id: runKey(run), title, blocks: [outcome(record)], sections: parts })
    }
  }
  return { title: input.title, byline: byline(input), language: 'en', sections }
}

async function runSections(run: ReportedRun): Promise<Section[]> {
  const key = runKey(run)
  const { record } = run
  return [
    parametersSection(key, run),
    ...(record.warnings.length === 0 ? [] : [warningsSection(key, record.warnings)]),
    ...(record.notes.length === 0 ? [] : [notesSection(key, record.notes)]),
    await convergenceSection(key, run),
    await resultsSection(key, run),
    ...(record.scoreCard === null ? [] : [scoreSection(key, record.scoreCard)]),
    environmentSection(key, record),
    repeatSection(key, run),
  ]
}

async function resultsSection(key: string, run: ReportedRun): Promise<Section> {
  const blocks: Block[] = []
  for (const artifact of run.record.artifacts) blocks.push(...(await outputBlocks(key, run, artifact)))
  if (blocks.length === 0) blocks.push(paragraph('The run left no outputs.'))
  return { id: `${key}-results`, title: 'Results', blocks, sections: [] }
}

function notesSection(key: string, notes: readonly string[]): Section {
  return {
    id: `${key}-notes`,
    title: 'Findings',
    blocks: notes.map((note) => paragraph(note)),
    sections: [],
  }
}

function warningsSection(key: string, warnings: readonly string[]): Section {
  return {
    id: `${key}-warnings`,
    title: 'Warnings',
    blocks: [
      {
        type: 'statement',
        tone: 'warning',
        title: formatCount(warnings.length, 'thing to know', 'things to know'),
        text: warnings.map((warning) => [warning]),
      },
    ],
    sections: [],
  }
}

function runKey(run: ReportedRun): string {
  return `run-${run.record.id}`
}

function byline({ projectName, runs }: ReportInput): string[] {
  const times = runs.map(({ record }) => record.finishedAt ?? record.createdAt).sort()
  const newest = times.at(-1)
  return [
    `Project ${projectName}`,
    formatCount(runs.length, 'run'),
    ...(newest === undefined ? [] : [`Newest run of ${formatTime(newest)}`]),
    'Made with Filigree',
  ]
}

function distinctDatasets(runs: readonly ReportedRun[]): { dataset: Dataset; folder: string | null }[] {
  const datasets = new Map<string, { dataset: Dataset; folder: string | null }>()
  for (const { dataset, datasetFolder } of runs) {
    if (dataset !== null && !datasets.has(dataset.id))
      datasets.set(dataset.id, { dataset, folder: datasetFolder })
  }
  return [...datasets.values()]
}

function distinctMethods(runs: readonly ReportedRun[]): MethodDescription[] {
  return [...new Map(runs.map(({ method }) => [`${method.id} ${method.version}`, method])).values()]
}
