import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { JobProcess } from './job-process'
import { ReadyHost } from './ready-host'

class ProcessDouble implements JobProcess {
  readonly pid = null
  killed = false
  end: (code: number | null, signal: string | null) => void = () => undefined

  readonly send = () => undefined
  readonly onMessage = () => undefined

  onExit(listener: (code: number | null, signal: string | null) => void): void {
    this.end = listener
  }

  kill(): void {
    this.killed = true
  }
}

let started: ProcessDouble[] = []
let host: ReadyHost

beforeEach(() => {
  vi.useFakeTimers()
  started = []
  host = new ReadyHost(() => {
    const process = new ProcessDouble()
    started.push(process)
    return process
  })
})
afterEach(() => vi.useRealTimers())

test('the second job gets a process that was started ahead, and never one that was used', () => {
  const first = host.launch()
  expect(started).toHaveLength(1)
  vi.advanceTimersByTime(1000)
  expect(started).toHaveLength(2)
  const second = host.launch()
  expect(second).toBe(started[1])
  expect(second).not.toBe(first)
  expect(started).toHaveLength(2)
})

test('jobs in a row start at once, whether a process waits or not', () => {
  const given = [host.launch(), host.launch(), host.launch()]
  expect(new Set(given).size).toBe(3)
  expect(started).toHaveLength(3)
})

test('a process that ended while it waited is not handed out', () => {
  host.launch()
  vi.advanceTimersByTime(1000)
  started[1]?.end(1, null)
  expect(host.launch()).toBe(started[2])
})

test('a process that nobody wants goes after a while, and on closing', () => {
  host.launch()
  vi.advanceTimersByTime(1000)
  vi.advanceTimersByTime(200_000)
  expect(started[1]?.killed).toBe(true)
  host.launch()
  vi.advanceTimersByTime(1000)
  host.close()
  expect(started.at(-1)?.killed).toBe(true)
  const count = started.length
  host.launch()
  vi.advanceTimersByTime(1000)
  expect(started).toHaveLength(count + 1)
})
