/** The way to the workbench, whichever kind of process this is. */
export interface Channel {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
}

interface ElectronParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
}

/** Finds the channel: `parentPort` in an Electron utility process, the IPC pipe of a forked Node process. */
export function openChannel(): Channel {
  // Electron's own types say that there always is one; a forked Node process has none.
  const { parentPort } = process as unknown as { parentPort?: ElectronParentPort }
  if (parentPort !== undefined) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      // Chromium ends a utility process together with its parent.
      onClose: () => undefined,
    }
  }
  if (process.send === undefined) {
    throw new Error('The solver host is started by Filigree itself and does nothing on its own.')
  }
  return {
    send: (message) => process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => process.on('message', listener),
    onClose: (listener) => process.on('disconnect', listener),
  }
}
