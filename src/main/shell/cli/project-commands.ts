import { cp } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Dataset } from '../../../shared/dataset'
import { savedRunEnding } from '../../../shared/run'
import { findMethod, methods } from '../../methods'
import { formatCount } from '../../../shared/numbers'
import { toFiligreeError } from '../../../shared/system-failure'
import { methodsText, methodText } from './method-text'
import { table, type Output } from './output'
import { showProgress } from './progress-line'
import { runsText, runText } from './run-text'
import { importScene, requireFiles, type SceneOptions } from './scene'
import { runId } from './run-id'
import { createProjectAt, openChosenProject, withWorkbench, type ProjectChoice } from './session'
import { inputsOf, parametersOf } from './values'

export function methodsCommand(id: string | undefined, output: Output): void {
  if (id === undefined) {
    const descriptions = methods.map(({ description }) => description)
    output.result(descriptions, () => methodsText(descriptions))
    return
  }
  const generator = methods.some(
    ({ description }) => description.id === id && description.role === 'generator',
  )
  const { description } = findMethod(id, generator ? 'generator' : 'solver')
  output.result(description, () => methodText(description))
}

export async function newCommand(folder: string, output: Output): Promise<void> {
  await withWorkbench(async (workbench) => {
    const made = await createProjectAt(workbench, resolve(folder))
    output.result({ folder: made }, () => `Made the project ${made}`)
  })
}

export async function importCommand(
  files: readonly string[],
  options: SceneOptions & ProjectChoice,
  output: Output,
): Promise<void> {
  await requireFiles(files)
  await withWorkbench(async (workbench) => {
    await openChosenProject(workbench, options, output, true)
    const stopProgress = showProgress(workbench)
    try {
      const [only = ''] = files
      if (files.length === 1 && only.endsWith(savedRunEnding)) {
        const { handle } = await workbench.grant(only)
        const record = await workbench.request('runs.import', { file: handle })
        stopProgress()
        const folder = workbench.pathOf({ kind: 'run', id: record.id })
        output.result(record, () => runText(record, folder))
        return
      }
      const dataset = await importScene(workbench, files, options, output)
      stopProgress()
      output.result(dataset, () => datasetText(dataset))
    } finally {
      stopProgress()
    }
  })
}

export async function generateCommand(
  generator: string,
  options: ProjectChoice & { set: string[]; input: string[]; seed: number; name?: string },
  output: Output,
): Promise<void> {
  const { description } = findMethod(generator, 'generator')
  const parameters = parametersOf(description, options.set)
  const inputs = inputsOf(options.input, null)
  await withWorkbench(async (workbench) => {
    await openChosenProject(workbench, options, output, true)
    const { seed, name = null } = options
    const request = { generator, inputs, parameters, seed, name }
    const dataset = await workbench.request('datasets.generate', request)
    output.result(dataset, () => datasetText(dataset))
  })
}

export interface ListOptions extends ProjectChoice {
  query: string
  sort: string
  descending: boolean
  limit: number
}

export async function listCommand(what: string, options: ListOptions, output: Output): Promise<void> {
  await withWorkbench(async (workbench) => {
    await openChosenProject(workbench, options, output, false)
    if (what === 'datasets') {
      const datasets = await workbench.request('datasets.list', null)
      output.result(datasets, () => datasetsText(datasets))
    } else if (what === 'reports') {
      const reports = await workbench.request('reports.list', null)
      output.result(reports, () =>
        table(
          ['Report', 'Runs', 'Made'],
          reports.map(({ id, runs, createdAt }) => [id, runs.join(', '), createdAt]),
        ),
      )
    } else {
      const { query, sort, descending, limit } = options
      const found = await workbench.request('runs.list', { query, sort, descending, offset: 0, limit })
      output.result(found, () => `${runsText(found.runs)}\n${found.runs.length} of ${found.total}`)
    }
  })
}

export async function showCommand(id: string, options: ProjectChoice, output: Output): Promise<void> {
  await withWorkbench(async (workbench) => {
    await openChosenProject(workbench, options, output, false)
    const datasets = await workbench.request('datasets.list', null)
    const dataset = datasets.find((candidate) => candidate.id === id)
    if (dataset !== undefined) {
      output.result(dataset, () => datasetText(dataset))
      return
    }
    const run = await runId(workbench, id)
    const record = await workbench.request('runs.get', { run })
    const command = await workbench.request('runs.command', { run })
    const folder = workbench.pathOf({ kind: 'run', id: run })
    output.result(record, () => `${runText(record, folder)}\n\nTo repeat it:\n${command}`)
  })
}

export async function reportCommand(
  given: readonly string[],
  options: ProjectChoice & { title?: string; out?: string },
  output: Output,
): Promise<void> {
  await withWorkbench(async (workbench) => {
    await openChosenProject(workbench, options, output, false)
    const runs = await Promise.all(given.map((text) => runId(workbench, text)))
    const report = await workbench.request('reports.create', { runs, title: options.title ?? null })
    const made = workbench.pathOf({ kind: 'report', id: report.id })
    const path = options.out === undefined ? made : resolve(options.out)
    if (path !== made) {
      await cp(made, path, { errorOnExist: true, force: false }).catch((error: unknown) => {
        throw toFiligreeError(error, path)
      })
    }
    output.result({ ...report, path }, () => path)
  })
}

function datasetsText(datasets: readonly Dataset[]): string {
  return table(
    ['Dataset', 'Name', 'Kind', 'Shape', 'Truth'],
    datasets.map(({ id, name, kind, array, axes, truth }) => [
      id,
      name,
      kind,
      (kind === 'tensor' ? axes.map(({ size }) => size) : array.shape).join(' × '),
      truth === null ? '' : 'yes',
    ]),
  )
}

const pluralOf: Readonly<Record<string, string>> = { spectrum: 'spectra' }

function datasetText({ id, name, kind, array, axes, truth }: Dataset): string {
  const shape =
    kind === 'tensor'
      ? axes.map((axis) => `${axis.name} ${axis.size}`).join(' × ')
      : axes.map(({ size, name }) => formatCount(size, name, pluralOf[name] ?? `${name}s`)).join(', ')
  const parts =
    truth === null
      ? []
      : [
          ...(truth.endmembers === null ? [] : ['endmembers']),
          ...(truth.abundances === null ? [] : ['abundances']),
        ]
  const lines = [`${id}  ${name}  ${kind}`, `${shape}, ${array.dtype}`]
  if (kind !== 'cube') return lines.join('\n')
  return [
    ...lines,
    parts.length === 0
      ? 'No truth.'
      : `Truth: ${parts.join(', ')} (${truth?.names.join(', ') ?? ''}; ${truth?.source ?? ''})`,
  ].join('\n')
}
