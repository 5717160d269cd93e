use filigree_core::Random;

/// Entries of a tensor by their places, in any order; the same place may come more than once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entries {
    modes: usize,
    /// Entry after entry, an index for each mode.
    indices: Vec<u32>,
    values: Vec<f64>,
}

impl Entries {
    /// No entries yet, of a tensor with this many modes.
    pub fn new(modes: usize) -> Self {
        Self { modes, indices: Vec::new(), values: Vec::new() }
    }

    /// Appends an entry.
    pub fn push(&mut self, place: &[u32], value: f64) {
        debug_assert_eq!(place.len(), self.modes);
        self.indices.extend_from_slice(place);
        self.values.push(value);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many modes a place has.
    pub fn modes(&self) -> usize {
        self.modes
    }

    /// Where an entry is.
    pub fn place(&self, entry: usize) -> &[u32] {
        &self.indices[entry * self.modes..(entry + 1) * self.modes]
    }

    /// What it is.
    pub fn value(&self, entry: usize) -> f64 {
        self.values[entry]
    }

    /// All values, in the order of the entries.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All values, to be changed.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// The entries chosen by number.
    pub fn chosen(&self, numbers: impl IntoIterator<Item = usize>) -> Self {
        let mut chosen = Self::new(self.modes);
        numbers.into_iter().for_each(|entry| chosen.push(self.place(entry), self.value(entry)));
        chosen
    }

    /// The entries in two parts, each entry in the second with the probability `share`.
    pub fn parted(&self, share: f64, random: &mut Random) -> (Self, Self) {
        let mut parts = (Self::new(self.modes), Self::new(self.modes));
        for entry in 0..self.len() {
            let part = if random.uniform() < share { &mut parts.1 } else { &mut parts.0 };
            part.push(self.place(entry), self.value(entry));
        }
        parts
    }

    /// Mean of the values; zero where there are none.
    pub fn mean(&self) -> f64 {
        if self.is_empty() { 0.0 } else { self.values.iter().sum::<f64>() / self.len() as f64 }
    }

    /// Entry numbers grouped by their index in a mode of the given size.
    pub fn grouped(&self, mode: usize, size: usize) -> Groups {
        let mut starts = vec![0usize; size + 1];
        for entry in 0..self.len() {
            starts[self.place(entry)[mode] as usize + 1] += 1;
        }
        for index in 0..size {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let mut order = vec![0u32; self.len()];
        for entry in 0..self.len() {
            let slot = &mut next[self.place(entry)[mode] as usize];
            order[*slot] = entry as u32;
            *slot += 1;
        }
        Groups { starts, order }
    }
}

/// Entry numbers by their index in one mode; within an index, in their own order.
#[derive(Clone, Debug)]
pub struct Groups {
    starts: Vec<usize>,
    order: Vec<u32>,
}

impl Groups {
    /// How many indices, empty ones too.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The entries at an index.
    pub fn of(&self, index: usize) -> &[u32] {
        &self.order[self.starts[index]..self.starts[index + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_the_order_and_know_empty_slices() {
        let mut entries = Entries::new(2);
        for (place, value) in [([2, 0], 1.0), ([0, 1], 2.0), ([2, 1], 3.0), ([0, 0], 4.0)] {
            entries.push(&place, value);
        }
        let groups = entries.grouped(0, 4);
        assert_eq!(groups.len(), 4);
        assert_eq!(
            [groups.of(0), groups.of(1), groups.of(2), groups.of(3)],
            [&[1u32, 3][..], &[], &[0, 2], &[]]
        );
        assert_eq!(entries.chosen([2, 0]).values(), [3.0, 1.0]);
        assert_eq!(entries.mean(), 2.5);
        let (most, few) = entries.parted(0.3, &mut Random::new(1, 0));
        assert_eq!(most.len() + few.len(), 4);
        assert!(entries.parted(0.0, &mut Random::new(1, 0)).1.is_empty());
    }
}
