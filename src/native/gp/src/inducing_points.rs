use filigree_core::{Error, Observer, Random, keep_going, tiles};
use rayon::prelude::*;

use crate::kernel::Kernel;
use crate::table_data::TrainingData;

/// Stream of random numbers that picks inducing points.
const STREAM: u64 = (1 << 33) + 2;

/// Rounds of Lloyd's algorithm after the seeding.
const ROUNDS: usize = 10;

/// Rows that centres are looked for on are at most this many times as many as the centres, drawn by the seed.
const ROWS_A_CENTRE: usize = 40;

/// Rows of a parallel piece.
const PIECE: usize = 512;

/// How inducing points are chosen before they are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Centres of the rows: k-means++ (Arthur & Vassilvitskii, SODA 2007), then Lloyd's algorithm.
    KMeans,
    /// One row after the other, each where the process is least known given the ones before, at the first guess of the
    /// hyper-parameters (Burt, Rasmussen & van der Wilk, JMLR 2020, sec. 7.1).
    GreedyVariance,
    /// Rows drawn by the seed.
    Random,
}

impl Selection {
    /// Every way with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::KMeans, "k-means"), (Self::GreedyVariance, "greedy-variance"), (Self::Random, "random")];
}

/// `count` points (point, dimension) for standardised rows; all rows where there are no more than that.
pub fn select(
    way: Selection,
    data: &TrainingData,
    count: usize,
    kernel: &Kernel,
    theta: &[f64],
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    if count >= data.rows() {
        return Ok(data.inputs.clone());
    }
    let mut random = Random::new(seed, STREAM);
    match way {
        Selection::Random => Ok(rows_of(data, &drawn(data.rows(), count, &mut random))),
        Selection::GreedyVariance => {
            let picked = greedy(data, count, kernel, theta, observer)?;
            Ok(rows_of(data, &picked))
        }
        Selection::KMeans => k_means(data, count, &mut random, observer),
    }
}

fn rows_of(data: &TrainingData, rows: &[usize]) -> Vec<f64> {
    rows.iter().flat_map(|&row| data.row(row).iter().copied()).collect()
}

fn drawn(rows: usize, count: usize, random: &mut Random) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    for place in 0..count {
        order.swap(place, place + random.below(rows - place));
    }
    order.truncate(count);
    order
}

