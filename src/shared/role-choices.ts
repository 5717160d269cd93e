import type { ImportChoices } from './dataset'

/** Roles of the columns of a table as import choices, as an import of its file would be told them. */
export function roleChoices(names: readonly string[], roles: readonly string[]): ImportChoices {
  return Object.fromEntries(names.map((name, column) => [`role.${name}`, roles[column] ?? 'unused']))
}
