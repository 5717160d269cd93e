// npm run setup: everything between a fresh clone and a workbench that starts.
import { runScript, setUp } from './setup/set-up.mjs'

await runScript(async () => {
  const made = await setUp()
  process.stderr.write(
    made === 0 ? 'Everything is up to date.\n' : 'Ready: npm start, or npx filigree --help\n',
  )
  return 0
})
