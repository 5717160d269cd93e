import { FiligreeError } from '../../shared/failure'

export interface NoticeEntry {
  id: number
  tone: 'info' | 'success' | 'warning' | 'error'
  message: string
  action: { label: string; run: () => void } | null
}

const shortLife = 6_000
const longLife = 12_000

/** Short messages at the lower edge. Errors stay until they are dismissed; the rest goes by itself. */
export class NoticeStore {
  entries = $state.raw<readonly NoticeEntry[]>([])
  #nextId = 1

  show(tone: NoticeEntry['tone'], message: string, action: NoticeEntry['action'] = null): number {
    const id = this.#nextId
    this.#nextId += 1
    // The same sentence twice is one message.
    const others = this.entries.filter((entry) => entry.message !== message)
    this.entries = [...others, { id, tone, message, action }].slice(-4)
    if (tone !== 'error') setTimeout(() => this.dismiss(id), action === null ? shortLife : longLife)
    return id
  }

  dismiss(id: number): void {
    this.entries = this.entries.filter((entry) => entry.id !== id)
  }

  /** Shows what went wrong as one sentence; a cancelled action says nothing. */
  fail(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    if (error instanceof FiligreeError && error.code === 'cancelled') return
    this.show('error', sentenceOf(error))
  }

  /** Says that something was put in the trash, with the way back. */
  offerUndo(message: string, undo: () => Promise<unknown>): void {
    const id = this.show('info', message, {
      label: 'Undo',
      run: () => {
        this.dismiss(id)
        undo().catch((error: unknown) => this.fail(error))
      },
    })
  }
}

/** The sentence to show for anything that was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof FiligreeError) return error.message
  if (error instanceof TypeError) return 'Filigree could not be reached. Is it still running?'
  return error instanceof Error ? error.message : String(error)
}

/** Whether work ended because a person stopped it: nothing to tell them. */
export function isCancelled(error: unknown): boolean {
  return error instanceof FiligreeError && error.code === 'cancelled'
}
