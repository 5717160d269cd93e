use std::fmt;
use std::path::Path;

/// The class of a failure, as programs see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// A parameter is out of its range or does not fit the data.
    InvalidParameter,
    /// The data can not be used: wrong size, NaN, negative values.
    InvalidData,
    /// The numbers broke down in a way more iterations do not mend.
    Breakdown,
    /// A file could not be read or written.
    Io,
    /// The disk is full.
    DiskFull,
    /// Memory for a large array could not be had.
    OutOfMemory,
    /// A bug in Filigree.
    Internal,
    /// The user stopped the solver before it had a result.
    Cancelled,
}

impl ErrorCode {
    /// The name of the code at every boundary.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidParameter => "invalid-parameter",
            Self::InvalidData => "invalid-data",
            Self::Breakdown => "breakdown",
            Self::Io => "io",
            Self::DiskFull => "disk-full",
            Self::OutOfMemory => "out-of-memory",
            Self::Internal => "internal",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a solver could not do its work, in the user's words: what happened, where, what to try.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// `parameter` carries the name the user knows.
    InvalidParameter {
        /// Name of the parameter as the method's form shows it.
        parameter: &'static str,
        /// The whole sentence.
        message: String,
    },
    /// The data can not be used as it is.
    InvalidData(String),
    /// A numerical breakdown.
    Breakdown(String),
    /// A file could not be read or written.
    Io(String),
    /// No space left for an output.
    DiskFull(String),
    /// An array did not fit into memory.
    OutOfMemory(String),
    /// A bug.
    Internal(String),
    /// Stopped by the user in the named stage, before there was anything to keep.
    Cancelled(String),
}

impl Error {
    /// A parameter that is wrong, with the whole sentence.
    pub fn parameter(parameter: &'static str, message: impl Into<String>) -> Self {
        Self::InvalidParameter { parameter, message: message.into() }
    }

    /// A failed read of `path`.
    pub fn reading(path: &Path, error: &std::io::Error) -> Self {
        let path = path.display();
        Self::Io(match error.kind() {
            std::io::ErrorKind::NotFound => {
                format!(
                    "The file {path} is not there any more. Was it moved, renamed or unplugged? Put it back or import it again."
                )
            }
            std::io::ErrorKind::PermissionDenied => {
                format!(
                    "The file {path} may not be read: permission denied. Change its permissions and run again."
                )
            }
            _ => format!("The file {path} could not be read: {error}."),
        })
    }

    /// A failed write to `path`; a full disk is told apart.
    pub fn writing(path: &Path, error: &std::io::Error) -> Self {
        let shown = path.display();
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull(format!(
                "The disk is full: {shown} could not be written. Free some space, or move the project, and run again."
            )),
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::Io(format!(
                    "{shown} could not be written: the folder is read-only. Change its permissions or move the project."
                ))
            }
            std::io::ErrorKind::NotFound => {
                Self::Io(format!("{shown} could not be written: the folder is not there any more."))
            }
            _ => Self::Io(format!("{shown} could not be written: {error}.")),
        }
    }

    /// The class of the failure.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidParameter { .. } => ErrorCode::InvalidParameter,
            Self::InvalidData(_) => ErrorCode::InvalidData,
            Self::Breakdown(_) => ErrorCode::Breakdown,
            Self::Io(_) => ErrorCode::Io,
            Self::DiskFull(_) => ErrorCode::DiskFull,
            Self::OutOfMemory(_) => ErrorCode::OutOfMemory,
            Self::Internal(_) => ErrorCode::Internal,
            Self::Cancelled(_) => ErrorCode::Cancelled,
        }
    }

    /// The parameter to blame, where there is one.
    pub fn blamed_parameter(&self) -> Option<&'static str> {
        match self {
            Self::InvalidParameter { parameter, .. } => Some(parameter),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidParameter { message, .. }
            | Self::InvalidData(message)
            | Self::Breakdown(message)
            | Self::Io(message)
            | Self::DiskFull(message)
            | Self::OutOfMemory(message)
            | Self::Internal(message) => formatter.write_str(message),
            Self::Cancelled(stage) => write!(formatter, "Cancelled while {stage}."),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_other_failures() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = Error::writing(Path::new("run/abundances.npy"), &full);
        assert_eq!(error.code(), ErrorCode::DiskFull);
        assert!(error.to_string().contains("abundances.npy"));
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        assert_eq!(Error::writing(Path::new("x"), &denied).code(), ErrorCode::Io);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn writing_to_a_full_device_reports_disk_full() {
        use std::io::Write;
        let mut device = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = device.write_all(&[0; 64]).unwrap_err();
        assert_eq!(Error::writing(Path::new("/dev/full"), &error).code(), ErrorCode::DiskFull);
    }
}
