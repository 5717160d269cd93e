use filigree_core::Error;

use crate::vca_params::check_endmembers;

/// Which of the restarts that fit about as well as the best one is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartRule {
    /// The one whose archetypes span the largest volume.
    LargestVolume,
    /// The one whose most alike pair of archetypes has the lowest correlation: the rule of the paper.
    LowestCoherence,
    /// The one that fits best, whatever its archetypes.
    BestFit,
}

/// Parameters of entropic descent archetypal analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct EdaaParams {
    /// p, 2 to 64 and at most the number of kept bands.
    pub endmembers: usize,
    /// T: rounds of updates of abundances and archetypes in turn.
    pub rounds: usize,
    /// K₁: updates of the abundances in a round.
    pub abundance_steps: usize,
    /// K₂: updates of the archetypes in a round.
    pub archetype_steps: usize,
    /// M: restarts, each with a random start and a random step size.
    pub restarts: usize,
    /// Which restart is kept.
    pub rule: RestartRule,
    /// By how much, relative to itself, a restart may fit worse than the best one and still be kept.
    pub fit_tolerance: f64,
}

impl Default for EdaaParams {
    fn default() -> Self {
        Self {
            endmembers: 3,
            rounds: 25,
            abundance_steps: 20,
            archetype_steps: 20,
            restarts: 50,
            rule: RestartRule::LargestVolume,
            fit_tolerance: 0.05,
        }
    }
}

impl EdaaParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_endmembers(self.endmembers)?;
        let counts = [
            ("rounds", "rounds", self.rounds, 100_000),
            ("abundanceSteps", "steps of the abundances", self.abundance_steps, 1000),
            ("archetypeSteps", "steps of the archetypes", self.archetype_steps, 1000),
            ("restarts", "restarts", self.restarts, 1000),
        ];
        for (parameter, title, value, most) in counts {
            if !(1..=most).contains(&value) {
                return Err(Error::parameter(
                    parameter,
                    format!("{value} {title} were asked for; choose 1 to {most}."),
                ));
            }
        }
        if !(0.0..1.0).contains(&self.fit_tolerance) {
            return Err(Error::parameter(
                "fitTolerance",
                format!(
                    "The tolerance of the fit is {}; it must be at least 0 and below 1. 0.05 is a good value.",
                    self.fit_tolerance
                ),
            ));
        }
        Ok(())
    }
}
