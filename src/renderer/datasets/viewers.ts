import type { Component } from 'svelte'
import type { Dataset, DatasetKind } from '../../shared/dataset'
import LibraryViewer from './library/LibraryViewer.svelte'
import CubeViewer from './viewer/CubeViewer.svelte'
import TableViewer from '../tables/TableViewer.svelte'
import MatrixViewer from '../matrices/MatrixViewer.svelte'
import TensorViewer from '../tensors/TensorViewer.svelte'

/** What every viewer is given. Another array is another viewer: the area makes it anew. */
export interface DatasetViewerProps {
  dataset: Dataset
}

/** What fills the page of a dataset under its header, by the kind of the dataset: its picture and an inspector. */
export const viewers: Readonly<Record<DatasetKind, Component<DatasetViewerProps>>> = {
  cube: CubeViewer,
  library: LibraryViewer,
  matrix: MatrixViewer,
  tensor: TensorViewer,
  table: TableViewer,
}
