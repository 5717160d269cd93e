use filigree_core::{Error, Observer};

use super::golub_kahan::GolubKahan;
use super::{Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams, drive};
use crate::{Scalar, vector};

/// Least squares like LSQR, but what falls monotonically is ‖Aᴴ r‖, as MINRES on the normal equations would have it; so
/// it may be stopped earlier. Takes no preconditioner. Converged means the same as for LSQR.
///
/// Fong & Saunders, "LSMR: an iterative algorithm for sparse least-squares problems", SIAM J. Sci. Comput. 33(5), 2011.
pub fn solve<S: Scalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    let problem = Problem { preconditioner: None, ..*problem };
    drive(&problem, params, &mut Lsmr::new(&problem), observer)
}

struct Lsmr<S> {
    bidiagonal: GolubKahan<S>,
    h: Vec<S>,
    h_bar: Vec<S>,
}

impl<S: Scalar> Lsmr<S> {
    fn new(problem: &Problem<'_, S>) -> Self {
        let zeros = || vec![S::ZERO; problem.operator.columns()];
        Self { bidiagonal: GolubKahan::of(problem), h: zeros(), h_bar: zeros() }
    }
}

impl<S: Scalar> Segment<S> for Lsmr<S> {
    fn name(&self) -> String {
        "LSMR".to_owned()
    }

    fn least_squares(&self) -> bool {
        true
    }

    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        let Self { bidiagonal, h, h_bar } = self;
        let tolerance = monitor.params.relative_tolerance;
        bidiagonal.start(r, monitor);
        if bidiagonal.alpha == 0.0 {
            // Aᴴ r = 0: x is the least-squares solution already.
            return SegmentEnd::LeastSquares(1.0);
        }
        h.copy_from_slice(&bidiagonal.v);
        h_bar.fill(S::ZERO);
        let mut alpha_bar = bidiagonal.alpha;
        let mut zeta_bar = bidiagonal.alpha * bidiagonal.beta;
        let (mut rho, mut rho_bar, mut cosine_bar, mut sine_bar) = (1.0, 1.0, 1.0, 0.0);
        let mut norm = ResidualNorm::start(bidiagonal.beta);
        loop {
            bidiagonal.step(monitor);
            let old_rho = rho;
            rho = alpha_bar.hypot(bidiagonal.beta);
            let (cosine, sine) = (alpha_bar / rho, bidiagonal.beta / rho);
            let theta = sine * bidiagonal.alpha;
            alpha_bar = cosine * bidiagonal.alpha;

            let old_rho_bar = rho_bar;
            let theta_bar = sine_bar * rho;
            let carried = cosine_bar * rho;
            rho_bar = carried.hypot(theta);
            cosine_bar = carried / rho_bar;
            sine_bar = theta / rho_bar;
            let zeta = cosine_bar * zeta_bar;
            zeta_bar *= -sine_bar;

            vector::xpby(h, S::from_real(-theta_bar * rho / (old_rho * old_rho_bar)), h_bar);
            vector::axpy(S::from_real(zeta / (rho * rho_bar)), h_bar, x);
            vector::xpby(&bidiagonal.v, S::from_real(-theta / rho), h);

            let residual = norm.step(cosine, sine, theta_bar, rho_bar, zeta);
            if let Some(end) = monitor.step(residual, x) {
                return end;
            }
            if zeta_bar.abs() <= tolerance * bidiagonal.norm * residual || theta == 0.0 {
                return SegmentEnd::LeastSquares(bidiagonal.norm);
            }
        }
    }

    fn memory_bytes(&self) -> u64 {
        self.bidiagonal.memory_bytes() + 2 * (self.h.len() * size_of::<S>()) as u64
    }
}

/// The recurrence of ‖r‖ (Fong & Saunders, section 5.1).
struct ResidualNorm {
    beta_top: f64,
    beta_dot: f64,
    rho_dot: f64,
    tau: f64,
    theta: f64,
    zeta: f64,
}

impl ResidualNorm {
    fn start(beta: f64) -> Self {
        Self { beta_top: beta, beta_dot: 0.0, rho_dot: 1.0, tau: 0.0, theta: 0.0, zeta: 0.0 }
    }

    /// ‖r‖ after one more step.
    fn step(&mut self, cosine: f64, sine: f64, theta_bar: f64, rho_bar: f64, zeta: f64) -> f64 {
        let beta_hat = cosine * self.beta_top;
        self.beta_top *= -sine;
        // The rotation that takes the upper bidiagonal factor back.
        let old_theta = self.theta;
        let rho_tilde = self.rho_dot.hypot(theta_bar);
        let (cosine_tilde, sine_tilde) = (self.rho_dot / rho_tilde, theta_bar / rho_tilde);
        self.theta = sine_tilde * rho_bar;
        self.rho_dot = cosine_tilde * rho_bar;
        self.beta_dot = -sine_tilde * self.beta_dot + cosine_tilde * beta_hat;
        self.tau = (self.zeta - old_theta * self.tau) / rho_tilde;
        let tau = (zeta - self.theta * self.tau) / self.rho_dot;
        self.zeta = zeta;
        (self.beta_dot - tau).hypot(self.beta_top)
    }
}
