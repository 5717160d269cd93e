import { basename } from 'node:path'
import { truthChoice, type Dataset } from '../../shared/dataset'
import type { MethodDescription } from '../../shared/method'
import { roleChoices } from '../../shared/role-choices'
import { filigreeCommand, inputFlags, sceneOf, valueArgument } from '../../shared/command-line'
import type { RunRecord } from '../../shared/run'
import { datasetIdFrom } from '../store/dataset-folders'

/**
 * The commands that repeat a run from a terminal, in order. Every parameter is written out: a later version may
 * have other defaults. With `files: 'names'` files go by their names alone: a report is read on other machines,
 * and the folders of this one are nobody else's business.
 */
export function repeatCommands(
  record: RunRecord,
  method: MethodDescription,
  dataset: Dataset | null,
  files: 'paths' | 'names' = 'paths',
): string[] {
  const [scene, before] = sceneArguments(record, dataset, files === 'names' ? basename : (path) => path)
  const parameters = method.parameters.flatMap(({ name }) => {
    const value = record.parameters[name]
    return value === undefined ? [] : ['--set', `${name}=${valueArgument(value)}`]
  })
  const references = Object.fromEntries(
    Object.entries(record.inputs).map(([name, { reference }]) => [name, reference]),
  )
  const inputs = inputFlags(references, sceneOf(Object.values(references)))
  const run = [
    'run',
    ...scene,
    '--method',
    record.method.id,
    ...parameters,
    ...inputs,
    '--seed',
    String(record.seed),
  ]
  return [...before, filigreeCommand(run)]
}

/** A generated scene, or one of several files, is made in a project of its own, where no other scene has its name already. */
const repeatProject = ['--project', 'filigree-repeat']

/** How the dataset is named on the command line, and the commands that make it. */
function sceneArguments(
  record: RunRecord,
  dataset: Dataset | null,
  file: (path: string) => string,
): [string[], string[]] {
  if (dataset === null) {
    const [reference] = Object.values(record.inputs).map((input) => input.reference)
    return [reference?.type === 'dataset' ? [reference.dataset] : [], []]
  }
  const { origin } = dataset
  if (origin.type === 'generated') {
    // What it was made from lies in its own project, and so does the dataset.
    if (Object.keys(origin.inputs).length > 0) return [[dataset.id], []]
    const set = Object.entries(origin.parameters).flatMap(([name, value]) => [
      '--set',
      `${name}=${valueArgument(value)}`,
    ])
    const generate = [
      'generate',
      origin.generator,
      ...set,
      '--seed',
      String(origin.seed),
      '--name',
      dataset.name,
      ...repeatProject,
    ]
    return [[datasetIdFrom(dataset.name), ...repeatProject], [filigreeCommand(generate)]]
  }
  const { [truthChoice]: truth, ...asImported } = origin.choices
  // Roles may have been changed since the import, and since the run.
  const ran = Object.values(record.inputs).find(
    ({ reference }) => reference.type === 'dataset' && reference.dataset === dataset.id,
  )
  const roles = ran?.columnRoles ?? dataset.columnRoles
  const choices = {
    ...asImported,
    ...(roles === undefined ? {} : roleChoices(dataset.axes[1]?.labels ?? [], roles)),
  }
  const options = Object.entries(choices).flatMap(([key, value]) => ['--option', `${key}=${String(value)}`])
  const attached = truth === undefined ? [] : ['--truth', file(String(truth))]
  const [scene] = origin.files
  if ('maskFile' in choices || (dataset.kind === 'table' && origin.files.length > 1)) {
    // A run takes a single file: one that has a mask or splits beside it is imported first, with both.
    const paths = origin.files.map(({ path }) => file(path))
    const make = ['import', ...paths, ...options, ...attached, '--name', dataset.name, ...repeatProject]
    return [[datasetIdFrom(dataset.name), ...repeatProject], [filigreeCommand(make)]]
  }
  return [[scene === undefined ? dataset.id : file(scene.path), ...options, ...attached], []]
}
