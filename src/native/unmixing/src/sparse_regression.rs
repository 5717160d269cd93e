use filigree_core::{Pool, View, ViewMut, dot, multiply, positive_definite_inverse};

use crate::non_negative_least_squares::{NonNegativeLeastSquares, Scratch};

/// Two spectra whose cosine is this near to one cannot be told apart.
const EQUAL: f64 = 1e-12;

/// Largest violation of an optimality condition by the exact solver, relative to the lengths of spectrum and pixel.
const OPTIMAL: f64 = 1e-10;

/// Added to the diagonal before a Gram matrix is inverted, in units of the library's mean square: what keeps the
/// inverse of dependent spectra defined.
pub(crate) const LEAST_SHIFT: f64 = 1e-6;

/// What every sparse regression of a pixel on a library has in common: min ½‖y − Ax‖² + λ·Σxⱼ + (β/2)·‖x − x̂‖² over
/// x ≥ 0, and where it is asked for Σxⱼ = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Regression {
    /// λ, weight of Σ xⱼ.
    pub sparsity: f64,
    /// β, weight of ½‖x − x̂‖², zero without a prior.
    pub prior_weight: f64,
    /// Whether abundances sum to one.
    pub sum_to_one: bool,
}

/// A library ready for regression.
pub(crate) struct LibraryRegression {
    /// p × bands.
    spectra: Vec<f64>,
    p: usize,
    bands: usize,
    /// Mean square of the library: what AᵀA, Aᵀy and λ are divided by, so that one tolerance fits all scales.
    scale: f64,
    /// AᵀA / scale.
    gram: Vec<f64>,
}

/// What solving some pixels told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Solved {
    /// Most iterations a group of pixels, or changes of the support a pixel, took.
    pub iterations: usize,
    /// Pixels that did not reach the tolerance.
    pub unsolved: usize,
    /// Smallest λ at which every abundance would be zero: the largest aⱼᵀy.
    pub largest_correlation: f64,
}

impl Solved {
    /// Takes what followed into account.
    pub(crate) fn join(&mut self, later: &Self) {
        self.iterations = self.iterations.max(later.iterations);
        self.unsolved += later.unsolved;
        self.largest_correlation = self.largest_correlation.max(later.largest_correlation);
    }
}

impl LibraryRegression {
    /// Prepares spectra (p × bands).
    pub(crate) fn new(spectra: &[f64], bands: usize) -> Self {
        let p = spectra.len() / bands;
        let energy = dot(spectra, spectra);
        let scale = if energy > 0.0 { energy / spectra.len() as f64 } else { 1.0 };
        let mut gram = vec![0.0; p * p];
        let view = View::row_major(spectra, p, bands);
        multiply(view, view.t(), ViewMut::row_major(&mut gram, p, p));
        gram.iter_mut().for_each(|value| *value /= scale);
        Self { spectra: spectra.to_vec(), p, bands, scale, gram }
    }

    /// Number of spectra.
    pub(crate) fn count(&self) -> usize {
        self.p
    }

    /// Number of bands.
    pub(crate) fn bands(&self) -> usize {
        self.bands
    }

    /// Mean square of the library.
    pub(crate) fn scale(&self) -> f64 {
        self.scale
    }

    /// Pairs of spectra that point the same way.
    pub(crate) fn equal_pairs(&self) -> Vec<(usize, usize)> {
        let p = self.p;
        let mut pairs = Vec::new();
        for i in 0..p {
            for j in i + 1..p {
                let lengths = (self.gram[i * p + i] * self.gram[j * p + j]).sqrt();
                if lengths > 0.0 && self.gram[i * p + j] > (1.0 - EQUAL) * lengths {
                    pairs.push((i, j));
                }
            }
        }
        pairs
    }

    /// aⱼᵀy / scale of every pixel with every spectrum: pixels × p.
    pub(crate) fn correlations(&self, pixels: &[f64]) -> Vec<f64> {
        let count = pixels.len() / self.bands;
        let mut out = vec![0.0; count * self.p];
        multiply(
            View::row_major(pixels, count, self.bands),
            View::row_major(&self.spectra, self.p, self.bands).t(),
            ViewMut::row_major(&mut out, count, self.p),
        );
        out.iter_mut().for_each(|value| *value /= self.scale);
        out
    }

    /// (AᵀA/scale + shift·I)⁻¹ for a shift of [`LEAST_SHIFT`] or more.
    pub(crate) fn inverse(&self, shift: f64) -> Vec<f64> {
        positive_definite_inverse(&self.shifted(shift), self.p)
    }

    /// AᵀA/scale + shift·I.
    fn shifted(&self, shift: f64) -> Vec<f64> {
        let mut gram = self.gram.clone();
        gram.iter_mut().step_by(self.p + 1).for_each(|value| *value += shift);
        gram
    }

