use super::*;
use proptest::prelude::*;

const EXPRESSIONS: &[&str] = &[
    "rbf",
    "matern12",
    "Matern 3/2",
    "matern-52",
    "rq",
    "periodic",
    "linear",
    "sm(2)",
    "rbf + linear",
    "rbf * periodic[2]",
    "(matern32[1,3] + linear) * (rq[2] + periodic[1]) + sm(1)[3]",
];

fn points(count: usize, dimensions: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed, 0);
    (0..count * dimensions).map(|_| random.normal()).collect()
}

fn kernel(text: &str) -> (Kernel, Vec<f64>) {
    let kernel = Kernel::parse(text, 3).unwrap();
    let theta = kernel.start(&InputSpread::of(&points(50, 3, 9), 3), 1.3, Some(&mut Random::new(4, 1)));
    (kernel, theta)
}

/// Σ w·k over a block, which the gradients below are of.
fn weighted(kernel: &Kernel, x: &[f64], z: &[f64], theta: &[f64], weights: &[f64]) -> f64 {
    let mut block = vec![0.0; weights.len()];
    kernel.block(x, z, theta, &mut block);
    block.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// Central difference of fourth order.
fn slope(mut of: impl FnMut(f64) -> f64) -> f64 {
    let step = 1e-4;
    (8.0 * (of(step) - of(-step)) - (of(2.0 * step) - of(-2.0 * step))) / (12.0 * step)
}

#[test]
fn gradients_agree_with_finite_differences() {
    for text in EXPRESSIONS {
        let (kernel, theta) = kernel(text);
        // Eleven columns: a whole vector of lanes and a rest.
        let (x, z, weights) = (points(5, 3, 1), points(11, 3, 2), points(55, 1, 3));
        let mut by_theta = vec![0.0; theta.len()];
        let mut by_z = vec![0.0; z.len()];
        kernel.pull_back(&x, &z, &theta, &weights, &mut by_theta, Some(&mut by_z));
        let mut alone = vec![0.0; theta.len()];
        kernel.pull_back(&x, &z, &theta, &weights, &mut alone, None);
        for (index, gradient) in by_theta.iter().enumerate() {
            let expected = slope(|step| {
                let mut moved = theta.clone();
                moved[index] += step;
                weighted(&kernel, &x, &z, &moved, &weights)
            });
            assert!((gradient - expected).abs() < 1e-7 * (1.0 + expected.abs()), "{text}: parameter {index}");
            assert!((gradient - alone[index]).abs() < 1e-12 * (1.0 + expected.abs()), "{text}");
        }
        for (index, gradient) in by_z.iter().enumerate() {
            let expected = slope(|step| {
                let mut moved = z.clone();
                moved[index] += step;
                weighted(&kernel, &x, &moved, &theta, &weights)
            });
            assert!(
                (gradient - expected).abs() < 1e-7 * (1.0 + expected.abs()),
                "{text}: coordinate {index}"
            );
        }
    }
}

#[test]
fn the_diagonal_is_that_of_the_block_and_so_is_its_gradient() {
    for text in EXPRESSIONS {
        let (kernel, theta) = kernel(text);
        let (x, weights) = (points(7, 3, 5), points(7, 1, 6));
        let mut diagonal = vec![0.0; 7];
        kernel.diagonal(&x, &theta, &mut diagonal);
        let mut gradient = vec![0.0; theta.len()];
        kernel.pull_back_diagonal(&x, &theta, &weights, &mut gradient);
        let mut expected = vec![0.0; theta.len()];
        let mut single = vec![0.0; theta.len()];
        for (i, point) in x.chunks_exact(3).enumerate() {
            let value = kernel.gradient(point, point, &theta, &mut single);
            assert!((diagonal[i] - value).abs() < 1e-13 * value.abs().max(1.0), "{text}");
            expected.iter_mut().zip(&single).for_each(|(sum, part)| *sum += weights[i] * part);
        }
        for (gradient, expected) in gradient.iter().zip(&expected) {
            assert!((gradient - expected).abs() < 1e-11, "{text}");
        }
    }
}

#[test]
fn values_are_those_of_the_textbook() {
    let at = |text: &str, theta: &[f64]| {
        Kernel::parse(text, 1).unwrap().value(
            &[0.3],
            &[1.0],
            &theta.iter().map(|v| v.ln()).collect::<Vec<_>>(),
        )
    };
    let r: f64 = 0.7 / 0.5;
    assert!((at("rbf", &[2.0, 0.5]) - 2.0 * (-0.5 * r * r).exp()).abs() < 1e-14);
    assert!((at("matern12", &[2.0, 0.5]) - 2.0 * (-r).exp()).abs() < 1e-14);
    let a = 3f64.sqrt() * r;
    assert!((at("matern32", &[2.0, 0.5]) - 2.0 * (1.0 + a) * (-a).exp()).abs() < 1e-14);
    let a = 5f64.sqrt() * r;
    assert!((at("matern52", &[2.0, 0.5]) - 2.0 * (1.0 + a + a * a / 3.0) * (-a).exp()).abs() < 1e-14);
    assert!((at("rq", &[2.0, 0.5, 1.5]) - 2.0 * (1.0 + r * r / 3.0).powf(-1.5)).abs() < 1e-14);
    let sine = (std::f64::consts::PI * 0.7 / 0.9).sin() / 0.5;
    assert!((at("periodic", &[2.0, 0.5, 0.9]) - 2.0 * (-2.0 * sine * sine).exp()).abs() < 1e-14);
    assert!((at("linear", &[2.0]) - 0.6).abs() < 1e-14);
    let wave = (std::f64::consts::TAU * 0.4 * 0.7).cos();
    let decay = (-2.0 * (std::f64::consts::PI * 0.7 * 0.2).powi(2)).exp();
    assert!((at("sm(1)", &[2.0, 0.4, 0.2]) - 2.0 * wave * decay).abs() < 1e-14);
}

#[test]
fn a_product_has_one_variance_and_names_tell_terms_apart() {
    let kernel = Kernel::parse("rbf * periodic + rbf[2]", 2).unwrap();
    let spread = InputSpread { deviations: vec![1.0; 2], ranges: vec![4.0; 2] };
    let names: Vec<String> = kernel.parameters(&spread, 1.0).into_iter().map(|own| own.name).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("variance")).count(), 2);
    assert_eq!(names.last().unwrap(), "length scale of input 2 (rbf, term 3)");
    let unique: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!(unique.len(), names.len(), "{names:?}");
    assert_eq!(names.len(), kernel.parameter_count());
}

