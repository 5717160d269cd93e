import { Command, InvalidArgumentError } from 'commander'
import { exitCodes, FiligreeError } from '../../shared/failure'
import { createWorkbench } from '../services/create-workbench'
import { canOpenBrowser, openAddress } from './browser/open-address'
import { startBrowserServer } from './browser/server'
import { leaveOnSignal } from './browser/signals'
import { defaultProjectsFolder, settingsFolder } from './folders'
import { nodeJobProcessLauncher } from './node-job-process'
import { listRendererFiles } from './renderer-files'
import { version } from './version'

interface BrowserOptions {
  port: number
  open: boolean
}

const command = new Command('filigree-browser')
  .description('Filigree in a browser of this machine.')
  .option('--port <number>', 'port of 127.0.0.1; a free one when left out', portOf, 0)
  .option('--no-open', 'only print the address')
  .version(version)

await command
  .action(async (options: BrowserOptions) => {
    await run(options)
  })
  .parseAsync()
  .catch((error: unknown) => {
    if (!(error instanceof FiligreeError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = exitCodes[error.code]
  })

async function run({ port, open }: BrowserOptions): Promise<void> {
  const files = await listRendererFiles()
  const workbench = await createWorkbench({
    shell: 'browser',
    version,
    settingsFolder: settingsFolder(),
    defaultFolder: defaultProjectsFolder(),
    launchJobProcess: nodeJobProcessLauncher(),
  })
  const server = await startBrowserServer({ workbench, files, version, port, onError: report }).catch(
    async (error: unknown) => {
      await workbench.close()
      throw error
    },
  )
  leaveOnSignal({
    activeRuns: () => workbench.activeRuns(),
    leave: async () => {
      await server.close()
      await workbench.close()
    },
  })
  // The printed address and the opened one are different, so that opening one leaves the other good.
  process.stdout.write(`${server.issueAddress()}\n`)
  if (open && canOpenBrowser()) await openAddress(server.issueAddress())
}

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('A port is a whole number from 0 (any free one) to 65535.')
  }
  return port
}
