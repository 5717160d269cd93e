use filigree_core::{Error, Observer, Random, Section, Silent, batches, keep_going, map_tiles, tiles};
use rayon::prelude::*;

use crate::entries::{Entries, Groups};
use crate::functional_core::{CoreForm, FunctionalCore};
use crate::functional_mode::FunctionalMode;
use crate::matern::Kernel;
use crate::smoother::Messages;

/// Entries whose messages are gathered between two looks at the observer.
const ENTRIES_AT_ONCE: usize = 1 << 14;

const STAGE: &str = "Passing messages";

/// Shape and rate of the prior of the noise's precision: nearly flat.
const NOISE_PRIOR: f64 = 1e-3;

/// The model and everything known of it: y = wᵀ(u₁ ⊗ … ⊗ u_K) + noise, all of it Gaussian but the precision of the
/// noise, which is a Gamma variable.
///
/// The posterior factorises over the core, the modes and the noise. Each of its parts is replaced in turn by the best
/// one given the others (coordinate ascent), so that the evidence bound never falls. These are the messages of the
/// paper's conditional moment matching with the full second moments of the core in place of its mean.
#[derive(Clone)]
pub struct FunctionalTucker<'a> {
    entries: &'a Entries,
    /// Entry numbers by the distinct coordinate they lie at, for every mode.
    groups: Vec<Groups>,
    /// The modes' functions.
    pub modes: Vec<FunctionalMode>,
    /// The core.
    pub core: FunctionalCore,
    /// Rows and columns of the lower triangle of a (core × core) matrix.
    pairs: Vec<[u32; 2]>,
    /// For every mode: where in E[u·uᵀ] the functions of a pair are.
    offsets: Vec<Vec<u32>>,
    noise_shape: f64,
    noise_rate: f64,
    /// Root mean square of what the mean of the model leaves of the entries.
    pub observed_rmse: f64,
}

/// What is to be known before anything is computed.
pub struct FunctionalShape<'a> {
    /// Length of every mode.
    pub shape: &'a [usize],
    /// Coordinates of a mode; its numbers where there are none.
    pub coordinates: &'a [Option<Vec<f64>>],
    /// Functions of every mode.
    pub ranks: &'a [usize],
    /// Form of the core.
    pub form: CoreForm,
    /// Covariance of the functions.
    pub kernel: Kernel,
    /// A length scale for all modes as a share of their range; learned where there is none.
    pub length_scale: Option<f64>,
}

/// Mean and variance of a prediction, without the noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// E[f].
    pub mean: f64,
    /// var[f].
    pub variance: f64,
}

impl<'a> FunctionalTucker<'a> {
    /// A first guess: random functions, and the core that suits them.
    pub fn new(entries: &'a Entries, form: &FunctionalShape<'_>, random: &mut Random) -> Result<Self, Error> {
        let modes: Vec<FunctionalMode> = form
            .shape
            .iter()
            .enumerate()
            .map(|(mode, &size)| {
                let coordinates = form.coordinates[mode].as_deref();
                let rank = form.ranks[mode];
                FunctionalMode::new(size, coordinates, rank, form.kernel, form.length_scale, random)
            })
            .collect();
        let core = FunctionalCore::new(form.ranks, form.form);
        let size = core.size as u32;
        let pairs: Vec<[u32; 2]> = (0..size).flat_map(|a| (0..=a).map(move |b| [a, b])).collect();
        let offsets = (0..modes.len())
            .map(|mode| {
                let at = |entry: u32| core.place(entry as usize)[mode];
                pairs.iter().map(|&[a, b]| (at(a) * modes[mode].rank + at(b)) as u32).collect()
            })
            .collect();
        let groups = grouped(entries, &modes);
        let power = entries.values().iter().map(|value| value * value).sum::<f64>();
        let mut model = Self {
            entries,
            groups,
            modes,
            core,
            pairs,
            offsets,
            noise_shape: NOISE_PRIOR + 0.5 * entries.len() as f64,
            noise_rate: NOISE_PRIOR + 0.25 * power,
            observed_rmse: (power / entries.len() as f64).sqrt(),
        };
        model.update_core(&mut Silent)?;
        Ok(model)
    }

