import type { Browser, Page } from '@playwright/test'
import { resolve } from 'node:path'

export const projectRoot = resolve(import.meta.dirname, '..', '..', '..')

/** Folders of one test, so that nothing is shared between two. */
export interface AppFolders {
  /** Recent projects and preferences. */
  settings: string
  /** Parent of new projects. */
  projects: string
  /** Files a test makes to import them. */
  files: string
}

/** A started Filigree with its one page. */
export interface LaunchedApp {
  page: Page
  /** Answers the file dialog that `open` brings up: the built-in one, or the system's own. */
  chooseFiles(paths: readonly string[], open: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** Starts one shell. */
export interface Launcher {
  /** Why it cannot be started here; null where it can. */
  unavailable(): string | null
  launch(folders: AppFolders, window: WindowSetting, browser: () => Promise<Browser>): Promise<LaunchedApp>
}

export interface WindowSetting {
  width: number
  height: number
  colours: 'light' | 'dark'
}

/** The environment of a started app: its own folders, no browser window of the person's, no colours. */
export function appEnvironment(folders: AppFolders): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE',
  )
  return {
    ...Object.fromEntries(own),
    HOME: folders.files,
    FILIGREE_SETTINGS: folders.settings,
    FILIGREE_PROJECTS: folders.projects,
    NO_COLOR: '1',
  }
}
