use filigree_core::widest;

/// What a first reading finds in a piece of the scene.
pub(crate) struct Scan {
    pub dropped: Vec<u32>,
    pub invalid_pixels: usize,
    pub first_invalid: Option<(usize, usize)>,
    pub negative_values: usize,
    pub first_negative: Option<(usize, usize)>,
    pub zero_pixels: usize,
    pub minimum: f64,
    pub maximum: f64,
    /// Bands that have held one value in every pixel so far, with it; none before the first pixel that holds anything.
    pub constant: Option<Vec<(usize, f64)>>,
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            dropped: Vec::new(),
            invalid_pixels: 0,
            first_invalid: None,
            negative_values: 0,
            first_negative: None,
            zero_pixels: 0,
            minimum: f64::INFINITY,
            maximum: f64::NEG_INFINITY,
            constant: None,
        }
    }
}

impl Scan {
    /// Takes one pixel of stored numbers into account.
    pub(crate) fn look_at(&mut self, flat: usize, stored: &[f64], scale: f64, no_data_value: Option<f64>) {
        if let Some(marker) = no_data_value
            && stored.iter().any(|&value| value == marker || (marker.is_nan() && value.is_nan()))
        {
            self.dropped.push(flat as u32);
            return;
        }
        let range = widest(|| Extremes::of(stored, scale));
        if !range.finite {
            let band = stored.iter().position(|value| !(value * scale).is_finite()).unwrap_or(0);
            self.dropped.push(flat as u32);
            self.invalid_pixels += 1;
            self.first_invalid.get_or_insert((flat, band));
            return;
        }
        self.minimum = self.minimum.min(range.minimum);
        self.maximum = self.maximum.max(range.maximum);
        if range.minimum < 0.0 {
            let negative = |value: &&f64| **value * scale < 0.0;
            let first = stored.iter().position(|value| negative(&value)).unwrap_or(0);
            self.first_negative.get_or_insert((flat, first));
            self.negative_values += stored.iter().filter(negative).count();
        }
        if range.minimum == 0.0 && range.maximum == 0.0 {
            self.zero_pixels += 1;
            return;
        }
        match &mut self.constant {
            None => self.constant = Some(stored.iter().copied().enumerate().collect()),
            Some(constant) => constant.retain(|&(band, value)| stored[band] == value),
        }
    }

    /// Takes the piece that follows into account.
    pub(crate) fn join(&mut self, later: Self) {
        self.dropped.extend(later.dropped);
        self.invalid_pixels += later.invalid_pixels;
        self.first_invalid = self.first_invalid.or(later.first_invalid);
        self.negative_values += later.negative_values;
        self.first_negative = self.first_negative.or(later.first_negative);
        self.zero_pixels += later.zero_pixels;
        self.minimum = self.minimum.min(later.minimum);
        self.maximum = self.maximum.max(later.maximum);
        match (&mut self.constant, later.constant) {
            (Some(constant), Some(later)) => constant.retain(|band| later.contains(band)),
            (own, later) => *own = own.take().or(later),
        }
    }
}

/// Whether no number is NaN or infinite.
pub(crate) fn all_finite(values: &[f64]) -> bool {
    // Zero times a number is NaN where that is NaN or infinite, and NaN stays.
    widest(|| {
        let (chunks, rest) = values.as_chunks::<8>();
        let mut taint = [0.0; 8];
        for chunk in chunks {
            for lane in 0..8 {
                taint[lane] += 0.0 * chunk[lane];
            }
        }
        taint.iter().sum::<f64>() + rest.iter().map(|value| 0.0 * value).sum::<f64>() == 0.0
    })
}

/// Extremes of one pixel, in eight lanes: this is the hot part of the first reading.
struct Extremes {
    minimum: f64,
    maximum: f64,
    finite: bool,
}

impl Extremes {
    #[inline(always)]
    fn of(stored: &[f64], scale: f64) -> Self {
        let mut low = [f64::INFINITY; 8];
        let mut high = [f64::NEG_INFINITY; 8];
        // Zero times a number is NaN where that is NaN or infinite, and NaN stays.
        let mut taint = [0.0; 8];
        let (chunks, rest) = stored.as_chunks::<8>();
        for chunk in chunks {
            for lane in 0..8 {
                let value = chunk[lane] * scale;
                low[lane] = if value < low[lane] { value } else { low[lane] };
                high[lane] = if value > high[lane] { value } else { high[lane] };
                taint[lane] += 0.0 * value;
            }
        }
        for value in rest.iter().map(|stored| stored * scale) {
            low[0] = if value < low[0] { value } else { low[0] };
            high[0] = if value > high[0] { value } else { high[0] };
            taint[0] += 0.0 * value;
        }
        Self {
            minimum: low.into_iter().fold(f64::INFINITY, f64::min),
            maximum: high.into_iter().fold(f64::NEG_INFINITY, f64::max),
            finite: taint.iter().sum::<f64>() == 0.0,
        }
    }
}
