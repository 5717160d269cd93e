import { describe, expect, test } from 'vitest'
import { fuses } from '../../scripts/fuses.mjs'
import { dataPolicy, pagePolicy } from '../../src/main/shell/content-security'
import {
  appOrigin,
  grantedPermissions,
  isAllowedExternal,
  isAppAddress,
  schemes,
  webPreferences,
} from '../../src/main/shell/electron/security-settings'
import { electronChannels } from '../../src/shared/electron-channels'
import { importedModules, propertyValues, sourceFiles, stringLiterals, type SourceFile } from './source-files'

const shell = sourceFiles('src/main/shell').filter(({ path }) => /shell\/electron(\.ts|\/)/.test(path))
const preload = sourceFiles('src/preload')
const everything = sourceFiles('src')
const scripts = everything.filter(({ path }) => path.endsWith('.ts'))

const fileOf = (end: string): SourceFile => {
  const found = everything.find(({ path }) => path.endsWith(end))
  if (found === undefined) throw new Error(`No source file ends with ${end}.`)
  return found
}
/** Source text without comments and without line breaks, to look for calls in. */
const code = (file: SourceFile): string =>
  file.text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')

describe('the window', () => {
  test('isolates the page and gives it no Node', () => {
    expect(webPreferences).toEqual({
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
    })
  })

  test('is made in one place, with these preferences and nothing that loosens them', () => {
    const makers = shell.filter((file) => code(file).includes('new BrowserWindow('))
    expect(makers.map(({ path }) => path)).toEqual(['src/main/shell/electron/window.ts'])
    expect(propertyValues(fileOf('electron/window.ts'), 'webPreferences')).toEqual([
      '{ ...webPreferences, preload: preloadPath, devTools: !app.isPackaged }',
    ])
  })

  test.each([
    ['nodeIntegration', 'true'],
    ['nodeIntegrationInWorker', 'true'],
    ['nodeIntegrationInSubFrames', 'true'],
    ['contextIsolation', 'false'],
    ['sandbox', 'false'],
    ['webSecurity', 'false'],
    ['webviewTag', 'true'],
    ['allowRunningInsecureContent', 'true'],
    ['bypassCSP', 'true'],
    ['enableRemoteModule', 'true'],
  ])('nowhere is %s: %s', (name, value) => {
    expect(scripts.filter((file) => propertyValues(file, name).includes(value))).toEqual([])
  })

  test('shows the custom scheme; nothing loads a file: address or a page of the network', () => {
    expect(code(fileOf('electron/window.ts'))).toContain('window.loadURL(`${appOrigin}/`)')
    expect(appOrigin).toBe('filigree://app')
    for (const file of [...shell, ...preload]) {
      expect(code(file)).not.toMatch(/\.loadFile\(|\.executeJavaScript\(|\.insertCSS\(/)
      const addresses = stringLiterals(file).filter((text) => /^(file|https?|ftp):/i.test(text))
      expect(addresses.filter((text) => text !== 'https:')).toEqual([])
    }
  })

  test('the whole process is sandboxed before a page exists, and one instance runs', () => {
    const main = code(fileOf('shell/electron.ts'))
    expect(main).toContain('app.enableSandbox()')
    expect(main).toContain('app.requestSingleInstanceLock()')
    expect(main.indexOf('registerSchemesAsPrivileged')).toBeLessThan(main.indexOf('whenReady'))
    expect(main).not.toMatch(/commandLine\.appendSwitch|no-sandbox|ignore-certificate/)
  })
})

describe('the scheme', () => {
  test('is standard and secure, streams, and bypasses no policy', () => {
    expect(schemes).toHaveLength(1)
    expect(schemes[0]?.privileges).toMatchObject({
      standard: true,
      secure: true,
      supportFetchAPI: true,
      stream: true,
      bypassCSP: false,
      allowServiceWorkers: false,
      corsEnabled: false,
    })
  })

  test('serves with a strict policy', () => {
    for (const policy of [pagePolicy(), dataPolicy]) {
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("base-uri 'none'")
      expect(policy).toContain("form-action 'none'")
      expect(policy).not.toMatch(/unsafe-eval|\*|https?:/)
    }
    expect(pagePolicy()).toMatch(/script-src 'self';/)
    expect(pagePolicy()).toMatch(/style-src 'self';/)
    expect(dataPolicy).not.toMatch(/script-src|allow-scripts|allow-same-origin/)
    expect(code(fileOf('electron/page-protocol.ts'))).toContain('pageHeaders(')
    expect(code(fileOf('electron/page-protocol.ts'))).toContain('dataHeadersFor(')
  })

  test.each([
    ['filigree://app/', true],
    ['filigree://app/data/reports/x', true],
    ['filigree://evil/', false],
    ['filigree://app.evil/', false],
    ['file:///etc/passwd', false],
    ['https://app/', false],
    ['about:blank', false],
    ['', false],
  ])('%s is the app: %s', (address, expected) => {
    expect(isAppAddress(address)).toBe(expected)
  })
})

describe('pages may not leave', () => {
  const window = code(fileOf('electron/window.ts'))

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    '%s is held',
    (event) => {
      expect(window).toContain(`page.on('${event}'`)
    },
  )

  test('new windows are denied, permissions are refused but one', () => {
    expect(window).toContain("return { action: 'deny' }")
    expect(window).not.toContain("action: 'allow'")
    expect(window).toContain('setPermissionRequestHandler(')
    expect(window).toContain('setPermissionCheckHandler(')
    expect([...grantedPermissions]).toEqual(['clipboard-sanitized-write'])
    expect(code(fileOf('shell/electron.ts'))).toContain('lockPages()')
  })

  test.each([
    ['https://doi.org/10.1016/j.isprsjprs.2013.11.014', true],
    ['https://arxiv.org/abs/1403.4682', true],
    ['http://doi.org/x', false],
    ['https://doi.org.evil.example/', false],
    ['https://evil.example/?https://doi.org', false],
    ['https://user:word@doi.org/', false],
    ['https://doi.org:8443/', false],
    ['javascript:alert(1)', false],
    ['file:///etc/passwd', false],
    ['not an address', false],
  ])('%s opens outside: %s', (address, expected) => {
    expect(isAllowedExternal(address)).toBe(expected)
  })

  test('openExternal is called behind the list only', () => {
    const callers = shell.filter((file) => code(file).includes('shell.openExternal('))
    expect(callers.map(({ path }) => path)).toEqual(['src/main/shell/electron/dialogs.ts'])
    expect(code(fileOf('electron/dialogs.ts'))).toMatch(
      /if \(!isAllowedExternal\(address\)\) \{ throw .*\} await shell\.openExternal\(address\)/,
    )
  })
})

describe('messages', () => {
  test('are heard through the checked doors only', () => {
    const listeners = shell.filter((file) => /ipcMain\.(on|once|handle|handleOnce)\(/.test(code(file)))
    expect(listeners.map(({ path }) => path)).toEqual(['src/main/shell/electron/sender.ts'])
    expect(code(fileOf('electron/sender.ts'))).toMatch(
      /ipcMain\.handle\([^{]*\{ if \(!isTrustedSender\(event\)\)/,
    )
    expect(code(fileOf('electron/sender.ts'))).toMatch(/ipcMain\.on\([^{]*\{ if \(isTrustedSender\(event\)\)/)
  })

  test('the preload exposes one object, whose members name their channel themselves', () => {
    expect(preload.map(({ path }) => path)).toEqual(['src/preload/preload.ts'])
    const door = code(fileOf('preload/preload.ts'))
    expect(door.match(/exposeInMainWorld\(/g)).toHaveLength(1)
    expect(door).toContain("exposeInMainWorld('filigree', bridge)")
    expect(door).not.toMatch(/[:=(]\s*ipcRenderer\b(?!\.)|\.\.\.ipcRenderer|sendSync|eval\(|require\(/)
    for (const member of [
      'requestPort',
      'handleOfDroppedFile',
      'chooseFiles',
      'chooseFolder',
      'revealInFolder',
      'openExternal',
    ]) {
      expect(door).toContain(`${member}: (`)
    }
    for (const channel of Object.keys(electronChannels)) expect(door).toContain(`channels.${channel}`)
  })

  test('the preload is a bundle: it imports electron and types or constants of the contract', () => {
    const modules = importedModules(fileOf('preload/preload.ts'))
    expect(modules.filter((name) => name !== 'electron').every((name) => name.startsWith('../shared/'))).toBe(
      true,
    )
    expect(
      importedModules(fileOf('shared/electron-channels.ts')).every((name) => name.startsWith('./')),
    ).toBe(true)
  })
})

describe('the rest of the app', () => {
  test('does not know Electron', () => {
    const knowing = scripts.filter((file) =>
      importedModules(file).some((name) => /^electron($|\/)/.test(name)),
    )
    const allowed = new Set([...shell, ...preload].map(({ path }) => path))
    expect(knowing.map(({ path }) => path).filter((path) => !allowed.has(path))).toEqual([])
    expect(knowing.length).toBeGreaterThan(5)
  })

  test('has no code in strings', () => {
    for (const file of everything) {
      expect(code(file), file.path).not.toMatch(/[^\w.$]eval\(|new Function\(/)
    }
  })
})

test('the packaged app is fused', () => {
  expect(fuses).toEqual({
    RunAsNode: false,
    EnableCookieEncryption: true,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    LoadBrowserProcessSpecificV8Snapshot: false,
    GrantFileProtocolExtraPrivileges: false,
    WasmTrapHandlers: true,
  })
})
