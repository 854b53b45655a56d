//! What a job says it did, in the reader's words.

use crate::i18n::{Text, t, text, tf};

/// Words that are not known stay: what failed is named as in the log.
pub fn outcome_text(said: &str) -> String {
    said.split(", ").map(part_text).collect::<Vec<_>>().join(", ")
}

fn part_text(said: &str) -> String {
    match said {
        "nothing removed" => return t(text::admin::NOTHING_REMOVED).to_string(),
        "stock and money books are balanced" => return t(text::admin::BOOKS_BALANCED).to_string(),
        "alarm was given before" => return t(text::admin::ALARM_GIVEN).to_string(),
        _ => {}
    }
    if let Some(reference) = said.strip_prefix("reference ") {
        return tf(text::admin::ALARM_REFERENCE, &[("reference", &reference)]);
    }
    let Some((count, what)) = said.split_once(' ').filter(|(count, _)| count.parse::<u64>().is_ok()) else {
        return said.to_owned();
    };
    if let Some(names) = what.strip_prefix("failed: ") {
        return tf(text::admin::DONE_FAILED, &[("n", &count), ("names", &names)]);
    }
    let (what, is_removed) = what.strip_suffix(" removed").map_or((what, false), |what| (what, true));
    let Some(words) = known(what) else { return said.to_owned() };
    let words = tf(words, &[("n", &count)]);
    if is_removed { tf(text::admin::REMOVED, &[("what", &words)]) } else { words }
}

fn known(what: &str) -> Option<Text> {
    Some(match what {
        "reports requested" => text::admin::DONE_REPORTS,
        "payments expired" => text::admin::DONE_EXPIRED,
        "orders completed" => text::admin::DONE_COMPLETED,
        "buyers reminded" => text::admin::DONE_REMINDED,
        "payments changed" => text::admin::DONE_RECONCILED,
        "buyers invited" => text::admin::DONE_INVITED,
        "disagreements" => text::admin::DONE_DISAGREEMENTS,
        "idempotency keys" => text::admin::PART_IDEMPOTENCY_KEYS,
        "guest carts" => text::admin::PART_GUEST_CARTS,
        "refresh tokens" => text::admin::PART_REFRESH_TOKENS,
        "sessions" => text::admin::PART_SESSIONS,
        "links" => text::admin::PART_LINKS,
        "job runs" => text::admin::PART_JOB_RUNS,
        "forged webhooks" => text::admin::PART_FORGED_WEBHOOKS,
        "events" => text::admin::PART_EVENTS,
        "texts of letters" => text::admin::PART_LETTERS,
        "queued jobs" => text::admin::PART_QUEUED_JOBS,
        _ => return None,
    })
}
