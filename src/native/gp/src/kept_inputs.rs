use filigree_core::Error;

use crate::kernel::Kernel;
use crate::table_data::TrainingData;

impl TrainingData {
    /// A kernel over the inputs that are kept, from an expression whose numbers count all inputs of the table. Throws for
    /// one that sees an input which was left out, because it is constant over the training rows.
    pub fn kernel(&self, text: &str) -> Result<Kernel, Error> {
        let all = self.standardisation.centre.len();
        let kept = &self.standardisation.kept;
        if kept.len() == all {
            return Kernel::parse(text, self.dimensions);
        }
        // As it stands it is refused in the words of who typed it.
        Kernel::parse(text, all)?;
        let mut own = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('[') {
            let (inputs, behind) = after.split_once(']').unwrap_or((after, ""));
            let numbers: Vec<String> =
                inputs.split(',').map(|number| renumbered(number.trim(), kept)).collect::<Result<_, _>>()?;
            own += &format!("{before}[{}]", numbers.join(","));
            rest = behind;
        }
        Kernel::parse(&(own + rest), self.dimensions)
    }
}

fn renumbered(number: &str, kept: &[usize]) -> Result<String, Error> {
    let input: usize = number.parse().unwrap_or(0);
    match kept.iter().position(|&own| own + 1 == input) {
        Some(place) => Ok((place + 1).to_string()),
        None => Err(Error::parameter(
            "kernel",
            format!(
                "The kernel sees input {number}, which has the same value in every training row. Leave it out of the kernel, or hold out other rows."
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> TrainingData {
        let mut data = TrainingData::plain(vec![0.0, 1.0, 2.0, 3.0], 2, vec![0.0, 1.0], vec![1.0; 2]);
        data.standardisation.kept = vec![0, 2];
        data.standardisation.centre = vec![0.0; 3];
        data
    }

    #[test]
    fn numbers_count_the_inputs_of_the_table() {
        assert_eq!(
            data().kernel("rbf[3] * periodic[1, 3] + linear").unwrap().text(),
            "rbf[2] * periodic[1,2] + linear"
        );
        assert_eq!(data().kernel("rbf").unwrap().text(), "rbf");
    }

    #[test]
    fn an_input_that_was_left_out_is_told_by_its_number() {
        for (text, part) in
            [("rbf[2]", "sees input 2"), ("rbf[4]", "numbered 1 to 3"), ("rbf[", "numbered 1 to 3")]
        {
            let error = data().kernel(text).unwrap_err();
            assert_eq!(error.blamed_parameter(), Some("kernel"));
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
    }
}
