/// Element types an array file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DType {
    /// One unsigned byte.
    UInt8,
    /// One signed byte.
    Int8,
    /// Two unsigned bytes.
    UInt16,
    /// Two signed bytes.
    Int16,
    /// Four unsigned bytes.
    UInt32,
    /// Four signed bytes.
    Int32,
    /// Eight unsigned bytes.
    UInt64,
    /// Eight signed bytes.
    Int64,
    /// Single precision.
    Float32,
    /// Double precision.
    Float64,
    /// Two single precision numbers.
    Complex64,
    /// Two double precision numbers.
    Complex128,
    /// One byte, zero or not.
    Bool,
}

impl DType {
    /// Every type with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::UInt8, "uint8"),
        (Self::Int8, "int8"),
        (Self::UInt16, "uint16"),
        (Self::Int16, "int16"),
        (Self::UInt32, "uint32"),
        (Self::Int32, "int32"),
        (Self::UInt64, "uint64"),
        (Self::Int64, "int64"),
        (Self::Float32, "float32"),
        (Self::Float64, "float64"),
        (Self::Complex64, "complex64"),
        (Self::Complex128, "complex128"),
        (Self::Bool, "bool"),
    ];

    /// The type with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|&(dtype, _)| dtype)
    }

    /// The name of the type.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(dtype, _)| *dtype == self).map_or("unknown", |(_, name)| name)
    }

    /// Bytes an element takes.
    pub fn size(self) -> usize {
        match self {
            Self::UInt8 | Self::Int8 | Self::Bool => 1,
            Self::UInt16 | Self::Int16 => 2,
            Self::UInt32 | Self::Int32 | Self::Float32 => 4,
            Self::UInt64 | Self::Int64 | Self::Float64 | Self::Complex64 => 8,
            Self::Complex128 => 16,
        }
    }

    /// Whether an element is one real number.
    pub fn is_real(self) -> bool {
        !matches!(self, Self::Complex64 | Self::Complex128)
    }

    /// Whether an element can be NaN, infinite or a fraction.
    pub fn is_float(self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }
}
