use std::path::Path;

use filigree_core::{
    ArraySource, Error, Info, NpyWriter, Observer, Section, Stopwatch, batches, keep_going, map_tiles,
};

use super::factors::{Beginning, Factors};
use super::fill_in::{fill_in, silent_bands};
use super::guidance::{likeness, sparseness};
use super::iterate::iterate;
use super::model::{Exponent, Loss, NmfParams};
use super::start::Start;
use super::terms::{Powers, Weights};
use super::trusted_bands::trusted_bands;
use crate::extraction::positions;
use crate::final_pass::{Mixture, Simplex, write_mixture};
use crate::pixel_graph::PixelGraph;
use crate::vca_params::check_fits;
use crate::{CubeInput, MapWriter, Passes, PreparedCube};

/// An endmember whose largest abundance is below this is not in the scene any more.
const VANISHED: f64 = 1e-6;

/// Factorises a cube. Writes what [`write_mixture`] writes, `positions.npy` (p, 2) where VCA started it,
/// `bandWeights.npy` (bands) for a robust loss, and `guidance.npy` (lines, samples) for a guided sparsity.
///
/// Trace: objective, data term, sum-to-one term, then the sparsity, graph and volume terms the model has, relative
/// residual; row 0 is the start. An observer that stops the iteration gets the outputs of the last iterate.
pub fn solve(
    input: &CubeInput,
    start: Option<&ArraySource>,
    params: &NmfParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, true, Passes::Many, &mut Section::new(observer, 0.0, 0.05))?;
    check_fits(params.endmembers, &cube)?;
    let (cube, trusted) = judge_bands(input, cube, params, &mut Section::new(observer, 0.05, 0.06))?;
    let bands = BandFigures::measure(&cube, &mut Section::new(observer, 0.06, 0.07))?;
    let start =
        Start::choose(input, &cube, &trusted, start, params, seed, &mut Section::new(observer, 0.07, 0.25))?;
    let graph = match &params.graph {
        Some(term) if term.weight > 0.0 => {
            Some(PixelGraph::build(&cube, &term.shape, &mut Section::new(observer, 0.25, 0.28))?)
        }
        _ => None,
    };
    let (weights, sparsity) = weights(params, &bands.only(&trusted), cube.pixels());
    let powers = match params.sparsity.map(|sparsity| sparsity.exponent) {
        None | Some(Exponent::One) => Powers::Shared(1.0),
        Some(Exponent::Half) => Powers::Shared(0.5),
        Some(Exponent::GuidedByData) => {
            Powers::Guided(likeness(&cube, &mut Section::new(observer, 0.28, 0.3))?)
        }
        Some(Exponent::GuidedByAbundances) => {
            Powers::Guided(sparseness(&start.abundances, params.endmembers)?)
        }
    };
    let beginning = Beginning {
        cube: &cube,
        graph: graph.as_ref(),
        updates: params.updates,
        weights,
        powers,
        band_energies: &bands.energies,
        endmembers: start.endmembers,
        abundances: start.abundances,
    };
    let volume_weight = params.volume_weight.unwrap_or(0.0);
    let mut factors = Factors::new(beginning, params.loss, volume_weight, || {
        keep_going(observer.progress(0.3), "Weighing the terms")
    })?;
    watch.setup_done();
    let end = iterate(&mut factors, params, &trusted, &mut Section::new(observer, 0.3, 1.0))?;

    let filled = silent_bands(&factors.loss.weights, &trusted);
    fill_in(&mut factors.endmembers, cube.bands(), &filled);
    let abundances = factors.abundances()?;
    let gone = vanished(&abundances, params.endmembers)?;
    let Mixture { fit, mut files } =
        write_mixture(&cube, &factors.endmembers, &abundances, Simplex::Drawn, folder)?;
    if let Some(vertices) = &start.vertices {
        let shape = [params.endmembers, 2];
        files.push(NpyWriter::write_all(folder, "positions.npy", &shape, &positions(&cube, vertices))?);
    }
    if factors.loss.is_robust() {
        let weights = &factors.loss.weights;
        files.push(NpyWriter::write_all(folder, "bandWeights.npy", &[weights.len()], weights)?);
    }
    if let Powers::Guided(map) = &factors.powers {
        let writer = MapWriter::create(&cube, folder, "guidance.npy", None)?;
        for batch in batches(cube.pixels()) {
            writer.write(batch.clone(), &map[batch])?;
        }
        files.push(writer.finish()?);
    }

    let pixels = cube.pixels() as f64;
    let mut figures = vec![
        ("objective", end.terms.objective()),
        ("relativeResidual", fit.relative_residual()),
        ("rmse", (fit.residual_energy / (pixels * cube.bands() as f64)).sqrt()),
        ("sumToOneDeviation", fit.sum_deviation / pixels),
        ("largestSumToOneDeviation", fit.largest_sum_deviation),
    ];
    figures.extend(sparsity.map(|weight| ("sparsityWeight", weight)));
    figures.extend(graph.as_ref().map(|graph| ("graphEdges", graph.edge_count() as f64)));
    figures.extend(start.figures);
    Ok(Info {
        iterations: end.iterations,
        stop_reason: end.reason,
        stop_message: end.message,
        figures,
        warnings: [cube.warnings(), start.warnings, about_filled(&cube, &filled), gone].concat(),
        files,
        ..Info::measured(&watch)
    })
}

