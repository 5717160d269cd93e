use filigree_core::{Error, Observer, Random, Section};

use crate::matern::Kernel;
use crate::smoother::{Messages, Smoothed, Smoother, log_evidences};

/// Coordinates nearer to each other than this share of their range are one and the same.
const SAME_COORDINATE: f64 = 1e-9;

/// Length scales are searched for between this many smallest gaps and this many ranges.
const LENGTH_SCALE_BOUNDS: (f64, f64) = (0.3, 10.0);

/// Where the search for a length scale starts, as a share of the range.
const FIRST_LENGTH_SCALE: f64 = 0.1;

/// Factor between the candidates of the first search, and how fine it becomes.
const WIDEST_STEP: f64 = std::f64::consts::LN_2;
const FINEST_STEP: f64 = 0.02;

/// Spread of the first guess of a factor around its mean.
const FIRST_VARIANCE: f64 = 0.01;

/// The latent functions of one mode and what is known of them.
#[derive(Clone, Debug)]
pub struct FunctionalMode {
    /// Number of functions.
    pub rank: usize,
    /// Distinct coordinates, rising from 0 to 1.
    coordinates: Vec<f64>,
    /// Which of them an index of the mode lies at.
    state_of: Vec<u32>,
    kernel: Kernel,
    /// ℓ, as a share of the range of the coordinates.
    pub length_scale: f64,
    learns_length_scale: bool,
    step: f64,
    bounds: (f64, f64),
    posterior: Smoothed,
    /// E[u·uᵀ] at every distinct coordinate.
    second: Vec<f64>,
    /// KL divergence of the posterior from the prior.
    pub divergence: f64,
}

impl FunctionalMode {
    /// A mode of `size` indices at `coordinates` (their numbers where there are none); factors are a first guess.
    pub fn new(
        size: usize,
        coordinates: Option<&[f64]>,
        rank: usize,
        kernel: Kernel,
        length_scale: Option<f64>,
        random: &mut Random,
    ) -> Self {
        let plain: Vec<f64> = (0..size).map(|index| index as f64).collect();
        let (distinct, state_of) = distinct_coordinates(coordinates.unwrap_or(&plain));
        let smallest = distinct.windows(2).map(|pair| pair[1] - pair[0]).fold(1.0, f64::min);
        let bounds = (LENGTH_SCALE_BOUNDS.0 * smallest, LENGTH_SCALE_BOUNDS.1);
        let mut mode = Self {
            rank,
            state_of,
            kernel,
            length_scale: length_scale.unwrap_or(FIRST_LENGTH_SCALE.clamp(bounds.0, bounds.1)),
            learns_length_scale: length_scale.is_none() && distinct.len() > 1,
            step: WIDEST_STEP,
            bounds,
            posterior: Smoothed { mean: Vec::new(), covariance: Vec::new(), log_evidence: 0.0 },
            second: Vec::new(),
            divergence: 0.0,
            coordinates: distinct,
        };
        mode.guess(random);
        mode
    }

    /// First function constant, the others drawn from the prior.
    fn guess(&mut self, random: &mut Random) {
        let (states, rank, parts) = (self.coordinates.len(), self.rank, self.kernel.state_size());
        let mut mean = vec![1.0; states * rank];
        for function in 1..rank {
            let mut state: Vec<f64> = (0..parts).map(|_| random.normal()).collect();
            for position in 0..states {
                if position > 0 {
                    let gap = self.coordinates[position] - self.coordinates[position - 1];
                    state = drawn(self.kernel, gap, self.length_scale, &state, random);
                }
                mean[position * rank + function] = state[0];
            }
        }
        let covariance = (0..states * rank * rank)
            .map(|i| if (i / rank) % rank == i % rank { FIRST_VARIANCE } else { 0.0 });
        self.accept(Smoothed { mean, covariance: covariance.collect(), log_evidence: 0.0 });
    }

    fn accept(&mut self, posterior: Smoothed) {
        let rank = self.rank;
        self.second = posterior.covariance.clone();
        for (block, mean) in self.second.chunks_exact_mut(rank * rank).zip(posterior.mean.chunks_exact(rank))
        {
            block.iter_mut().enumerate().for_each(|(i, value)| *value += mean[i / rank] * mean[i % rank]);
        }
        self.posterior = posterior;
    }

    /// Which distinct coordinate an index lies at.
    pub fn state(&self, index: u32) -> usize {
        self.state_of[index as usize] as usize
    }

    /// How many distinct coordinates.
    pub fn states(&self) -> usize {
        self.coordinates.len()
    }

    /// E[u] at a distinct coordinate.
    pub fn mean(&self, state: usize) -> &[f64] {
        &self.posterior.mean[state * self.rank..(state + 1) * self.rank]
    }

    /// E[u·uᵀ] at a distinct coordinate.
    pub fn second(&self, state: usize) -> &[f64] {
        let block = self.rank * self.rank;
        &self.second[state * block..(state + 1) * block]
    }

    /// Standard deviation of a function at a distinct coordinate.
    pub fn deviation(&self, state: usize, function: usize) -> f64 {
        let rank = self.rank;
        self.posterior.covariance[(state * rank + function) * rank + function].max(0.0).sqrt()
    }

