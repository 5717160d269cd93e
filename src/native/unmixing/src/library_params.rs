use filigree_core::Error;

/// A weight of a penalty is finite and not negative.
pub(crate) fn check_weight(value: f64, parameter: &'static str, name: &str) -> Result<(), Error> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(Error::parameter(parameter, format!("The {name} is {value}; it must be a number from 0 upwards.")))
}

/// Bounds of the stopping rule, shared by all methods with a library.
pub(crate) fn check_stopping(tolerance: f64, max_iterations: usize) -> Result<(), Error> {
    if !(tolerance > 0.0 && tolerance < 1.0) {
        return Err(Error::parameter(
            "tolerance",
            format!("The tolerance is {tolerance}; it must be above 0 and below 1. 0.0001 is a good value."),
        ));
    }
    if max_iterations == 0 {
        return Err(Error::parameter("maxIterations", "At least one iteration is needed."));
    }
    Ok(())
}
