import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FiligreeError, failureCodeSchema } from '../shared/failure'
import type * as Native from './node/index'

/** The native addon. Only the solver host may call this: loading it takes memory and threads. */
export type NativeAddon = typeof Native

let loaded: NativeAddon | null = null

/**
 * Loads the addon once. `FILIGREE_NATIVE` names another file than the built one.
 * Throws a `FiligreeError` that says how to build it where it is missing.
 */
export function loadNative(): NativeAddon {
  if (loaded !== null) return loaded
  const path = process.env['FILIGREE_NATIVE'] ?? builtAddon()
  try {
    loaded = createRequire(import.meta.url)(path) as NativeAddon
  } catch (cause) {
    throw new FiligreeError(
      'internal',
      `The native solvers could not be loaded from ${path}. Run npm start once to build them.`,
      {
        detail: cause instanceof Error ? cause.message : String(cause),
        cause,
      },
    )
  }
  return loaded
}

/** Looks upwards from this file: it runs from `out/main` when built, and from `src` under vitest. */
function builtAddon(): string {
  const relative = join('src', 'native', 'build', 'filigree.node')
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const candidate = join(folder, relative)
    if (existsSync(candidate)) return candidate
    const packaged = join(folder, 'filigree.node')
    if (existsSync(packaged)) return packaged
    const parent = dirname(folder)
    if (parent === folder) return candidate
    folder = parent
  }
}

/** What a native function needs to know of the job it works for. */
export interface NativeCallContext {
  seed: number
  threads: number
  folder: string
  onProgress: (progress: Native.NativeProgress) => void
  signal: AbortSignal
}

/**
 * Calls a native solver: passes the progress on, turns the abort signal into the addon's cancel token,
 * and turns what the addon throws into a `FiligreeError`.
 */
export async function callNative<Result>(
  context: NativeCallContext,
  call: (native: NativeAddon, context: Native.Context) => Promise<Result>,
): Promise<Result> {
  const native = loadNative()
  const token = native.createCancelToken()
  const cancel = () => native.cancel(token)
  if (context.signal.aborted) cancel()
  context.signal.addEventListener('abort', cancel, { once: true })
  try {
    return await call(native, {
      threads: context.threads,
      seed: context.seed,
      folder: context.folder,
      onProgress: context.onProgress,
      cancelToken: token,
    })
  } catch (cause) {
    throw fromNativeError(cause)
  } finally {
    context.signal.removeEventListener('abort', cancel)
    native.releaseCancelToken(token)
  }
}

/** The addon's error as the rest of the app throws it. */
export function fromNativeError(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof FiligreeError) return cause
  const { code, parameter } = cause as Error & { code?: unknown; parameter?: unknown }
  const known = failureCodeSchema.safeParse(code)
  if (!known.success) return cause
  return new FiligreeError(known.data, cause.message, {
    ...(typeof parameter === 'string' ? { field: parameter } : {}),
    cause,
  })
}
