import open from 'open'

/** True where a browser window can be expected to appear for the person who started this. */
export function canOpenBrowser(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (environment['CI'] || environment['SSH_CONNECTION']) return false
  if (platform !== 'linux') return true
  return Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'] ?? environment['WSL_DISTRO_NAME'])
}

/** Opens an address in the default browser. Failing is no failure of the app: the address is printed too. */
export async function openAddress(address: string): Promise<void> {
  try {
    const child = await open(address)
    child.on('error', () => undefined)
  } catch {
    // The printed address remains.
  }
}
