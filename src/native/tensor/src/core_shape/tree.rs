use filigree_core::Error;

/// A tree over the modes of a tensor, as a tree tensor network (hierarchical Tucker form) has it: a leaf for each mode, two
/// children at every other node. Children come before their parents, the root is last.
#[derive(Clone, Debug, PartialEq)]
pub struct DimensionTree {
    /// Every node.
    pub nodes: Vec<TreeNode>,
}

/// A node with the modes below it.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeNode {
    /// Modes from zero, rising.
    pub modes: Vec<usize>,
    /// Two nodes; none for a leaf.
    pub children: Option<(usize, usize)>,
}

impl DimensionTree {
    /// Reads a tree such as `((1,2),3)`; modes are counted from one and each of `modes` occurs once.
    pub fn parse(text: &str, modes: usize) -> Result<Self, Error> {
        let symbols: Vec<char> = text.chars().filter(|symbol| !symbol.is_whitespace()).collect();
        let refused = |reason: String| {
            Error::parameter(
                "tree",
                format!(
                    "“{text}” is no tree over {modes} modes: {reason}. Write pairs of modes or pairs, for example ((1,2),3)."
                ),
            )
        };
        let mut tree = Self { nodes: Vec::new() };
        let mut position = 0;
        tree.read(&symbols, &mut position).map_err(|reason| refused(reason.to_owned()))?;
        if position != symbols.len() {
            return Err(refused("something follows its end".to_owned()));
        }
        let found = tree.root().modes.clone();
        if let Some(missing) = (0..modes).find(|mode| !found.contains(mode)) {
            return Err(refused(format!("mode {} is missing", missing + 1)));
        }
        if found.len() != modes {
            return Err(refused("a mode occurs twice, or there is no such mode".to_owned()));
        }
        Ok(tree)
    }

    /// The node above all others.
    pub fn root(&self) -> &TreeNode {
        &self.nodes[self.nodes.len() - 1]
    }

    fn read(&mut self, symbols: &[char], position: &mut usize) -> Result<usize, &'static str> {
        let node = if symbols.get(*position) == Some(&'(') {
            *position += 1;
            let left = self.read(symbols, position)?;
            if symbols.get(*position) != Some(&',') {
                return Err("a comma is missing");
            }
            *position += 1;
            let right = self.read(symbols, position)?;
            if symbols.get(*position) != Some(&')') {
                return Err("a node has two children, and its bracket closes after them");
            }
            *position += 1;
            let mut modes = [self.nodes[left].modes.clone(), self.nodes[right].modes.clone()].concat();
            modes.sort_unstable();
            TreeNode { modes, children: Some((left, right)) }
        } else {
            let digits: String =
                symbols[*position..].iter().take(4).take_while(|symbol| symbol.is_ascii_digit()).collect();
            *position += digits.len();
            let mode: usize = digits.parse().map_err(|_| "a mode is missing")?;
            TreeNode { modes: vec![mode.checked_sub(1).ok_or("modes are counted from one")?], children: None }
        };
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }
}

/// Ranks of every node of a tree, with what they cost and lose.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeShape {
    /// One for each node; one at the root.
    pub ranks: Vec<usize>,
    /// Σ leaves n·r + Σ other nodes r·r_left·r_right.
    pub size: usize,
    /// Σ of the losses of all nodes below the root, its two children counted once.
    pub loss: f64,
}

/// One way to fill a subtree: what it costs and loses, and the choices below that make it.
#[derive(Clone, Debug)]
struct Choice {
    cost: usize,
    loss: f64,
    /// Rank and number of the choice of the left and the right child.
    left: (usize, usize),
    right: (usize, usize),
}

/// Most ranks of a node that are tried; longer modes are tried on a grid that grows by steps.
const MOST_RANKS: usize = 48;

