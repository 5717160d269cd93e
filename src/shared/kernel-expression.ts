/**
 * A covariance as it is typed: names joined by + and *, grouped by brackets, each with the inputs it sees in square
 * brackets, by number or by name. The solvers read the same grammar, with numbers (`kernel/parse.rs`).
 */
export type KernelExpression =
  | { type: 'sum' | 'product'; terms: KernelExpression[] }
  | { type: 'leaf'; family: KernelFamily; components: number; inputs: string[] | null }

const families = {
  rbf: 'squared exponential',
  matern12: 'Matérn 1/2',
  matern32: 'Matérn 3/2',
  matern52: 'Matérn 5/2',
  rq: 'rational quadratic',
  periodic: 'periodic',
  linear: 'linear',
  sm: 'spectral mixture',
} as const
type KernelFamily = keyof typeof families

const otherNames: Readonly<Record<string, KernelFamily>> = {
  se: 'rbf',
  gaussian: 'rbf',
  squaredexponential: 'rbf',
  exponential: 'matern12',
  rationalquadratic: 'rq',
  spectralmixture: 'sm',
}

/** Most components of a spectral mixture, how many it has unless it is said, and how deep brackets may be nested. */
const mostComponents = 20
const usualComponents = 3
const deepest = 32

/** What an expression is, or why it is none, in words with the place. */
export type ReadKernel = { kernel: KernelExpression } | { problem: string }

/** Reads an expression; never throws. */
export function readKernel(text: string): ReadKernel {
  const reader = new Reader(text)
  try {
    return { kernel: reader.whole() }
  } catch (error) {
    if (error instanceof Misread) return { problem: error.message }
    throw error
  }
}

/** A kernel in words: 'squared exponential of all inputs, plus linear of all inputs'. */
export function kernelInWords(kernel: KernelExpression): string {
  if (kernel.type === 'leaf') {
    const { family, components, inputs } = kernel
    const mixture = family === 'sm' ? ` of ${components} component${components === 1 ? '' : 's'}` : ''
    const over =
      inputs === null
        ? 'over all inputs'
        : `over input${inputs.length === 1 ? '' : 's'} ${inputs.join(' and ')}`
    return `${families[family]}${mixture} ${over}`
  }
  const sum = kernel.type === 'sum'
  const words = kernel.terms.map((term) =>
    !sum && term.type === 'sum' ? `(${kernelInWords(term)})` : kernelInWords(term),
  )
  return words.join(sum ? ', plus ' : ' times ')
}

/** The expression with the numbers of its inputs in place of their names. Throws nothing: an unknown name is a problem. */
export function kernelOfInputs(
  kernel: KernelExpression,
  names: readonly string[],
): { text: string } | { problem: string } {
  if (kernel.type === 'leaf') {
    const { family, components, inputs } = kernel
    const name = family === 'sm' ? `sm(${components})` : family
    if (inputs === null) return { text: name }
    const numbers = inputs.map((input) => placeOf(input, names))
    const unknown = inputs.find((_, index) => numbers[index] === null)
    if (unknown !== undefined) {
      return {
        problem: /^\d+$/.test(unknown)
          ? `the kernel sees input ${unknown}, but the inputs are numbered 1 to ${names.length}`
          : `the kernel sees an input “${unknown}”, which the table does not have`,
      }
    }
    const twice = inputs.find((_, index) => numbers.indexOf(numbers[index] ?? null) !== index)
    return twice === undefined
      ? { text: `${name}[${numbers.join(',')}]` }
      : { problem: `input ${twice} is named twice in one term` }
  }
  const texts: string[] = []
  for (const term of kernel.terms) {
    const made = kernelOfInputs(term, names)
    if ('problem' in made) return made
    texts.push(kernel.type === 'product' && term.type === 'sum' ? `(${made.text})` : made.text)
  }
  return { text: texts.join(kernel.type === 'sum' ? ' + ' : ' * ') }
}

/** Number of an input, counted from 1: by its name, or as it is typed. */
function placeOf(input: string, names: readonly string[]): number | null {
  const named = names.indexOf(input)
  if (named >= 0) return named + 1
  const number = /^\d+$/.test(input) ? Number(input) : 0
  return number >= 1 && number <= names.length ? number : null
}

class Misread extends Error {}

class Reader {
  private place = 0

  constructor(private readonly text: string) {}

  whole(): KernelExpression {
    if (this.peek() === '') this.refuse('it is empty')
    const kernel = this.sum(0)
    if (this.peek() !== '') this.refuse(`“${this.peek()}” was not expected there`)
    return kernel
  }

  private refuse(reason: string): never {
    throw new Misread(
      `The kernel “${this.text}” can not be read: ${reason} (character ${this.place + 1}). Join ${Object.keys(families).join(', ').replace(/sm$/, 'sm(q)')} by + and *, such as “rbf + linear” or “rbf * periodic[2]”.`,
    )
  }

  private peek(): string {
    while (/\s/.test(this.text.charAt(this.place))) this.place += 1
    return this.text.charAt(this.place)
  }

  private take(...wanted: string[]): boolean {
    const found = this.peek() !== '' && wanted.includes(this.peek())
    if (found) this.place += 1
    return found
  }

  private word(letters: RegExp): string {
    this.peek()
    const from = this.place
    while (this.place < this.text.length && letters.test(this.text.charAt(this.place))) this.place += 1
    return this.text.slice(from, this.place).trim()
  }

  private sum(depth: number): KernelExpression {
    if (depth > deepest) this.refuse('its brackets are nested too deep')
    const terms = [this.product(depth)]
    while (this.take('+')) terms.push(this.product(depth))
    return joined('sum', terms)
  }

  private product(depth: number): KernelExpression {
    const terms = [this.factor(depth)]
    while (this.take('*', '×')) terms.push(this.factor(depth))
    return joined('product', terms)
  }

  private factor(depth: number): KernelExpression {
    if (this.take('(')) {
      const inner = this.sum(depth + 1)
      if (!this.take(')')) this.refuse('a bracket is not closed')
      return inner
    }
    this.peek()
    const from = this.place
    const name = this.word(/[\p{L}\p{N} \-_/]/u).toLowerCase()
    const plain = name.replaceAll('é', 'e').replaceAll(/[^a-z0-9]/g, '')
    const family = isFamily(plain) ? plain : otherNames[plain]
    if (family === undefined) {
      this.place = from
      return this.refuse(name === '' ? 'the name of a kernel is missing' : `“${name}” is not a kernel`)
    }
    const components = family === 'sm' ? this.components() : 0
    return { type: 'leaf', family, components, inputs: this.take('[') ? this.inputs() : null }
  }

  private components(): number {
    if (!this.take('(')) return usualComponents
    const count = Number(this.word(/\d/) || '0')
    if (count < 1 || count > mostComponents)
      this.refuse(`a spectral mixture has 1 to ${mostComponents} components`)
    if (!this.take(')')) this.refuse('a bracket is not closed')
    return count
  }

  private inputs(): string[] {
    const inputs: string[] = []
    for (;;) {
      const input = this.word(/[^,\][]/)
      if (input === '') this.refuse('the number or the name of an input is missing')
      if (inputs.includes(input)) this.refuse(`input ${input} is named twice`)
      inputs.push(input)
      if (this.take(']')) return inputs
      if (!this.take(',')) this.refuse('inputs are written as [1, 3] or by their names')
    }
  }
}

function joined(type: 'sum' | 'product', terms: KernelExpression[]): KernelExpression {
  const [first] = terms
  return terms.length === 1 && first !== undefined ? first : { type, terms }
}

function isFamily(name: string): name is KernelFamily {
  return name in families
}
