/** The version of Filigree, as its package says. */
export { version } from '../../../package.json'
