import type { Artifact } from '../../../shared/run'
import { code, paragraph, row, type Block, type Section } from '../document'
import { formatBytes, formatWhole } from '../../../shared/numbers'
import type { ReportedRun } from '../report-input'

/** The way back: the commands that make the run again, and the hashes its files must then have. */
export function repeatSection(key: string, run: ReportedRun): Section {
  const blocks: Block[] = []
  if (run.repeat.length > 0) {
    blocks.push(
      paragraph(
        'From a terminal, with the same version of Filigree, in the folder that holds the files named here:',
      ),
    )
    blocks.push({ type: 'code', caption: ['Commands that repeat the run.'], text: run.repeat.join('\n') })
  } else {
    blocks.push(paragraph('No command was recorded that would repeat this run.'))
  }
  if (run.record.artifacts.length > 0) {
    blocks.push(
      paragraph(
        'The same inputs, parameters and seed give the same bytes on any number of threads of the same kind of processor. The files of the run can be checked against these hashes with ',
        code('sha256sum --check'),
        ' in its folder.',
      ),
      filesTable(run.record.artifacts),
      {
        type: 'code',
        caption: ['SHA-256 of every file.'],
        text: run.record.artifacts.map((artifact) => `${artifact.sha256}  ${artifact.file}`).join('\n'),
      },
    )
  }
  return { id: `${key}-repeat`, title: 'How to repeat this run', blocks, sections: [] }
}

function filesTable(artifacts: readonly Artifact[]): Block {
  return {
    type: 'table',
    caption: ['Files of the run. ', code('numpy.load'), ' opens the arrays.'],
    columns: [
      { title: 'File', align: 'start' },
      { title: 'Holds', align: 'start' },
      { title: 'Axes', align: 'start' },
      { title: 'Type', align: 'start' },
      { title: 'Size', align: 'end' },
    ],
    rows: artifacts.map((artifact) =>
      row([
        [code(artifact.file)],
        artifact.title,
        artifact.axes.map((axis) => `${axis.name} ${formatWhole(axis.size)}`).join(' × '),
        artifact.dtype,
        formatBytes(artifact.bytes),
      ]),
    ),
  }
}
