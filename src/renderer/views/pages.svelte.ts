/** Maps that stand side by side at a time. */
export const mapsOnPage = 12

/** One of many things of the same kind: a map, a spectrum. */
export interface PagedItem {
  index: number
  name: string
}

/** A few of many named things at a time: found by name, the strongest first, page by page. */
export class Pages {
  query = $state('')
  page = $state(0)
  strongestFirst = $state(true)

  readonly found = $derived.by<readonly PagedItem[]>(() => {
    const wanted = this.query.trim().toLowerCase()
    const items = this.names()
      .map((name, index) => ({ index, name }))
      .filter(({ name }) => wanted === '' || name.toLowerCase().includes(wanted))
    const strengths = this.strengths()
    if (strengths === null || !this.strongestFirst) return items
    return items.sort((one, other) => (strengths[other.index] ?? 0) - (strengths[one.index] ?? 0))
  })
  readonly count = $derived.by(() => Math.max(1, Math.ceil(this.found.length / this.size)))
  /** The page that is shown: a search may leave fewer than were turned to. */
  readonly current = $derived(Math.min(this.page, this.count - 1))
  readonly shown = $derived.by(() =>
    this.found.slice(this.current * this.size, (this.current + 1) * this.size),
  )

  constructor(
    readonly names: () => readonly string[],
    /** How strong each is, for the order; null where there is no such order. */
    readonly strengths: () => ArrayLike<number> | null,
    readonly size: number,
  ) {}

  /** Whether there is more than one page of things in all. */
  get needed(): boolean {
    return this.names().length > this.size
  }

  find(query: string): void {
    this.query = query
    this.page = 0
  }
}
