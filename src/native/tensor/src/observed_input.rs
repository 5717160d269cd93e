use filigree_core::{ArraySource, Error, MappedArray, Random, zeros};

use crate::entries::Entries;

/// Stream of random numbers that picks what is held out.
const HOLD_OUT_STREAM: u64 = 1 << 32;

/// Entries read from a file at a time.
const ENTRIES_AT_ONCE: usize = 1 << 16;

/// A tensor of which some entries were observed: scattered ones, or a dense array with a mask.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedInput {
    /// Values of the entries (entry), or the dense array.
    pub values: ArraySource,
    /// Places of scattered entries (entry, mode), counted from zero; none for a dense array.
    pub indices: Option<ArraySource>,
    /// Length of every mode.
    pub shape: Vec<usize>,
    /// True where a value is missing: of the shape of the values.
    pub mask: Option<ArraySource>,
    /// Factor that turns stored numbers into the quantity.
    pub scale: f64,
    /// Stored value that marks a missing entry.
    pub no_data_value: Option<f64>,
}

/// What is kept back from the fit, to be predicted.
#[derive(Clone, Debug, PartialEq)]
pub enum HoldOut {
    /// Nothing.
    Nothing,
    /// The entries a column (entry, fold) of the dataset marks.
    Fold {
        /// All columns.
        source: ArraySource,
        /// Which of them, counted from zero.
        fold: usize,
    },
    /// This share of the observed entries, picked at random.
    Share(f64),
}

/// Observed entries, apart: those to fit and those to predict.
#[derive(Clone, Debug)]
pub struct Observations {
    /// Length of every mode.
    pub shape: Vec<usize>,
    /// Entries to fit.
    pub training: Entries,
    /// Entries kept back.
    pub held_out: Entries,
    /// Entries that are not there.
    pub missing: usize,
}

impl Observations {
    /// A warning for each mode with indices that have nothing to fit; `consequence` says what becomes of them.
    pub fn empty_slices(&self, consequence: &str) -> Vec<String> {
        let mut warnings = Vec::new();
        for (mode, &length) in self.shape.iter().enumerate() {
            let groups = self.training.grouped(mode, length);
            let empty = (0..length).filter(|&index| groups.of(index).is_empty()).count();
            if empty > 0 {
                warnings.push(format!(
                    "{empty} of {length} indices of mode {} have no entry to fit: {consequence}.",
                    mode + 1
                ));
            }
        }
        warnings
    }
}

impl ObservedInput {
    /// Reads all observed entries, in the order of the file, and sets some apart.
    pub fn read(&self, hold_out: &HoldOut, seed: u64) -> Result<Observations, Error> {
        self.check_shape()?;
        let count = self.values.element_count()?;
        let modes = self.shape.len();
        let values = MappedArray::open(&self.values)?;
        let indices = self.indices.as_ref().map(MappedArray::open).transpose()?;
        let mask = self.mask.as_ref().map(MappedArray::open).transpose()?;
        let keeps_back = match hold_out {
            HoldOut::Fold { source, fold } => Some((MappedArray::open(source)?, *fold)),
            _ => None,
        };
        if let Some((columns, fold)) = &keeps_back {
            check_fold(columns.shape(), *fold, count)?;
        }
        let share = if let HoldOut::Share(share) = hold_out { *share } else { 0.0 };
        let mut random = Random::new(seed, HOLD_OUT_STREAM);
        let (mut training, mut held_out) = (Entries::new(modes), Entries::new(modes));
        let mut missing = 0;
        let mut buffers = Buffers::default();
        for piece in filigree_core::tiles(0..count, ENTRIES_AT_ONCE) {
            let places = self.places(indices.as_ref(), piece.clone(), &mut buffers)?;
            flat(&values, piece.clone(), &mut buffers.values)?;
            if let Some(mask) = &mask {
                flat(mask, piece.clone(), &mut buffers.mask)?;
            }
            if let Some((columns, fold)) = &keeps_back {
                column(columns, *fold, piece.clone(), &mut buffers.held);
            }
            for (at, entry) in piece.enumerate() {
                let stored = buffers.values[at];
                let masked = mask.is_some() && buffers.mask[at] != 0.0;
                if masked || self.no_data_value == Some(stored) {
                    missing += 1;
                    continue;
                }
                let place = &places[at * modes..(at + 1) * modes];
                if !stored.is_finite() {
                    return Err(not_finite(place, entry, stored));
                }
                let held = if keeps_back.is_some() {
                    buffers.held[at] != 0.0
                } else {
                    share > 0.0 && random.uniform() < share
                };
                let chosen = if held { &mut held_out } else { &mut training };
                chosen.push(place, stored * self.scale);
            }
        }
        if training.is_empty() {
            return Err(nothing_to_fit(held_out.len()));
        }
        Ok(Observations { shape: self.shape.clone(), training, held_out, missing })
    }

