//! A circuit breaker: a gateway or mail server that fails again and again is left alone for a while.

use std::time::{Duration, Instant};

/// Failures in a row after which nobody is made to wait for it any more.
const FAILURES: u32 = 5;

pub struct Breaker {
    rest: Duration,
    failures: u32,
    open_until: Option<Instant>,
}

/// Whether a call goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    Free,
    /// It alone, to find out whether all is well again.
    Probe,
    Closed,
}

impl Breaker {
    pub const fn new(rest: Duration) -> Self {
        Self { rest, failures: 0, open_until: None }
    }

    /// A probe whose outcome nobody hears of is followed by another one after the next rest.
    pub fn admit(&mut self, now: Instant) -> Pass {
        match self.open_until {
            None => Pass::Free,
            Some(until) if until > now => Pass::Closed,
            Some(_) => {
                self.open_until = Some(now + self.rest);
                Pass::Probe
            }
        }
    }

    pub fn note(&mut self, is_good: bool, now: Instant) {
        self.failures = if is_good { 0 } else { self.failures + 1 };
        self.open_until = (self.failures >= FAILURES).then(|| now + self.rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_rest_one_call_tries_and_a_success_opens_the_way() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut breaker = Breaker::new(15 * second);
        for _ in 1..FAILURES {
            breaker.note(false, start);
            assert_eq!(breaker.admit(start), Pass::Free);
        }
        breaker.note(false, start);
        assert_eq!(breaker.admit(start + 14 * second), Pass::Closed);
        let later = start + 15 * second;
        assert_eq!((breaker.admit(later), breaker.admit(later)), (Pass::Probe, Pass::Closed), "one alone");
        breaker.note(false, later + second);
        assert_eq!(breaker.admit(later + 15 * second), Pass::Closed, "the rest begins anew");
        // A probe that was given up is not waited for for ever.
        assert_eq!(breaker.admit(later + 16 * second), Pass::Probe);
        assert_eq!(breaker.admit(later + 31 * second), Pass::Probe);
        breaker.note(true, later + 31 * second);
        assert_eq!(breaker.admit(later + 31 * second), Pass::Free);
        breaker.note(false, later);
        assert_eq!(breaker.admit(later), Pass::Free, "counting starts again");
    }
}
