import { columnRoleSchema, columnRoleTitles, type ColumnRole } from '../../shared/dataset'

/** The roles a column can have, for a list to choose from. */
export const roleItems = columnRoleSchema.options.map((value) => ({ value, label: columnRoleTitles[value] }))

/** A role as people read it. */
export function roleTitle(role: ColumnRole): string {
  return columnRoleTitles[role]
}

/** The role a word stands for; 'unused' for a word that is none. */
export function roleOf(word: string): ColumnRole {
  return columnRoleSchema.catch('unused').parse(word)
}
