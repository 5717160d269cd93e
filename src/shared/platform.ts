import type { FileEntry } from './project'

/** What the Electron preload puts on `window.filigree`; absent in the browser shell. Nothing else crosses. */
export interface ElectronBridge {
  /** Asks the main process for the message port; it arrives as a `message` event on the window (`filigree-port`). */
  requestPort(): void
  /** The handle of a dropped file, whose path only the preload and the main process see. */
  handleOfDroppedFile(file: File): Promise<FileEntry>
  chooseFiles(): Promise<FileEntry[]>
  chooseFolder(): Promise<FileEntry | null>
  /** Shows a report, run or dataset of the open project in the system's file manager. */
  revealInFolder(what: { kind: 'report' | 'run' | 'dataset'; id: string }): Promise<void>
  /** Opens a page of the allow-list (DOI, arXiv, the project's pages) in the system's browser. */
  openExternal(address: string): Promise<void>
}
