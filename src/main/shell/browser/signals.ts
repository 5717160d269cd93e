/** How long a second Ctrl+C counts as an answer, in milliseconds. */
const patience = 10_000

interface Leaving {
  /** Runs that would be lost by leaving now. */
  activeRuns(): number
  leave(): Promise<void>
}

/**
 * Leaves in good order on Ctrl+C and on the signals of a supervisor. While runs are under way the first
 * Ctrl+C only warns; SIGTERM and SIGHUP leave nobody to ask and cancel them, saying so.
 */
export function leaveOnSignal(leaving: Leaving): void {
  let warnedAt = 0
  let going = false
  const leave = (): void => {
    if (going) return
    going = true
    leaving.leave().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Filigree could not close in good order: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', () => {
    const runs = leaving.activeRuns()
    if (runs > 0 && Date.now() - warnedAt > patience) {
      warnedAt = Date.now()
      process.stderr.write(`\n${sentence(runs)} under way. Press Ctrl+C again to cancel and leave.\n`)
      return
    }
    leave()
  })
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const runs = leaving.activeRuns()
      if (runs > 0) process.stderr.write(`${sentence(runs)} cancelled because Filigree was told to stop.\n`)
      leave()
    })
  }
}

function sentence(runs: number): string {
  return runs === 1 ? 'One run is' : `${runs} runs are`
}
