import { columnRoleSchema, type ColumnRole } from '../../shared/dataset'

const titles: Readonly<Record<ColumnRole, string>> = {
  'input': 'Input',
  'target': 'Target',
  'weight': 'Weight',
  'noise-variance': 'Noise variance',
  'split': 'Split mask',
  'unused': 'Unused',
}

/** The roles a column can have, for a list to choose from. */
export const roleItems = columnRoleSchema.options.map((value) => ({ value, label: titles[value] }))

/** A role as people read it. */
export function roleTitle(role: ColumnRole): string {
  return titles[role]
}

/** The role a word stands for; 'unused' for a word that is none. */
export function roleOf(word: string): ColumnRole {
  return columnRoleSchema.catch('unused').parse(word)
}
