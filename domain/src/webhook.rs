//! What gateways sent, as finance looks at it.

use crate::id::{PaymentId, WebhookId};
use crate::macros::{states, view};
use crate::page::Cursor;
use crate::validate::Checks;
use crate::{FieldError, Result, finance};
use chrono::{DateTime, NaiveDate, Utc};

states! {
    /// What became of a webhook.
    pub enum WebhookState {
        /// Understood, and of a payment of ours; it need not have changed anything.
        Applied = "applied",
        /// Authentic, and nothing came of it: of no payment of ours, not confirmed, or failed.
        NotApplied = "not_applied",
        /// The signature did not fit.
        Forged = "forged",
    }
}

view! {
    /// A webhook in a list.
    pub struct WebhookRow {
        pub id: WebhookId,
        pub gateway: String,
        pub state: WebhookState,
        /// What became of it, or why nothing did.
        pub outcome: Option<String>,
        pub received_at: DateTime<Utc>,
    }
    pub struct WebhookView {
        pub webhook: WebhookRow,
        /// The payment of ours it speaks of, whether it was applied to it or not.
        pub payment_id: Option<PaymentId>,
        /// As it came, card numbers masked; of a forged one only the beginning.
        pub body: String,
    }
}

/// URL parameters of the list, as they come.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WebhookFilter {
    #[serde(default)]
    pub state: Option<String>,
    #[serde(default)]
    pub gateway: Option<String>,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookQuery {
    pub state: Option<WebhookState>,
    pub gateway: Option<String>,
    /// Days in Asia/Jakarta, both included.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub after: Option<Cursor<WebhookId>>,
}

impl WebhookFilter {
    /// Empty parameters count as absent.
    pub fn check(&self) -> Result<WebhookQuery> {
        let mut checks = Checks::new();
        let state = finance::present(&self.state)
            .and_then(|t| t.parse().map_err(|()| checks.add(FieldError::new("state", "unknown_value"))).ok());
        let gateway = finance::present(&self.gateway).map(|t| checks.optional_line("gateway", t, 60));
        let (from, to) = (finance::day(&mut checks, "from", &self.from), finance::day(&mut checks, "to", &self.to));
        let after = finance::present(&self.cursor)
            .and_then(|t| t.parse().map_err(|()| checks.add(FieldError::new("cursor", "unknown_value"))).ok());
        checks.finish(WebhookQuery { state, gateway, from, to, after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_what_does_not_fit() {
        let some = |text: &str| Some(text.to_owned());
        let empty = WebhookFilter { state: some(""), from: some(" "), ..Default::default() };
        assert_eq!(empty.check().map(|q| (q.state, q.from)), Ok((None, None)));
        let bad = WebhookFilter { state: some("lost"), from: some("kemarin"), cursor: some("x"), ..Default::default() };
        let bad = bad.check().unwrap_err();
        assert_eq!(bad.fields().iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["state", "from", "cursor"]);
    }
}
