import { dialog, shell, type BrowserWindow } from 'electron'
import { z } from 'zod'
import { electronChannels as channels } from '../../../shared/electron-channels'
import { FiligreeError } from '../../../shared/failure'
import type { FileEntry } from '../../../shared/project'
import type { Workbench } from '../../services/workbench'
import { isAllowedExternal } from './security-settings'
import { handleChannel } from './sender'

const droppedPathSchema = z.string().min(1).max(32_768)
const revealSchema = z.object({
  kind: z.enum(['report', 'run', 'dataset']),
  id: z.string().min(1).max(200),
})
const externalAddressSchema = z.string().min(1).max(2048)

/** Native dialogs and the file manager. Paths stay here: the page only ever gets handles. */
export function answerDialogs(workbench: Workbench, window: () => BrowserWindow | null): void {
  handleChannel(channels.dropped, droppedPathSchema, (path) => workbench.grant(path))

  handleChannel(channels.chooseFiles, z.undefined(), async (): Promise<FileEntry[]> => {
    const paths = await choose(window(), ['openFile', 'multiSelections'])
    return Promise.all(paths.map((path) => workbench.grant(path)))
  })

  handleChannel(channels.chooseFolder, z.undefined(), async (): Promise<FileEntry | null> => {
    const [path] = await choose(window(), ['openDirectory', 'createDirectory'])
    return path === undefined ? null : workbench.grant(path)
  })

  handleChannel(channels.reveal, revealSchema, (what) => {
    shell.showItemInFolder(workbench.pathOf(what))
  })

  handleChannel(channels.external, externalAddressSchema, (address) => openAllowed(address))
}

async function choose(
  window: BrowserWindow | null,
  properties: ('openFile' | 'multiSelections' | 'openDirectory' | 'createDirectory')[],
): Promise<string[]> {
  const answer =
    window === null
      ? await dialog.showOpenDialog({ properties })
      : await dialog.showOpenDialog(window, { properties })
  return answer.canceled ? [] : answer.filePaths
}

/** Opens an address of the allow-list in the system's browser; throws for any other. */
export async function openAllowed(address: string): Promise<void> {
  if (!isAllowedExternal(address)) {
    throw new FiligreeError(
      'not-allowed',
      `Filigree does not open ${address}. Copy it into a browser if you trust it.`,
    )
  }
  await shell.openExternal(address)
}

/** Asks whether to leave although runs are under way. */
export function confirmLeaving(window: BrowserWindow, runs: number): boolean {
  const answer = dialog.showMessageBoxSync(window, {
    type: 'warning',
    title: 'Filigree',
    message: runs === 1 ? 'A run is still under way.' : `${runs} runs are still under way.`,
    detail: 'Leaving cancels them. Finished runs are safe.',
    buttons: ['Stay', 'Cancel runs and leave'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  return answer === 1
}
