use crate::Error;

/// `count` copies of `value`, or the sentence that memory ran out, naming `what` they were for.
pub fn filled<T: Clone>(count: usize, value: T, what: &str) -> Result<Vec<T>, Error> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(count).map_err(|_| {
        let megabytes = count.saturating_mul(size_of::<T>()) / (1 << 20);
        Error::OutOfMemory(format!(
            "There is not enough memory for {what} ({megabytes} MB). Close other programs, use fewer endmembers, or cut the scene into parts."
        ))
    })?;
    vector.resize(count, value);
    Ok(vector)
}

/// `count` zeros.
pub fn zeros(count: usize, what: &str) -> Result<Vec<f64>, Error> {
    filled(count, 0.0, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_size_is_an_error_and_not_an_abort() {
        let error = zeros(usize::MAX / 16, "the abundances").unwrap_err();
        assert!(matches!(error, Error::OutOfMemory(_)));
        assert!(error.to_string().contains("the abundances"));
    }
}
