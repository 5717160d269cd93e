import { resolve } from 'node:path'
import { app, BrowserWindow, dialog, nativeTheme, session, type WebContents } from 'electron'
import type { Workbench } from '../../services/workbench'
import { confirmLeaving, openAllowed } from './dialogs'
import {
  appOrigin,
  grantedPermissions,
  isAllowedExternal,
  isAppAddress,
  webPreferences,
} from './security-settings'
import { smallestWindow, type WindowStateFile } from './window-state'

const preloadPath = resolve(import.meta.dirname, '..', 'preload', 'preload.cjs')

/** Makes the window and loads the page. Closing it asks while runs are under way. */
export async function openWindow(workbench: Workbench, state: WindowStateFile): Promise<BrowserWindow> {
  const { bounds, maximized } = state.read()
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    title: 'Filigree',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: { ...webPreferences, preload: preloadPath, devTools: !app.isPackaged },
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => {
    window.show()
  })
  window.on('close', (event) => {
    const runs = workbench.activeRuns()
    if (runs > 0 && !confirmLeaving(window, runs)) event.preventDefault()
  })
  state.keep(window)
  offerReloadAfterCrash(window)
  await window.loadURL(`${appOrigin}/`)
  return window
}

/** Refuses, for every page that ever comes to be, to go elsewhere, open windows, attach webviews or get permissions. */
export function lockPages(): void {
  app.on('web-contents-created', (_event, page) => {
    lockPage(page)
  })
  session.defaultSession.setPermissionRequestHandler((page, permission, decide, details) => {
    decide(isAppAddress(details.requestingUrl) && page.getURL() !== '' && grantedPermissions.has(permission))
  })
  session.defaultSession.setPermissionCheckHandler((_page, permission, origin) => {
    return isAppAddress(origin) && grantedPermissions.has(permission)
  })
  session.defaultSession.setDevicePermissionHandler(() => false)
}

function lockPage(page: WebContents): void {
  page.on('will-navigate', (event) => {
    if (!isAppAddress(event.url)) event.preventDefault()
  })
  page.on('will-frame-navigate', (event) => {
    if (!isAppAddress(event.url)) event.preventDefault()
  })
  page.on('will-redirect', (event) => {
    if (!isAppAddress(event.url)) event.preventDefault()
  })
  page.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
  page.setWindowOpenHandler(({ url }) => {
    // A citation's link in the page or in a shown report: the system's browser takes it, if it is on the list.
    if (isAllowedExternal(url)) void openAllowed(url)
    return { action: 'deny' }
  })
}

/** A page that died or hangs takes no work with it: the services and the solver hosts live elsewhere. */
function offerReloadAfterCrash(window: BrowserWindow): void {
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return
    const answer = dialog.showMessageBoxSync(window, {
      type: 'error',
      title: 'Filigree',
      message: 'The window stopped working.',
      detail: `Reason: ${details.reason}. Runs go on and nothing that was finished is lost.`,
      buttons: ['Reload', 'Close'],
      defaultId: 0,
      cancelId: 0,
    })
    if (answer === 0) window.reload()
    else window.close()
  })
}
