//! The simulator's payments: in memory, with a journal file that is only ever appended to.

use crate::payment::sandbox::wire::CreatePayment;
use crate::simulator::journal::Journal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub id: String,
    pub request: CreatePayment,
    /// `pending`, `paid`, `failed`, `expired`.
    pub status: String,
    /// What was paid each time, rupiah; more than one is a double payment.
    #[serde(default)]
    pub paid: Vec<i64>,
    /// Refund id of the shop to ours.
    pub refunds: BTreeMap<String, (String, i64)>,
}

impl Entry {
    /// Names a fact: a second, real payment has another name, a repeated webhook has not.
    pub fn reference(&self, outcome: &str) -> String {
        format!("{}-{outcome}-{}", self.id, self.paid.len())
    }

    /// What was paid last, else what is asked for. Rupiah.
    pub fn amount(&self) -> i64 {
        self.paid.last().copied().unwrap_or(self.request.amount)
    }
}

pub(super) struct Book {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    entries: BTreeMap<String, Entry>,
    /// Our id by the shop's reference.
    references: BTreeMap<String, String>,
    journal: Journal,
}

impl Book {
    pub fn open(journal: Option<PathBuf>) -> Self {
        let (known, journal) = Journal::open(journal.as_deref());
        let mut kept = Kept { journal, ..Kept::default() };
        known.into_iter().for_each(|entry| kept.put(entry));
        Self { kept: Mutex::new(kept) }
    }

    pub fn find(&self, id: &str) -> Option<Entry> {
        self.lock().entries.get(id).cloned()
    }

    /// The payment of the shop's reference, or a new one.
    pub fn create(&self, request: CreatePayment) -> Entry {
        let mut kept = self.lock();
        let known = kept.references.get(&request.external_id).and_then(|id| kept.entries.get(id));
        if let Some(known) = known {
            return known.clone();
        }
        let id = format!("sbx_{}", uuid::Uuid::new_v4().simple());
        let entry = Entry { id, request, status: "pending".into(), paid: vec![], refunds: BTreeMap::new() };
        kept.journal.append(&entry);
        kept.put(entry.clone());
        entry
    }

    /// Changes a payment; `None` when it does not exist.
    pub fn change<T>(&self, id: &str, change: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let mut kept = self.lock();
        let entry = kept.entries.get_mut(id)?;
        let result = change(entry);
        let entry = entry.clone();
        kept.journal.append(&entry);
        Some(result)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn put(&mut self, entry: Entry) {
        self.references.insert(entry.request.external_id.clone(), entry.id.clone());
        self.entries.insert(entry.id.clone(), entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(reference: &str) -> CreatePayment {
        let value = serde_json::json!({
            "external_id": reference, "amount": 1_000, "currency": "IDR", "customer_name": "", "customer_email": "",
            "expires_at": "2026-11-22T07:00:00Z", "return_url": "", "webhook_url": "",
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_restart_finds_every_payment_as_it_was_left() {
        let folder = std::env::temp_dir().join(format!("sandbox-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("sandbox.jsonl");
        let id = {
            let book = Book::open(Some(path.clone()));
            let made = book.create(request("a"));
            assert_eq!(book.create(request("a")).id, made.id, "one payment per reference");
            book.change(&made.id, |entry| entry.status = "paid".into()).unwrap();
            made.id
        };
        // A crash in the middle of a line.
        std::fs::write(&path, format!("{}{{\"id\":\"sbx", std::fs::read_to_string(&path).unwrap())).unwrap();
        let book = Book::open(Some(path.clone()));
        assert_eq!(book.find(&id).unwrap().status, "paid");
        assert_eq!(book.create(request("a")).id, id);
        let next = book.create(request("b")).id;
        drop(book);
        assert!(Book::open(Some(path)).find(&next).is_some());
    }
}
