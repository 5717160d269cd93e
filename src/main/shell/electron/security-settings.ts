import type { CustomScheme, WebPreferences } from 'electron'

/**
 * The settings that keep the window closed, as plain values: nothing here has an effect of its own, so the
 * static test reads the very constants the shell uses.
 */

export const appScheme = 'filigree'
export const appHost = 'app'
export const appOrigin = `${appScheme}://${appHost}`

/** The custom scheme behaves like https: own origin, fetch, streamed answers, no bypass of the page's policy. */
export const schemes: readonly CustomScheme[] = [
  {
    scheme: appScheme,
    privileges: {
      standard: true,
      secure: true,
      supportFetchAPI: true,
      stream: true,
      codeCache: true,
      bypassCSP: false,
      allowServiceWorkers: false,
      corsEnabled: false,
    },
  },
]

/** Preferences of the only window; the preload's path is added where the window is made. */
export const webPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  safeDialogs: true,
  spellcheck: false,
} as const satisfies WebPreferences

/** Permissions the page may have; Electron would grant every one by default. Copying a figure or a command needs this one. */
export const grantedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Hosts whose https pages may be opened in the system's browser: citations, and the libraries' own pages. */
export const externalHosts: ReadonlySet<string> = new Set([
  'doi.org',
  'dx.doi.org',
  'arxiv.org',
  'www.nature.com',
  'ieeexplore.ieee.org',
  'github.com',
])

/** True for an https address on the list, without a user name or an unusual port. */
export function isAllowedExternal(address: string): boolean {
  const url = URL.parse(address)
  return (
    url?.protocol === 'https:' &&
    externalHosts.has(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  )
}

/** True for an address of the app's own page, the only one the window may show or hear. */
export function isAppAddress(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === `${appScheme}:` && url.host === appHost
}
