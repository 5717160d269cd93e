import type { Component } from 'svelte'
import type { OutputMeaning } from '../../shared/method'
import type { Artifact } from '../../shared/run'
import type { DataArray } from '../client/data'
import AgreementView from './AgreementView.svelte'
import BarsView from './BarsView.svelte'
import CoreView from './CoreView.svelte'
import DominantView from './DominantView.svelte'
import FactorsView from './FactorsView.svelte'
import FieldView from './FieldView.svelte'
import GraphView from './GraphView.svelte'
import MapsView from './MapsView.svelte'
import MapView from './MapView.svelte'
import PointsView from './PointsView.svelte'
import ProjectionView from './ProjectionView.svelte'
import type { RunContext } from './run-context.svelte'
import ReconstructionView from './ReconstructionView.svelte'
import ScatterView from './ScatterView.svelte'
import SeriesView from './SeriesView.svelte'
import SlicesView from './SlicesView.svelte'
import SpectraView from './SpectraView.svelte'
import TableView from './TableView.svelte'
import TradeoffView from './TradeoffView.svelte'
import type { DerivedKind } from './view-order'

/** What every view is given: what it shows, its numbers, and the run around it. */
export interface ViewProps {
  artifact: Artifact
  array: DataArray
  context: RunContext
}

/**
 * The view of every meaning that is an array. A trace is drawn by the page itself, live; meanings without an
 * entry are listed among the files until a method gives such an output.
 */
export const views: Readonly<Partial<Record<OutputMeaning, Component<ViewProps>>>> = {
  maps: MapsView,
  map: MapView,
  spectra: SpectraView,
  series: SeriesView,
  bars: BarsView,
  scatter: ScatterView,
  projection: ProjectionView,
  tradeoff: TradeoffView,
  factors: FactorsView,
  tensor: CoreView,
  field: FieldView,
  simplex: TableView,
  points: PointsView,
  slices: SlicesView,
  graph: GraphView,
  matrix: TableView,
  table: TableView,
  scalars: TableView,
}

/** The views of what is made from an artifact besides its own. */
export const derivedViews: Readonly<Record<DerivedKind, Component<ViewProps>>> = {
  dominant: DominantView,
  agreement: AgreementView,
  reconstruction: ReconstructionView,
}
