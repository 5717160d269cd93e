import { kernelInWords, readKernel } from './kernel-expression'

/** Languages that a parameter of text may be written in. */
export const textSyntaxes = ['kernel'] as const
export type TextSyntax = (typeof textSyntaxes)[number]

/** What a text says, in words, or what is wrong with it, as a sentence. */
export function readText(syntax: TextSyntax, text: string): { words: string } | { problem: string } {
  const readers: Record<TextSyntax, () => { words: string } | { problem: string }> = {
    kernel: () => {
      const read = readKernel(text)
      return 'problem' in read ? read : { words: kernelInWords(read.kernel) }
    },
  }
  return readers[syntax]()
}
