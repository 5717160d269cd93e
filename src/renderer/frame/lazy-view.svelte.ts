import type { Component } from 'svelte'
import { sentenceOf } from '../state/notices.svelte'

/** A part of the window whose code is fetched when it is first needed, or while the window is idle. */
export class LazyView<Props extends Record<string, unknown> = Record<string, never>> {
  component = $state.raw<Component<Props> | null>(null)
  /** Why the code could not be fetched; a further `load` tries again. */
  problem = $state<string | null>(null)
  readonly #fetch: () => Promise<{ default: Component<Props> }>
  #loading: Promise<void> | null = null

  constructor(fetch: () => Promise<{ default: Component<Props> }>) {
    this.#fetch = fetch
  }

  /** Fetches the code once. Never throws. */
  load(): Promise<void> {
    this.#loading ??= this.#fetch().then(
      (module) => {
        this.component = module.default
        this.problem = null
      },
      (error: unknown) => {
        this.problem = `This page could not be loaded: ${sentenceOf(error)}`
        this.#loading = null
      },
    )
    return this.#loading
  }
}
