use filigree_core::Error;

/// Refuses limits that an iteration could not stop by: no iteration at all, or a tolerance that anything would meet.
pub fn check_stopping(max_iterations: usize, tolerance: f64) -> Result<(), Error> {
    if max_iterations == 0 {
        return Err(Error::parameter("maxIterations", "At least one iteration is needed."));
    }
    if !(0.0..1.0).contains(&tolerance) {
        return Err(Error::parameter(
            "tolerance",
            format!("The tolerance is {tolerance}; it must be from 0 to below 1."),
        ));
    }
    Ok(())
}

/// Refuses a number of starts that no run could make.
pub fn check_starts(starts: usize) -> Result<(), Error> {
    if (1..=100).contains(&starts) {
        return Ok(());
    }
    Err(Error::parameter("starts", format!("{starts} starts were asked for; try 1 to 100.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_never_or_always_stop_is_refused() {
        assert!(check_stopping(1, 0.0).is_ok());
        for (iterations, tolerance, blamed) in [
            (0, 0.1, "maxIterations"),
            (1, 1.0, "tolerance"),
            (1, -0.1, "tolerance"),
            (1, f64::NAN, "tolerance"),
        ] {
            let error = check_stopping(iterations, tolerance).unwrap_err();
            assert_eq!(error.blamed_parameter(), Some(blamed));
        }
        assert!(check_starts(100).is_ok());
        assert!([0, 101].into_iter().all(|starts| check_starts(starts).is_err()));
    }
}
