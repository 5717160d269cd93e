use filigree_core::{ArraySource, Error, MappedArray, Random};

use crate::complete_rows::CompleteRows;
use crate::table_data::Table;

/// Stream of random numbers that draws what is held out.
const STREAM: u64 = 1 << 33;

/// Rows kept back from a fit, to measure its calibration.
#[derive(Clone, Debug)]
pub enum HoldOut {
    /// None.
    None,
    /// Those whose value (row) is not zero.
    Split(ArraySource),
    /// Those that are marked.
    Rows(Vec<bool>),
    /// A share of the rows.
    Random {
        /// From above 0 to below 1.
        share: f64,
    },
    /// A share of the blocks that the plane of the first two inputs is cut into.
    Blocks {
        /// From above 0 to below 1.
        share: f64,
        /// Parts of the range of each input.
        blocks: usize,
    },
    /// Every row once: each part is predicted from all others.
    Folds {
        /// Number of parts.
        folds: usize,
    },
}

impl HoldOut {
    /// The same for the complete rows of a table: a split tells of all of its rows.
    pub fn among(&self, complete: &CompleteRows) -> Result<Self, Error> {
        let Self::Split(source) = self else { return Ok(self.clone()) };
        let mask = MappedArray::open(source)?.read_all()?;
        if mask.len() != complete.total {
            return Err(Error::InvalidData(format!(
                "The split has {} rows and the table has {}. Choose a split that belongs to it.",
                mask.len(),
                complete.total
            )));
        }
        Ok(Self::Rows(complete.numbers.iter().map(|&row| mask[row] != 0.0).collect()))
    }

    /// Row numbers of every part held out, in rising order; drawn by the seed.
    pub fn parts(&self, table: &Table, seed: u64) -> Result<Vec<Vec<usize>>, Error> {
        let rows = table.rows();
        let mut random = Random::new(seed, STREAM);
        let parts = match self {
            Self::None => return Ok(Vec::new()),
            Self::Split(_) => {
                let numbers = (0..rows).collect();
                return self
                    .among(&CompleteRows { table: table.clone(), numbers, total: rows })?
                    .parts(table, seed);
            }
            Self::Rows(marked) => vec![(0..rows).filter(|&row| marked[row]).collect()],
            Self::Random { share } => {
                let mut picked = shuffled(rows, &mut random);
                picked.truncate(portion(rows, *share)?);
                picked.sort_unstable();
                vec![picked]
            }
            Self::Blocks { share, blocks } => vec![in_blocks(table, *share, *blocks, &mut random)?],
            Self::Folds { folds } => {
                if !(2..=rows).contains(folds) {
                    return Err(Error::parameter(
                        "folds",
                        format!(
                            "{folds} folds of {rows} rows were asked for. Choose from 2 to the number of rows."
                        ),
                    ));
                }
                let order = shuffled(rows, &mut random);
                let part = |fold: usize| {
                    let mut own: Vec<usize> = order.iter().skip(fold).step_by(*folds).copied().collect();
                    own.sort_unstable();
                    own
                };
                (0..*folds).map(part).collect()
            }
        };
        if parts.iter().any(|part: &Vec<usize>| part.is_empty()) {
            return Err(Error::parameter(
                "holdOut",
                "No row would be held out. Choose another split, a larger share, or none.",
            ));
        }
        Ok(parts)
    }
}

fn portion(count: usize, share: f64) -> Result<usize, Error> {
    if share > 0.0 && share < 1.0 {
        return Ok(((count as f64 * share).round() as usize).clamp(1, count));
    }
    Err(Error::parameter(
        "holdOutShare",
        format!("The share held out is {share}; it must be above 0 and below 1."),
    ))
}

/// The numbers from zero in an order that is drawn.
pub fn shuffled(count: usize, random: &mut Random) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, random.below(last + 1));
    }
    order
}

fn in_blocks(table: &Table, share: f64, blocks: usize, random: &mut Random) -> Result<Vec<usize>, Error> {
    if blocks < 2 {
        return Err(Error::parameter(
            "blocks",
            format!("{blocks} blocks a side were asked for; choose 2 or more."),
        ));
    }
    let axes = table.dimensions().min(2);
    let range = |d: usize| {
        let values = (0..table.rows()).map(|row| table.row(row)[d]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let ranges: Vec<(f64, f64)> = (0..axes).map(range).collect();
    let block_of = |row: usize| {
        ranges.iter().enumerate().fold(0, |place, (d, &(low, high))| {
            let part = (table.row(row)[d] - low) / (high - low) * blocks as f64;
            place * blocks + if part.is_finite() { (part as usize).min(blocks - 1) } else { 0 }
        })
    };
    let of_row: Vec<usize> = (0..table.rows()).map(block_of).collect();
    let mut filled = of_row.clone();
    filled.sort_unstable();
    filled.dedup();
    let order = shuffled(filled.len(), random);
    let mut taken = vec![false; blocks.pow(axes as u32)];
    for &place in &order[..portion(filled.len(), share)?] {
        taken[filled[place]] = true;
    }
    Ok((0..table.rows()).filter(|&row| taken[of_row[row]]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> Table {
        let inputs = (0..2 * rows).map(|i| ((i * 37) % 101) as f64).collect();
        Table { inputs, names: vec!["a".into(), "b".into()], target: vec![0.0; rows], ..Table::default() }
    }

    #[test]
    fn folds_hold_every_row_out_once() {
        let mut all: Vec<usize> =
            HoldOut::Folds { folds: 4 }.parts(&table(30), 1).unwrap().into_iter().flatten().collect();
        all.sort_unstable();
        assert_eq!(all, (0..30).collect::<Vec<_>>());
    }

    #[test]
    fn a_share_repeats_with_its_seed() {
        let draw = |seed| HoldOut::Random { share: 0.2 }.parts(&table(50), seed).unwrap();
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        assert_eq!(draw(3)[0].len(), 10);
    }

    #[test]
    fn blocks_are_held_out_whole() {
        let table = table(300);
        let held = &HoldOut::Blocks { share: 0.3, blocks: 3 }.parts(&table, 2).unwrap()[0];
        let block = |row: usize| {
            let part = |d: usize| (table.row(row)[d] / 100.0 * 3.0).min(2.9) as usize;
            (part(0), part(1))
        };
        for row in 0..300 {
            let twin = held.iter().any(|&other| block(other) == block(row));
            assert_eq!(held.contains(&row), twin);
        }
    }

    #[test]
    fn nothing_held_out_and_wrong_shares_are_refused() {
        assert!(HoldOut::Random { share: 1.5 }.parts(&table(10), 0).is_err());
        assert!(HoldOut::Folds { folds: 11 }.parts(&table(10), 0).is_err());
        assert!(HoldOut::None.parts(&table(10), 0).unwrap().is_empty());
    }
}