/// Whether every rank of every node is tried.
pub fn tree_is_exact(losses: &[Vec<f64>]) -> bool {
    losses.iter().all(|losses| losses.len() - 1 <= MOST_RANKS)
}

/// The ranks of a tree of the least loss within a budget: from the leaves up, every node keeps, for each of its ranks, the
/// choices below it that none beats in both cost and loss. `losses[t][r]` is the energy of node t beyond rank r; `lengths`
/// are those of the modes. None where not even ranks of one fit.
pub fn best_tree_shape(
    tree: &DimensionTree,
    lengths: &[usize],
    losses: &[Vec<f64>],
    budget: usize,
) -> Option<TreeShape> {
    let root = tree.nodes.len() - 1;
    let (left, right) = tree.nodes[root].children?;
    let grids: Vec<Vec<usize>> = losses.iter().map(|losses| grid(losses.len() - 1)).collect();
    let mut fronts: Vec<Vec<Vec<Choice>>> = Vec::with_capacity(tree.nodes.len());
    for (index, node) in tree.nodes[..root].iter().enumerate() {
        // The root's children cut the same matrix: its loss is counted for the left one.
        let loss_of = |rank: usize| if index == right { 0.0 } else { losses[index][rank] };
        let mut own = vec![Vec::new(); losses[index].len()];
        for &rank in &grids[index] {
            own[rank] = match node.children {
                None => vec![Choice {
                    cost: lengths[node.modes[0]].saturating_mul(rank),
                    loss: loss_of(rank),
                    left: (0, 0),
                    right: (0, 0),
                }],
                Some(children) => joined(&fronts, &grids, children, rank, loss_of(rank), budget),
            };
            own[rank].retain(|choice| choice.cost <= budget);
        }
        fronts.push(own);
    }
    let mut best: Option<Choice> = None;
    for &rank in grids[left].iter().filter(|rank| grids[right].contains(rank)) {
        for (i, one) in fronts[left][rank].iter().enumerate() {
            for (j, other) in fronts[right][rank].iter().enumerate() {
                let cost = one.cost + other.cost + rank * rank;
                let loss = one.loss + other.loss;
                if cost <= budget && best.as_ref().is_none_or(|known| loss < known.loss) {
                    best = Some(Choice { cost, loss, left: (rank, i), right: (rank, j) });
                }
            }
        }
    }
    let best = best?;
    let mut ranks = vec![1; tree.nodes.len()];
    let mut open = vec![(left, best.left), (right, best.right)];
    while let Some((node, (rank, number))) = open.pop() {
        ranks[node] = rank;
        if let Some((left, right)) = tree.nodes[node].children {
            let choice = &fronts[node][rank][number];
            open.extend([(left, choice.left), (right, choice.right)]);
        }
    }
    Some(TreeShape { ranks, size: best.cost, loss: best.loss })
}

/// The choices of a node of one rank that are not beaten.
fn joined(
    fronts: &[Vec<Vec<Choice>>],
    grids: &[Vec<usize>],
    (left, right): (usize, usize),
    rank: usize,
    loss: f64,
    budget: usize,
) -> Vec<Choice> {
    let mut all = Vec::new();
    for &a in &grids[left] {
        for &b in grids[right].iter().filter(|&&b| a * b >= rank) {
            let own = a * b * rank;
            for (i, one) in fronts[left][a].iter().enumerate() {
                for (j, other) in fronts[right][b].iter().enumerate() {
                    let cost = one.cost + other.cost + own;
                    if cost <= budget {
                        all.push(Choice {
                            cost,
                            loss: loss + one.loss + other.loss,
                            left: (a, i),
                            right: (b, j),
                        });
                    }
                }
            }
        }
    }
    all.sort_by(|x, y| x.cost.cmp(&y.cost).then(x.loss.total_cmp(&y.loss)));
    let mut least = f64::INFINITY;
    all.retain(|choice| {
        let better = choice.loss < least;
        least = least.min(choice.loss);
        better
    });
    all
}

