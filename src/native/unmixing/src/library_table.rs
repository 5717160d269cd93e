use filigree_core::{Error, MappedArray, dot};

/// A library (bands, p) in memory, as it is stored.
pub(crate) struct LibraryTable {
    /// bands × p.
    pub values: Vec<f64>,
    pub bands: usize,
    pub count: usize,
}

impl LibraryTable {
    /// Reads a whole library.
    pub(crate) fn read(array: &MappedArray) -> Result<Self, Error> {
        let &[bands, count] = array.shape() else {
            return Err(Error::parameter(
                "library",
                format!("A library has two axes (bands, spectra); this array has {}.", array.shape().len()),
            ));
        };
        Ok(Self { values: array.read_all()?, bands, count })
    }

    /// One spectrum.
    pub(crate) fn spectrum(&self, index: usize) -> Vec<f64> {
        (0..self.bands).map(|band| self.values[band * self.count + index]).collect()
    }

    /// A spectrum at unit length; none where it has missing values or no length.
    pub(crate) fn direction(&self, index: usize) -> Option<Vec<f64>> {
        let mut spectrum = self.spectrum(index);
        let length = dot(&spectrum, &spectrum).sqrt();
        if !(length.is_finite() && length > 0.0) {
            return None;
        }
        spectrum.iter_mut().for_each(|value| *value /= length);
        Some(spectrum)
    }

    /// Some of the spectra: bands × chosen.
    pub(crate) fn columns(&self, chosen: &[usize]) -> Vec<f64> {
        let row = |band: usize| chosen.iter().map(move |&j| self.values[band * self.count + j]);
        (0..self.bands).flat_map(row).collect()
    }

    /// The sentence about spectra that no method can use.
    pub(crate) fn unusable(&self) -> Option<String> {
        let unusable: Vec<usize> = (0..self.count).filter(|&j| self.direction(j).is_none()).collect();
        let first = unusable.first()?;
        Some(format!(
            "{} left out: missing values, or zero in every band; the first is spectrum {first} (counted from zero).",
            if unusable.len() == 1 {
                "1 spectrum is".to_owned()
            } else {
                format!("{} spectra are", unusable.len())
            }
        ))
    }
}
