import { describe, expect, test, vi } from 'vitest'
import type { JobProcess } from './job-process'
import { startJob } from './supervisor'

const input = { version: '0.0.0' }
const environment = {
  filigree: '0.0.0',
  native: '0.0.0',
  libraries: {},
  target: 'x86-64',
  runtime: 'Node 24',
  system: 'Linux',
  processor: 'unknown',
  cores: 2,
  memoryBytes: 1e9,
}

/** A job process that does what a test tells it to. */
class ProcessDouble implements JobProcess {
  readonly pid = 1
  readonly sent: unknown[] = []
  killed = 0
  say: (message: unknown) => void = () => undefined
  end: (code: number | null, signal: string | null) => void = () => undefined

  send(message: unknown): void {
    this.sent.push(message)
  }

  onMessage(listener: (message: unknown) => void): void {
    this.say = listener
  }

  onExit(listener: (code: number | null, signal: string | null) => void): void {
    this.end = listener
  }

  kill(): void {
    this.killed += 1
  }
}

const progress = {
  stage: 'Iterating',
  iteration: 120,
  iterationLimit: null,
  fraction: null,
  rows: [[120, Number.NaN]],
}

describe('the supervisor of a job', () => {
  test('starts it, passes progress on, gives its result, and ends the process', async () => {
    const double = new ProcessDouble()
    const heard: unknown[] = []
    const job = startJob(
      () => double,
      'environment',
      input,
      (news) => heard.push(news),
    )
    expect(double.sent).toEqual([{ type: 'start', kind: 'environment', input }])
    double.say({ type: 'progress', progress })
    double.say({ type: 'result', output: environment })
    expect(await job.result).toEqual(environment)
    expect(heard).toEqual([progress])
    expect(double.killed).toBe(1)
  })

  test.each([
    ['is killed', null, 'SIGKILL', /killed \(SIGKILL\) at iteration 120.*memory/],
    ['falls over', null, 'SIGSEGV', /ended by SIGSEGV at iteration 120/],
    ['leaves without a word', 3, null, /exit code 3.*at iteration 120/],
    ['never starts', null, null, /could not be started/],
  ])('a process that %s makes a crash with its reason', async (_how, code, signal, says) => {
    const double = new ProcessDouble()
    const job = startJob(() => double, 'environment', input)
    double.say({ type: 'progress', progress })
    double.end(code, signal)
    await expect(job.result).rejects.toMatchObject({
      code: 'crashed',
      message: expect.stringMatching(says) as string,
    })
  })

  test('a failure keeps its code, its field and its sentence', async () => {
    const double = new ProcessDouble()
    const job = startJob(() => double, 'environment', input)
    const failure = { code: 'invalid-parameter', message: 'Too many.', field: 'endmembers', detail: null }
    double.say({ type: 'failure', failure })
    await expect(job.result).rejects.toMatchObject(failure)
  })

  test('words that mean nothing are refused', async () => {
    const double = new ProcessDouble()
    const job = startJob(() => double, 'environment', input)
    double.say({ type: 'result', output: { filigree: 7 } })
    await expect(job.result).rejects.toMatchObject({ code: 'internal' })
  })

  test('a cancel asks first and kills within the second', async () => {
    vi.useFakeTimers()
    const double = new ProcessDouble()
    const job = startJob(() => double, 'environment', input)
    const ended = expect(job.result).rejects.toMatchObject({ code: 'cancelled' })
    job.cancel()
    job.cancel()
    expect(double.sent.slice(1)).toEqual([{ type: 'cancel' }])
    expect(double.killed).toBe(0)
    vi.advanceTimersByTime(900)
    expect(double.killed).toBe(1)
    double.end(null, 'SIGKILL')
    await ended
    vi.useRealTimers()
  })
})
