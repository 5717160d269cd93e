import type { Citation } from '../../shared/method'

/** The page of a citation: its DOI, else arXiv; null where it has neither. */
export function citationAddress({ doi, arxiv }: Citation): string | null {
  if (doi !== undefined) return `https://doi.org/${doi}`
  return arxiv === undefined ? null : `https://arxiv.org/abs/${arxiv}`
}
