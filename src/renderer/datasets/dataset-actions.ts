import FolderSearch from '@lucide/svelte/icons/folder-search'
import Pencil from '@lucide/svelte/icons/pencil'
import Target from '@lucide/svelte/icons/target'
import Trash from '@lucide/svelte/icons/trash-2'
import type { Dataset } from '../../shared/dataset'
import type { MenuItem } from '../design/Menu.svelte'
import type { App } from '../state/app.svelte'

/** Puts a dataset into the trash and offers the way back. */
export async function deleteDataset(app: App, dataset: Dataset): Promise<void> {
  await app.datasets.delete(dataset.id)
  if (app.router.place.path[1] === dataset.id) app.router.go('datasets')
  app.notices.offerUndo(`${dataset.name} was moved to the trash.`, () => app.datasets.restore(dataset.id))
}

/** What can be done to a dataset, for its menu. */
export function datasetMenu(app: App, dataset: Dataset, rename: () => void): MenuItem[] {
  const { readOnly } = app.project
  const reveal = app.platform.revealInFolder
  return [
    { label: 'Rename …', icon: Pencil, disabled: readOnly, run: rename },
    {
      label: dataset.truth === null ? 'Attach truth …' : 'Replace truth …',
      icon: Target,
      disabled: readOnly || dataset.kind !== 'cube',
      run: () => app.attempt(app.importing.choose({ type: 'truth', dataset })),
    },
    ...(reveal === null
      ? []
      : [
          {
            label: 'Show in folder',
            icon: FolderSearch,
            run: () => app.attempt(reveal({ kind: 'dataset', id: dataset.id })),
          },
        ]),
    {
      label: 'Delete',
      icon: Trash,
      danger: true,
      separated: true,
      disabled: readOnly,
      run: () => app.attempt(deleteDataset(app, dataset)),
    },
  ]
}
