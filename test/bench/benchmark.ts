import type { Workspace } from '../measurement/workspace'
import { median } from '../measurement/statistics'

/** A measured figure; with a mark, or for the record where `passed` is null. */
export interface Measurement {
  name: string
  value: number
  text: string
  mark: string | null
  passed: boolean | null
  /** Every single time, in seconds, in the order they were taken. */
  times: Record<string, number[]>
}

/** A program that does the same work, and what it needs. */
export interface Peer {
  name: string
  /** Python modules that must be importable, and the packages that bring them. */
  modules: readonly string[]
  packages: readonly string[]
}

export interface Benchmark {
  name: string
  /** Peers measured where they are installed. */
  peers: readonly Peer[]
  /** Why it cannot be measured on this machine; null where it can. */
  missing: () => string | null
  measure: (workspace: Workspace, installed: (peer: Peer) => boolean) => Promise<Measurement[]>
}

/**
 * Times two programs in turn, A B A B, so that what else the machine does falls on both alike.
 * Each call returns its own seconds.
 */
export async function inTurn(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<{ ours: number[]; theirs: number[] }> {
  const times = { ours: [] as number[], theirs: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    times.ours.push(await ours())
    times.theirs.push(await theirs())
  }
  return times
}

/** Seconds a call takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** How many times faster ours is, by medians, beside a mark (null: for the record). */
export function ratio(
  name: string,
  times: { ours: number[]; theirs: number[] },
  least: number | null,
): Measurement {
  const ours = median(times.ours)
  const theirs = median(times.theirs)
  const value = theirs / ours
  return {
    name,
    value,
    text: `${value.toFixed(1)} times as fast (median ${seconds(ours)} against ${seconds(theirs)})`,
    mark: least === null ? null : `≥ ${least} times`,
    passed: least === null ? null : value >= least,
    times,
  }
}

/** A figure that must not be larger than a bound (null: for the record). */
export function bounded(
  name: string,
  value: number,
  bound: number | null,
  write: (value: number) => string,
  times: Record<string, number[]> = {},
): Measurement {
  return {
    name,
    value,
    text: write(value),
    mark: bound === null ? null : `≤ ${write(bound)}`,
    passed: bound === null ? null : value <= bound,
    times,
  }
}

/** '1.23 s' or '45.6 ms'. */
export function seconds(value: number): string {
  return value >= 1 ? `${value.toFixed(2)} s` : `${(value * 1000).toFixed(1)} ms`
}

/** '512 MiB'. */
export function mebibytes(value: number): string {
  return `${(value / 2 ** 20).toFixed(0)} MiB`
}
