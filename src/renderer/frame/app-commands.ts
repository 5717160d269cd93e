import type { App } from '../state/app.svelte'
import type { Command } from '../state/commands.svelte'
import type { ThemeChoice } from '../state/theme.svelte'
import type { Area } from './pages'

interface FrameActions {
  openPalette: () => void
  openShortcuts: () => void
}

/** Asks for a project folder and opens it; nothing happens when none was chosen. */
export async function openProject(app: App): Promise<void> {
  const folder = await app.platform.chooseFolder('Open a project')
  if (folder === null) return
  await app.project.open(folder.handle)
  app.router.go('project')
}

/** Makes the sample project and shows its scene. */
export async function trySample(app: App): Promise<void> {
  app.router.go('datasets', await app.project.trySample())
}

/** Opens the form for a new project. */
export function newProject(app: App): void {
  app.router.goWith(['project'], { dialog: 'new' })
}

/** What can be done from anywhere. Pages add their own commands while they are on screen. */
export function appCommands(app: App, areas: readonly Area[], actions: FrameActions): Command[] {
  const hasProject = () => app.project.current !== null
  const writable = () => hasProject() && !app.project.readOnly
  const theme = (choice: ThemeChoice, title: string): Command => ({
    id: `theme.${choice}`,
    title,
    group: 'Appearance',
    run: () => app.theme.choose(choice),
  })
  return [
    ...areas.map((entry, index): Command => ({
      id: `go.${entry.area}`,
      title: `Go to ${entry.title}`,
      group: 'Go',
      shortcut: `Alt+${index + 1}`,
      enabled: () => !entry.needsProject || hasProject(),
      run: () => app.router.go(entry.area),
    })),
    {
      id: 'project.new',
      title: 'New project …',
      group: 'Project',
      run: () => newProject(app),
    },
    {
      id: 'project.open',
      title: 'Open a project …',
      group: 'Project',
      shortcut: 'Mod+O',
      run: () => app.attempt(openProject(app)),
    },
    {
      id: 'project.sample',
      title: 'Try a sample',
      group: 'Project',
      run: () => app.attempt(trySample(app)),
    },
    {
      id: 'project.close',
      title: 'Close the project',
      group: 'Project',
      enabled: hasProject,
      run: () => app.attempt(app.project.close().then(() => app.router.go('project'))),
    },
    {
      id: 'dataset.import',
      title: 'Import a dataset …',
      group: 'Datasets',
      shortcut: 'Mod+I',
      enabled: writable,
      run: () => app.attempt(app.importing.choose()),
    },
    {
      id: 'dataset.generate',
      title: 'Generate a synthetic scene …',
      group: 'Datasets',
      enabled: writable,
      run: () => app.router.goWith(['datasets'], { dialog: 'generate' }),
    },
    theme('system', 'Follow the system’s light or dark'),
    theme('light', 'Light'),
    theme('dark', 'Dark'),
    {
      id: 'palette.open',
      title: 'Search commands',
      group: 'Help',
      shortcut: 'Mod+K',
      run: actions.openPalette,
    },
    {
      id: 'help.shortcuts',
      title: 'Keyboard shortcuts',
      group: 'Help',
      shortcut: '?',
      run: actions.openShortcuts,
    },
  ]
}
