//! A file that is only ever appended to: a line per change, the thing as it is after it. Simulators
//! survive a restart by it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Without a file nothing is kept.
#[derive(Default)]
pub struct Journal(Option<File>);

impl Journal {
    /// What was written before, oldest first; of a thing written twice the last counts. Lines that
    /// cannot be read (the last one, after a crash) are skipped.
    pub fn open<T: DeserializeOwned>(path: Option<&Path>) -> (Vec<T>, Self) {
        let Some(path) = path else { return (vec![], Self::default()) };
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let known = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let file = match OpenOptions::new().create(true).append(true).open(path) {
            Ok(mut file) => {
                // A line cut short must not take the next one with it.
                if !text.is_empty() && !text.ends_with('\n') {
                    let _ = writeln!(file);
                }
                Some(file)
            }
            Err(error) => {
                tracing::warn!(cause = %error, "simulator's journal cannot be written");
                None
            }
        };
        (known, Self(file))
    }

    pub fn append(&mut self, entry: &impl Serialize) {
        let Some(file) = &mut self.0 else { return };
        let written = serde_json::to_string(entry).map_err(std::io::Error::other).and_then(|line| writeln!(file, "{line}"));
        if let Err(error) = written {
            tracing::warn!(cause = %error, "simulator's journal could not be written");
        }
    }
}
