import { z } from 'zod'

/** How many endmembers to look for. */
export const endmembersParameter = z.int().min(2).max(64).meta({
  title: 'Endmembers',
  symbol: 'p',
  help: 'How many materials to look for. At most the number of bands.',
})
