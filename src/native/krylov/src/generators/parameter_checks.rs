use filigree_core::Error;

/// Refuses sequences that are none, or too long.
pub fn check_systems(systems: usize) -> Result<(), Error> {
    if (1..=10_000).contains(&systems) {
        return Ok(());
    }
    Err(Error::parameter("systems", format!("{systems} systems were asked for; choose 1 to 10,000.")))
}

/// Refuses what is not in (0, `most`]. `quantity` begins the sentence: 'The Péclet number'.
pub fn check_positive(name: &'static str, quantity: &str, value: f64, most: f64) -> Result<(), Error> {
    if value > 0.0 && value <= most {
        return Ok(());
    }
    Err(Error::parameter(name, format!("{quantity} is {value}; it must be positive and at most {most:e}.")))
}

/// Refuses an angle that is no number.
pub fn check_angle(angle: f64) -> Result<(), Error> {
    if angle.is_finite() {
        return Ok(());
    }
    Err(Error::parameter("angle", "The angle must be a number of degrees."))
}
