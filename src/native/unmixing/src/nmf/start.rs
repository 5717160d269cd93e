use filigree_core::{ArraySource, Error, Observer, Section};

use super::model::NmfParams;
use crate::blind_start::{best_vertices, first_abundances};
use crate::{CubeInput, Passes, PreparedCube, VcaProjection, read_spectra};

/// How far the first abundances are drawn towards equal parts: multiplicative updates can not leave zero.
const MIXING: f64 = 0.01;

/// Where the iteration starts.
pub(super) struct Start {
    /// p × bands.
    pub endmembers: Vec<f64>,
    /// pixels × p.
    pub abundances: Vec<f64>,
    /// Valid-pixel numbers of the vertices, where VCA made the start.
    pub vertices: Option<Vec<usize>>,
    pub figures: Vec<(&'static str, f64)>,
    pub warnings: Vec<String>,
}

impl Start {
    /// The spectra of `start` where a person gave one, else the best of several VCA starts, with fully constrained
    /// abundances; no value is zero.
    ///
    /// A robust loss starts from the `trusted` bands, numbers among the kept ones: one corrupted band is enough to make vertices of pixels
    /// that are extreme in nothing else. The spectra of the picked pixels are then taken in all bands.
    pub(super) fn choose(
        input: &CubeInput,
        cube: &PreparedCube,
        trusted: &[usize],
        start: Option<&ArraySource>,
        params: &NmfParams,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Start, Error> {
        let mut chosen = if trusted.len() == cube.bands() {
            Self::on(cube, start, params, seed, &mut Section::new(observer, 0.0, 1.0))?
        } else {
            let kept = trusted.iter().map(|&band| cube.kept()[band]).collect();
            let part = CubeInput { bands: Some(kept), ..input.clone() };
            let part = PreparedCube::open(&part, true, Passes::Many, &mut Section::new(observer, 0.0, 0.2))?;
            if part.pixels() != cube.pixels() {
                return Err(Error::InvalidData(
                    "Some pixels hold NaN or the no-data value in noisy bands only. Leave these bands out."
                        .to_owned(),
                ));
            }
            Self::on_trusted(
                cube,
                &part,
                trusted,
                start,
                params,
                seed,
                &mut Section::new(observer, 0.2, 1.0),
            )?
        };
        // The projected spectra of a start may dip below zero, and a multiplicative update can not leave zero.
        let largest = chosen.endmembers.iter().copied().fold(0.0, f64::max);
        chosen.endmembers.iter_mut().for_each(|value| *value = value.max(1e-6 * largest));
        Ok(chosen)
    }

    /// A start from all bands of a cube.
    fn on(
        cube: &PreparedCube,
        start: Option<&ArraySource>,
        params: &NmfParams,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Start, Error> {
        let p = params.endmembers;
        let mut made = if let Some(source) = start {
            given_start(cube, source, p)?
        } else {
            let projection = VcaProjection::new(cube, p, None, &mut Section::new(observer, 0.0, 0.2))?;
            let (vertices, residual) = best_vertices(
                cube,
                &projection,
                seed,
                params.restarts,
                &mut Section::new(observer, 0.2, 0.9),
            )?;
            Start {
                endmembers: vertices.endmembers,
                abundances: Vec::new(),
                vertices: Some(vertices.pixels),
                figures: vec![("estimatedSnr", projection.snr), ("startResidual", residual)],
                warnings: projection.warnings().to_vec(),
            }
        };
        made.abundances =
            first_abundances(cube, &made.endmembers, MIXING, &mut Section::new(observer, 0.9, 1.0))?;
        Ok(made)
    }

    /// A start from the `trusted` bands of `cube`, which are the bands of `part`.
    fn on_trusted(
        cube: &PreparedCube,
        part: &PreparedCube,
        trusted: &[usize],
        start: Option<&ArraySource>,
        params: &NmfParams,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Start, Error> {
        let (bands, p) = (cube.bands(), params.endmembers);
        let mut made = if let Some(source) = start {
            let mut given = given_start(cube, source, p)?;
            let within: Vec<f64> = given
                .endmembers
                .chunks_exact(bands)
                .flat_map(|spectrum| trusted.iter().map(|&band| spectrum[band]))
                .collect();
            given.abundances = first_abundances(part, &within, MIXING, observer)?;
            given
        } else {
            Self::on(part, None, params, seed, observer)?
        };
        if let Some(vertices) = &made.vertices {
            made.endmembers = cube.pixels_at(vertices);
        }
        let distrusted: Vec<String> = (0..bands)
            .filter(|band| !trusted.contains(band))
            .map(|band| cube.kept()[band].to_string())
            .collect();
        made.figures.push(("distrustedBands", distrusted.len() as f64));
        made.warnings.push(format!(
            "The start does without {} of {bands} bands, which the others do not explain: band {} (counted from zero).",
            distrusted.len(),
            distrusted.join(", ")
        ));
        Ok(made)
    }
}

/// A start that a person chose, often the endmembers of a VCA run.
fn given_start(cube: &PreparedCube, source: &ArraySource, p: usize) -> Result<Start, Error> {
    let mut endmembers = read_spectra(source, cube, "start")?;
    let given = endmembers.len() / cube.bands();
    if given != p {
        return Err(Error::parameter(
            "start",
            format!(
                "The start has {given} spectra, and {p} endmembers were asked for. Choose {given} endmembers or another start."
            ),
        ));
    }
    let hopeless = |spectrum: &[f64]| spectrum.iter().all(|&value| value <= 0.0);
    if let Some(index) = endmembers.chunks_exact(cube.bands()).position(hopeless) {
        return Err(Error::parameter(
            "start",
            format!(
                "Spectrum {index} (counted from zero) of the start is nowhere above zero; this method needs non-negative spectra. Choose another start."
            ),
        ));
    }
    let mut warnings = Vec::new();
    let negative = endmembers.iter().filter(|value| **value < 0.0).count();
    if negative > 0 {
        // The picks of VCA are projected, and their noise dips below zero: that is not the person's data.
        let lowest = endmembers.iter().copied().fold(0.0, f64::min);
        warnings.push(format!(
            "{negative} of {} values of the start were below zero, the lowest {lowest:.3e}; they were raised to zero.",
            endmembers.len()
        ));
        endmembers.iter_mut().for_each(|value| *value = value.max(0.0));
    }
    Ok(Start { endmembers, abundances: Vec::new(), vertices: None, figures: Vec::new(), warnings })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::test_support::{saved, saved_cube, scene};
    use filigree_core::Silent;

    #[test]
    fn a_given_start_may_dip_below_zero_and_says_so() {
        let planted = scene([4, 5, 8], 3, 0.02, 11);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, true, Passes::Many, &mut Silent).unwrap();
        let with = |change: &dyn Fn(&mut Vec<f64>)| {
            let mut spectra = planted.endmembers.clone();
            change(&mut spectra);
            let start = saved(folder.path(), "start.npy", &[8, 3], &spectra);
            let params = NmfParams { endmembers: 3, ..NmfParams::default() };
            Start::choose(&input, &cube, &[0, 1, 2, 3, 4, 5, 6, 7], Some(&start), &params, 0, &mut Silent)
        };
        assert!(with(&|_| ()).unwrap().warnings.is_empty());
        let start = with(&|spectra| {
            spectra[4] = -1e-3;
            spectra[9] = -2e-3;
        })
        .unwrap();
        assert!(
            start.warnings[0].contains("2 of 24 values of the start were below zero, the lowest -2.000e-3"),
            "{:?}",
            start.warnings
        );
        assert!(start.endmembers.iter().all(|value| *value > 0.0));
        for (wrong, said) in [
            (-1.0, "Spectrum 1 (counted from zero) of the start is nowhere above zero"),
            (0.0, "nowhere above zero"),
            (f64::NAN, "Spectrum 1 is not finite"),
        ] {
            let error =
                with(&|spectra| spectra.iter_mut().skip(1).step_by(3).for_each(|value| *value = wrong))
                    .err()
                    .unwrap();
            assert_eq!(error.blamed_parameter(), Some("start"));
            assert!(error.to_string().contains(said), "{error}");
        }
    }
}