/// Every rank up to a bound, beyond it a grid of growing steps that ends with the largest.
fn grid(largest: usize) -> Vec<usize> {
    if largest <= MOST_RANKS {
        return (1..=largest).collect();
    }
    let half = MOST_RANKS / 2;
    let ratio = (largest as f64 / half as f64).powf(1.0 / (MOST_RANKS - half) as f64);
    let mut ranks: Vec<usize> = (1..=half).collect();
    ranks
        .extend((1..=MOST_RANKS - half).map(|step| (half as f64 * ratio.powi(step as i32)).round() as usize));
    ranks.dedup();
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    #[test]
    fn trees_are_read_and_nonsense_is_refused() {
        let tree = DimensionTree::parse(" ((1, 2), 3) ", 3).unwrap();
        assert_eq!(tree.nodes.len(), 5);
        assert_eq!(tree.root().modes, [0, 1, 2]);
        assert_eq!(tree.nodes[2].modes, [0, 1]);
        for (text, word) in [
            ("((1,2),2)", "missing"),
            ("((1,2),3", "bracket"),
            ("(1,2)", "mode 3 is missing"),
            ("((1,2),(3,4))", "no such mode"),
            ("((1,2)3)", "comma"),
            ("((0,2),3)", "from one"),
            ("", "missing"),
            ("((1,2),3)x", "follows"),
        ] {
            let error = DimensionTree::parse(text, 3).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn random_trees_agree_with_brute_force() {
        let mut random = Random::new(77, 0);
        for case in 0..150 {
            let text = ["((1,2),3)", "((1,2),(3,4))", "(((1,2),3),4)", "(1,(2,3))"][case % 4];
            let modes = text.matches(|symbol: char| symbol.is_ascii_digit()).count();
            let tree = DimensionTree::parse(text, modes).unwrap();
            let lengths: Vec<usize> = (0..modes).map(|_| 2 + random.below(4)).collect();
            let losses: Vec<Vec<f64>> = tree
                .nodes
                .iter()
                .map(|node| {
                    let largest = if node.children.is_none() { lengths[node.modes[0]].min(3) } else { 3 };
                    let mut losses = vec![0.0; largest + 1];
                    for rank in (0..largest).rev() {
                        losses[rank] = losses[rank + 1] + random.uniform().powi(3);
                    }
                    losses
                })
                .collect();
            let budget = 10 + random.below(60);
            let root = tree.nodes.len() - 1;
            let (left, right) = tree.nodes[root].children.unwrap();
            let mut least = f64::INFINITY;
            let mut ranks = vec![1; tree.nodes.len()];
            loop {
                let fits = tree.nodes.iter().enumerate().all(|(index, node)| {
                    node.children.is_none_or(|(a, b)| ranks[a] * ranks[b] >= ranks[index])
                }) && ranks[left] == ranks[right];
                let size: usize = tree
                    .nodes
                    .iter()
                    .enumerate()
                    .map(|(index, node)| match node.children {
                        None => lengths[node.modes[0]] * ranks[index],
                        Some((a, b)) => ranks[a] * ranks[b] * ranks[index],
                    })
                    .sum();
                if fits && size <= budget {
                    let loss: f64 =
                        (0..root).filter(|&node| node != right).map(|node| losses[node][ranks[node]]).sum();
                    least = least.min(loss);
                }
                let Some(node) = (0..root).rev().find(|&node| ranks[node] + 1 < losses[node].len()) else {
                    break;
                };
                ranks[node] += 1;
                ranks[node + 1..].fill(1);
            }
            match best_tree_shape(&tree, &lengths, &losses, budget) {
                Some(shape) => {
                    assert!(shape.size <= budget);
                    assert!((shape.loss - least).abs() < 1e-12, "case {case} {text}: {} {least}", shape.loss);
                }
                None => assert!(least.is_infinite(), "case {case}"),
            }
        }
    }
}
