import { existsSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { truthChoice, type Dataset, type ImportChoices } from '../../../shared/dataset'
import { roleChoices } from '../../../shared/role-choices'
import { FiligreeError } from '../../../shared/failure'
import type { Workbench } from '../../services/workbench'
import { toFiligreeError } from '../../../shared/system-failure'
import type { Output } from './output'
import { choicesOf, splitOptions } from './values'

export interface SceneOptions {
  option: string[]
  truth?: string
  name?: string
}

/** Says which file is not there before anything is made for it: a slip in a name must not leave a project behind. */
export async function requireFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await stat(path).catch((error: unknown) => {
      throw toFiligreeError(error, path)
    })
  }
}

/** The dataset a command works on: one of the project by its id, or a file, which is imported unless it was before. */
export async function sceneFor(
  workbench: Workbench,
  scene: string,
  options: SceneOptions,
  output: Output,
): Promise<Dataset> {
  const datasets = await workbench.request('datasets.list', null)
  const known = datasets.find(({ id }) => id === scene)
  if (known !== undefined) return known
  if (!existsSync(scene)) {
    const ids = datasets.map(({ id }) => id).join(', ')
    throw new FiligreeError(
      'not-found',
      `'${scene}' is neither a file nor a dataset of the project. Datasets: ${ids || 'none yet'}.`,
    )
  }
  const former = await importedBefore(datasets, scene, options)
  if (former === null) return importScene(workbench, [scene], options, output)
  output.note(`Using the dataset '${former.id}' that was imported from this file before`)
  return former
}

/** Imports files and, where a truth file is named, attaches it. */
export async function importScene(
  workbench: Workbench,
  paths: readonly string[],
  { option, truth, name }: SceneOptions,
  output: Output,
): Promise<Dataset> {
  const given = splitOptions(option)
  // Looked at first: a truth file that is not there must not leave a half-wanted dataset behind.
  const truthFile = truth === undefined ? null : await workbench.grant(truth)
  const files = (await Promise.all(paths.map((path) => workbench.grant(path)))).map(({ handle }) => handle)
  const preview = await workbench.request('datasets.preview', { files, choices: {} })
  const choices = choicesOf(preview.options, given.scene)
  const dataset = await workbench.request('datasets.import', { files, choices, name: name ?? null })
  for (const note of dataset.notes) output.note(note)
  if (truthFile === null) return dataset
  try {
    return await workbench.request('datasets.attachTruth', {
      dataset: dataset.id,
      file: truthFile.handle,
      choices: truthChoices(given.truth),
    })
  } catch (error) {
    await workbench.request('datasets.delete', { dataset: dataset.id })
    throw error
  }
}

function truthChoices(given: readonly [string, string][]): ImportChoices {
  return Object.fromEntries(
    given.map(([key, text]) => [key, text === 'true' ? true : text === 'false' ? false : text]),
  )
}

/** The same file, unchanged since, read with the same choices and the same truth. */
async function importedBefore(
  datasets: readonly Dataset[],
  file: string,
  { option, truth }: SceneOptions,
): Promise<Dataset | null> {
  const path = await realpath(file)
  const truthPath = truth === undefined ? undefined : await realpath(truth).catch(() => truth)
  const { size, mtimeMs } = await stat(path)
  const given = splitOptions(option)
  return (
    datasets.find(({ origin, createdAt, axes, columnRoles }) => {
      if (origin.type !== 'file') return false
      const same = origin.files.some((each) => each.path === path && each.bytes === size)
      const choices = {
        ...origin.choices,
        ...(columnRoles === undefined ? {} : roleChoices(axes[1]?.labels ?? [], columnRoles)),
      }
      return (
        same &&
        Date.parse(createdAt) > mtimeMs &&
        choices[truthChoice] === truthPath &&
        given.truth.length === 0 &&
        given.scene.every(([key, text]) => String(choices[key]) === text)
      )
    }) ?? null
  )
}
