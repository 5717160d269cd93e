use filigree_core::Error;

/// Unknowns a generated system may have.
const MOST_UNKNOWNS: usize = 1 << 27;

/// What holds at the sides of the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// The solution is given, nought where nothing else is said.
    Dirichlet,
    /// Nothing flows through; a constant is in the null space.
    Neumann,
    /// Opposite sides are one; a constant is in the null space.
    Periodic,
    /// The solution is given at both ends of the last axis, nothing flows through the other sides.
    Mixed,
}

impl Boundary {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Dirichlet, "dirichlet"),
        (Self::Neumann, "neumann"),
        (Self::Periodic, "periodic"),
        (Self::Mixed, "mixed"),
    ];

    /// A constant solves the homogeneous equation.
    pub fn is_singular(self) -> bool {
        matches!(self, Self::Neumann | Self::Periodic)
    }
}

/// Where unknowns lie in their cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// On vertices between two walls, the next one a whole spacing away: the classical finite-difference grid.
    Vertices,
    /// In the middle of cells that fill the domain, walls half a spacing away.
    Cells,
}

/// What lies beyond a cell in one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Neighbour {
    /// Another unknown.
    Unknown(usize),
    /// A wall where the solution is given, so many spacings away.
    Wall(f64),
    /// Nothing that anything flows to.
    Closed,
}

/// Unknowns on a grid of square or cubic cells whose longest side is one, in C order of the shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    pub shape: Vec<usize>,
    pub spacing: f64,
    pub boundary: Boundary,
    placement: Placement,
}

impl Grid {
    /// Refuses shapes that are none, or too large.
    pub fn new(
        shape: &[usize],
        dimensions: &[usize],
        boundary: Boundary,
        placement: Placement,
    ) -> Result<Self, Error> {
        let wrong = |why: String| Error::parameter("shape", why);
        if !dimensions.contains(&shape.len()) {
            let wanted: Vec<String> = dimensions.iter().map(usize::to_string).collect();
            return Err(wrong(format!(
                "The grid has {} axes; give {} numbers, unknowns along each axis.",
                shape.len(),
                wanted.join(" or ")
            )));
        }
        if let Some(&short) = shape.iter().find(|&&length| length < 2) {
            return Err(wrong(format!("An axis of the grid has {short} unknowns; it needs 2 or more.")));
        }
        let unknowns = shape.iter().try_fold(1usize, |count, &length| count.checked_mul(length));
        if unknowns.is_none_or(|count| count > MOST_UNKNOWNS) {
            return Err(wrong(format!(
                "The grid has more than the {MOST_UNKNOWNS} unknowns that are made at most. Shorten an axis."
            )));
        }
        let longest = shape.iter().copied().max().unwrap_or(1) as f64;
        let cells = if placement == Placement::Vertices { longest + 1.0 } else { longest };
        Ok(Self { shape: shape.to_vec(), spacing: 1.0 / cells, boundary, placement })
    }

    /// Vertices between walls, cells under every other boundary.
    pub fn natural(shape: &[usize], dimensions: &[usize], boundary: Boundary) -> Result<Self, Error> {
        let placement = if boundary == Boundary::Dirichlet { Placement::Vertices } else { Placement::Cells };
        Self::new(shape, dimensions, boundary, placement)
    }

    /// Number of unknowns.
    pub fn unknowns(&self) -> usize {
        self.shape.iter().product()
    }

    /// Volume (area) of a cell.
    pub fn volume(&self) -> f64 {
        self.spacing.powi(self.shape.len() as i32)
    }

    /// Area of a face divided by the distance of the unknowns on both sides.
    pub fn conductance(&self) -> f64 {
        self.spacing.powi(self.shape.len() as i32 - 2)
    }

    /// Index of an unknown along every axis; axes beyond the shape's are nought.
    pub fn index(&self, unknown: usize) -> [usize; 3] {
        let mut index = [0; 3];
        let mut rest = unknown;
        for axis in (0..self.shape.len()).rev() {
            index[axis] = rest % self.shape[axis];
            rest /= self.shape[axis];
        }
        index
    }

    /// Position along every axis.
    pub fn position(&self, unknown: usize) -> [f64; 3] {
        let offset = if self.placement == Placement::Vertices { 1.0 } else { 0.5 };
        self.index(unknown).map(|index| (index as f64 + offset) * self.spacing)
    }

    /// What lies a step down (or up) along an axis.
    pub fn neighbour(&self, unknown: usize, index: &[usize; 3], axis: usize, up: bool) -> Neighbour {
        let length = self.shape[axis];
        let stride: usize = self.shape[axis + 1..].iter().product();
        let at = index[axis];
        if up && at + 1 < length {
            return Neighbour::Unknown(unknown + stride);
        }
        if !up && at > 0 {
            return Neighbour::Unknown(unknown - stride);
        }
        let given = match self.boundary {
            Boundary::Dirichlet => true,
            Boundary::Neumann => false,
            Boundary::Mixed => axis + 1 == self.shape.len(),
            Boundary::Periodic => {
                let across = (length - 1) * stride;
                return Neighbour::Unknown(if up { unknown - across } else { unknown + across });
            }
        };
        match (given, self.placement) {
            (false, _) => Neighbour::Closed,
            (true, Placement::Vertices) => Neighbour::Wall(1.0),
            (true, Placement::Cells) => Neighbour::Wall(0.5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_and_positions_follow_the_order_of_the_shape() {
        let grid = Grid::natural(&[2, 3], &[2], Boundary::Dirichlet).unwrap();
        assert_eq!(grid.index(4), [1, 1, 0]);
        assert_eq!(grid.neighbour(4, &[1, 1, 0], 0, false), Neighbour::Unknown(1));
        assert_eq!(grid.neighbour(4, &[1, 1, 0], 1, true), Neighbour::Unknown(5));
        assert_eq!(grid.neighbour(4, &[1, 1, 0], 0, true), Neighbour::Wall(1.0));
        assert_eq!(grid.position(0)[..2], [0.25, 0.25]);
        let torus = Grid::natural(&[2, 3], &[2], Boundary::Periodic).unwrap();
        assert_eq!(torus.neighbour(5, &[1, 2, 0], 1, true), Neighbour::Unknown(3));
        let duct = Grid::natural(&[2, 3], &[2], Boundary::Mixed).unwrap();
        assert_eq!(duct.neighbour(0, &[0, 0, 0], 0, false), Neighbour::Closed);
        assert_eq!(duct.neighbour(0, &[0, 0, 0], 1, false), Neighbour::Wall(0.5));
    }

    #[test]
    fn impossible_grids_are_refused() {
        let made =
            |shape: &[usize]| Grid::natural(shape, &[2, 3], Boundary::Dirichlet).unwrap_err().to_string();
        assert!(made(&[4]).contains("give 2 or 3 numbers"));
        assert!(made(&[4, 1]).contains("2 or more"));
        assert!(made(&[usize::MAX, 2]).contains("Shorten an axis"));
    }
}
