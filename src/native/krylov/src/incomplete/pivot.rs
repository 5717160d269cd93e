use filigree_core::Error;

/// A pivot below this share of its row's largest entry is as good as nought.
pub const NEGLIGIBLE_PIVOT: f64 = 1e-14;

/// What to do about a pivot that is nought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ZeroPivot {
    /// Stop and say where.
    Refuse,
    /// Put this share of the row's largest entry in its place, and tell how often.
    Replace(f64),
}

impl ZeroPivot {
    /// The share makes sense.
    pub fn check(self) -> Result<(), Error> {
        match self {
            Self::Replace(share) if !(share > 0.0 && share <= 1.0) => Err(Error::parameter(
                "zeroPivotReplacement",
                format!(
                    "A zero pivot would be replaced by {share} of the row's largest entry; give a share above 0 and at most 1."
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// The sentence for a factorisation that met a zero pivot.
pub fn zero_pivot(method: &str, row: usize, is_empty: bool) -> Error {
    let row = row + 1;
    Error::Breakdown(if is_empty {
        format!(
            "{method} stopped at row {row}: the row holds nothing but noughts, so the matrix is singular. Remove the row and its unknown, or solve in the least-squares sense."
        )
    } else {
        format!(
            "{method} met a zero pivot at row {row}. Try ILUT with column pivoting, allow zero pivots to be replaced, order the rows so that the diagonal is filled, or use a direct solver."
        )
    })
}

/// The sentence for pivots that were replaced.
pub fn replaced_words(method: &str, rows: &[usize]) -> Option<String> {
    let first = rows.first()? + 1;
    Some(match rows.len() {
        1 => format!("{method} replaced the zero pivot of row {first}, as allowed."),
        count => {
            format!("{method} replaced {count} zero pivots, as allowed; the first is that of row {first}.")
        }
    })
}
