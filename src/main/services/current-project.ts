import { FiligreeError } from '../../shared/failure'
import type { ProjectStore } from '../store/project-store'

/** The one project that is open. */
export class CurrentProject {
  private store: ProjectStore | null = null

  get(): ProjectStore | null {
    return this.store
  }

  set(store: ProjectStore | null): void {
    this.store = store
  }

  /** Throws 'not-found' where none is open. */
  require(): ProjectStore {
    if (this.store !== null) return this.store
    throw new FiligreeError('not-found', 'No project is open. Open one, or make a new one, first.')
  }

  /** Throws 'read-only' as well. */
  requireWritable(): ProjectStore {
    const store = this.require()
    store.requireWritable()
    return store
  }
}
