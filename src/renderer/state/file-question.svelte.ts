import type { AskForFiles } from '../client/platform'
import type { FileEntry } from '../../shared/project'

interface Question {
  title: string
  choose: 'files' | 'folder'
  answer: (entries: FileEntry[]) => void
}

/** The question the built-in file dialog is asking, if any. */
export class FileQuestion {
  current = $state.raw<Question | null>(null)

  readonly ask: AskForFiles = ({ title, choose }) =>
    new Promise((resolve) => {
      this.current?.answer([])
      this.current = { title, choose, answer: resolve }
    })

  /** An empty list says that the person changed their mind. */
  answer(entries: FileEntry[]): void {
    const question = this.current
    this.current = null
    question?.answer(entries)
  }
}