    fn check_shape(&self) -> Result<(), Error> {
        if self.shape.len() < 2 {
            return Err(Error::InvalidData(
                "A tensor needs at least two modes, and this one has one. Import it with more index columns."
                    .to_owned(),
            ));
        }
        if self.shape.iter().any(|&length| length == 0 || length > u32::MAX as usize) {
            return Err(Error::InvalidData(format!(
                "The modes of the tensor are {:?} long; each must have from 1 to {} entries.",
                self.shape,
                u32::MAX
            )));
        }
        let count = self.values.element_count()?;
        let fits = match &self.indices {
            Some(indices) => indices.shape == [count, self.shape.len()] && self.values.shape.len() == 1,
            None => self.values.shape == self.shape,
        };
        let mask_fits = self.mask.as_ref().is_none_or(|mask| mask.shape == self.values.shape);
        if fits && mask_fits {
            return Ok(());
        }
        Err(Error::InvalidData(format!(
            "Values {:?}, indices {:?} and mask {:?} do not belong to one tensor of {:?}. Import the file again.",
            self.values.shape,
            self.indices.as_ref().map(|source| &source.shape),
            self.mask.as_ref().map(|source| &source.shape),
            self.shape
        )))
    }

    /// Places of a piece of the entries, mode after mode within an entry.
    fn places(
        &self,
        indices: Option<&MappedArray>,
        piece: std::ops::Range<usize>,
        buffers: &mut Buffers,
    ) -> Result<Vec<u32>, Error> {
        let modes = self.shape.len();
        let mut places = Vec::with_capacity(piece.len() * modes);
        let Some(indices) = indices else {
            for entry in piece {
                places.extend(crate::shape::index_of(entry, &self.shape).iter().map(|&index| index as u32));
            }
            return Ok(places);
        };
        let columns: Vec<isize> = (0..modes).map(|mode| mode as isize * indices.strides()[1]).collect();
        buffers.indices.resize(piece.len() * modes, 0.0);
        let base = piece.start as isize * indices.strides()[0];
        indices.gather(base, indices.strides()[0], &columns, &mut buffers.indices);
        for (at, &index) in buffers.indices.iter().enumerate() {
            let (entry, mode) = (piece.start + at / modes, at % modes);
            if index.fract() != 0.0 || index < 0.0 || index >= self.shape[mode] as f64 {
                return Err(Error::InvalidData(format!(
                    "Entry {} has the index {index} in mode {}, which runs from 0 to {}. Import the file again.",
                    entry + 1,
                    mode + 1,
                    self.shape[mode] - 1
                )));
            }
            places.push(index as u32);
        }
        Ok(places)
    }
}

#[derive(Default)]
struct Buffers {
    values: Vec<f64>,
    mask: Vec<f64>,
    held: Vec<f64>,
    indices: Vec<f64>,
}

/// Elements of an array by their position in C order.
fn flat(array: &MappedArray, piece: std::ops::Range<usize>, out: &mut Vec<f64>) -> Result<(), Error> {
    let (shape, strides) = (array.shape(), array.strides());
    let last = shape.len() - 1;
    out.clear();
    out.extend(zeros(piece.len(), "entries of the tensor")?);
    let mut done = 0;
    while done < piece.len() {
        let position = piece.start + done;
        let index = crate::shape::index_of(position, shape);
        let run = (shape[last] - index[last]).min(piece.len() - done);
        let base = index.iter().zip(strides).map(|(&i, &stride)| i as isize * stride).sum();
        array.gather(base, strides[last], &[0], &mut out[done..done + run]);
        done += run;
    }
    Ok(())
}

fn column(columns: &MappedArray, fold: usize, piece: std::ops::Range<usize>, out: &mut Vec<f64>) {
    out.clear();
    out.resize(piece.len(), 0.0);
    let base = piece.start as isize * columns.strides()[0] + fold as isize * columns.strides()[1];
    columns.gather(base, columns.strides()[0], &[0], out);
}

fn check_fold(shape: &[usize], fold: usize, count: usize) -> Result<(), Error> {
    if shape.len() != 2 || shape[0] != count {
        return Err(Error::InvalidData(format!(
            "The hold-out columns are {shape:?}, but there are {count} entries. Import the file again."
        )));
    }
    if fold < shape[1] {
        return Ok(());
    }
    Err(Error::parameter(
        "fold",
        format!("Fold {} was asked for, but the dataset has {}. Choose one of them.", fold + 1, shape[1]),
    ))
}

fn nothing_to_fit(held_out: usize) -> Error {
    Error::parameter(
        "holdOutShare",
        if held_out == 0 {
            "No entry of the tensor was observed: there is nothing to fit. Check what its mask means."
                .to_owned()
        } else {
            format!(
                "All {held_out} observed entries are held out: there is nothing left to fit. Hold fewer out."
            )
        },
    )
}

fn not_finite(place: &[u32], entry: usize, value: f64) -> Error {
    let place: Vec<String> = place.iter().map(u32::to_string).collect();
    Error::InvalidData(format!(
        "Entry {} at ({}), counted from 0, is {value}. If that means it is missing, import the file again and choose so; otherwise mend the file.",
        entry + 1,
        place.join(", ")
    ))
}
