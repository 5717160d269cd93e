import { isNumberList, sameParameterValue, type ParameterDescription } from '../../../shared/parameter'
import { code, row, strong, type Inline, type Section, type TableRow } from '../document'
import { formatWhole, withUnit } from '../../../shared/numbers'
import { formatValue } from '../words'
import type { ReportedRun } from '../report-input'

/** Every parameter with its value; those that differ from their default are marked. Then the inputs and the seed. */
export function parametersSection(key: string, run: ReportedRun): Section {
  const { record, method } = run
  const described = new Set(method.parameters.map((parameter) => parameter.name))
  const unknown = Object.keys(record.parameters).filter((name) => !described.has(name))
  const rows = [
    ...method.parameters.map((parameter) => parameterRow(parameter, record.parameters[parameter.name])),
    ...unknown.map((name) =>
      row([[code(name)], formatValue(record.parameters[name]), 'not known to this version']),
    ),
  ]
  const changed = rows.filter((entry) => entry.marked).length
  return {
    id: `${key}-parameters`,
    title: 'Parameters and inputs',
    blocks: [
      {
        type: 'table',
        caption: [
          'Every parameter of the run. ',
          changed === 0
            ? 'All have their default value.'
            : `${changed === 1 ? 'One differs' : `${changed} differ`} from the default or had none: marked with a bar and set in bold.`,
        ],
        columns: [
          { title: 'Parameter', align: 'start' },
          { title: 'Value', align: 'start' },
          { title: 'Default', align: 'start' },
        ],
        rows,
      },
      {
        type: 'table',
        caption: ['What the run worked on, recognised by the SHA-256 of its bytes.'],
        columns: [
          { title: 'Input', align: 'start' },
          { title: 'Taken from', align: 'start' },
          { title: 'SHA-256', align: 'start' },
        ],
        rows: Object.entries(record.inputs).map(([name, input]) =>
          row([inputTitle(run, name), input.title, [code(input.sha256)]]),
        ),
      },
      {
        type: 'facts',
        items: [
          { label: 'Seed', value: [code(String(record.seed))] },
          {
            label: 'Threads',
            value: [`${formatWhole(record.threads)} (the result does not depend on their number)`],
          },
        ],
      },
    ],
    sections: [],
  }
}

/** Whether a value is not the one the method would have taken by itself. */
export function differsFromDefault(parameter: ParameterDescription, value: unknown): boolean {
  return value !== undefined && !sameParameterValue(value, parameter.default)
}

/** A parameter's value as its form shows it: a choice by its title, a number with its unit. */
export function parameterText(parameter: ParameterDescription, value: unknown): string {
  if (value === null && parameter.nullable) return 'automatic'
  const choice = parameter.choices.find((entry) => entry.value === value)
  if (choice !== undefined) return choice.title
  return withUnit(
    formatValue(value),
    typeof value === 'number' || isNumberList(value) ? parameter.unit : null,
  )
}

function parameterRow(parameter: ParameterDescription, value: unknown): TableRow {
  const marked = differsFromDefault(parameter, value)
  const text = value === undefined ? 'not recorded' : parameterText(parameter, value)
  const name: Inline[] =
    parameter.symbol === null
      ? [parameter.title]
      : [parameter.title, ', ', { style: 'emphasis', text: parameter.symbol }]
  return row(
    [
      name,
      marked ? [strong(text)] : text,
      parameter.default === undefined ? 'must be chosen' : parameterText(parameter, parameter.default),
    ],
    marked,
  )
}

function inputTitle(run: ReportedRun, name: string): string {
  return run.method.inputs.find((input) => input.name === name)?.title ?? name
}
