//! The log without card numbers, whoever logs what: every line passes here on its way out.

use domain::pan;
use std::io::{Result, Stderr, Write, stderr};

/// Masks card numbers in what is written.
pub struct Redacted<W>(W);

/// The console's error stream, redacted.
pub fn log() -> Redacted<Stderr> {
    Redacted(stderr())
}

impl<W: Write> Write for Redacted<W> {
    /// The subscriber hands over whole lines.
    fn write(&mut self, line: &[u8]) -> Result<usize> {
        self.0.write_all(pan::mask(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::Redacted;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(line)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_logged_card_number_is_masked() {
        let lines = Lines::default();
        let to = lines.clone();
        let log = tracing_subscriber::fmt().json().with_writer(move || Redacted(to.clone())).finish();
        tracing::subscriber::with_default(log, || tracing::error!(path = "/p/4111-1111-1111-1111", "gagal 5555555555554444"));
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("/p/4111-11**-****-1111") && text.contains("555555******4444"), "{text}");
    }
}
