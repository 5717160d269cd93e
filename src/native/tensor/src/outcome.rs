use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, Stopwatch};

use crate::shape::shape_text;
use crate::tensor::Tensor;
use crate::tucker_model::{Fit, TuckerModel};

/// Brings a model with orthonormal factors into its canonical form, compares it with its tensor, writes it, and tells
/// how it went; `message` is given the ranks in words.
pub fn finish(
    tensor: &dyn Tensor,
    mut model: TuckerModel,
    folder: &Path,
    watch: Stopwatch,
    mut warnings: Vec<String>,
    mut files: Vec<String>,
    message: impl Fn(&str) -> String,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    model.make_canonical()?;
    let fit = model.fit(tensor, observer)?;
    files.splice(0..0, model.write(folder)?);
    if fit.energy == 0.0 {
        warnings.push("Every entry of the tensor is zero, and so is its model.".to_owned());
    }
    Ok(Info {
        stop_message: message(&shape_text(model.ranks())),
        figures: figures(&model, &fit),
        warnings,
        files,
        ..Info::measured(&watch)
    })
}

/// What every Tucker model is judged by, from its residual.
pub fn figures(model: &TuckerModel, fit: &Fit) -> Vec<(&'static str, f64)> {
    vec![
        ("relativeError", fit.relative_error()),
        ("compression", model.compression()),
        ("size", model.size() as f64),
        ("largestResidual", fit.largest_residual),
    ]
}

/// Writes `singularValues-1.npy` … `singularValues-N.npy`.
pub fn write_singular_values(folder: &Path, singular: &[Vec<f64>]) -> Result<Vec<String>, Error> {
    singular
        .iter()
        .enumerate()
        .map(|(mode, values)| {
            let name = format!("singularValues-{}.npy", mode + 1);
            NpyWriter::write_all(folder, &name, &[values.len()], values)
        })
        .collect()
}