/// The bands a robust loss may trust, numbers among the kept ones, and the cube with its pixels scaled by these: the
/// noise of one band would scale all others of a pixel. All bands for squares.
fn judge_bands(
    input: &CubeInput,
    cube: PreparedCube,
    params: &NmfParams,
    observer: &mut dyn Observer,
) -> Result<(PreparedCube, Vec<usize>), Error> {
    if params.loss == Loss::Squares {
        let all = (0..cube.bands()).collect();
        return Ok((cube, all));
    }
    let trusted = trusted_bands(&cube, params.endmembers, &mut Section::new(observer, 0.0, 0.5))?;
    if trusted.len() == cube.bands() {
        return Ok((cube, trusted));
    }
    let sized_by = Some(trusted.iter().map(|&band| cube.kept()[band]).collect());
    drop(cube);
    let input = CubeInput { sized_by, ..input.clone() };
    let cube = PreparedCube::open(&input, true, Passes::Many, &mut Section::new(observer, 0.5, 1.0))?;
    Ok((cube, trusted))
}

fn about_filled(cube: &PreparedCube, filled: &[usize]) -> Vec<String> {
    if filled.is_empty() {
        return Vec::new();
    }
    let bands: Vec<String> = filled.iter().map(|&band| cube.kept()[band].to_string()).collect();
    vec![format!(
        "The endmembers are filled in from the bands beside it where a band neither follows the others nor fits the mixture: band {} (counted from zero).",
        bands.join(", ")
    )]
}

/// The weights on the scale of the data, and the sparsity weight relative to the mean energy of a pixel.
fn weights(params: &NmfParams, bands: &BandFigures, pixels: usize) -> (Weights, Option<f64>) {
    let energy = bands.energies.iter().sum::<f64>() / pixels as f64;
    let sparsity = params.sparsity.map(|term| term.weight.unwrap_or_else(|| bands.sparsity_weight(pixels)));
    let weights = Weights {
        sum_to_one: params.sum_to_one_weight * params.sum_to_one_weight * energy,
        sparsity: sparsity.unwrap_or(0.0) * energy,
        graph: params.graph.map_or(0.0, |term| term.weight * energy),
    };
    (weights, sparsity)
}

/// Sums over the pixels, band by band.
struct BandFigures {
    sums: Vec<f64>,
    energies: Vec<f64>,
}

impl BandFigures {
    fn measure(cube: &PreparedCube, observer: &mut dyn Observer) -> Result<Self, Error> {
        const STAGE: &str = "Measuring the bands";
        observer.stage(STAGE);
        let bands = cube.bands();
        let mut total = Self { sums: vec![0.0; bands], energies: vec![0.0; bands] };
        for batch in batches(cube.pixels()) {
            let end = batch.end;
            for (sums, energies) in map_tiles(batch, |tile| {
                let (mut sums, mut energies) = (vec![0.0; bands], vec![0.0; bands]);
                for pixel in cube.tile(tile).chunks_exact(bands) {
                    for ((sum, energy), value) in sums.iter_mut().zip(&mut energies).zip(pixel) {
                        *sum += value;
                        *energy += value * value;
                    }
                }
                Ok((sums, energies))
            })? {
                total.sums.iter_mut().zip(sums).for_each(|(total, value)| *total += value);
                total.energies.iter_mut().zip(energies).for_each(|(total, value)| *total += value);
            }
            cube.batch_done()?;
            keep_going(observer.progress(end as f64 / cube.pixels() as f64), STAGE)?;
        }
        if total.energies.iter().sum::<f64>() > 0.0 {
            return Ok(total);
        }
        Err(Error::InvalidData(
            "The cube is zero in every pixel and kept band. Check the file, its scale and the bands."
                .to_owned(),
        ))
    }

    /// The same of some bands: the noise of others must not set the scale of the weights.
    fn only(&self, bands: &[usize]) -> Self {
        let of = |values: &[f64]| bands.iter().map(|&band| values[band]).collect();
        Self { sums: of(&self.sums), energies: of(&self.energies) }
    }

    /// The sparsity weight of Qian et al. 2011, equation (19): 1/√B · Σ_b (√N − ‖y_b‖₁/‖y_b‖₂)/(√N − 1), for data
    /// whose mean square is one; divided by B it is relative to the energy of a pixel. Dead bands have no sparseness.
    fn sparsity_weight(&self, pixels: usize) -> f64 {
        let root = (pixels as f64).sqrt();
        let bands = self.sums.len() as f64;
        let sparseness: f64 = self
            .sums
            .iter()
            .zip(&self.energies)
            .filter(|&(_, &energy)| energy > 0.0 && pixels > 1)
            .map(|(sum, energy)| ((root - sum / energy.sqrt()) / (root - 1.0)).max(0.0))
            .sum();
        sparseness / bands.sqrt() / bands
    }
}

/// Sentences about endmembers that are in no pixel any more; an error where none is left.
fn vanished(abundances: &[f64], p: usize) -> Result<Vec<String>, Error> {
    let mut largest = vec![0.0f64; p];
    for row in abundances.chunks_exact(p) {
        largest.iter_mut().zip(row).for_each(|(largest, a)| *largest = largest.max(*a));
    }
    let gone: Vec<String> = (0..p).filter(|&k| largest[k] < VANISHED).map(|k| (k + 1).to_string()).collect();
    if gone.is_empty() {
        Ok(Vec::new())
    } else if gone.len() == p {
        Err(Error::Breakdown(
            "Every abundance became zero: the sparsity weight outweighs the data. Lower it, or raise the sum-to-one weight."
                .to_owned(),
        ))
    } else {
        Ok(vec![format!(
            "{} of {p} endmembers vanished from every pixel: number {}. Lower the sparsity weight or ask for fewer endmembers.",
            gone.len(),
            gone.join(", ")
        )])
    }
}

#[cfg(test)]
mod tests;
