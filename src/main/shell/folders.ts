import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where recent projects and preferences are kept, by the custom of each system; `FILIGREE_SETTINGS`
 * overrides it (tests, shared machines).
 */
export function settingsFolder(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment['FILIGREE_SETTINGS']
  if (chosen) return chosen
  if (platform === 'win32') {
    return join(environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Filigree')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Filigree')
  return join(environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'filigree')
}

/** Parent of projects whose place nobody chose; `FILIGREE_PROJECTS` overrides it. */
export function defaultProjectsFolder(environment: Environment = process.env): string {
  return environment['FILIGREE_PROJECTS'] ?? join(homedir(), 'Filigree')
}
