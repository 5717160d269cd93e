import { utilityProcess } from 'electron'
import type { JobProcess, JobProcessLauncher } from '../../services/workbench'
import { solverHostPath } from '../node-job-process'

/**
 * Starts solver hosts as utility processes: the packaged app can not run itself as Node (a fuse), and
 * Chromium ends a utility process together with the app.
 */
export const utilityJobProcessLauncher: JobProcessLauncher = () => {
  const child = utilityProcess.fork(solverHostPath, [], {
    serviceName: 'Filigree solver',
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let processId: number | null = child.pid ?? null
  child.once('spawn', () => {
    processId = child.pid ?? null
  })
  const job: JobProcess = {
    get pid() {
      return processId
    },
    send: (message) => {
      child.postMessage(message)
    },
    onMessage: (listener) => {
      child.on('message', listener)
    },
    onExit: (listener) => {
      child.once('exit', (code) => {
        listener(code, null)
      })
    },
    kill: () => {
      // `kill()` of a utility process asks; a solver that does not answer must not be asked.
      if (processId === null) child.kill()
      else killNow(processId)
    },
  }
  return job
}

function killNow(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
