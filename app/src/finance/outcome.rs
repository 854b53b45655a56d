//! What became of a webhook, in words. It is kept as a code; one that is not known here is shown as it is.

use super::refunds::reason_text;
use crate::i18n::{Text, refund_status_text, t, text, tf};
use domain::payment::{RefundReason, RefundStatus};

fn known(outcome: &str) -> Option<Text> {
    use text::finance as f;
    Some(match outcome {
        "settled" => f::BECAME_SETTLED,
        "closed as expired" => f::BECAME_EXPIRED,
        "checked" => f::BECAME_CHECKED,
        "disputed" => f::BECAME_DISPUTED,
        "nothing" => f::BECAME_NOTHING,
        "duplicate" => f::BECAME_DUPLICATE,
        "unknown reference" => f::BECAME_UNKNOWN_REFERENCE,
        "another gateway's payment" => f::BECAME_OTHER_GATEWAY,
        "not confirmed" => f::BECAME_NOT_CONFIRMED,
        "unknown refund" => f::BECAME_UNKNOWN_REFUND,
        "another refund" => f::BECAME_OTHER_REFUND,
        "forged" => f::BECAME_FORGED,
        _ => return None,
    })
}

pub fn outcome_text(outcome: &str) -> String {
    use text::finance as f;
    if let Some(words) = known(outcome) {
        return t(words).to_owned();
    }
    if let Some(status) = outcome.strip_prefix("refund ").and_then(|status| status.parse::<RefundStatus>().ok()) {
        return tf(f::BECAME_REFUND, &[("status", &t(refund_status_text(status)))]);
    }
    if let Ok(reason) = outcome.parse::<RefundReason>() {
        return tf(f::BECAME_OWED, &[("reason", &t(reason_text(reason)))]);
    }
    let with_cause = [("not understood: ", f::BECAME_NOT_UNDERSTOOD), ("failed: ", f::BECAME_ERROR)];
    let told = with_cause.into_iter().find_map(|(code, words)| Some(tf(words, &[("cause", &outcome.strip_prefix(code)?)])));
    told.unwrap_or_else(|| outcome.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_said_in_words() {
        assert_eq!(outcome_text("unknown reference"), "Pembayaran tidak dikenal");
        assert_eq!(outcome_text("refund succeeded"), "Pengembalian dana: Selesai");
        assert_eq!(outcome_text("double_payment"), "Uang harus dikembalikan: Dibayar dua kali");
        assert_eq!(outcome_text("not understood: reference"), "Isinya tidak dipahami: reference");
        assert_eq!(outcome_text("something new"), "something new");
        assert_eq!(outcome_text("refund lost"), "refund lost");
    }
}
