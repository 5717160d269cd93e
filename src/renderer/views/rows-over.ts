import type { Artifact } from '../../shared/run'

/** The points that belong under a series: a scatter called as the series with 'Rows' after it. Null where there are none. */
export function rowsOver({ name, meaning }: Artifact, artifacts: readonly Artifact[]): Artifact | null {
  if (meaning !== 'series') return null
  return artifacts.find((other) => other.meaning === 'scatter' && other.name === `${name}Rows`) ?? null
}
