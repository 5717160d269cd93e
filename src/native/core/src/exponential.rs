/// exp(x) for x ≤ 0, to two units in the last place; zero below −708, where it would be subnormal.
///
/// The processor has no instruction for it, and a call of the library's would keep a loop from being compiled into
/// vectors. The usual way: x = k·ln 2 + r with |r| ≤ ln 2 / 2, a Taylor polynomial for exp(r) (its next term is
/// below 5·10⁻¹⁸), and k added to the exponent.
#[inline(always)]
pub fn exp_of_non_positive(x: f64) -> f64 {
    /// Adding it rounds to a whole number, and leaves that number in the low bits.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const COEFFICIENTS: [f64; 14] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    let inside = if x < -708.0 { -708.0 } else { x };
    let rounded = inside * std::f64::consts::LOG2_E + ROUNDER;
    let k = rounded - ROUNDER;
    let r = (inside - k * LN_2_HIGH) - k * LN_2_LOW;
    let mut sum = COEFFICIENTS[0];
    for coefficient in &COEFFICIENTS[1..] {
        sum = sum * r + coefficient;
    }
    let power = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
    if x < -708.0 { 0.0 } else { sum * power }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_agrees_with_the_library(x in -708.0..0.0f64) {
            let error = (exp_of_non_positive(x) - x.exp()).abs() / x.exp();
            prop_assert!(error <= 2.0 * f64::EPSILON, "{error} at {x}");
        }
    }

    #[test]
    fn its_ends_are_exact() {
        assert_eq!(exp_of_non_positive(0.0), 1.0);
        assert_eq!(exp_of_non_positive(-709.0), 0.0);
        assert_eq!(exp_of_non_positive(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp_of_non_positive(f64::MIN), 0.0);
        assert!(exp_of_non_positive(f64::NAN).is_nan());
    }
}
