use std::path::Path;

use filigree_core::{Error, Info, Stopwatch};
use filigree_krylov as krylov;
use krylov::{Field, Layout, PatternMode, PointedAxis, Symmetry};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use super::krylov::SystemInput;
use crate::convert::{ArraySource, count, named, whole};
use crate::job::{Context, run, run_solver};

const LARGEST: u64 = (1 << 53) - 1;

/// All of a file where nothing else is asked for.
fn most_bytes(value: Option<f64>) -> Result<usize, Error> {
    value.map_or(Ok(usize::MAX), |bytes| whole(bytes, "mostBytes", 1, LARGEST))
}

fn name_of<T: PartialEq + Copy>(value: T, names: &[(T, &'static str)]) -> String {
    names.iter().find(|(known, _)| *known == value).map_or_else(String::new, |&(_, name)| name.to_owned())
}

#[napi(object, object_from_js = false)]
pub struct MatrixMarketHeader {
    pub layout: String,
    pub field: String,
    pub symmetry: String,
    pub rows: f64,
    pub columns: f64,
    pub entries: f64,
    pub comments: Vec<String>,
}

#[napi(js_name = "matrixMarketHeader")]
pub fn matrix_market_header<'env>(env: &'env Env, path: String) -> napi::Result<Object<'env>> {
    run(env, move || {
        let header = krylov::read_header(Path::new(&path))?;
        Ok(MatrixMarketHeader {
            layout: name_of(header.layout, Layout::NAMES),
            field: name_of(header.field, Field::NAMES),
            symmetry: name_of(header.symmetry, Symmetry::NAMES),
            rows: header.rows as f64,
            columns: header.columns as f64,
            entries: header.entries as f64,
            comments: header.comments,
        })
    })
}

#[napi(js_name = "readMatrixMarket")]
pub fn read_matrix_market<'env>(
    env: &'env Env,
    path: String,
    most: Option<f64>,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let limits = krylov::ReadLimits { most_bytes: most_bytes(most)? };
        krylov::read_matrix_market(Path::new(&path), limits, &place.folder, observer)
    })
}

#[napi(js_name = "readMatrixMarketVector")]
pub fn read_matrix_market_vector<'env>(
    env: &'env Env,
    path: String,
    column: f64,
    name: String,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let column = count(column, "column")?;
        krylov::read_matrix_market_vector(Path::new(&path), column, &name, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct TripletTableParams {
    pub separator: String,
    pub header_lines: f64,
    pub first_index: f64,
    pub complex: bool,
    pub rows: Option<f64>,
    pub columns: Option<f64>,
    pub most_bytes: Option<f64>,
}

#[napi(js_name = "readTripletTable")]
pub fn read_triplet_table<'env>(
    env: &'env Env,
    path: String,
    params: TripletTableParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let [separator] = *params.separator.as_bytes() else {
            return Err(Error::parameter("separator", "The separator must be one ASCII letter."));
        };
        let size = |value: Option<f64>, name| value.map(|value| count(value, name)).transpose();
        let params = krylov::TripletTableParams {
            separator,
            header_lines: count(params.header_lines, "headerLines")?,
            first_index: count(params.first_index, "firstIndex")? as u64,
            complex: params.complex,
            rows: size(params.rows, "rows")?,
            columns: size(params.columns, "columns")?,
            most_bytes: most_bytes(params.most_bytes)?,
        };
        krylov::read_triplet_table(Path::new(&path), &params, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct EntryArrays {
    pub rows: f64,
    pub columns: f64,
    pub values: Option<ArraySource>,
    pub row_indices: ArraySource,
    pub column_indices: ArraySource,
    pub pointers: String,
}

#[napi(js_name = "compressEntries")]
pub fn compress_entries<'env>(
    env: &'env Env,
    entries: EntryArrays,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let sources = krylov::EntrySources {
            rows: count(entries.rows, "rows")?,
            columns: count(entries.columns, "columns")?,
            values: entries.values.map(ArraySource::try_into).transpose()?,
            row_indices: entries.row_indices.try_into()?,
            column_indices: entries.column_indices.try_into()?,
            pointers: named(&entries.pointers, "pointers", PointedAxis::NAMES)?,
        };
        krylov::compress_entries(&sources, &place.folder, observer)
    })
}

#[napi(js_name = "writeMatrixMarket")]
pub fn write_matrix_market<'env>(
    env: &'env Env,
    system: SystemInput,
    index: f64,
    comment: String,
    path: String,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |_, observer| {
        let watch = Stopwatch::start();
        let file = krylov::SystemFile::open(&system.try_into()?)?;
        let (index, path) = (count(index, "system")?, Path::new(&path));
        let written = krylov::with_numbers_of!(file, Number => {
            krylov::write_matrix_market(&file.matrix::<Number>(index)?, &comment, path, observer)?
        });
        Ok(Info {
            stop_message: format!("Wrote {} entries.", written.entries),
            figures: vec![
                ("entries", written.entries as f64),
                ("symmetric", f64::from(u8::from(written.symmetric))),
            ],
            ..Info::measured(&watch)
        })
    })
}

#[napi(object, object_to_js = false)]
pub struct PatternWindow {
    pub system: f64,
    pub first_row: f64,
    pub row_count: f64,
    pub first_column: f64,
    pub column_count: f64,
    pub lines: f64,
    pub samples: f64,
    pub mode: String,
}

#[napi(js_name = "lookAtPattern")]
pub fn look_at_pattern<'env>(
    env: &'env Env,
    system: SystemInput,
    window: PatternWindow,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let range = |first: f64, length: f64| -> Result<_, Error> {
            let first = count(first, "window")?;
            Ok(first..first.saturating_add(count(length, "window")?))
        };
        let window = krylov::PatternWindow {
            system: count(window.system, "system")?,
            rows: range(window.first_row, window.row_count)?,
            columns: range(window.first_column, window.column_count)?,
            lines: count(window.lines, "lines")?,
            samples: count(window.samples, "samples")?,
            mode: named(&window.mode, "mode", PatternMode::NAMES)?,
        };
        krylov::look_at_pattern(&system.try_into()?, &window, &place.folder, observer)
    })
}