    /// The best Gaussian posterior given what the data say, and the length scale that makes it most probable. Nothing
    /// is replaced where the observer stops it.
    pub fn update(&mut self, messages: &Messages, observer: &mut dyn Observer) -> Result<(), Error> {
        let length_scale = if self.learns_length_scale {
            self.searched_length_scale(messages, &mut Section::new(observer, 0.0, 0.5))?
        } else {
            self.length_scale
        };
        let posterior =
            self.smoother(length_scale).smooth(messages, &mut Section::new(observer, 0.5, 1.0))?;
        self.length_scale = length_scale;
        self.accept(posterior);
        let rank = self.rank;
        let mut told = 0.0;
        for state in 0..self.states() {
            let shift = &messages.shift[state * rank..(state + 1) * rank];
            let precision = &messages.precision[state * rank * rank..(state + 1) * rank * rank];
            told += shift.iter().zip(self.mean(state)).map(|(a, b)| a * b).sum::<f64>();
            told -= 0.5 * precision.iter().zip(self.second(state)).map(|(a, b)| a * b).sum::<f64>();
        }
        self.divergence = told - self.posterior.log_evidence;
        Ok(())
    }

    fn smoother(&self, length_scale: f64) -> Smoother<'_> {
        Smoother { coordinates: &self.coordinates, functions: self.rank, kernel: self.kernel, length_scale }
    }

    /// One step of a pattern search; the present value is a candidate, so the evidence never falls.
    fn searched_length_scale(
        &mut self,
        messages: &Messages,
        observer: &mut dyn Observer,
    ) -> Result<f64, Error> {
        let candidates: Vec<f64> = [0.0, -2.0, -1.0, 1.0, 2.0]
            .map(|steps| (self.length_scale * (steps * self.step).exp()).clamp(self.bounds.0, self.bounds.1))
            .to_vec();
        let smoothers: Vec<Smoother<'_>> =
            candidates.iter().map(|&length_scale| self.smoother(length_scale)).collect();
        let evidence = log_evidences(&smoothers, messages, observer)?;
        let best =
            (0..candidates.len()).fold(0, |best, i| if evidence[i] > evidence[best] { i } else { best });
        if best == 0 {
            self.step = (0.5 * self.step).max(FINEST_STEP);
        }
        Ok(candidates[best])
    }
}

/// The state a gap later, drawn from the prior.
fn drawn(kernel: Kernel, gap: f64, length_scale: f64, state: &[f64], random: &mut Random) -> Vec<f64> {
    let step = kernel.transition(gap, length_scale);
    let first = step.noise[0][0].max(0.0).sqrt();
    let cross = if first > 0.0 { step.noise[1][0] / first } else { 0.0 };
    let second = (step.noise[1][1] - cross * cross).max(0.0).sqrt();
    let (a, b) = (random.normal(), random.normal());
    let noise = [first * a, cross * a + second * b];
    (0..state.len())
        .map(|i| {
            noise[i] + state.iter().zip(step.matrix[i]).map(|(value, weight)| weight * value).sum::<f64>()
        })
        .collect()
}

/// Distinct coordinates scaled to 0 … 1, and which of them each index lies at.
fn distinct_coordinates(coordinates: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let mut order: Vec<usize> = (0..coordinates.len()).collect();
    order.sort_by(|&a, &b| coordinates[a].total_cmp(&coordinates[b]));
    let (lowest, highest) = (coordinates[order[0]], coordinates[order[order.len() - 1]]);
    let range = if highest > lowest { highest - lowest } else { 1.0 };
    let mut distinct: Vec<f64> = Vec::new();
    let mut state_of = vec![0; coordinates.len()];
    for index in order {
        let scaled = (coordinates[index] - lowest) / range;
        if distinct.last().is_none_or(|&last| scaled - last > SAME_COORDINATE) {
            distinct.push(scaled);
        }
        state_of[index] = (distinct.len() - 1) as u32;
    }
    (distinct, state_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicated_and_unordered_coordinates_share_a_state() {
        let (distinct, state_of) = distinct_coordinates(&[30.0, 10.0, 30.0, 20.0, 10.0 + 1e-12]);
        assert_eq!(distinct, [0.0, 0.5, 1.0]);
        assert_eq!(state_of, [2, 0, 2, 1, 0]);
    }

    #[test]
    fn a_mode_with_one_coordinate_has_one_state() {
        let mode = FunctionalMode::new(3, Some(&[7.0; 3]), 2, Kernel::Matern32, None, &mut Random::new(1, 0));
        assert_eq!(mode.states(), 1);
        assert_eq!([mode.state(0), mode.state(2)], [0, 0]);
    }

    #[test]
    fn the_length_scale_of_drawn_functions_is_found() {
        for kernel in [Kernel::Matern12, Kernel::Matern32] {
            let size = 400;
            let mut random = Random::new(8, 0);
            let mut mode = FunctionalMode::new(size, None, 3, kernel, Some(0.04), &mut random);
            let shift = (0..size).flat_map(|s| mode.mean(s).iter().map(|u| u * 1e4).collect::<Vec<_>>());
            let messages = Messages {
                shift: shift.collect(),
                precision: (0..size * 9).map(|i| if (i / 3) % 3 == i % 3 { 1e4 } else { 0.0 }).collect(),
            };
            // The constant first function asks for a long scale: leave it out of the data.
            let mut messages = messages;
            for s in 0..size {
                messages.shift[s * 3] = 0.0;
                messages.precision[s * 9] = 0.0;
            }
            mode.learns_length_scale = true;
            mode.length_scale = 0.5;
            for _ in 0..30 {
                mode.update(&messages, &mut filigree_core::Silent).unwrap();
            }
            assert!((0.02..0.08).contains(&mode.length_scale), "{kernel:?}: {}", mode.length_scale);
        }
    }
}
