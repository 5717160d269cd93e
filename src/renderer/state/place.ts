/** A place in the app: `#/datasets/samson?tab=truth` is `{ path: ['datasets', 'samson'], query: tab=truth }`. */
export interface Place {
  path: readonly string[]
  query: URLSearchParams
}

/** Reads a location hash; anything unknown is the first page. */
export function parsePlace(hash: string): Place {
  const text = hash.replace(/^#\/?/, '')
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  return {
    path: path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeSegment),
    query: new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1)),
  }
}

/** A link to a place: `href('datasets', id)`. */
export function href(...path: readonly string[]): string {
  return `#/${path.map(encodeURIComponent).join('/')}`
}

/** The hash of a place. */
export function hashOf(place: Place): string {
  const query = place.query.toString()
  return href(...place.path) + (query === '' ? '' : `?${query}`)
}

/** The place with some of its query changed; null takes a key away. */
export function withQuery(place: Place, changes: Readonly<Record<string, string | null>>): Place {
  const query = new URLSearchParams(place.query)
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) query.delete(key)
    else query.set(key, value)
  }
  return { path: place.path, query }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
