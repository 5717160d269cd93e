import type { MethodDescription } from '../../shared/method'

/** Methods that hold every word of a search in title, id, summary or family, under their families. */
export function searchMethods(
  methods: readonly MethodDescription[],
  search: string,
): { family: string; methods: MethodDescription[] }[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const families = new Map<string, MethodDescription[]>()
  for (const method of methods) {
    const text = `${method.id} ${method.title} ${method.summary} ${method.familyTitle}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    families.set(method.familyTitle, [...(families.get(method.familyTitle) ?? []), method])
  }
  return [...families].map(([family, members]) => ({ family, methods: members }))
}
