//! Remarks of the system, in the reader's language.

use super::{t, text};
use domain::order::SystemNote;

/// The remark that a note stands for; what a person wrote stays as it is.
pub fn note_text(note: String) -> String {
    use text::buying as b;
    let known = match SystemNote::read(&note) {
        Some(SystemNote::Completed) => b::NOTE_COMPLETED,
        Some(SystemNote::Unpaid) => b::NOTE_UNPAID,
        Some(SystemNote::SoldOut) => b::NOTE_SOLD_OUT,
        Some(SystemNote::ShortTransfer) => b::NOTE_SHORT_TRANSFER,
        None => return note,
    };
    t(known).to_owned()
}
