export { solveResult } from '../solve-result'
