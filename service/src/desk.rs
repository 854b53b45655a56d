//! The desk: buyers' proofs of transfer, and the agents who decide on them.

mod claim;
mod decide;
mod duplicate;
mod figures;
mod file;
mod queue;
mod submit;
mod transfer;

pub use claim::{claim, claim_next, release};
pub(crate) use decide::approve_in;
pub use decide::{approve, reject};
pub use figures::figures;
pub(crate) use figures::{Deed, LOOK_BACK, summarize};
pub use file::{File, MAX_BYTES, of_desk as desk_file, of_payment as proof_file, of_proof as desk_proof_file};
pub(crate) use file::{forget as forget_file, keep as keep_file, keep_text, read_key as read_file};
pub use queue::{find, list};
pub use submit::submit;
pub(crate) use submit::{latest as latest_proof, waiting as waiting_proof, write as write_proof};
pub(crate) use transfer::{assign as assign_transfer, view as transfer_view};
