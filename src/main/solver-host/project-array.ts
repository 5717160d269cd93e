/** An array file in a dataset's own folder, as `dataset.json` names it. */
export { writtenArray as projectArray } from '../formats'
