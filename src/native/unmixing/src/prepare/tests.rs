use super::*;
use crate::test_support::saved_cube;
use filigree_core::Silent;

fn prepared(input: &CubeInput, non_negative: bool) -> Result<PreparedCube, Error> {
    PreparedCube::open(input, non_negative, Passes::One, &mut Silent)
}

fn all(cube: &PreparedCube) -> Vec<f64> {
    cube.tile(0..cube.pixels()).to_vec()
}

#[test]
fn nan_is_refused_with_its_place_or_left_out() {
    let mut values: Vec<f64> = (0..24).map(f64::from).collect();
    values[3 * 4 + 2] = f64::NAN;
    let (_folder, mut input) = saved_cube([2, 3, 4], &values);
    let cube = prepared(&input, false).unwrap();
    assert!(!cube.was_scanned() && cube.batch_done().is_ok());
    cube.tile(0..6);
    let error = cube.batch_done().err().unwrap();
    assert_eq!(Some(&error), PreparedCube::open(&input, false, Passes::Many, &mut Silent).err().as_ref());
    assert!(
        error.to_string().contains("1 pixel, first at line 1, sample 0, band 2 (counted from zero)"),
        "{error}"
    );
    input.invalid_pixels = InvalidPixels::Skip;
    let cube = prepared(&input, false).unwrap();
    assert_eq!(cube.pixels(), 5);
    assert_eq!(cube.flat_position(3), 4);
    assert_eq!(all(&cube)[12..16], [16.0, 17.0, 18.0, 19.0]);
    assert_eq!(cube.flat_range(&(0..3)), 0..4);
    assert_eq!(cube.flat_range(&(3..5)), 4..6);
}

#[test]
fn negative_values_follow_the_policy_only_where_it_matters() {
    let (_folder, mut input) = saved_cube([1, 2, 2], &[1.0, -2.0, 3.0, 4.0]);
    assert_eq!(all(&prepared(&input, false).unwrap())[1], -2.0);
    let error = prepared(&input, true).err().unwrap();
    assert!(error.to_string().contains("1 value below zero, first at line 0, sample 0, band 1"), "{error}");
    let stretched = CubeInput { normalisation: Normalisation::MinMax, ..input.clone() };
    let cube = prepared(&stretched, true).unwrap();
    assert!(all(&cube).iter().all(|value| (0.0..=1.0).contains(value)) && cube.warnings().is_empty());
    input.negative_values = NegativeValues::Clip;
    let cube = prepared(&input, true).unwrap();
    assert_eq!(all(&cube)[1], 0.0);
    assert!(cube.warnings()[0].contains("Clipped to zero"));
}

#[test]
fn normalisations_do_what_they_say() {
    let (_folder, mut input) = saved_cube([1, 3, 2], &[3.0, 4.0, 0.0, 0.0, 0.0, 8.0]);
    input.normalisation = Normalisation::UnitLength;
    let cube = prepared(&input, false).unwrap();
    assert_eq!(all(&cube), [0.6, 0.8, 0.0, 0.0, 0.0, 1.0]);
    assert!(cube.warnings()[0].contains("1 pixel is zero"));
    input.normalisation = Normalisation::MinMax;
    let cube = prepared(&input, false).unwrap();
    assert_eq!(all(&cube)[1], 0.5);
    let mut spectrum = [2.0, 8.0];
    cube.normalise(&mut spectrum);
    assert_eq!(spectrum, [0.25, 1.0]);
    input.spectra_scaled = true;
    let cube = prepared(&input, false).unwrap();
    cube.normalise_given(&mut spectrum);
    assert_eq!(spectrum, [0.25, 1.0]);
    input.normalisation = Normalisation::Brightness;
    let cube = prepared(&input, false).unwrap();
    assert_eq!(all(&cube), [6.0 / 7.0, 8.0 / 7.0, 0.0, 0.0, 0.0, 2.0]);
    assert!(cube.warnings()[0].contains("1 pixel is zero"));
    let mut dips = [-1.0, 3.0];
    cube.normalise(&mut dips);
    assert_eq!(dips, [-0.5, 1.5]);
    input.normalisation = Normalisation::MinMaxUnitLength;
    assert_eq!(all(&prepared(&input, false).unwrap())[..2], [0.6, 0.8]);
    input.normalisation = Normalisation::UnitLength;
    input.sized_by = Some(vec![0]);
    assert_eq!(all(&prepared(&input, false).unwrap()), [1.0, 4.0 / 3.0, 0.0, 0.0, 0.0, 8.0]);
}

#[test]
fn bands_that_hold_one_value_are_told_of() {
    let (_folder, mut input) = saved_cube([1, 3, 3], &[1.0, 0.5, 3.0, 0.0, 0.0, 0.0, 2.0, 0.5, 0.0]);
    let opened = |input: &CubeInput| PreparedCube::open(input, false, Passes::Many, &mut Silent).unwrap();
    let cube = opened(&input);
    assert_eq!(cube.warnings().len(), 1);
    assert!(cube.warnings()[0].starts_with("Band 1 (counted from 0) holds one value"));
    input.bands = Some(vec![0, 2]);
    assert!(opened(&input).warnings().is_empty());
}

#[test]
fn bands_and_no_data_are_applied() {
    let (_folder, mut input) = saved_cube([1, 3, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, -9.0, 7.0, -9.0, 8.0]);
    input.bands = Some(vec![0, 2]);
    input.no_data_value = Some(-9.0);
    input.scale = 2.0;
    assert_eq!(all(&prepared(&input, true).unwrap()), [2.0, 6.0, 14.0, 16.0]);
    input.bands = Some(vec![2, 1]);
    assert_eq!(prepared(&input, false).err().unwrap().blamed_parameter(), Some("bands"));
    input.bands = Some(vec![3]);
    assert_eq!(prepared(&input, false).err().unwrap().blamed_parameter(), Some("bands"));
}
