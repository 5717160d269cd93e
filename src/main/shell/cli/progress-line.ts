import type { Workbench } from '../../services/workbench'
import { duration } from './output'

/** One line on a terminal that follows tasks and runs; silent where stderr is a file or a pipe. */
export function showProgress(workbench: Workbench): () => void {
  if (!process.stderr.isTTY) return () => undefined
  let shown = false
  const show = (text: string) => {
    process.stderr.write(`\r\u001b[2K${text.slice(0, Math.max(20, process.stderr.columns - 1))}`)
    shown = text !== ''
  }
  const stop = workbench.listen((name, payload) => {
    if (name === 'run.progress') {
      const { stage, iteration, iterationLimit, fraction, elapsedSeconds, remainingSeconds } =
        payload as Extract<typeof payload, { run: string }>
      const count =
        iteration === 0 ? '' : ` ${iteration}${iterationLimit === null ? '' : `/${iterationLimit}`}`
      const rest = remainingSeconds === null ? '' : `, at most ${duration(remainingSeconds)} left`
      show(`${stage}${count}${percent(fraction)}  ${duration(elapsedSeconds)}${rest}`)
    } else if (name === 'task.changed') {
      const { title, stage, fraction, state } = payload as Extract<typeof payload, { title: string }>
      show(state === 'running' ? `${title}: ${stage}${percent(fraction)}` : '')
    }
  })
  return () => {
    stop()
    if (shown) show('')
  }
}

function percent(fraction: number | null): string {
  return fraction === null ? '' : ` ${Math.floor(fraction * 100)} %`
}
