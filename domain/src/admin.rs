//! What keeps an installation running is looked at here.

use crate::id::{AuditId, EmailId, EventId};
use crate::letter::MailState;
use crate::macros::view;
use crate::validate::Checks;
use crate::{Error, FieldError, Result};
use chrono::{DateTime, NaiveDate, Utc};

view! {
    /// An event with failed tries: given up, or to be tried again.
    pub struct FailedEvent {
        pub id: EventId,
        /// `order_paid`, `refund_requested` …
        pub kind: String,
        /// Whom or what it concerns: `refund 0199…`.
        #[serde(default)]
        pub about: String,
        pub attempts: i32,
        pub last_error: String,
        pub created_at: DateTime<Utc>,
        /// Empty when it was given up.
        pub next_try_at: Option<DateTime<Utc>>,
        /// When it was given up.
        pub dead_at: Option<DateTime<Utc>>,
    }
    /// How many events are tried again.
    pub struct Retried { pub count: u64 }
    /// A job and its latest runs.
    pub struct JobView {
        pub name: String,
        /// When it runs, as a cron expression (seconds first) in Asia/Jakarta time.
        pub schedule: String,
        pub next_at: Option<DateTime<Utc>>,
        /// Newest first.
        pub runs: Vec<JobRunView>,
    }
    pub struct JobRunView {
        pub started_at: DateTime<Utc>,
        /// Empty while it waits or runs.
        pub finished_at: Option<DateTime<Utc>>,
        pub outcome: Option<String>,
        pub is_failed: bool,
        /// Who asked for it; empty for the schedule.
        pub requested_by: Option<String>,
    }
    /// What a member of staff did.
    pub struct AuditRow {
        pub id: AuditId,
        pub at: DateTime<Utc>,
        /// Email of who did it.
        pub actor: String,
        pub actor_name: String,
        /// `proof.approve`, `job.run` …
        pub action: String,
        pub subject: String,
        pub subject_id: String,
        /// JSON text.
        pub before: String,
        /// JSON text.
        pub after: String,
    }
    /// A letter of the log: what it says is between us and its reader.
    pub struct MailRow {
        pub id: EmailId,
        pub kind: String,
        pub recipient: String,
        pub subject: String,
        pub state: MailState,
        pub attempts: i32,
        pub last_error: Option<String>,
        pub created_at: DateTime<Utc>,
        pub sent_at: Option<DateTime<Utc>>,
    }
}

/// Failed events answered at a time.
pub const FAILED_SHOWN: usize = 50;

/// Where a list of failed events goes on: `given_up.<id>` or `waiting.<id>` of the last one seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedAfter {
    pub is_given_up: bool,
    pub id: EventId,
}

impl FailedEvent {
    /// What comes after this one.
    pub fn cursor(&self) -> FailedAfter {
        FailedAfter { is_given_up: self.dead_at.is_some(), id: self.id }
    }
}

impl std::fmt::Display for FailedAfter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", if self.is_given_up { "given_up" } else { "waiting" }, self.id)
    }
}

impl FailedAfter {
    /// Reads the text of a query string; none: from the beginning.
    pub fn read(text: Option<&str>) -> Result<Option<Self>> {
        let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
        let parts = text.split_once('.').and_then(|(group, id)| Some((group, id.parse().ok()?)));
        match parts {
            Some(("given_up", id)) => Ok(Some(Self { is_given_up: true, id })),
            Some(("waiting", id)) => Ok(Some(Self { is_given_up: false, id })),
            _ => Err(Error::invalid("after", "unknown_value")),
        }
    }
}

/// What of the audit trail is asked for; every text is exact, empty means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Email of who did it.
    pub actor: Option<String>,
    pub action: Option<String>,
    /// Kind (`payment`) or kind and id (`payment:0199…`).
    pub subject: Option<String>,
    /// Days in Asia/Jakarta, both included.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl AuditFilter {
    /// Reads the texts of a query string.
    pub fn read(
        actor: Option<&str>,
        action: Option<&str>,
        subject: Option<&str>,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Self> {
        let mut checks = Checks::new();
        let mut line = |field: &str, text: Option<&str>| {
            Some(checks.optional_line(field, text.unwrap_or_default(), 200)).filter(|t| !t.is_empty())
        };
        let (actor, action, subject) = (line("actor", actor), line("action", action), line("subject", subject));
        let mut day = |field: &str, text: Option<&str>| {
            let text = text.map(str::trim).filter(|t| !t.is_empty())?;
            let day = text.parse().ok();
            checks.require(day.is_some(), field, "invalid_date");
            day
        };
        let (from, to) = (day("from", from), day("to", to));
        if matches!((from, to), (Some(from), Some(to)) if from > to) {
            checks.add(FieldError::new("to", "out_of_range"));
        }
        checks.finish(Self { actor, action, subject, from, to })
    }
}

/// `to` of a search of the mail log: a whole address, without regard to case.
pub fn recipient(text: Option<&str>) -> Result<Option<String>> {
    let mut checks = Checks::new();
    let text = checks.optional_line("recipient", text.unwrap_or_default(), 254).to_lowercase();
    checks.finish(Some(text).filter(|t| !t.is_empty()))
}

/// A state of the log, as a query string names it.
pub fn mail_state(text: Option<&str>) -> Result<Option<MailState>> {
    let text = text.map(str::trim).filter(|t| !t.is_empty());
    text.map(|t| t.parse().map_err(|()| Error::invalid("state", "unknown_value"))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_of_failed_events_is_read_as_written() {
        for is_given_up in [true, false] {
            let place = FailedAfter { is_given_up, id: EventId(uuid::Uuid::from_u128(7)) };
            assert_eq!(FailedAfter::read(Some(&place.to_string())), Ok(Some(place)));
        }
        assert_eq!(FailedAfter::read(Some(" ")), Ok(None));
        assert_eq!(FailedAfter::read(Some("dead.x")), Err(Error::invalid("after", "unknown_value")));
    }

    #[test]
    fn a_filter_names_every_field_that_does_not_fit() {
        let found = AuditFilter::read(Some("a\nb"), None, None, Some("kemarin"), Some("2026-11-21"));
        let Err(Error::Invalid(fields)) = found else { panic!("accepted") };
        let fields: Vec<_> = fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["actor", "from"]);
        let turned = AuditFilter::read(None, None, None, Some("2026-11-22"), Some("2026-11-21"));
        assert_eq!(turned, Err(Error::invalid("to", "out_of_range")));
        let any = AuditFilter::read(Some(" "), Some(""), None, None, Some(""));
        assert_eq!(any, Ok(AuditFilter::default()));
    }
}
