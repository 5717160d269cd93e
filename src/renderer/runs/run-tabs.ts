import { isFinished, type RunRecord } from '../../shared/run'

/** A tab of a run's page. */
export interface RunTab {
  value: 'results' | 'convergence' | 'score' | 'parameters' | 'log' | 'files'
  label: string
}

/** The parts a run has to show now; none is empty. What matters most at this moment stands first. */
export function runTabs(record: RunRecord, hasTrace: boolean): RunTab[] {
  const finished = isFinished(record.state)
  const tabs: (RunTab | false)[] = [
    finished && record.artifacts.length > 0 && { value: 'results', label: 'Results' },
    hasTrace && record.state !== 'queued' && { value: 'convergence', label: 'Convergence' },
    record.scoreCard !== null && { value: 'score', label: 'Score card' },
    { value: 'parameters', label: 'Parameters' },
    record.state !== 'queued' && { value: 'log', label: 'Log' },
    finished && { value: 'files', label: 'Files' },
  ]
  return tabs.filter((tab) => tab !== false)
}
