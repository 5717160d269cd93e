import { isNumberList } from './parameter'
import type { InputReference } from './input-reference'

/** A word as a POSIX shell takes it unchanged; quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A call of the command line from its words. */
export function filigreeCommand(words: readonly string[]): string {
  return ['npx', 'filigree', ...words.map(shellWord)].join(' ')
}

/** How an input is written after `--input name=` in a run on `scene`, the dataset the command names. */
export function inputArgument(reference: InputReference, scene: string | null): string {
  if (reference.type === 'dataset') return `dataset:${reference.dataset}`
  if (reference.type === 'artifact') return `run:${reference.run}/${reference.artifact}`
  if (reference.type === 'run') return `run:${reference.run}`
  const truth = reference.dataset === scene ? 'truth' : `truth:${reference.dataset}`
  return reference.part === 'endmembers' ? truth : `${truth}/${reference.part}`
}

/** The dataset a run works on: the first of its inputs that is one. */
export function sceneOf(references: readonly InputReference[]): string | null {
  return references.find((reference) => reference.type === 'dataset')?.dataset ?? null
}

/** The `--input` flags of a run on `scene`; the scene itself, its first dataset, is named before them. */
export function inputFlags(inputs: Readonly<Record<string, InputReference>>, scene: string | null): string[] {
  const first = Object.keys(inputs).find((name) => inputs[name]?.type === 'dataset')
  return Object.entries(inputs).flatMap(([name, reference]) =>
    name === first ? [] : ['--input', `${name}=${inputArgument(reference, scene)}`],
  )
}

/** How a parameter's value is written after `--set name=`; a list as `20,20,5`. */
export function valueArgument(value: unknown): string {
  if (isNumberList(value)) return value.join(',')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
