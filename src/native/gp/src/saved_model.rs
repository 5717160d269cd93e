use std::path::Path;

use filigree_core::{ArraySource, DType, Error, MappedArray, NpyWriter};
use serde_json::{Map, Value, json};

use crate::table_data::Standardisation;

/// Name of the file that says what the arrays beside it are.
pub const MODEL_FILE: &str = "model.json";

const FORMAT: &str = "filigree-gp";

/// Rises when the meaning of what is written changes; older numbers are read as long as they are listed here.
const VERSION: u64 = 1;

/// Numbers in a C-ordered array with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedArray {
    /// Its file is `model-<name>.npy`.
    pub name: String,
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// C order.
    pub values: Vec<f64>,
}

/// Names and shapes of the arrays that a model file lists.
type Shapes = Vec<(String, Vec<usize>)>;

/// What an engine needs to make its model again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SavedParts {
    /// The kernel as it was typed.
    pub kernel: String,
    /// Choices by name.
    pub texts: Vec<(String, String)>,
    /// Single numbers by name.
    pub numbers: Vec<(String, f64)>,
    /// Arrays by name.
    pub arrays: Vec<NamedArray>,
}

/// A fitted model as it lies in a run folder: `model.json` and `model-….npy`.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedModel {
    /// Which engine made it.
    pub kind: String,
    /// Names of all inputs of the table, in order.
    pub inputs: Vec<String>,
    /// Names of the hyper-parameters, in the order of θ.
    pub parameters: Vec<String>,
    /// The way between the units of the table and those of the model.
    pub standardisation: Standardisation,
    /// What the engine keeps.
    pub parts: SavedParts,
}

impl SavedParts {
    /// Adds an array.
    pub fn with(mut self, name: &str, shape: &[usize], values: Vec<f64>) -> Self {
        self.arrays.push(NamedArray { name: name.to_owned(), shape: shape.to_vec(), values });
        self
    }

    /// Adds a number.
    pub fn with_number(mut self, name: &str, value: f64) -> Self {
        self.numbers.push((name.to_owned(), value));
        self
    }

    /// Adds a choice.
    pub fn with_text(mut self, name: &str, value: &str) -> Self {
        self.texts.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The values of an array.
    pub fn array(&self, name: &str) -> Result<&[f64], Error> {
        let found = self.arrays.iter().find(|own| own.name == name);
        found.map(|own| own.values.as_slice()).ok_or_else(|| missing(name))
    }

    /// A number.
    pub fn number(&self, name: &str) -> Result<f64, Error> {
        self.numbers.iter().find(|(own, _)| own == name).map(|&(_, value)| value).ok_or_else(|| missing(name))
    }

    /// A choice.
    pub fn text(&self, name: &str) -> Result<&str, Error> {
        let found = self.texts.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str()).ok_or_else(|| missing(name))
    }
}

fn missing(what: &str) -> Error {
    Error::InvalidData(format!(
        "The saved model has no “{what}”: its run folder is not whole. Run the fit again."
    ))
}

impl SavedModel {
    /// Writes the model and returns the names of its files.
    pub fn write(&self, folder: &Path) -> Result<Vec<String>, Error> {
        let mut files = vec![MODEL_FILE.to_owned()];
        let mut shapes = Map::new();
        for array in &self.parts.arrays {
            let name = format!("model-{}.npy", array.name);
            files.push(NpyWriter::write_all(folder, &name, &array.shape, &array.values)?);
            shapes.insert(array.name.clone(), json!(array.shape));
        }
        let own = &self.standardisation;
        let text = json!({
            "format": FORMAT,
            "version": VERSION,
            "kind": self.kind,
            "kernel": self.parts.kernel,
            "inputs": self.inputs,
            "parameters": self.parameters,
            "standardisation": {
                "kept": own.kept,
                "centre": own.centre,
                "inputMeans": own.input_means,
                "inputScales": own.input_scales,
                "targetMean": own.target_mean,
                "targetScale": own.target_scale,
                "trend": own.trend,
            },
            "texts": self.parts.texts.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>(),
            "numbers": self.parts.numbers.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>(),
            "arrays": shapes,
        });
        let path = folder.join(MODEL_FILE);
        std::fs::write(&path, format!("{text:#}\n")).map_err(|error| Error::writing(&path, &error))?;
        Ok(files)
    }

