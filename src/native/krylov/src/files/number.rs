use crate::Scalar;

/// Longest text of a number that is shown in a message.
const SHOWN: usize = 40;

/// Walks over the bytes of one line.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Why a line is no entry, as the part of a sentence that follows its number.
pub(super) type Problem = String;

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next word between blanks (or the given separator), none at the end of the line.
    #[inline]
    pub fn word(&mut self, separator: u8) -> Option<&'a [u8]> {
        let is_blank = |byte: u8| byte == b' ' || byte == b'\t' || byte == b'\r' || byte == separator;
        while self.at < self.bytes.len() && is_blank(self.bytes[self.at]) {
            self.at += 1;
        }
        let start = self.at;
        while self.at < self.bytes.len() && !is_blank(self.bytes[self.at]) {
            self.at += 1;
        }
        (self.at > start).then(|| &self.bytes[start..self.at])
    }
}

/// A whole number without a sign; none where it is something else, or does not fit.
#[inline]
pub(super) fn whole_number(word: &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for &byte in word {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    (!word.is_empty()).then_some(value)
}

/// A finite number; Fortran's exponents (1.5D+03) are understood.
#[inline]
pub(super) fn real_number(word: &[u8]) -> Result<f64, Problem> {
    let parsed = std::str::from_utf8(word).ok().and_then(|text| text.parse::<f64>().ok());
    let value = match parsed {
        Some(value) => value,
        None => fortran_number(word)
            .ok_or_else(|| format!("has “{}” where a number should stand", shown(word)))?,
    };
    if value.is_finite() {
        return Ok(value);
    }
    Err(format!("has the value {value}: entries must be finite. Replace it or leave it out"))
}

fn fortran_number(word: &[u8]) -> Option<f64> {
    let text: String = std::str::from_utf8(word)
        .ok()?
        .chars()
        .map(|letter| if matches!(letter, 'd' | 'D') { 'e' } else { letter })
        .collect();
    text.parse().ok()
}

/// A word as a message shows it.
pub(super) fn shown(word: &[u8]) -> String {
    let text = String::from_utf8_lossy(word);
    if text.chars().count() > SHOWN {
        format!("{}…", text.chars().take(SHOWN).collect::<String>())
    } else {
        text.into_owned()
    }
}

/// An index counted from `first` that must lie below `first + length`, as an index from nought.
#[inline]
pub(super) fn index_of(word: &[u8], first: u64, length: usize, name: &str) -> Result<u32, Problem> {
    match whole_number(word) {
        Some(index) if index >= first && index - first < length as u64 => Ok((index - first) as u32),
        Some(index) => Err(format!(
            "is about {name} {index}, and the matrix has {name}s {first} to {}. Check the size in the header",
            length as u64 + first - 1
        )),
        None => Err(format!("has “{}” where the {name} should stand", shown(word))),
    }
}

/// The value that words stand for: one for real numbers, two for complex ones.
#[inline]
pub(super) fn scalar<S: Scalar>(real: &[u8], imaginary: Option<&[u8]>) -> Result<S, Problem> {
    let real = real_number(real)?;
    Ok(S::from_parts(real, imaginary.map_or(Ok(0.0), real_number)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_writings_are_read() {
        assert_eq!(whole_number(b"0012"), Some(12));
        assert_eq!(whole_number(b"99999999999999999999"), None);
        assert_eq!(whole_number(b"-1"), None);
        assert_eq!(real_number(b"-1.5D+03"), Ok(-1500.0));
        assert_eq!(real_number(b"1e-320"), Ok(1e-320));
        assert!(real_number(b"nan").unwrap_err().contains("finite"));
        assert!(real_number(b"1e999").unwrap_err().contains("finite"));
        assert!(real_number(b"abc").unwrap_err().contains("abc"));
        assert!(index_of(b"0", 1, 5, "row").unwrap_err().contains("rows 1 to 5"));
    }
}