    /// The problem ready to be solved exactly, pixel by pixel.
    pub(crate) fn exact(&self, problem: &Regression) -> ExactRegression<'_> {
        let solver = NonNegativeLeastSquares::new(self.shifted(problem.prior_weight / self.scale), self.p);
        ExactRegression {
            library: self,
            solver: if problem.sum_to_one { solver.with_sum_to_one() } else { solver },
            problem: *problem,
            workspaces: Pool::default(),
        }
    }
}

/// The largest of some correlations, as a λ.
pub(crate) fn largest_correlation(library: &LibraryRegression, correlations: &[f64]) -> f64 {
    correlations.iter().fold(f64::NEG_INFINITY, |most, &value| most.max(value)) * library.scale
}

/// A sparse regression solved by an active set: as x ≥ 0, λ‖x‖₁ is linear, so that this is non-negative least squares
/// on the Gram matrix with λ taken off Aᵀy, see [`NonNegativeLeastSquares`]. The optimality conditions hold when it
/// ends; a pixel costs some thousand operations for each of its few positive abundances.
pub(crate) struct ExactRegression<'a> {
    library: &'a LibraryRegression,
    solver: NonNegativeLeastSquares,
    problem: Regression,
    workspaces: Pool<Scratch>,
}

impl ExactRegression<'_> {
    /// Solves pixels (pixels × bands), neighbours after each other, for `abundances` (pixels × p), with the prior x̂
    /// (pixels × p) where there is one. The result depends on these pixels alone.
    pub(crate) fn solve(&self, pixels: &[f64], prior: Option<&[f64]>, abundances: &mut [f64]) -> Solved {
        let library = self.library;
        let (p, bands) = (library.p, library.bands);
        let mut pull = library.correlations(pixels);
        let largest_correlation = largest_correlation(library, &pull);
        let (weight, price) =
            (self.problem.prior_weight / library.scale, self.problem.sparsity / library.scale);
        match prior {
            Some(prior) => pull.iter_mut().zip(prior).for_each(|(value, x)| *value += weight * x - price),
            None => pull.iter_mut().for_each(|value| *value -= price),
        }
        let mut work = self.workspaces.take(Scratch::default);
        work.start_anew();
        (work.unsolved, work.most_steps) = (0, 0);
        let rows = pull.chunks_exact(p).zip(abundances.chunks_exact_mut(p));
        for (pixel, (b, a)) in pixels.chunks_exact(bands).zip(rows) {
            let size = (dot(pixel, pixel) / library.scale).sqrt();
            self.solver.solve(b, size, OPTIMAL, a, &mut work);
        }
        Solved { iterations: work.most_steps, unsolved: work.unsolved, largest_correlation }
    }

    /// Solves pixels (pixels × bands) for one sparsity after the other, falling: every solution starts at the support
    /// of the one before. `each` gets the number of the sparsity, the pixel and its abundances. The sparsity of the
    /// problem itself is not looked at.
    pub(crate) fn solve_path(
        &self,
        pixels: &[f64],
        sparsities: &[f64],
        mut each: impl FnMut(usize, usize, &[f64]),
    ) -> Solved {
        let library = self.library;
        let pull = library.correlations(pixels);
        let mut work = self.workspaces.take(Scratch::default);
        (work.unsolved, work.most_steps) = (0, 0);
        let (mut b, mut a) = (vec![0.0; library.p], vec![0.0; library.p]);
        let pulls = pull.chunks_exact(library.p);
        for (place, (pixel, pull)) in pixels.chunks_exact(library.bands).zip(pulls).enumerate() {
            let size = (dot(pixel, pixel) / library.scale).sqrt();
            work.start_anew();
            for (number, sparsity) in sparsities.iter().enumerate() {
                b.iter_mut().zip(pull).for_each(|(b, pull)| *b = pull - sparsity / library.scale);
                self.solver.solve(&b, size, OPTIMAL, &mut a, &mut work);
                each(number, place, &a);
            }
        }
        Solved {
            iterations: work.most_steps,
            unsolved: work.unsolved,
            largest_correlation: largest_correlation(library, &pull),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    const BANDS: usize = 20;

    struct Case {
        library: LibraryRegression,
        pixels: Vec<f64>,
        prior: Vec<f64>,
    }

    /// More spectra than bands, pixels of three of them with noise.
    fn case(p: usize, pixels: usize, seed: u64) -> Case {
        let mut random = Random::new(seed, 0);
        let spectra: Vec<f64> = (0..p * BANDS).map(|_| random.between(0.05, 1.0)).collect();
        let mut values = Vec::new();
        let mut prior = Vec::new();
        for _ in 0..pixels {
            let chosen = [random.below(p), random.below(p), random.below(p)];
            values.extend((0..BANDS).map(|band| {
                chosen.iter().map(|&j| spectra[j * BANDS + band] / 3.0).sum::<f64>() + 0.02 * random.normal()
            }));
            prior.extend((0..p).map(|j| if chosen.contains(&j) { 0.3 } else { 0.0 }));
        }
        Case { library: LibraryRegression::new(&spectra, BANDS), pixels: values, prior }
    }

    fn problem(sparsity: f64) -> Regression {
        Regression { sparsity, prior_weight: 0.0, sum_to_one: false }
    }

    /// Largest violation of the optimality conditions, relative to the scale of the library: gradients that are
    /// negative, and gradients that are not zero where an abundance is positive.
    fn violation(case: &Case, problem: &Regression, abundances: &[f64], prior: Option<&[f64]>) -> f64 {
        let (library, p) = (&case.library, case.library.p);
        let pull = library.correlations(&case.pixels);
        let mut worst: f64 = 0.0;
        for (pixel, x) in abundances.chunks_exact(p).enumerate() {
            let gradient: Vec<f64> = (0..p)
                .map(|j| {
                    let mixed: f64 = (0..p).map(|k| library.gram[j * p + k] * x[k]).sum();
                    let away = prior.map_or(0.0, |prior| x[j] - prior[pixel * p + j]);
                    mixed - pull[pixel * p + j]
                        + (problem.sparsity + problem.prior_weight * away) / library.scale
                })
                .collect();
            let positive = || (0..p).filter(|&j| x[j] > 0.0);
            let price = if problem.sum_to_one {
                positive().map(|j| gradient[j]).sum::<f64>() / positive().count() as f64
            } else {
                0.0
            };
            for j in 0..p {
                let left = gradient[j] - price;
                worst = worst.max(if x[j] > 0.0 { left.abs() } else { -left });
            }
        }
        worst
    }

    #[test]
    fn the_optimality_conditions_hold_with_and_without_sparsity_prior_and_sum() {
        let case = case(35, 130, 1);
        for (sparsity, weight, sum) in
            [(0.0, 0.0, false), (0.05, 0.0, false), (0.02, 0.5, false), (0.0, 0.0, true), (0.3, 0.0, true)]
        {
            let problem = Regression { prior_weight: weight, sum_to_one: sum, ..problem(sparsity) };
            let prior = (weight > 0.0).then_some(case.prior.as_slice());
            let mut found = vec![0.0; 130 * 35];
            let solved = case.library.exact(&problem).solve(&case.pixels, prior, &mut found);
            assert_eq!(solved.unsolved, 0);
            assert!(found.iter().all(|&x| x >= 0.0));
            let worst = violation(&case, &problem, &found, prior);
            assert!(worst < 1e-8, "{worst} for λ {sparsity}, β {weight}, sum {sum}");
            if sum {
                assert!(found.chunks_exact(35).all(|x| (x.iter().sum::<f64>() - 1.0).abs() < 1e-6));
            }
        }
    }

    #[test]
    fn orthonormal_spectra_have_a_closed_form() {
        let mut spectra = vec![0.0; 8 * BANDS];
        (0..8).for_each(|j| spectra[j * BANDS + 2 * j] = 1.0);
        let library = LibraryRegression::new(&spectra, BANDS);
        let mut random = Random::new(4, 0);
        let pixels: Vec<f64> = (0..70 * BANDS).map(|_| random.normal()).collect();
        let mut found = vec![0.0; 70 * 8];
        library.exact(&problem(0.3)).solve(&pixels, None, &mut found);
        for (pixel, x) in pixels.chunks_exact(BANDS).zip(found.chunks_exact(8)) {
            for j in 0..8 {
                assert!((x[j] - (pixel[2 * j] - 0.3).max(0.0)).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn at_the_largest_correlation_nothing_is_left_and_just_below_something_is() {
        let case = case(12, 64, 2);
        let mut found = vec![0.0; 64 * 12];
        let most =
            case.library.exact(&problem(0.0)).solve(&case.pixels, None, &mut found).largest_correlation;
        case.library.exact(&problem(most)).solve(&case.pixels, None, &mut found);
        assert!(found.iter().all(|&x| x < 1e-8));
        case.library.exact(&problem(0.99 * most)).solve(&case.pixels, None, &mut found);
        assert!(found.iter().any(|&x| x > 0.0));
    }

    #[test]
    fn equal_spectra_are_found_and_one_of_them_is_used() {
        let mut spectra: Vec<f64> = (0..3 * BANDS).map(|i| 0.2 + (i as f64 * 0.37).sin().abs()).collect();
        spectra.extend_from_within(..BANDS);
        let library = LibraryRegression::new(&spectra, BANDS);
        assert_eq!(library.equal_pairs(), [(0, 3)]);
        let mut found = vec![0.0; 4];
        library.exact(&problem(0.001)).solve(&spectra[..BANDS], None, &mut found);
        assert!((found[0] + found[3] - 1.0).abs() < 0.01 && found[0].min(found[3]) == 0.0);
    }
}
