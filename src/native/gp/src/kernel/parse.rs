use filigree_core::Error;

use super::leaf::{Family, Leaf};
use super::{KERNEL_NAMES, Node};

/// Most components of a spectral mixture.
const MOST_COMPONENTS: usize = 20;

/// Expressions nested deeper than this are a mistake.
const DEEPEST: usize = 32;

/// sum := product (`+` product)*; product := factor (`*` factor)*; factor := name | `(` sum `)`.
pub fn expression(text: &str, dimensions: usize) -> Result<Node, Error> {
    let mut reader = Reader { text, rest: text, dimensions };
    if reader.peek().is_none() {
        return Err(reader.refused("it is empty"));
    }
    let root = reader.sum(0)?;
    match reader.peek() {
        None => Ok(root),
        Some(other) => Err(reader.refused(&format!("“{other}” was not expected there"))),
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    dimensions: usize,
}

impl<'a> Reader<'a> {
    fn refused(&self, reason: &str) -> Error {
        let place = self.text.chars().count() - self.rest.chars().count() + 1;
        Error::parameter(
            "kernel",
            format!(
                "The kernel “{}” can not be read: {reason} (character {place}). Join {KERNEL_NAMES} by + and *, such as “rbf + linear” or “rbf * periodic[2]”.",
                self.text
            ),
        )
    }

    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.rest = &self.rest[wanted.len_utf8()..];
        }
        found
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        self.peek();
        let end = self.rest.find(|letter| !belongs(letter)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn sum(&mut self, depth: usize) -> Result<Node, Error> {
        if depth > DEEPEST {
            return Err(self.refused("its brackets are nested too deep"));
        }
        let mut terms = vec![self.product(depth)?];
        while self.take('+') {
            terms.push(self.product(depth)?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Node::Sum(terms) })
    }

    fn product(&mut self, depth: usize) -> Result<Node, Error> {
        let mut factors = vec![self.factor(depth)?];
        while self.take('*') || self.take('×') {
            factors.push(self.factor(depth)?);
        }
        Ok(if factors.len() == 1 { factors.remove(0) } else { Node::Product(factors) })
    }

    fn factor(&mut self, depth: usize) -> Result<Node, Error> {
        if self.take('(') {
            let inner = self.sum(depth + 1)?;
            return if self.take(')') { Ok(inner) } else { Err(self.refused("a bracket is not closed")) };
        }
        let before = self.rest;
        let name = self.word(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_' | '/'));
        let name = name.trim().to_lowercase();
        let plain: String = name.replace('é', "e").chars().filter(char::is_ascii_alphanumeric).collect();
        let family = match plain.as_str() {
            "rbf" | "se" | "gaussian" | "squaredexponential" => Family::Rbf,
            "matern12" | "exponential" => Family::Matern12,
            "matern32" => Family::Matern32,
            "matern52" => Family::Matern52,
            "rq" | "rationalquadratic" => Family::RationalQuadratic,
            "periodic" => Family::Periodic,
            "linear" => Family::Linear,
            "sm" | "spectralmixture" => Family::SpectralMixture(self.components()?),
            _ => {
                self.rest = before;
                let found = if name.is_empty() {
                    "the name of a kernel is missing".to_owned()
                } else {
                    format!("“{name}” is not a kernel")
                };
                return Err(self.refused(&found));
            }
        };
        let inputs = if self.take('[') { self.inputs()? } else { (0..self.dimensions).collect() };
        Ok(Node::Leaf(Leaf { family, inputs, scaled: true, offset: 0 }))
    }

    fn components(&mut self) -> Result<usize, Error> {
        if !self.take('(') {
            return Ok(3);
        }
        let components = self.word(|letter| letter.is_ascii_digit()).parse().unwrap_or(0);
        if !(1..=MOST_COMPONENTS).contains(&components) {
            return Err(self.refused(&format!("a spectral mixture has 1 to {MOST_COMPONENTS} components")));
        }
        if self.take(')') { Ok(components) } else { Err(self.refused("a bracket is not closed")) }
    }

    fn inputs(&mut self) -> Result<Vec<usize>, Error> {
        let mut inputs = Vec::new();
        loop {
            let number: usize = self.word(|letter| letter.is_ascii_digit()).parse().unwrap_or(0);
            if !(1..=self.dimensions).contains(&number) {
                return Err(self.refused(&format!("the inputs are numbered 1 to {}", self.dimensions)));
            }
            if inputs.contains(&(number - 1)) {
                return Err(self.refused(&format!("input {number} is named twice")));
            }
            inputs.push(number - 1);
            if self.take(']') {
                return Ok(inputs);
            }
            if !self.take(',') {
                return Err(self.refused("inputs are written as [1, 3]"));
            }
        }
    }
}
