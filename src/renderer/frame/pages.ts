import Database from '@lucide/svelte/icons/database'
import FolderKanban from '@lucide/svelte/icons/folder-kanban'
import FileText from '@lucide/svelte/icons/file-text'
import FlaskConical from '@lucide/svelte/icons/flask-conical'
import GitCompareArrows from '@lucide/svelte/icons/git-compare-arrows'
import type { Component } from 'svelte'
import ComparePage from '../compare/ComparePage.svelte'
import DatasetsArea from '../datasets/DatasetsArea.svelte'
import ProjectPage from '../project/ProjectPage.svelte'
import ReportsPage from '../reports/ReportsPage.svelte'
import RunsArea from '../runs/RunsArea.svelte'

/** An entry of the rail: everything below `#/<area>` is drawn by its page. */
export interface Area {
  area: string
  title: string
  icon: Component
  page: Component
  /** Not on the rail while no project is open. */
  needsProject: boolean
}

/** In the order of the rail. An area is added with its page, never before it. */
export const areas: readonly Area[] = [
  { area: 'project', title: 'Project', icon: FolderKanban, page: ProjectPage, needsProject: false },
  { area: 'datasets', title: 'Datasets', icon: Database, page: DatasetsArea, needsProject: true },
  { area: 'runs', title: 'Runs', icon: FlaskConical, page: RunsArea, needsProject: true },
  { area: 'compare', title: 'Compare', icon: GitCompareArrows, page: ComparePage, needsProject: true },
  { area: 'reports', title: 'Reports', icon: FileText, page: ReportsPage, needsProject: true },
]
