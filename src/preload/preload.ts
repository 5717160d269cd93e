import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { electronChannels as channels, portMessage, type ChannelAnswer } from '../shared/electron-channels'
import type { ElectronBridge } from '../shared/platform'
import type { FileEntry } from '../shared/project'

/** Asks the main process; a failure becomes an error with the sentence it carries. */
async function ask(channel: string, input?: unknown): Promise<unknown> {
  const answer = (await ipcRenderer.invoke(channel, input)) as ChannelAnswer
  if ('failure' in answer) throw new Error(answer.failure.message)
  return answer.output
}

const bridge: ElectronBridge = {
  requestPort: () => {
    ipcRenderer.send(channels.port)
  },
  // The path is read here and goes straight to the main process; the page gets a handle.
  handleOfDroppedFile: (file) => ask(channels.dropped, webUtils.getPathForFile(file)) as Promise<FileEntry>,
  chooseFiles: () => ask(channels.chooseFiles) as Promise<FileEntry[]>,
  chooseFolder: () => ask(channels.chooseFolder) as Promise<FileEntry | null>,
  revealInFolder: (what) => ask(channels.reveal, what) as Promise<void>,
  openExternal: (address) => ask(channels.external, address) as Promise<void>,
}

// A port can not cross the context bridge; it is posted to the page's own window instead.
ipcRenderer.on(channels.port, (event) => {
  window.postMessage(portMessage, window.location.origin, event.ports)
})

contextBridge.exposeInMainWorld('filigree', bridge)
