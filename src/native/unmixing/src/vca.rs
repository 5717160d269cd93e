use std::path::Path;

use filigree_core::{Error, Info, Observer, Random, Section, Stopwatch};

use crate::extraction::write_endmembers;
use crate::vca_params::VcaParams;
use crate::{CubeInput, Passes, PreparedCube, VcaProjection};

/// Finds p endmembers among the pixels and writes what [`write_endmembers`] writes.
///
/// Nascimento & Bioucas-Dias, "Vertex component analysis: a fast algorithm to unmix hyperspectral data",
/// IEEE TGRS 43(4), 2005.
pub fn solve(
    input: &CubeInput,
    params: &VcaParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.4))?;
    let projection =
        VcaProjection::new(&cube, params.endmembers, params.snr, &mut Section::new(observer, 0.4, 0.8))?;
    watch.setup_done();
    let vertices = projection.pick(&mut Random::new(seed, 0), &mut Section::new(observer, 0.8, 1.0))?;
    let p = params.endmembers;
    let files = write_endmembers(&cube, &vertices.endmembers, Some(&vertices.pixels), folder)?;
    Ok(Info {
        iterations: p,
        stop_message: format!("Picked {p} vertices among {} pixels.", cube.pixels()),
        figures: vec![("estimatedSnr", projection.snr)],
        warnings: [&cube.warnings(), projection.warnings()].concat(),
        files,
        ..Info::measured(&watch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{saved_cube, scene};
    use filigree_core::{Silent, in_pool};

    #[test]
    fn threads_do_not_change_the_bytes() {
        let planted = scene([20, 90, 25], 4, 0.01, 5);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let run = |threads| {
            let params = VcaParams { endmembers: 4, snr: None };
            in_pool(threads, || solve(&input, &params, 3, folder.path(), &mut Silent)).unwrap();
            std::fs::read(folder.path().join("endmembers.npy")).unwrap()
        };
        let one = run(1);
        assert!(one == run(2) && one == run(3));
    }

    #[test]
    fn more_endmembers_than_bands_are_refused() {
        let planted = scene([4, 4, 3], 2, 0.0, 6);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let params = VcaParams { endmembers: 4, snr: None };
        let error = solve(&input, &params, 0, folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("endmembers"));
        assert!(VcaParams { endmembers: 65, ..params }.check().is_err());
    }
}
