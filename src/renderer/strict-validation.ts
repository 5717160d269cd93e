import { z } from 'zod'

// zod compiles validators with `new Function` where it may; the content security policy forbids that, and
// trying would only write a violation to the console. Imported before anything validates.
z.config({ jitless: true })