    /// The same posterior, to be improved on other entries of the same tensor.
    pub fn continued_on<'b>(self, entries: &'b Entries) -> FunctionalTucker<'b> {
        FunctionalTucker {
            entries,
            groups: grouped(entries, &self.modes),
            noise_shape: NOISE_PRIOR + 0.5 * entries.len() as f64,
            noise_rate: self.noise_rate * entries.len() as f64 / self.entries.len() as f64,
            modes: self.modes,
            core: self.core,
            pairs: self.pairs,
            offsets: self.offsets,
            observed_rmse: self.observed_rmse,
        }
    }

    /// One round over modes, core and noise; returns the evidence lower bound. Where the observer stops it, the parts
    /// that were replaced so far are kept.
    pub fn improve(&mut self, observer: &mut dyn Observer) -> Result<f64, Error> {
        for mode in 0..self.modes.len() {
            let messages = self.messages_to(mode, observer)?;
            let share = (mode + 1) as f64 / (self.modes.len() + 1) as f64;
            self.modes[mode].update(&messages, &mut Section::new(observer, share, share))?;
        }
        self.update_core(observer)?;
        self.update_noise()?;
        Ok(self.evidence_bound())
    }

    /// How many entries are fitted.
    pub fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// E[precision of the noise].
    fn precision(&self) -> f64 {
        self.noise_shape / self.noise_rate
    }

    /// E[variance of the noise].
    pub fn noise_variance(&self) -> f64 {
        self.noise_rate / (self.noise_shape - 1.0).max(0.5)
    }

    fn states(&self, place: &[u32], states: &mut [usize]) {
        for (mode, &index) in place.iter().enumerate() {
            states[mode] = self.modes[mode].state(index);
        }
    }

    /// Products of the functions' first and second moments at a place, over all modes but one.
    fn moments(&self, place: &[u32], without: Option<usize>, work: &mut Moments) {
        self.states(place, &mut work.states);
        work.first.fill(1.0);
        work.second.fill(1.0);
        for mode in (0..self.modes.len()).filter(|&mode| Some(mode) != without) {
            let state = work.states[mode];
            let (mean, second) = (self.modes[mode].mean(state), self.modes[mode].second(state));
            for (entry, value) in work.first.iter_mut().enumerate() {
                *value *= mean[self.core.place(entry)[mode]];
            }
            for (value, &offset) in work.second.iter_mut().zip(&self.offsets[mode]) {
                *value *= second[offset as usize];
            }
        }
    }

    fn work(&self) -> Moments {
        Moments {
            states: vec![0; self.modes.len()],
            first: vec![0.0; self.core.size],
            second: vec![0.0; self.pairs.len()],
        }
    }

    /// E[w·wᵀ] by pairs, those off the diagonal counted twice.
    fn core_pairs(&self) -> Vec<f64> {
        let weight = |a: u32, b: u32| if a == b { 1.0 } else { 2.0 };
        self.pairs.iter().map(|&[a, b]| weight(a, b) * self.core.second(a as usize, b as usize)).collect()
    }

    /// What the data say of the functions of one mode, at each of its coordinates.
    fn messages_to(&self, mode: usize, observer: &mut dyn Observer) -> Result<Messages, Error> {
        let rank = self.modes[mode].rank;
        let block = rank * rank;
        let core = self.core_pairs();
        let precision = self.precision();
        let states = self.modes[mode].states();
        let at_once = (states * ENTRIES_AT_ONCE / self.entries.len()).max(1);
        let mut told: Vec<Vec<f64>> = Vec::with_capacity(states);
        for piece in tiles(0..states, at_once) {
            let tell = |work: &mut Moments, state: usize| {
                let mut sums = vec![0.0; block + rank];
                for &entry in self.groups[mode].of(state) {
                    self.moments(self.entries.place(entry as usize), Some(mode), work);
                    let value = self.entries.value(entry as usize);
                    for (pair, &offset) in self.offsets[mode].iter().enumerate() {
                        sums[offset as usize] += core[pair] * work.second[pair];
                    }
                    for (a, first) in work.first.iter().enumerate() {
                        sums[block + self.core.place(a)[mode]] += value * self.core.mean[a] * first;
                    }
                }
                sums.iter_mut().for_each(|sum| *sum *= precision);
                sums
            };
            told.par_extend(piece.clone().into_par_iter().map_init(|| self.work(), tell));
            let done = (mode as f64 + piece.end as f64 / states as f64) / (self.modes.len() + 1) as f64;
            keep_going(observer.progress(done), STAGE)?;
        }
        let mut messages = Messages { precision: Vec::new(), shift: Vec::new() };
        for sums in told {
            // A pair off the diagonal was counted twice in one of two places.
            let even = |i: usize| 0.5 * (sums[i] + sums[(i % rank) * rank + i / rank]);
            messages.precision.extend((0..block).map(even));
            messages.shift.extend_from_slice(&sums[block..]);
        }
        Ok(messages)
    }

    fn update_core(&mut self, observer: &mut dyn Observer) -> Result<(), Error> {
        let (size, pairs) = (self.core.size, self.pairs.len());
        let mut sums = vec![0.0; pairs + size];
        for batch in batches(self.entries.len()) {
            let parts = map_tiles(batch, |tile| {
                let mut part = vec![0.0; pairs + size];
                let mut work = self.work();
                for entry in tile {
                    self.moments(self.entries.place(entry), None, &mut work);
                    part[..pairs].iter_mut().zip(&work.second).for_each(|(sum, value)| *sum += value);
                    let value = self.entries.value(entry);
                    part[pairs..].iter_mut().zip(&work.first).for_each(|(sum, first)| *sum += value * first);
                }
                Ok(part)
            })?;
            for part in parts {
                sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
            }
            keep_going(observer.progress(1.0), STAGE)?;
        }
        let tau = self.precision();
        let mut precision = vec![0.0; size * size];
        for (&[a, b], &sum) in self.pairs.iter().zip(&sums) {
            precision[a as usize * size + b as usize] = tau * sum;
            precision[b as usize * size + a as usize] = tau * sum;
        }
        let shift: Vec<f64> = sums[pairs..].iter().map(|sum| tau * sum).collect();
        self.core.update(&precision, &shift)
    }

    fn update_noise(&mut self) -> Result<(), Error> {
        let (mut energy, mut square) = (0.0, 0.0);
        for batch in batches(self.entries.len()) {
            let parts = map_tiles(batch, |tile| {
                let mut predictor = self.predictor();
                let (mut energy, mut square) = (0.0, 0.0);
                for entry in tile {
                    let found = predictor.at(self.entries.place(entry));
                    let residual = (self.entries.value(entry) - found.mean).powi(2);
                    square += residual;
                    energy += residual + found.variance;
                }
                Ok((energy, square))
            })?;
            for part in parts {
                energy += part.0;
                square += part.1;
            }
        }
        self.observed_rmse = (square / self.entries.len() as f64).sqrt();
        self.noise_rate = NOISE_PRIOR + 0.5 * energy;
        Ok(())
    }

    /// The evidence lower bound, where the noise was updated last.
    fn evidence_bound(&self) -> f64 {
        let shape = self.noise_shape;
        let noise = ln_gamma(shape) - ln_gamma(NOISE_PRIOR) + NOISE_PRIOR * NOISE_PRIOR.ln()
            - shape * self.noise_rate.ln();
        let divergence: f64 = self.modes.iter().map(|mode| mode.divergence).sum();
        noise
            - 0.5 * self.entries.len() as f64 * (2.0 * std::f64::consts::PI).ln()
            - self.core.divergence
            - divergence
    }

    /// Predicts at places, with buffers of its own.
    pub fn predictor(&self) -> Predictor<'_> {
        Predictor { model: self, core: self.core_pairs(), work: self.work() }
    }
}

