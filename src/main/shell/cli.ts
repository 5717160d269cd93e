import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { exitCodes } from '../../shared/failure'
import { toFiligreeError } from '../../shared/system-failure'
import {
  byteOrders,
  exportCommand,
  exportFormats,
  interleaves,
  type ExportOptions,
} from './cli/export-command'
import { Output } from './cli/output'
import {
  generateCommand,
  importCommand,
  listCommand,
  methodsCommand,
  newCommand,
  reportCommand,
  showCommand,
  type ListOptions,
} from './cli/project-commands'
import { runCommand, type RunOptions } from './cli/run-command'
import type { SceneOptions } from './cli/scene'
import type { ProjectChoice } from './cli/session'
import { collect } from './cli/values'
import { version } from './version'

const usageError = 2

const program = new Command('filigree')
  .description(
    'Sparse scientific models on the command line: the same services as the workbench, without a window.',
  )
  .version(version)
  .option('--json', 'print one JSON value on stdout', false)
  .showHelpAfterError('(filigree --help says more)')
  .exitOverride()

const output = () => new Output(program.opts<{ json: boolean }>().json)

program
  .command('methods')
  .description('list the methods, or show one')
  .argument('[method]', 'its id')
  .action((id: string | undefined) => methodsCommand(id, output()))

program
  .command('new')
  .description('make a project')
  .argument('<folder>', 'a folder that does not exist yet, or is empty')
  .action((folder: string) => newCommand(folder, output()))

sceneFlags(program.command('import'))
  .description(
    'import a dataset (one file, an ENVI header with its data file, a table with its splits), or a saved run (.run.zip)',
  )
  .argument('<files...>')
  .action((files: string[], options: SceneOptions & ProjectChoice) => importCommand(files, options, output()))

projectFlag(program.command('generate'))
  .description('make a dataset from a generator')
  .argument('<generator>', 'for example synthetic-scene')
  .addOption(setFlag())
  .addOption(inputFlag('what it is made from: dataset:NAME, truth:DATASET or run:0004-prune-library/spectra'))
  .addOption(seedFlag())
  .option('--name <name>', 'name of the dataset')
  .action((generator: string, options: Parameters<typeof generateCommand>[1]) =>
    generateCommand(generator, options, output()),
  )

sceneFlags(program.command('run'))
  .description('run a method on a file or a dataset')
  .argument('<scene>', 'a file, or the id of a dataset of the project')
  .requiredOption('--method <id>', 'see: filigree methods')
  .addOption(setFlag())
  .addOption(inputFlag('another input: truth, truth:DATASET, dataset:NAME or run:0003-vca/endmembers'))
  .addOption(seedFlag())
  .option('--threads <number>', 'threads to use; all cores when left out', wholeNumber(1, 1024))
  .option('--out <folder>', 'copy the finished run there')
  .action(async (scene: string, options: RunOptions) => {
    process.exitCode = await runCommand(scene, options, output())
  })

projectFlag(program.command('list'))
  .description('list runs, datasets or reports of a project')
  .addArgument(
    program.createArgument('[what]', 'what to list').choices(['runs', 'datasets', 'reports']).default('runs'),
  )
  .option('--query <text>', 'for example: method:ss-nmf state:succeeded sad<3', '')
  .option('--sort <name>', 'a column, a metric or a parameter', 'number')
  .option('--descending', 'largest first', false)
  .option('--limit <number>', 'at most so many', wholeNumber(1, 10_000), 100)
  .action((what: string, options: ListOptions) => listCommand(what, options, output()))

projectFlag(program.command('show'))
  .description('show a run or a dataset')
  .argument('<id>', 'for example 0007-ss-nmf, or its number')
  .action((id: string, options: ProjectChoice) => showCommand(id, options, output()))

projectFlag(program.command('report'))
  .description('write a report of finished runs as one HTML file')
  .argument('<runs...>')
  .option('--title <title>', 'title of the report')
  .option('--out <file>', 'copy the report there')
  .action((runs: string[], options: Parameters<typeof reportCommand>[1]) =>
    reportCommand(runs, options, output()),
  )

projectFlag(program.command('export'))
  .description(
    'write a dataset, the reconstruction of a run, or a run with its model (--format run), as files that can be imported again',
  )
  .argument('<id>', 'id of a dataset or of a run of the project')
  .addOption(
    new Option('--format <name>', 'what to write; else what suits the dataset').choices(exportFormats),
  )
  .addOption(new Option('--interleave <name>', 'of ENVI data').choices(interleaves).default('bip'))
  .addOption(new Option('--byte-order <name>', 'of ENVI data').choices(byteOrders).default('little'))
  .option(
    '--most <number>',
    'longest mode of a reconstruction; longer ones are thinned',
    wholeNumber(1, 2 ** 31),
  )
  .option('--out <file>', 'where to; else the id in this folder')
  .action((id: string, options: ExportOptions) => exportCommand(id, options, output()))

// A reader that went away (`filigree list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

// `--json` may stand anywhere on the line.
for (const command of program.commands) command.option('--json', 'print one JSON value on stdout')
program.hook('preAction', (_program, action) => {
  if (action.opts<{ json?: boolean }>().json === true) program.setOptionValue('json', true)
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}
// Nothing is left to do: a handle that somebody forgot must not keep the terminal waiting.
process.exit()

function exitCodeOf(error: unknown): number {
  // Commander has told the person already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError
  const failure = toFiligreeError(error)
  output().failure(failure.toFailure())
  return exitCodes[failure.code]
}

function projectFlag(command: Command): Command {
  return command.option('--project <folder>', 'the project; else the one in this folder, else a default one')
}

function sceneFlags(command: Command): Command {
  return projectFlag(command)
    .option('--option <key=value>', 'an import option, as the preview names it; may be repeated', collect, [])
    .option('--truth <file>', 'file with the true endmembers and abundances')
    .option('--name <name>', 'name of the dataset')
}

function setFlag(): Option {
  return new Option('--set <name=value>', 'a parameter; may be repeated')
    .argParser(collect)
    .default([], 'defaults')
}

function inputFlag(help: string): Option {
  return new Option('--input <name=value>', help).argParser(collect).default([], 'none')
}

function seedFlag(): Option {
  return new Option('--seed <number>', 'start of the random numbers')
    .argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .default(0)
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}
