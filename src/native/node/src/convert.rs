use std::path::PathBuf;

use filigree_core as core;
use filigree_core::{DType, Error};
use filigree_tensor as tensor;
use filigree_unmixing as unmixing;
use napi_derive::napi;

/// More threads than any machine has cores is a mistake.
pub const MOST_THREADS: u64 = 1024;

#[napi(object, object_to_js = false)]
pub struct ArraySource {
    pub path: String,
    pub dtype: String,
    pub byte_order: String,
    pub offset: f64,
    pub shape: Vec<f64>,
    pub strides: Vec<f64>,
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct CubeInput {
    pub source: ArraySource,
    pub scale: f64,
    pub bands: Option<Vec<f64>>,
    pub normalisation: String,
    pub no_data_value: Option<f64>,
    pub invalid_pixels: String,
    pub negative_values: String,
    pub spectra_scaled: bool,
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct TensorInput {
    pub source: ArraySource,
    pub scale: f64,
    pub no_data_value: Option<f64>,
}

/// A JavaScript number as a whole number within bounds, or the sentence that it is not one.
pub fn whole(value: f64, parameter: &'static str, lowest: u64, highest: u64) -> Result<usize, Error> {
    if value.fract() == 0.0 && value >= lowest as f64 && value <= highest as f64 {
        return Ok(value as usize);
    }
    Err(Error::parameter(
        parameter,
        format!("{parameter} is {value}; it must be a whole number from {lowest} to {highest}."),
    ))
}

/// Any whole number a parameter could be; the solver's own `check()` knows the true bounds.
pub fn count(value: f64, parameter: &'static str) -> Result<usize, Error> {
    whole(value, parameter, 0, u64::from(u32::MAX))
}

/// The value that belongs to a name, or the sentence that there is no such name.
pub fn named<T: Copy>(name: &str, parameter: &'static str, values: &[(T, &str)]) -> Result<T, Error> {
    values.iter().find(|(_, known)| *known == name).map(|&(value, _)| value).ok_or_else(|| {
        let known: Vec<&str> = values.iter().map(|&(_, known)| known).collect();
        Error::parameter(parameter, format!("{parameter} is “{name}”; choose one of: {}.", known.join(", ")))
    })
}

impl TryFrom<ArraySource> for core::ArraySource {
    type Error = Error;

    fn try_from(source: ArraySource) -> Result<Self, Error> {
        const LARGEST: u64 = (1 << 53) - 1;
        let byte_orders = [(core::ByteOrder::Little, "little"), (core::ByteOrder::Big, "big")];
        Ok(Self {
            path: PathBuf::from(source.path),
            dtype: named(&source.dtype, "dtype", DType::NAMES)?,
            byte_order: named(&source.byte_order, "byteOrder", &byte_orders)?,
            offset: whole(source.offset, "offset", 0, LARGEST)? as u64,
            shape: source.shape.iter().map(|&n| whole(n, "shape", 0, LARGEST)).collect::<Result<_, _>>()?,
            strides: source.strides.iter().map(|&n| stride(n)).collect::<Result<_, _>>()?,
        })
    }
}

/// Strides may be negative: a flipped axis.
fn stride(value: f64) -> Result<isize, Error> {
    let length = whole(value.abs(), "strides", 0, (1 << 53) - 1)? as isize;
    Ok(if value < 0.0 { -length } else { length })
}

impl TryFrom<CubeInput> for unmixing::CubeInput {
    type Error = Error;

    fn try_from(input: CubeInput) -> Result<Self, Error> {
        use unmixing::{InvalidPixels, NegativeValues, Normalisation};
        let normalisations = [
            (Normalisation::None, "none"),
            (Normalisation::UnitLength, "unit-length"),
            (Normalisation::MinMax, "min-max"),
            (Normalisation::MinMaxUnitLength, "min-max-unit-length"),
            (Normalisation::Brightness, "brightness"),
        ];
        let invalid_policies = [(InvalidPixels::Refuse, "refuse"), (InvalidPixels::Skip, "skip")];
        let negative_policies = [(NegativeValues::Refuse, "refuse"), (NegativeValues::Clip, "clip")];
        let bands = input
            .bands
            .map(|list| list.iter().map(|&band| count(band, "bands")).collect::<Result<_, _>>())
            .transpose()?;
        Ok(Self {
            source: input.source.try_into()?,
            scale: input.scale,
            bands,
            normalisation: named(&input.normalisation, "normalisation", &normalisations)?,
            no_data_value: input.no_data_value,
            invalid_pixels: named(&input.invalid_pixels, "invalidPixels", &invalid_policies)?,
            negative_values: named(&input.negative_values, "negativeValues", &negative_policies)?,
            spectra_scaled: input.spectra_scaled,
            sized_by: None,
        })
    }
}

impl TryFrom<TensorInput> for tensor::TensorInput {
    type Error = Error;

    fn try_from(input: TensorInput) -> Result<Self, Error> {
        let plain = Self::plain(input.source.try_into()?);
        Ok(Self { scale: input.scale, no_data_value: input.no_data_value, ..plain })
    }
}
