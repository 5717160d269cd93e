import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import type { InputDescription, MethodDescription } from '../../shared/method'
import type { RunRecord, RunRequest, RunSummary } from '../../shared/run'
import { suggestionsFrom } from '../forms/suggestions'
import { inputChoices, inputKey, noInput, type InputChoice } from '../forms/input-choices'
import { fits } from '../forms/form-state'
import { MethodForm } from '../forms/method-form.svelte'
import type { App } from '../state/app.svelte'
import { sentenceOf } from '../state/notices.svelte'

/** Runs offered as sources of spectra. */
export const offeredRuns = 200

/** Parameters that an address asks for, as JSON; none where it is no such thing. */
export function parametersOf(text: string | null): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}')
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {}
  } catch {
    return {}
  }
}

/** A run while it is being asked for: method, inputs, form, seed, threads. */
export class NewRun {
  form = $state.raw<MethodForm | null>(null)
  /** Chosen key of every input, by name. */
  inputs = $state.raw<Readonly<Record<string, string>>>({})
  seed = $state<number | null>(0)
  /** Null uses every core. */
  threads = $state<number | null>(null)
  sending = $state(false)
  /** What the host said when it refused, where it is about no parameter. */
  failure = $state.raw<{ message: string; field: string | null } | null>(null)
  /** The run whose settings these were at first. */
  earlier = $state.raw<RunRecord | null>(null)
  asked = $state(false)
  #runs = $state.raw<readonly RunSummary[]>([])

  readonly method = $derived(this.form?.method ?? null)
  readonly seedProblem = $derived(
    this.seed === null || this.seed < 0 || !Number.isSafeInteger(this.seed)
      ? 'The seed is a whole number, 0 or above.'
      : null,
  )
  readonly threadsProblem = $derived(
    this.threads !== null && (this.threads < 1 || this.threads > 1024 || !Number.isInteger(this.threads))
      ? 'Threads are a whole number from 1 to 1024; left open, every core is used.'
      : null,
  )
  readonly request = $derived.by<RunRequest | null>(() => {
    if (this.form === null) return null
    const references = this.form.method.inputs.flatMap((input) => {
      const reference = this.#choice(input)?.reference ?? null
      return reference === null ? [] : [[input.name, reference] as const]
    })
    return {
      method: this.form.method.id,
      inputs: Object.fromEntries(references),
      parameters: this.form.changed,
      seed: this.seed ?? 0,
      threads: this.threads,
    }
  })

  /** The cube that is chosen. */
  readonly cube = $derived.by<Dataset | null>(() => {
    const input = this.form?.method.inputs.find(({ type }) => type === 'cube')
    const key = input === undefined ? '' : this.inputs[input.name]
    const chosen = ({ id }: Dataset) => inputKey({ type: 'dataset', dataset: id }) === key
    return this.app.datasets.list.find(chosen) ?? null
  })
  readonly suggestions = $derived(suggestionsFrom(this.cube))

  constructor(readonly app: App) {}

  /** Reads what may serve as input, and the run to start from. */
  async load(earlier: string | null): Promise<void> {
    const [list, record] = await Promise.all([
      this.app.client.request('runs.list', {
        query: 'state:succeeded',
        sort: 'number',
        descending: true,
        offset: 0,
        limit: offeredRuns,
      }),
      earlier === null ? null : this.app.client.request('runs.get', { run: earlier }),
    ])
    this.#runs = list.runs
    this.earlier = record
  }

  /**
   * Chooses a method; inputs that still fit are kept, parameters of an earlier run are taken over, and over both what
   * was asked for.
   */
  choose(
    method: MethodDescription,
    dataset: string | null,
    wanted: Readonly<Record<string, unknown>> = {},
  ): void {
    const before = this.inputs
    const earlier = this.earlier?.method.id === method.id ? this.earlier : null
    // Only what a person set goes along to another method: its defaults are its own.
    const kept = { ...this.form?.changed, ...earlier?.parameters, ...wanted }
    const named = Object.fromEntries(
      method.parameters
        .filter((parameter) => fits(parameter, kept[parameter.name]))
        .map(({ name }) => [name, kept[name]]),
    )
    this.form = new MethodForm(method, named)
    this.failure = null
    this.asked = false
    if (earlier !== null) {
      this.seed = earlier.seed
      this.threads = null
    }
    this.inputs = {}
    for (const input of method.inputs) this.#chooseFirst(input, before, dataset, earlier)
  }

  choices(input: InputDescription): InputChoice[] {
    return inputChoices(input, {
      datasets: this.app.datasets.list,
      runs: this.#runs,
      methods: this.app.methods.list,
      cube: this.cube,
    })
  }

  setInput(name: string, key: string): void {
    this.inputs = { ...this.inputs, [name]: key }
    this.failure = null
    // Spectra of another cube may no longer fit.
    for (const input of this.form?.method.inputs ?? []) {
      if (input.name !== name && this.#choice(input) === undefined) this.#chooseFirst(input, {}, null, null)
    }
  }

  inputProblem(input: InputDescription): string | null {
    if (this.failure?.field === input.name) return this.failure.message
    if (!this.asked || input.optional || this.#choice(input) !== undefined) return null
    return `${input.title} is needed: choose one.`
  }

  /** Sends the run; the answer is its record, or null where something must be mended first. */
  async start(): Promise<RunRecord | null> {
    this.asked = true
    this.failure = null
    const { form, request } = this
    if (form === null || request === null || this.sending) return null
    const inputsReady = form.method.inputs.every((input) => this.inputProblem(input) === null)
    if (!form.check() || !inputsReady || this.seedProblem !== null || this.threadsProblem !== null)
      return null
    this.sending = true
    try {
      return await this.app.client.request('runs.start', request)
    } catch (error) {
      const field = error instanceof FiligreeError ? error.field : null
      const message = sentenceOf(error)
      if (!form.refuse({ field, message })) this.failure = { message, field }
      return null
    } finally {
      this.sending = false
    }
  }

  #choice(input: InputDescription): InputChoice | undefined {
    return this.choices(input).find(({ key }) => key === this.inputs[input.name])
  }

  #chooseFirst(
    input: InputDescription,
    before: Readonly<Record<string, string>>,
    dataset: string | null,
    earlier: RunRecord | null,
  ): void {
    const choices = this.choices(input)
    const reference = earlier?.inputs[input.name]?.reference
    // What one input has taken is not offered to an optional one of the same kind: a matrix is not its own factor.
    const spoken =
      input.optional &&
      (this.form?.method.inputs ?? []).some(
        (other) => other.name !== input.name && other.type === input.type && !other.optional,
      )
    const wanted = [
      reference === undefined ? undefined : inputKey(reference),
      dataset !== null && !spoken ? inputKey({ type: 'dataset', dataset }) : undefined,
      before[input.name],
      // The true maps of the scene come before none: where they are known they are wanted.
      input.optional && input.type !== 'maps' ? noInput : choices[0]?.key,
    ]
    const key = wanted.find((candidate) => choices.some((choice) => choice.key === candidate))
    if (key !== undefined) this.inputs = { ...this.inputs, [input.name]: key }
  }
}
