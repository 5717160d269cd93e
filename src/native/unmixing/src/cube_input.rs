use filigree_core::{ArraySource, Error, dot};

/// How pixels are scaled before a method sees them; spectra given as input are scaled the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalisation {
    /// As stored (times the scale factor).
    None,
    /// Every pixel to ℓ2 length one; zero pixels stay zero.
    UnitLength,
    /// One linear map for the whole cube: its smallest kept value becomes 0, its largest 1.
    MinMax,
    /// `MinMax`, then `UnitLength`.
    MinMaxUnitLength,
    /// Every pixel divided by the mean of its |values| over the kept bands: its mean brightness where nothing is
    /// negative, and never near zero by cancellation where something is. Zero pixels stay zero.
    Brightness,
}

impl Normalisation {
    /// Whether a global minimum and maximum are needed.
    pub fn uses_range(self) -> bool {
        matches!(self, Self::MinMax | Self::MinMaxUnitLength)
    }

    /// What each pixel is divided by; `None` where pixels are not scaled one by one.
    pub(crate) fn size_of(self, pixel: &[f64]) -> Option<f64> {
        match self {
            Self::None | Self::MinMax => None,
            Self::UnitLength | Self::MinMaxUnitLength => Some(dot(pixel, pixel).sqrt()),
            Self::Brightness => Some(pixel.iter().map(|value| value.abs()).sum::<f64>() / pixel.len() as f64),
        }
    }
}

/// What to do with a pixel that holds NaN or infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidPixels {
    /// Stop and say where.
    Refuse,
    /// Leave it out; its outputs are NaN.
    Skip,
}

/// What a method that needs non-negative data does with negative values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NegativeValues {
    /// Stop and say where.
    Refuse,
    /// Set them to zero, and say how many there were.
    Clip,
}

/// A cube (lines, samples, bands) with the preparation a run records.
#[derive(Clone, Debug)]
pub struct CubeInput {
    /// Where the numbers lie.
    pub source: ArraySource,
    /// Factor that turns stored numbers into physical ones.
    pub scale: f64,
    /// Zero-based bands to keep, rising; all where there is no list.
    pub bands: Option<Vec<usize>>,
    /// How pixels are scaled.
    pub normalisation: Normalisation,
    /// Stored value that marks missing data: a pixel with it in any kept band is left out.
    pub no_data_value: Option<f64>,
    /// What to do with NaN and infinity.
    pub invalid_pixels: InvalidPixels,
    /// What to do with negative values, for methods that can not take them.
    pub negative_values: NegativeValues,
    /// Spectra given with the cube were stretched by `MinMax` before, and are not again.
    pub spectra_scaled: bool,
    /// Zero-based bands whose values measure the size of a pixel, for scalings of pixels one by one; all kept ones where
    /// there is no list.
    pub sized_by: Option<Vec<usize>>,
}

impl CubeInput {
    /// A cube taken as it is.
    pub fn plain(source: ArraySource) -> Self {
        Self {
            source,
            scale: 1.0,
            bands: None,
            normalisation: Normalisation::None,
            no_data_value: None,
            invalid_pixels: InvalidPixels::Refuse,
            negative_values: NegativeValues::Refuse,
            spectra_scaled: false,
            sized_by: None,
        }
    }

    /// The bands to keep of `stored` ones.
    pub(crate) fn kept_bands(&self, stored: usize) -> Result<Vec<usize>, Error> {
        let Some(list) = self.bands.as_deref() else { return Ok((0..stored).collect()) };
        if list.is_empty() {
            return Err(Error::parameter("bands", "No band is kept. Choose at least one."));
        }
        if let Some(&band) = list.iter().find(|&&band| band >= stored) {
            return Err(Error::parameter(
                "bands",
                format!("Band {band} (counted from zero) is not in the cube, which has {stored} bands."),
            ));
        }
        if list.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Error::parameter("bands", "The kept bands must rise, each one named once."));
        }
        Ok(list.to_vec())
    }
}
