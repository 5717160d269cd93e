import type { Dataset } from '../../shared/dataset'
import type { MethodDescription } from '../../shared/method'
import type { RunRecord } from '../../shared/run'

/** One run as a report reads it: the folder holds what `record.artifacts` names, and `trace.csv`. */
export interface ReportedRun {
  record: RunRecord
  folder: string
  method: MethodDescription
  dataset: Dataset | null
  /** Folder of the dataset, for a picture of the scene; null where it is gone. */
  datasetFolder: string | null
  /** The commands that repeat the run from a terminal, in order. */
  repeat: string[]
}

/** Everything a report is made from. Nothing else may enter it: the same input gives the same bytes. */
export interface ReportInput {
  title: string
  projectName: string
  runs: ReportedRun[]
}
