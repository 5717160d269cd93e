import manifest from '../../../package.json'

/** The version of Filigree, as its package says. */
export const version: string = manifest.version
