//! Emails: what an event makes us write, to whom, once, in the reader's language.

mod compose;
mod failed;
mod layout;
mod letter;
mod log;
mod outbox;
mod preference;
mod report;
mod sample;
mod security;
mod send;
mod texts;
mod value;

pub use failed::{failed_events, retry_all_events, retry_event};
pub use log::sent_mail;
pub use outbox::{MAX_ATTEMPTS, claim_due, finish, in_hand, keep, mark_dispatched, open_event, open_until, record_failure, take};
pub use preference::{Subscription, preferences, set_preference, subscription, unsubscribe};
pub use report::request_weekly_reports;
pub use sample::{Preview, preview};

use crate::event::Event;
use crate::{Ctx, Error, Result, identity, job, payment};
use domain::id::{EventId, LinkId};
use domain::identity::LinkPurpose;

/// Handles an event of the outbox: carries out what it asks for, writes its letters (once per cause,
/// kind and reader) and sends what is unsent. A letter that cannot be sent does not stop the others.
/// Safe to repeat.
pub async fn handle(ctx: &Ctx, id: EventId, event: &Event) -> Result<()> {
    match event {
        Event::ChargeEnded { charge } => payment::cancel_charge(ctx, charge).await?,
        Event::RefundRequested { refund } => payment::execute_refund(ctx, *refund).await?,
        Event::EmailVerificationRequested { link, email } => {
            identity::issue_link(ctx, LinkPurpose::VerifyEmail, *link, email).await?;
        }
        // The link is the event's own.
        Event::RegistrationRepeated { email } => identity::reopen(ctx, LinkId(id.0), email).await?,
        Event::PasswordResetRequested { link, email } => {
            identity::issue_link(ctx, LinkPurpose::ResetPassword, *link, email).await?;
        }
        Event::JobRequested { job, tick } => job::run_requested(ctx, job, tick).await?,
        _ => {}
    }
    let mut failed: Option<Error> = None;
    let mut keys = vec![];
    for letter in compose::letters(ctx, id, event).await? {
        let key = letter.key.clone().unwrap_or_else(|| format!("{}:{id}:{}", letter.kind, letter.to.email));
        keys.push(key.clone());
        if let Err(error) = send::once(ctx, id, &key, &letter).await {
            // One that may still be sent decides: the event is tried again.
            if failed.as_ref().is_none_or(Error::is_final) {
                failed = Some(error);
            }
        }
    }
    send::withdraw(ctx, id, &keys).await?;
    failed.map_or(Ok(()), Err)
}
