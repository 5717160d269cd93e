// Sets the fuses of a packaged Electron binary, which nothing at run time can undo:
//   npm run fuses -- path/to/Filigree
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the packaged app may do, fuse by fuse; the static test reads this very object. */
export const fuses = {
  /** `ELECTRON_RUN_AS_NODE` must not turn the app into a Node; solver hosts are utility processes. */
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  /** The page has its own scheme. */
  GrantFileProtocolExtraPrivileges: false,
  WasmTrapHandlers: true,
}

/** @param {string} binary path of the packaged app */
async function setFuses(binary) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(binary, {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: process.platform === 'darwin' && process.arch === 'arm64',
    strictlyRequireAllFuses: true,
    [FuseV1Options.RunAsNode]: fuses.RunAsNode,
    [FuseV1Options.EnableCookieEncryption]: fuses.EnableCookieEncryption,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: fuses.EnableNodeOptionsEnvironmentVariable,
    [FuseV1Options.EnableNodeCliInspectArguments]: fuses.EnableNodeCliInspectArguments,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: fuses.EnableEmbeddedAsarIntegrityValidation,
    [FuseV1Options.OnlyLoadAppFromAsar]: fuses.OnlyLoadAppFromAsar,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: fuses.LoadBrowserProcessSpecificV8Snapshot,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: fuses.GrantFileProtocolExtraPrivileges,
    [FuseV1Options.WasmTrapHandlers]: fuses.WasmTrapHandlers,
  })
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [binary] = process.argv.slice(2)
  if (binary === undefined) {
    process.stderr.write('Usage: npm run fuses -- path/to/the/packaged/app\n')
    process.exitCode = 2
  } else await setFuses(binary)
}
