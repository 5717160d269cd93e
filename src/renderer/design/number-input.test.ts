import { describe, expect, it } from 'vitest'
import { elementAtCaret, parseNumber, stepNumber, type StepRules } from './number-input'

describe('parseNumber', () => {
  it.each([
    ['12', 12],
    [' 0.5 ', 0.5],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['0,25', 0.25],
    ['−3', -3],
    ['', null],
    ['1,000.5', undefined],
    ['abc', undefined],
    ['1e', undefined],
    ['0x10', undefined],
    ['Infinity', undefined],
  ])('reads %j as %j', (text, value) => {
    expect(parseNumber(text, false)).toBe(value)
  })

  it('wants whole numbers where whole numbers are wanted', () => {
    expect(parseNumber('3', true)).toBe(3)
    expect(parseNumber('3.5', true)).toBeUndefined()
  })
})

describe('stepNumber', () => {
  const rules: StepRules = { minimum: 0, maximum: 10, step: null, integer: false, logarithmic: false }

  it('adds without the dust of binary decimals', () => {
    expect(stepNumber(0.2, 1, rules)).toBe(0.3)
  })

  it('stays inside its bounds', () => {
    expect(stepNumber(9.95, 1, rules)).toBe(10)
    expect(stepNumber(0, -1, rules)).toBe(0)
  })

  it('doubles on a logarithmic scale', () => {
    expect(stepNumber(0.5, 1, { ...rules, logarithmic: true })).toBe(1)
    expect(stepNumber(0.5, -1, { ...rules, logarithmic: true })).toBe(0.25)
  })

  it('starts an empty field at its lower end', () => {
    expect(stepNumber(null, 1, { ...rules, minimum: 2, integer: true })).toBe(3)
  })
})

describe('a list of numbers', () => {
  it.each([
    ['20, 20, 5', 0, 0],
    ['20, 20, 5', 2, 0],
    ['20, 20, 5', 4, 1],
    ['20, 20, 5', 9, 2],
    [' 20 20 5', 4, 1],
  ])('in %j a caret at %d stands in element %d', (text, caret, element) => {
    expect(elementAtCaret(text, caret)).toBe(element)
  })
})
