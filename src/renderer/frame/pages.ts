import Database from '@lucide/svelte/icons/database'
import FolderKanban from '@lucide/svelte/icons/folder-kanban'
import FileText from '@lucide/svelte/icons/file-text'
import FlaskConical from '@lucide/svelte/icons/flask-conical'
import GitCompareArrows from '@lucide/svelte/icons/git-compare-arrows'
import type { Component } from 'svelte'
import { LazyView } from './lazy-view.svelte'

/** An entry of the rail: everything below `#/<area>` is drawn by its page. */
export interface Area {
  area: string
  title: string
  icon: Component
  page: LazyView
  /** Not on the rail while no project is open. */
  needsProject: boolean
}

/** In the order of the rail. An area is added with its page, never before it. */
export const areas: readonly Area[] = [
  {
    area: 'project',
    title: 'Project',
    icon: FolderKanban,
    page: new LazyView(() => import('../project/ProjectPage.svelte')),
    needsProject: false,
  },
  {
    area: 'datasets',
    title: 'Datasets',
    icon: Database,
    page: new LazyView(() => import('../datasets/DatasetsArea.svelte')),
    needsProject: true,
  },
  {
    area: 'runs',
    title: 'Runs',
    icon: FlaskConical,
    page: new LazyView(() => import('../runs/RunsArea.svelte')),
    needsProject: true,
  },
  {
    area: 'compare',
    title: 'Compare',
    icon: GitCompareArrows,
    page: new LazyView(() => import('../compare/ComparePage.svelte')),
    needsProject: true,
  },
  {
    area: 'reports',
    title: 'Reports',
    icon: FileText,
    page: new LazyView(() => import('../reports/ReportsPage.svelte')),
    needsProject: true,
  },
]
