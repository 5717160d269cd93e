import type { Citation } from '../../../shared/method'

/** Sparse regression with a library of spectra. */
export const sparseUnmixing: Citation = {
  authors: 'Iordache, Bioucas-Dias, Plaza',
  title: 'Sparse unmixing of hyperspectral data',
  year: 2011,
  venue: 'IEEE Transactions on Geoscience and Remote Sensing 49(6)',
  doi: '10.1109/TGRS.2010.2098413',
}

/** Noise by regression of a band on the others. */
export const bandRegressionNoise: Citation = {
  authors: 'Roger, Arnold',
  title: 'Reliably estimating the noise in AVIRIS hyperspectral images',
  year: 1996,
  venue: 'International Journal of Remote Sensing 17(10)',
  doi: '10.1080/01431169608948750',
}

/** NMF with the L1/2 term. */
export const l12Sparsity: Citation = {
  authors: 'Qian, Jia, Zhou, Robles-Kelly',
  title: 'Hyperspectral unmixing via L1/2 sparsity-constrained nonnegative matrix factorization',
  year: 2011,
  venue: 'IEEE Transactions on Geoscience and Remote Sensing 49',
  doi: '10.1109/TGRS.2011.2144605',
}

/** Fully constrained least squares. */
export const fullyConstrained: Citation = {
  authors: 'Heinz, Chang',
  title:
    'Fully constrained least squares linear spectral mixture analysis method for material quantification in hyperspectral imagery',
  year: 2001,
  venue: 'IEEE Transactions on Geoscience and Remote Sensing 39(3)',
  doi: '10.1109/36.911111',
}

/** HySime. */
export const subspaceIdentification: Citation = {
  authors: 'Bioucas-Dias, Nascimento',
  title: 'Hyperspectral subspace identification',
  year: 2008,
  venue: 'IEEE Transactions on Geoscience and Remote Sensing 46(8)',
  doi: '10.1109/TGRS.2008.918089',
}
