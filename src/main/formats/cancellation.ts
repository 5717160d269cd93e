import { FiligreeError } from '../../shared/failure'

/** Throws `cancelled` once a person has asked to stop. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new FiligreeError('cancelled', 'It was cancelled.')
}
