import { app, BrowserWindow, crashReporter, dialog, protocol } from 'electron'
import { electronChannels } from '../../shared/electron-channels'
import { createWorkbench } from '../services/create-workbench'
import type { Workbench } from '../services/workbench'
import { answerDialogs } from './electron/dialogs'
import { utilityJobProcessLauncher } from './electron/job-process'
import { setMenu } from './electron/menu'
import { refuseNetwork, servePage } from './electron/page-protocol'
import { PortDoor } from './electron/port-transport'
import { schemes } from './electron/security-settings'
import { listenChannel } from './electron/sender'
import { lockPages, openWindow } from './electron/window'
import { WindowStateFile } from './electron/window-state'
import { defaultProjectsFolder, settingsFolder } from './folders'
import { listRendererFiles } from './renderer-files'
import { version } from './version'

// What must be said before Electron is ready.
app.setName('Filigree')
app.setPath('userData', settingsFolder())
app.enableSandbox()
protocol.registerSchemesAsPrivileged([...schemes])
// Dumps stay on this machine: there is no server to send them to.
crashReporter.start({ uploadToServer: false })
process.on('uncaughtException', (error) => {
  stop(error)
})

if (!app.requestSingleInstanceLock()) app.exit(0)
else {
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows()
    if (window?.isMinimized() === true) window.restore()
    window?.focus()
  })
  app.whenReady().then(start).catch(stop)
}

async function start(): Promise<void> {
  const files = await listRendererFiles()
  const workbench = await createWorkbench({
    shell: 'electron',
    version,
    settingsFolder: settingsFolder(),
    defaultFolder: defaultProjectsFolder(),
    launchJobProcess: utilityJobProcessLauncher,
  })
  const port = new PortDoor(workbench, version)
  const state = new WindowStateFile(settingsFolder())
  let window: BrowserWindow | null = null
  const open = async (): Promise<void> => {
    window = await openWindow(workbench, state)
  }

  lockPages()
  refuseNetwork()
  setMenu()
  servePage(workbench, files, report)
  answerDialogs(workbench, () => window)
  listenChannel(electronChannels.port, (event) => {
    port.connect(event.sender)
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open().catch(stop)
  })
  closeBeforeQuitting(workbench, port)
  await open()
}

/** Leaves the project in good order before the process goes. */
function closeBeforeQuitting(workbench: Workbench, port: PortDoor): void {
  let closed = false
  app.on('window-all-closed', () => {
    app.quit()
  })
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    port.close()
    workbench
      .close()
      .catch(report)
      .finally(() => {
        closed = true
        app.quit()
      })
  })
}

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

function stop(error: unknown): void {
  report(error)
  dialog.showErrorBox('Filigree can not go on', error instanceof Error ? error.message : String(error))
  app.exit(1)
}