/// Entry numbers by the distinct coordinate they lie at, for every mode.
fn grouped(entries: &Entries, modes: &[FunctionalMode]) -> Vec<Groups> {
    let mut placed = Entries::new(modes.len());
    let mut place = vec![0u32; modes.len()];
    for entry in 0..entries.len() {
        for (mode, &index) in entries.place(entry).iter().enumerate() {
            place[mode] = modes[mode].state(index) as u32;
        }
        placed.push(&place, 0.0);
    }
    modes.iter().enumerate().map(|(mode, known)| placed.grouped(mode, known.states())).collect()
}

struct Moments {
    states: Vec<usize>,
    first: Vec<f64>,
    second: Vec<f64>,
}

/// Predicts entry after entry; each thread has one.
pub struct Predictor<'a> {
    model: &'a FunctionalTucker<'a>,
    core: Vec<f64>,
    work: Moments,
}

impl Predictor<'_> {
    /// Mean and variance of f at a place.
    pub fn at(&mut self, place: &[u32]) -> Prediction {
        self.model.moments(place, None, &mut self.work);
        let mean = self.model.core.mean.iter().zip(&self.work.first).map(|(a, b)| a * b).sum::<f64>();
        let second = self.core.iter().zip(&self.work.second).map(|(a, b)| a * b).sum::<f64>();
        Prediction { mean, variance: (second - mean * mean).max(0.0) }
    }
}

/// ln Γ(x) for x > 0: Stirling's series, after the recurrence has made x large.
fn ln_gamma(x: f64) -> f64 {
    let (mut shifted, mut product) = (x, 1.0);
    while shifted < 10.0 {
        product *= shifted;
        shifted += 1.0;
    }
    let inverse = 1.0 / shifted;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    (shifted - 0.5) * shifted.ln() - shifted + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - product.ln()
}
