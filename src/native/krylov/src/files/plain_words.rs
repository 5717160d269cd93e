/// Walks over numbers that are written as programs write them, in one pass and without looking for the end of their line
/// first. Whatever is unusual (comments, signs before an index, Fortran's exponents, NaN) or wrong is no plain word.
pub(super) struct PlainWords<'a> {
    text: &'a [u8],
    at: usize,
}

/// Digits of an index that surely fits.
const MOST_DIGITS: usize = 9;

impl<'a> PlainWords<'a> {
    /// From the start of a line on; `text` may go on behind it.
    #[inline]
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// An index counted from one that lies in `1..=length`, as an index from nought.
    #[inline]
    pub fn index(&mut self, length: usize) -> Option<u32> {
        self.skip_blanks();
        let start = self.at;
        let mut value = 0u32;
        while let Some(digit) = self.byte().map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit <= 9) {
            value = value.wrapping_mul(10).wrapping_add(u32::from(digit));
            self.at += 1;
        }
        let fits = (1..=MOST_DIGITS).contains(&(self.at - start)) && value as usize <= length;
        (fits && self.word_ends()).then(|| value.checked_sub(1))?
    }

    /// A finite number.
    #[inline]
    pub fn real(&mut self) -> Option<f64> {
        self.skip_blanks();
        let (value, length) = fast_float2::parse_partial::<f64, _>(&self.text[self.at..]).ok()?;
        self.at += length;
        (value.is_finite() && self.word_ends()).then_some(value)
    }

    /// The bytes of the line with its end, where nothing more stands on it.
    #[inline]
    pub fn end_of_line(mut self) -> Option<usize> {
        self.skip_blanks();
        match self.byte() {
            Some(b'\n') => Some(self.at + 1),
            Some(_) => None,
            None => Some(self.at),
        }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline]
    fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    #[inline]
    fn word_ends(&self) -> bool {
        matches!(self.byte(), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_read_to_the_last_bit() {
        let mut words = PlainWords::new(b"  12\t7  -1.7976931348623157e308 4.9e-324 \r\nrest");
        assert_eq!((words.index(12), words.index(12)), (Some(11), Some(6)));
        assert_eq!((words.real(), words.real()), (Some(-f64::MAX), Some(f64::from_bits(1))));
        assert_eq!(words.end_of_line(), Some(43));
        assert_eq!(PlainWords::new(b"").end_of_line(), Some(0));
    }

    #[test]
    fn whatever_is_unusual_is_left_to_the_careful_reader() {
        for text in [&b"0"[..], b"13", b"1234567890", b"-1", b"1.5", b"%", b"", b"x"] {
            assert_eq!(PlainWords::new(text).index(12), None, "{text:?}");
        }
        for text in [&b"nan"[..], b"inf", b"1e999", b"1.5d0", b"abc", b""] {
            assert_eq!(PlainWords::new(text).real(), None, "{text:?}");
        }
        assert_eq!(PlainWords::new(b"5\n").end_of_line(), None);
    }
}
