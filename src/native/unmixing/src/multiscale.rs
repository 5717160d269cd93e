use std::ops::Range;
use std::path::Path;

use filigree_core::{ArraySource, Error, Info, Observer, Section, Stopwatch, map_tiles};

use crate::library_params::check_weight;
use crate::library_solve::regress_and_write;
use crate::map_writer::MapWriter;
use crate::sparse_regression::{LibraryRegression, Regression};
use crate::spectra::read_library;
use crate::superpixels::superpixels;
use crate::{CubeInput, Passes, PreparedCube};

const STAGE: &str = "Unmixing the pixels";

/// Parameters of multiscale unmixing.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiscaleParams {
    /// λ₁, sparsity of the superpixels.
    pub coarse_sparsity: f64,
    /// λ₂, sparsity of the pixels.
    pub sparsity: f64,
    /// β, weight of the distance from the superpixel's abundances.
    pub spatial_weight: f64,
    /// Side of a superpixel, in pixels.
    pub superpixel_size: usize,
    /// Weight of place against spectrum.
    pub compactness: f64,
}

impl MultiscaleParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_weight(self.coarse_sparsity, "coarseSparsity", "sparsity of the superpixels")?;
        check_weight(self.sparsity, "sparsity", "sparsity of the pixels")?;
        check_weight(self.spatial_weight, "spatialWeight", "spatial weight")?;
        check_weight(self.compactness, "compactness", "compactness")?;
        if self.superpixel_size < 2 {
            return Err(Error::parameter("superpixelSize", "A superpixel is at least 2 pixels wide."));
        }
        Ok(())
    }
}

/// Multiscale unmixing: the means of superpixels are unmixed first, then every pixel, pulled towards the abundances of
/// its superpixel: min ½‖Y − AX‖² + λ₂‖X‖₁ + (β/2)‖X − X̂‖² over X ≥ 0.
///
/// Borsoi, Imbiriba, Bermudez & Richard, "A fast multiscale spatial regularization for sparse hyperspectral unmixing",
/// IEEE GRSL 16(4), 2019. Both problems are strictly quadratic programmes over x ≥ 0 and are solved exactly. Also writes `superpixels.npy` (lines, samples), their numbers.
pub fn solve(
    input: &CubeInput,
    source: &ArraySource,
    params: &MultiscaleParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.1))?;
    let spectra = read_library(source, &cube)?;
    let library = LibraryRegression::new(&spectra, cube.bands());
    let (p, bands) = (library.count(), cube.bands());
    let regions = superpixels(
        &cube,
        params.superpixel_size,
        params.compactness,
        &mut Section::new(observer, 0.1, 0.3),
    )?;
    let coarse_problem =
        Regression { sparsity: params.coarse_sparsity, prior_weight: 0.0, sum_to_one: false };
    let coarse_regression = library.exact(&coarse_problem);
    observer.stage("Unmixing the superpixels");
    let coarse: Vec<f64> = map_tiles(0..regions.count, |tile| {
        let mut abundances = vec![0.0; tile.len() * p];
        let means = &regions.means[tile.start * bands..tile.end * bands];
        coarse_regression.solve(means, None, &mut abundances);
        Ok(abundances)
    })?
    .concat();
    watch.setup_done();

    observer.stage(STAGE);
    let problem =
        Regression { sparsity: params.sparsity, prior_weight: params.spatial_weight, ..coarse_problem };
    let prior = |tile: Range<usize>| -> Vec<f64> {
        regions.labels[tile]
            .iter()
            .flat_map(|&label| coarse[label as usize * p..][..p].iter().copied())
            .collect()
    };
    let mut section = Section::new(observer, 0.4, 1.0);
    let mut outcome =
        regress_and_write(&cube, &spectra, &library, &problem, Some(&prior), folder, STAGE, &mut section)?;
    let numbers: Vec<f64> = regions.labels.iter().map(|&label| f64::from(label)).collect();
    let map = MapWriter::create(&cube, folder, "superpixels.npy", None)?;
    map.write(0..cube.pixels(), &numbers)?;
    outcome.files.push(map.finish()?);
    let mut info = outcome.info(&cube, &library, params.sparsity, None, &watch);
    info.figures.push(("superpixels", regions.count as f64));
    Ok(info)
}
