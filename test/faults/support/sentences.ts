import { expect } from 'vitest'

/** For people: it begins and ends as a sentence does, is not endless, and shows no code. */
export function expectSentence(message: string): void {
  expect(message).toMatch(/^\S.*[.!?)]$/s)
  expect(message.length).toBeLessThan(500)
  expect(message).not.toMatch(/undefined|\[object|ENOENT|Error:/)
}
