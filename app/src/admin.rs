//! Administration: jobs, events that were given up, letters, the audit trail. Every page is a lazy
//! route.

mod api;
mod audit;
mod frame;
mod jobs;
mod mail;
mod outbox;
mod outcome;
mod sent;

pub use audit::AdminAudit;
pub use jobs::AdminJobs;
pub use mail::AdminMail;
pub use outbox::AdminOutbox;
pub use sent::AdminSent;