    /// Reads a model. What a later version of Filigree wrote is refused.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(MODEL_FILE);
        let text = std::fs::read_to_string(&path).map_err(|error| Error::reading(&path, &error))?;
        let broken = || {
            Error::InvalidData(format!(
                "{} is not a saved Gaussian process. Choose the folder of a run that fitted one.",
                path.display()
            ))
        };
        let whole: Value = serde_json::from_str(&text).map_err(|_| broken())?;
        if whole["format"] != FORMAT {
            return Err(broken());
        }
        if whole["version"] != VERSION {
            return Err(Error::InvalidData(format!(
                "The saved model has version {}, and this Filigree reads version {VERSION}. Update Filigree, or run the fit again.",
                whole["version"]
            )));
        }
        let strings = |value: &Value| -> Option<Vec<String>> {
            value.as_array()?.iter().map(|own| own.as_str().map(str::to_owned)).collect()
        };
        let numbers =
            |value: &Value| -> Option<Vec<f64>> { value.as_array()?.iter().map(Value::as_f64).collect() };
        let counts = |value: &Value| -> Option<Vec<usize>> {
            value.as_array()?.iter().map(|own| own.as_u64().map(|count| count as usize)).collect()
        };
        let read = || -> Option<(Self, Shapes)> {
            let own = &whole["standardisation"];
            let parts = SavedParts {
                kernel: whole["kernel"].as_str()?.to_owned(),
                texts: whole["texts"]
                    .as_object()?
                    .iter()
                    .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                    .collect::<Option<_>>()?,
                numbers: whole["numbers"]
                    .as_object()?
                    .iter()
                    .map(|(name, value)| Some((name.clone(), value.as_f64()?)))
                    .collect::<Option<_>>()?,
                arrays: Vec::new(),
            };
            let shapes = whole["arrays"].as_object()?.iter();
            let model = Self {
                kind: whole["kind"].as_str()?.to_owned(),
                inputs: strings(&whole["inputs"])?,
                parameters: strings(&whole["parameters"])?,
                standardisation: Standardisation {
                    kept: counts(&own["kept"])?,
                    centre: numbers(&own["centre"])?,
                    input_means: numbers(&own["inputMeans"])?,
                    input_scales: numbers(&own["inputScales"])?,
                    target_mean: own["targetMean"].as_f64()?,
                    target_scale: own["targetScale"].as_f64()?,
                    trend: numbers(&own["trend"])?,
                },
                parts,
            };
            Some((
                model,
                shapes.map(|(name, shape)| Some((name.clone(), counts(shape)?))).collect::<Option<_>>()?,
            ))
        };
        let (mut model, shapes) = read().ok_or_else(broken)?;
        for (name, shape) in shapes {
            let file = format!("model-{name}.npy");
            let values = read_npy(&folder.join(&file), &shape)?;
            model.parts.arrays.push(NamedArray { name, shape, values });
        }
        Ok(model)
    }
}

/// Reads a float64 `.npy` file of ours, whose shape is known: its header is as long as its first bytes say.
fn read_npy(path: &Path, shape: &[usize]) -> Result<Vec<f64>, Error> {
    if shape.contains(&0) {
        return Ok(Vec::new());
    }
    let head = std::fs::File::open(path).and_then(|mut file| {
        let mut head = [0u8; 10];
        std::io::Read::read_exact(&mut file, &mut head)?;
        Ok(head)
    });
    let head = head.map_err(|error| Error::reading(path, &error))?;
    if !head.starts_with(b"\x93NUMPY\x01") {
        return Err(Error::InvalidData(format!("{} is not a .npy file of a saved model.", path.display())));
    }
    let offset = 10 + u64::from(u16::from_le_bytes([head[8], head[9]]));
    MappedArray::open(&ArraySource::c_order(path, DType::Float64, offset, shape.to_vec()))?.read_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> SavedModel {
        SavedModel {
            kind: "exact".into(),
            inputs: vec!["a".into(), "b\"".into()],
            parameters: vec!["variance".into()],
            standardisation: Standardisation {
                kept: vec![1],
                centre: vec![4.0, 0.1 + 0.2],
                input_means: vec![0.1 + 0.2],
                input_scales: vec![1e-300],
                target_mean: -3.0,
                target_scale: 2.0,
                trend: vec![],
            },
            parts: SavedParts { kernel: "rbf".into(), ..SavedParts::default() }
                .with("theta", &[3], vec![0.1, f64::MIN_POSITIVE, -7.0])
                .with("points", &[2, 1], vec![1.0, 2.0])
                .with_number("noise", 1.0 / 3.0)
                .with_text("likelihood", "gaussian"),
        }
    }

    #[test]
    fn what_is_read_is_what_was_written_to_the_last_bit() {
        let folder = tempfile::tempdir().unwrap();
        let files = model().write(folder.path()).unwrap();
        assert_eq!(files, ["model.json", "model-theta.npy", "model-points.npy"]);
        let mut read = SavedModel::read(folder.path()).unwrap();
        read.parts.arrays.reverse();
        assert_eq!(read, model());
        assert_eq!(read.parts.number("noise").unwrap(), 1.0 / 3.0);
        assert!(read.parts.array("nowhere").is_err());
    }

    #[test]
    fn broken_and_later_models_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(SavedModel::read(folder.path()).is_err());
        model().write(folder.path()).unwrap();
        let path = folder.path().join(MODEL_FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"version\": 1", "\"version\": 2")).unwrap();
        assert!(SavedModel::read(folder.path()).unwrap_err().to_string().contains("version 2"));
        std::fs::write(&path, "{}").unwrap();
        assert!(SavedModel::read(folder.path()).unwrap_err().to_string().contains("not a saved"));
    }
}
