//! What people were told.

use crate::client::Answer;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// A checkout that was acknowledged.
#[derive(Clone, Debug)]
pub struct Placed {
    pub buyer: usize,
    pub orders: Vec<String>,
    pub payment: String,
}

#[derive(Debug, Default)]
pub struct Told {
    /// By idempotency key.
    pub checkouts: BTreeMap<String, Placed>,
    /// Order number to every status that was shown.
    pub orders: BTreeMap<String, BTreeSet<String>>,
    /// Payment id to every status that was shown.
    pub payments: BTreeMap<String, BTreeSet<String>>,
    /// Payments that the gateway's page has taken money for.
    pub settled: BTreeSet<String>,
    /// Payments whose proof the desk has approved.
    pub approved: BTreeSet<String>,
    /// Refunds that finance has sent.
    pub refunds: BTreeSet<String>,
}

/// How often something was done, refused, and not answered.
type Count = [u64; 3];

#[derive(Default)]
pub struct History {
    told: Mutex<Told>,
    counts: Mutex<BTreeMap<&'static str, Count>>,
    faults: Mutex<BTreeSet<String>>,
    done: AtomicU64,
}

impl History {
    pub fn count(&self, what: &'static str, answer: &Answer) {
        let kind = match answer {
            Answer::Done(_) => 0,
            Answer::Refused(_) => 1,
            Answer::Unknown => 2,
        };
        self.counts.lock().unwrap().entry(what).or_default()[kind] += 1;
        let is_progress = kind == 0 && !matches!(what, "list" | "look" | "cart");
        self.done.fetch_add(u64::from(is_progress), Ordering::Relaxed);
    }

    /// Changes that were acknowledged.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// An answer of the 500s.
    pub fn fault(&self, text: String) {
        self.faults.lock().unwrap().insert(text.chars().take(200).collect());
    }

    pub fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap().iter().take(5).cloned().collect()
    }

    pub fn note<T>(&self, note: impl FnOnce(&mut Told) -> T) -> T {
        note(&mut self.told.lock().unwrap())
    }

    /// An order as it was shown to somebody, with its payment.
    pub fn saw_order(&self, order: &Value) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        self.note(|told| {
            if let (Some(number), Some(status)) = (text(&order["number"]), text(&order["status"])) {
                told.orders.entry(number).or_default().insert(status);
            }
            if let (Some(id), Some(status)) = (text(&order["payment"]["id"]), text(&order["payment"]["status"])) {
                told.payments.entry(id).or_default().insert(status);
            }
        });
    }

    pub fn saw_payment(&self, id: &str, status: &str) {
        self.note(|told| told.payments.entry(id.to_owned()).or_default().insert(status.to_owned()));
    }

    pub fn figures(&self) -> String {
        let counts = self.counts.lock().unwrap();
        let sum = |n: usize| counts.values().map(|c| c[n]).sum::<u64>();
        let each: Vec<String> = counts.iter().map(|(what, c)| format!("{what} {}/{}/{}", c[0], c[1], c[2])).collect();
        let told = self.told.lock().unwrap();
        format!(
            "{} operations acknowledged, {} refused, {} without an answer ({}); {} checkouts, {} orders, {} payments settled, {} approved, {} refunds by hand",
            sum(0),
            sum(1),
            sum(2),
            each.join(", "),
            told.checkouts.len(),
            told.orders.len(),
            told.settled.len(),
            told.approved.len(),
            told.refunds.len(),
        )
    }
}
