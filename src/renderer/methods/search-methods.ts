import type { MethodDescription } from '../../shared/method'

/** Methods of a family under its headings, in the order of the catalogue. */
export interface MethodGroup {
  family: string
  /** Without a title: methods that stand under no heading. */
  sections: { title: string | null; methods: MethodDescription[] }[]
}

/** Methods that hold every word of a search in title, id, summary, heading or family, under families and headings. */
export function searchMethods(methods: readonly MethodDescription[], search: string): MethodGroup[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const groups: MethodGroup[] = []
  for (const method of methods) {
    const { id, title, summary, familyTitle, section = null } = method
    const text = `${id} ${title} ${summary} ${section ?? ''} ${familyTitle}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    const group = found(groups, ({ family }) => family === familyTitle, { family: familyTitle, sections: [] })
    found(group.sections, (known) => known.title === section, { title: section, methods: [] }).methods.push(
      method,
    )
  }
  return groups
}

/** The item that fits; where there is none, `otherwise`, which joins the list. */
function found<Item>(items: Item[], fits: (item: Item) => boolean, otherwise: Item): Item {
  const known = items.find(fits)
  if (known !== undefined) return known
  items.push(otherwise)
  return otherwise
}
