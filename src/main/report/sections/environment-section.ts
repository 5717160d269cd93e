import type { Environment, RunRecord } from '../../../shared/run'
import { type Section } from '../document'
import { formatBytes, formatWhole } from '../../../shared/numbers'
import { formatTime } from '../words'

/** What ran it and when: enough for another person to say why figures differ. */
export function environmentSection(key: string, record: RunRecord): Section {
  const versions = record.environment === null ? [] : environmentFacts(record.environment)
  return {
    id: `${key}-environment`,
    title: 'Versions and environment',
    blocks: [
      {
        type: 'facts',
        items: [
          fact('Method', `${record.method.id}, version ${record.method.version}`),
          ...versions,
          fact('Queued', formatTime(record.createdAt)),
          ...(record.startedAt === null ? [] : [fact('Started', formatTime(record.startedAt))]),
          ...(record.finishedAt === null ? [] : [fact('Ended', formatTime(record.finishedAt))]),
        ],
      },
      ...(record.environment === null
        ? [
            {
              type: 'paragraph' as const,
              text: ['The environment was not recorded: the run ended before it was known.'],
            },
          ]
        : []),
    ],
    sections: [],
  }
}

function environmentFacts(environment: Environment) {
  const libraries = Object.entries(environment.libraries).map(([name, version]) => `${name} ${version}`)
  return [
    fact('Filigree', environment.filigree),
    fact('Native solvers', [environment.native, ...libraries].join(', ')),
    fact('Built for', environment.target),
    fact('Runtime', environment.runtime),
    fact('System', environment.system),
    fact(
      'Processor',
      `${environment.processor}, ${formatWhole(environment.cores)} cores, ${formatBytes(environment.memoryBytes)} memory`,
    ),
  ]
}

function fact(label: string, value: string) {
  return { label, value: [value] }
}