#[test]
fn what_can_not_be_read_is_said_with_its_place() {
    for (text, part) in [
        ("", "it is empty"),
        ("rbf +", "the name of a kernel is missing (character 6)"),
        ("rbf + wavelet", "“wavelet” is not a kernel (character 7)"),
        ("(rbf", "a bracket is not closed"),
        ("rbf)", "“)” was not expected"),
        ("sm(99)", "1 to 20 components"),
        ("rbf[4]", "numbered 1 to 3"),
        ("rbf[1,1]", "named twice"),
    ] {
        let error = Kernel::parse(text, 3).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("kernel"));
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
    let deep = "(".repeat(10_000);
    assert!(Kernel::parse(&deep, 3).unwrap_err().to_string().contains("nested too deep"));
}

#[test]
fn length_scales_take_the_shortest_of_an_input() {
    let kernel = Kernel::parse("rbf[1] + matern32[1,2]", 3).unwrap();
    let theta: Vec<f64> = [1.0f64, 0.5, 1.0, 2.0, 3.0].iter().map(|value| value.ln()).collect();
    let scales = kernel.length_scales(&theta);
    assert!((scales[0] - 0.5).abs() < 1e-12 && (scales[1] - 3.0).abs() < 1e-12 && scales[2].is_infinite());
}

proptest! {
    #[test]
    fn values_are_symmetric_and_bounded_by_the_diagonal(
        x in prop::array::uniform3(-5.0..5.0f64), y in prop::array::uniform3(-5.0..5.0f64),
        text in prop::sample::select(EXPRESSIONS.to_vec())
    ) {
        let (kernel, theta) = kernel(text);
        let value = kernel.value(&x, &y, &theta);
        let bound = (kernel.value(&x, &x, &theta) * kernel.value(&y, &y, &theta)).sqrt();
        prop_assert!((value - kernel.value(&y, &x, &theta)).abs() <= 1e-12 * bound.max(1.0));
        prop_assert!(value.abs() <= bound * (1.0 + 1e-12));
    }
}