/// Rows in the order of a pivoted Cholesky factorisation of their covariance: each time the one with the largest
/// conditional variance, the first of equals.
pub fn greedy(
    data: &TrainingData,
    count: usize,
    kernel: &Kernel,
    theta: &[f64],
    observer: &mut dyn Observer,
) -> Result<Vec<usize>, Error> {
    let (rows, dimensions) = (data.rows(), data.dimensions);
    let mut variance = vec![0.0; rows];
    kernel.diagonal(&data.inputs, theta, &mut variance);
    let largest = variance.iter().copied().fold(0.0f64, f64::max);
    if !(largest > 0.0 && largest.is_finite()) {
        return Err(Error::Breakdown(format!(
            "The largest variance of the process at the first guess of the hyper-parameters is {largest:.1e}, so no point can be chosen by it. Look for wild values in the inputs or the target."
        )));
    }
    // (row, pivot): the factor so far.
    let mut factor = filigree_core::zeros(rows * count, "the choice of inducing points")?;
    let mut picked = Vec::with_capacity(count);
    for step in 0..count {
        if step.is_multiple_of(16) {
            keep_going(observer.progress(step as f64 / count as f64), "choosing inducing points")?;
        }
        let best = (0..rows).fold(0, |best, row| if variance[row] > variance[best] { row } else { best });
        if variance[best] <= 1e-12 * largest {
            break;
        }
        picked.push(best);
        let pivot = variance[best].sqrt();
        let own = factor[best * count..best * count + step].to_vec();
        let point = data.row(best);
        variance.par_chunks_mut(PIECE).zip(factor.par_chunks_mut(PIECE * count)).enumerate().for_each(
            |(piece, (variance, factor))| {
                let start = piece * PIECE;
                let points = &data.inputs[start * dimensions..(start + variance.len()) * dimensions];
                let mut column = vec![0.0; variance.len()];
                kernel.block(points, point, theta, &mut column);
                for ((variance, line), value) in
                    variance.iter_mut().zip(factor.chunks_exact_mut(count)).zip(&column)
                {
                    let entry = (value - filigree_core::dot(&line[..step], &own)) / pivot;
                    line[step] = entry;
                    *variance = (*variance - entry * entry).max(0.0);
                }
            },
        );
        variance[best] = 0.0;
    }
    Ok(picked)
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

fn k_means(
    data: &TrainingData,
    count: usize,
    random: &mut Random,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    let dimensions = data.dimensions;
    let rows = drawn(data.rows(), data.rows().min(count * ROWS_A_CENTRE), random);
    let points = rows_of(data, &rows);
    let mut centres = seeded(&points, dimensions, count, random, observer)?;
    for round in 0..ROUNDS {
        keep_going(observer.progress(0.5 + 0.5 * round as f64 / ROUNDS as f64), "choosing inducing points")?;
        let pieces: Vec<_> = tiles(0..rows.len(), PIECE).collect();
        let nearest: Vec<Vec<usize>> = pieces
            .into_par_iter()
            .map(|tile| {
                let own = points[tile.start * dimensions..tile.end * dimensions].chunks_exact(dimensions);
                own.map(|point| {
                    let candidates = centres.chunks_exact(dimensions).map(|c| squared_distance(point, c));
                    candidates.enumerate().fold((0, f64::INFINITY), |best, (c, distance)| {
                        if distance < best.1 { (c, distance) } else { best }
                    })
                })
                .map(|(centre, _)| centre)
                .collect()
            })
            .collect();
        let mut sums = vec![0.0; centres.len()];
        let mut members = vec![0usize; count];
        for (point, &centre) in points.chunks_exact(dimensions).zip(nearest.iter().flatten()) {
            members[centre] += 1;
            let sum = &mut sums[centre * dimensions..][..dimensions];
            sum.iter_mut().zip(point).for_each(|(sum, value)| *sum += value);
        }
        for (centre, (sum, &members)) in
            centres.chunks_exact_mut(dimensions).zip(sums.chunks_exact(dimensions).zip(&members))
        {
            if members > 0 {
                centre.iter_mut().zip(sum).for_each(|(value, sum)| *value = sum / members as f64);
            }
        }
    }
    Ok(centres)
}

/// Rows drawn one by one, each with a probability proportional to the squared distance from those before.
fn seeded(
    points: &[f64],
    dimensions: usize,
    count: usize,
    random: &mut Random,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    let rows = points.len() / dimensions;
    let mut centres = Vec::with_capacity(count * dimensions);
    let mut distances = vec![f64::INFINITY; rows];
    let mut next = random.below(rows);
    for step in 0..count {
        if step.is_multiple_of(32) {
            keep_going(observer.progress(0.5 * step as f64 / count as f64), "choosing inducing points")?;
        }
        let point = &points[next * dimensions..][..dimensions];
        centres.extend_from_slice(point);
        distances.par_chunks_mut(PIECE).zip(points.par_chunks(PIECE * dimensions)).for_each(
            |(distances, points)| {
                for (distance, other) in distances.iter_mut().zip(points.chunks_exact(dimensions)) {
                    *distance = distance.min(squared_distance(point, other));
                }
            },
        );
        let total: f64 = distances.iter().sum();
        let mut left = random.uniform() * total;
        // Rounding may leave a little at the end: then the last row that is no centre yet.
        next = distances.iter().rposition(|&distance| distance > 0.0).unwrap_or(0);
        for (row, distance) in distances.iter().enumerate() {
            left -= distance;
            if left < 0.0 && *distance > 0.0 {
                next = row;
                break;
            }
        }
    }
    Ok(centres)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::InputSpread;
    use crate::table_data::Preparation;
    use crate::test_support::table;
    use filigree_core::{Silent, in_pool};

    fn chosen(way: Selection, count: usize, threads: usize) -> (TrainingData, Vec<f64>) {
        let table = table(1200, 2, 0.1);
        let data = table.prepare(&(0..1200).collect::<Vec<_>>(), &Preparation::default()).unwrap();
        let kernel = Kernel::parse("rbf", 2).unwrap();
        let theta = kernel.start(&InputSpread::of(&data.inputs, 2), 1.0, None);
        let points = in_pool(threads, || select(way, &data, count, &kernel, &theta, 3, &mut Silent)).unwrap();
        (data, points)
    }

    #[test]
    fn every_way_gives_distinct_points_that_cover_the_rows_on_any_number_of_threads() {
        for &(way, name) in Selection::NAMES {
            let (data, points) = chosen(way, 60, 1);
            assert_eq!(points.len(), 120, "{name}");
            for (i, a) in points.chunks_exact(2).enumerate() {
                assert!(points.chunks_exact(2).skip(i + 1).all(|b| a != b), "{name}");
            }
            let farthest = data
                .inputs
                .chunks_exact(2)
                .map(|x| points.chunks_exact(2).map(|z| squared_distance(x, z)).fold(f64::INFINITY, f64::min))
                .fold(0.0f64, f64::max);
            assert!(farthest < 1.0, "{name}: {farthest}");
            assert_eq!(points, chosen(way, 60, 2).1, "{name}");
        }
    }

    #[test]
    fn as_many_points_as_rows_are_the_rows() {
        let (data, points) = chosen(Selection::KMeans, 5000, 2);
        assert_eq!(points, data.inputs);
    }

    #[test]
    fn greedy_choice_stops_where_nothing_is_left_to_know() {
        let mut data = TrainingData::plain(vec![0.0, 1.0, 1.0, 0.0], 1, vec![0.0; 4], vec![1.0; 4]);
        data.inputs = vec![0.0, 1.0, 1.0, 0.0];
        let kernel = Kernel::parse("rbf", 1).unwrap();
        let picked = greedy(&data, 4, &kernel, &[0.0, 0.0], &mut Silent).unwrap();
        assert_eq!(picked, [0, 1]);
    }
}
