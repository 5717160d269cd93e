import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sharedData } from '../shared-data-files'
import { chooseImporter } from '../../src/main/formats'
import type { ColumnRole, Dataset } from '../../src/shared/dataset'
import type { TableValue } from '../../src/shared/method'
import type { Workspace } from './workspace'

/** A table of the shared data, imported as the app does. `roles` changes what columns are for, counted from zero. */
export async function regressionTable(
  workspace: Workspace,
  files: readonly string[],
  roles: Readonly<Record<number, ColumnRole>> = {},
): Promise<TableValue> {
  const paths = files.map((name) => {
    const path = sharedData(name)
    if (path === null) throw new Error(`${name} is gone.`)
    return path
  })
  return importedTable(workspace, files[0] ?? 'table', paths, roles)
}

/** The same for files anywhere. */
export async function importedTable(
  workspace: Workspace,
  name: string,
  paths: string[],
  roles: Readonly<Record<number, ColumnRole>>,
): Promise<TableValue> {
  const folder = join(
    workspace.folder,
    `table-${name.replaceAll(/[^a-z0-9]/g, '-')}-${Object.keys(roles).join('-')}`,
  )
  await mkdir(folder, { recursive: true })
  const importer = await chooseImporter(paths)
  const imported = await importer.import(
    paths,
    {},
    {
      folder,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    },
  )
  const columnRoles = imported.columnRoles?.map((role, column) => roles[column] ?? role)
  const dataset: Dataset = {
    ...imported,
    ...(columnRoles === undefined ? {} : { columnRoles }),
    schema: 1,
    id: 'measured',
    name,
    createdAt: '2026-01-01T00:00:00.000Z',
  }
  const placed = (array: Dataset['array']) => ({
    ...array,
    path: array.location === 'project' ? join(folder, array.file) : array.file,
  })
  const parts = Object.fromEntries(Object.entries(imported.parts).map(([name, part]) => [name, placed(part)]))
  return { dataset, source: placed(imported.array), parts }
}

/** A benchmark of the collection with its ten saved splits. */
export function benchmarkTable(
  workspace: Workspace,
  name: 'elevators' | 'kin40k' | 'bike',
  roles: Readonly<Record<number, ColumnRole>> = {},
): Promise<TableValue> {
  return regressionTable(workspace, benchmarkFiles(name), roles)
}

/** Its files below the shared data. */
export function benchmarkFiles(name: string): string[] {
  return [`regression/${name}.csv.gz`, `regression/${name}_test_mask.csv.gz`]
}
