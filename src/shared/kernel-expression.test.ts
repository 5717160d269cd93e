import { expect, test } from 'vitest'
import { kernelInWords, kernelOfInputs, readKernel, type KernelExpression } from './kernel-expression'

function kernel(text: string): KernelExpression {
  const read = readKernel(text)
  if ('problem' in read) throw new Error(read.problem)
  return read.kernel
}

test.each([
  ['rbf', 'squared exponential over all inputs'],
  ['Matérn 3/2 + linear[2]', 'Matérn 3/2 over all inputs, plus linear over input 2'],
  ['rbf * periodic[year]', 'squared exponential over all inputs times periodic over input year'],
  [
    '(rbf+rq[1, 2])×sm(2)',
    '(squared exponential over all inputs, plus rational quadratic over inputs 1 and 2) times spectral mixture of 2 components over all inputs',
  ],
])('%s is told in words', (text, words) => {
  expect(kernelInWords(kernel(text))).toBe(words)
})

test('inputs are handed on by their numbers, and brackets stay where they matter', () => {
  const names = ['year', 'mean height', '7']
  expect(kernelOfInputs(kernel('(rbf[mean height] + linear) * periodic[year,3]'), names)).toEqual({
    text: '(rbf[2] + linear) * periodic[1,3]',
  })
  expect(kernelOfInputs(kernel('rbf[7]'), names)).toEqual({ text: 'rbf[3]' })
  expect(kernelOfInputs(kernel('rbf[9]'), names)).toEqual({
    problem: 'the kernel sees input 9, but the inputs are numbered 1 to 3',
  })
  expect(kernelOfInputs(kernel('rbf + rq[depth]'), names)).toEqual({
    problem: 'the kernel sees an input “depth”, which the table does not have',
  })
  expect(kernelOfInputs(kernel('rq[year,1]'), names)).toEqual({
    problem: 'input 1 is named twice in one term',
  })
})

// The same expressions and words as the tests of the solvers' own reader.
test.each([
  ['', 'it is empty'],
  ['rbf +', 'the name of a kernel is missing (character 6)'],
  ['rbf + wavelet', '“wavelet” is not a kernel (character 7)'],
  ['(rbf', 'a bracket is not closed'],
  ['rbf)', '“)” was not expected'],
  ['sm(99)', '1 to 20 components'],
  ['rbf[1,1]', 'named twice'],
  ['rbf[', 'missing'],
  ['('.repeat(10_000), 'nested too deep'],
])('%j is refused with its place', (text, part) => {
  const read = readKernel(text)
  expect('problem' in read ? read.problem : '').toContain(part)
})
