import Database from '@lucide/svelte/icons/database'
import FolderKanban from '@lucide/svelte/icons/folder-kanban'
import type { Component } from 'svelte'
import DatasetsArea from '../datasets/DatasetsArea.svelte'
import ProjectPage from '../project/ProjectPage.svelte'

/** An entry of the rail: everything below `#/<area>` is drawn by its page. */
export interface Area {
  area: string
  title: string
  icon: Component
  page: Component
  /** Hidden from the rail's use while no project is open. */
  needsProject: boolean
}

/** In the order of the rail. An area is added with its page, never before it. */
export const areas: readonly Area[] = [
  { area: 'project', title: 'Project', icon: FolderKanban, page: ProjectPage, needsProject: false },
  { area: 'datasets', title: 'Datasets', icon: Database, page: DatasetsArea, needsProject: true },
]
