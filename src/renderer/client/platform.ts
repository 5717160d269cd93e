import type { ElectronBridge } from '../../shared/platform'
import type { FileEntry } from '../../shared/project'
import { uploadFile } from './upload'

/** What differs between the shells besides the transport. */
export interface Platform {
  readonly shell: 'electron' | 'browser'
  /** Empty when the person changed their mind. */
  chooseFiles(title: string): Promise<FileEntry[]>
  chooseFolder(title: string): Promise<FileEntry | null>
  /** Handles of dropped files; the browser shell has to send their bytes first. */
  receiveDroppedFiles(
    files: readonly File[],
    onProgress: (name: string, fraction: number) => void,
    signal: AbortSignal,
  ): Promise<FileEntry[]>
  /** Null where the shell has no file manager to show things in. */
  readonly revealInFolder: ElectronBridge['revealInFolder'] | null
  openExternal(address: string): void
}

/** The built-in file dialog as the platform sees it. */
export type AskForFiles = (question: { title: string; choose: 'files' | 'folder' }) => Promise<FileEntry[]>

declare global {
  interface Window {
    filigree?: ElectronBridge
  }
}

export function createElectronPlatform(bridge: ElectronBridge): Platform {
  return {
    shell: 'electron',
    chooseFiles: () => bridge.chooseFiles(),
    chooseFolder: () => bridge.chooseFolder(),
    receiveDroppedFiles: (files) => Promise.all(files.map((file) => bridge.handleOfDroppedFile(file))),
    revealInFolder: (what) => bridge.revealInFolder(what),
    openExternal: (address) => void bridge.openExternal(address),
  }
}

export function createBrowserPlatform(ask: AskForFiles): Platform {
  return {
    shell: 'browser',
    chooseFiles: (title) => ask({ title, choose: 'files' }),
    chooseFolder: async (title) => (await ask({ title, choose: 'folder' }))[0] ?? null,
    async receiveDroppedFiles(files, onProgress, signal) {
      const entries: FileEntry[] = []
      // One after the other: together they would only share the same disk.
      for (const file of files) {
        entries.push(await uploadFile(file, (fraction) => onProgress(file.name, fraction), signal))
      }
      return entries
    },
    revealInFolder: null,
    openExternal: (address) => void window.open(address, '_blank', 'noopener,noreferrer'),
  }
}
