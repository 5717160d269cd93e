import { output } from '../../../shared/method'

/** Outputs that every unmixing method gives in the same form. */
export const unmixingOutputs = {
  endmembers: output.spectra({
    title: 'Endmembers',
    help: 'Spectra of the materials, on the scale of the prepared pixels.',
  }),
  abundances: output.maps({
    title: 'Abundances',
    scale: 'fraction',
    help: 'Share of every endmember in every pixel.',
  }),
  residual: output.map({
    title: 'Residual',
    help: 'Root mean square over the bands of what the mixture leaves unexplained, on the scale of the prepared pixels.',
  }),
}

/** Pixels that vertex component analysis picked. */
export function positionsOutput(optional: boolean) {
  return output.points({
    title: 'Picked pixels',
    optional,
    help: 'Line and sample of the pixels that vertex component analysis took for pure. Picks on dim pixels or on noise explain a bad start.',
  })
}
