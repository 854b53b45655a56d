//! What came of a run.

use crate::Result;
use std::fmt::Display;

/// Failed items a run names; the log has them all.
const NAMED: usize = 5;

/// What a run did, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub text: String,
    /// Something is left for a person to look at.
    pub is_failed: bool,
}

impl From<String> for Outcome {
    fn from(text: String) -> Self {
        Self { text, is_failed: false }
    }
}

/// Items of a run, each on its own: one that fails stops no other and is counted.
#[derive(Debug, Default)]
pub struct Tally {
    done: u64,
    failed: usize,
    named: Vec<String>,
}

impl Tally {
    /// Counts an item: `true` that something was done to it.
    pub(crate) fn count(&mut self, item: impl Display, result: &Result<bool>) {
        match result {
            Ok(done) => self.done += u64::from(*done),
            Err(_) => {
                self.failed += 1;
                if self.named.len() < NAMED {
                    self.named.push(item.to_string());
                }
            }
        }
    }

    /// `2 orders completed, 1 failed: 0199…`.
    pub(super) fn outcome(&self, what: &str) -> Outcome {
        let mut text = format!("{} {what}", self.done);
        if self.failed > 0 {
            let more = if self.failed > self.named.len() { ", …" } else { "" };
            text += &format!(", {} failed: {}{more}", self.failed, self.named.join(", "));
        }
        Outcome { text, is_failed: self.failed > 0 }
    }
}

/// How many were done.
impl PartialEq<u64> for Tally {
    fn eq(&self, done: &u64) -> bool {
        self.done == *done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn items_that_fail_are_counted_and_some_named() {
        let mut tally = Tally::default();
        tally.count("a", &Ok(true));
        tally.count("b", &Ok(false));
        assert_eq!(tally.outcome("orders completed"), Outcome::from("1 orders completed".to_owned()));
        for n in 1..=7 {
            tally.count(n, &Err(Error::fault("no")));
        }
        let outcome = tally.outcome("orders completed");
        assert_eq!(outcome.text, "1 orders completed, 7 failed: 1, 2, 3, 4, 5, …");
        assert!(outcome.is_failed && tally == 1);
    }
}
