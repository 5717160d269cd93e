use crate::tucker_model::model_size;

/// Squared singular values of the unfoldings, as what ranks lose and what they cost.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// Length of every mode.
    pub lengths: Vec<usize>,
    /// `losses[m][r]`: energy of mode m beyond its first r directions, summed from the small end; r from 0 to the number
    /// of directions.
    pub losses: Vec<Vec<f64>>,
}

/// Ranks with what they cost and lose.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreShape {
    /// Rank of every mode.
    pub ranks: Vec<usize>,
    /// ∏ r + Σ n·r.
    pub size: usize,
    /// Σ of the losses of all modes: bounds the energy lost.
    pub loss: f64,
}

impl Spectra {
    /// From the energies of every mode, largest first.
    pub fn new(lengths: &[usize], energies: Vec<Vec<f64>>) -> Self {
        let losses = energies
            .into_iter()
            .map(|energies| {
                let mut losses = vec![0.0; energies.len() + 1];
                for (rank, energy) in energies.iter().enumerate().rev() {
                    losses[rank] = losses[rank + 1] + energy;
                }
                losses
            })
            .collect();
        Self { lengths: lengths.to_vec(), losses }
    }

    /// Number of modes.
    pub fn modes(&self) -> usize {
        self.lengths.len()
    }

    /// The largest rank a mode can have: its number of directions.
    pub fn largest(&self, mode: usize) -> usize {
        self.losses[mode].len() - 1
    }

    /// ‖X‖², as the first mode has it.
    pub fn energy(&self) -> f64 {
        self.losses[0][0]
    }

    /// Ranks with their cost and loss.
    pub fn shape_of(&self, ranks: &[usize]) -> CoreShape {
        let loss = ranks.iter().zip(&self.losses).map(|(&rank, losses)| losses[rank]).sum();
        CoreShape { ranks: ranks.to_vec(), size: model_size(&self.lengths, ranks), loss }
    }

    /// Upper bound of the relative error.
    pub fn error_bound(&self, shape: &CoreShape) -> f64 {
        if shape.loss == 0.0 { 0.0 } else { (shape.loss / self.energy()).sqrt() }
    }

    /// Lowers ranks whose last directions carry no energy at all.
    pub fn trimmed(&self, shape: CoreShape) -> CoreShape {
        let mut ranks = shape.ranks;
        for (rank, losses) in ranks.iter_mut().zip(&self.losses) {
            while *rank > 1 && losses[*rank - 1] == losses[*rank] {
                *rank -= 1;
            }
        }
        self.shape_of(&ranks)
    }
}
