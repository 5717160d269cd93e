import { SvelteSet } from 'svelte/reactivity'
import type { Failure } from '../../shared/failure'
import type { MethodDescription } from '../../shared/method'
import { changedParameters, formProblems, initialValues, type ParameterValue } from './form-state'

/** A method's form while a person fills it in. */
export class MethodForm {
  readonly method: MethodDescription
  values = $state.raw<Readonly<Record<string, ParameterValue>>>({})
  /** Text that is no number, by parameter; the value before it is kept. */
  #typing = $state.raw<Readonly<Record<string, string>>>({})
  /** What the host refused, until its field changes. */
  #refusal = $state.raw<{ field: string; message: string } | null>(null)
  readonly #touched = new SvelteSet<string>()
  #asked = $state(false)

  readonly problems = $derived.by(() => ({
    ...formProblems(this.method.parameters, this.values),
    ...this.#typing,
  }))
  readonly changed = $derived.by(() => changedParameters(this.method.parameters, this.values))
  readonly ready = $derived(Object.keys(this.problems).length === 0)

  /** Starts from the defaults, and over them what an earlier run used. */
  constructor(method: MethodDescription, earlier: Readonly<Record<string, unknown>> = {}) {
    this.method = method
    this.values = initialValues(method.parameters, earlier)
  }

  set(name: string, value: ParameterValue): void {
    this.values = { ...this.values, [name]: value }
    this.#touched.add(name)
    this.setTyping(name, null)
    if (this.#refusal?.field === name) this.#refusal = null
  }

  /** Told what is wrong with text that is still being typed; null once it can be read. */
  setTyping(name: string, problem: string | null): void {
    const { [name]: before, ...others } = this.#typing
    if (problem === null && before === undefined) return
    this.#touched.add(name)
    this.#typing = problem === null ? others : { ...others, [name]: problem }
  }

  /** What to say beside a field: nothing before a person has been there or has asked to run. */
  problemOf(name: string): string | null {
    if (this.#refusal?.field === name) return this.#refusal.message
    return this.#asked || this.#touched.has(name) ? (this.problems[name] ?? null) : null
  }

  /** A person wants to run: from now on every problem is shown. True when there is none. */
  check(): boolean {
    this.#asked = true
    return this.ready
  }

  /** Marks the field the host found at fault; false where the failure is about no field of this form. */
  refuse(failure: Pick<Failure, 'field' | 'message'>): boolean {
    const field = failure.field
    if (field === null || !this.method.parameters.some((parameter) => parameter.name === field)) return false
    this.#refusal = { field, message: failure.message }
    return true
  }
}
