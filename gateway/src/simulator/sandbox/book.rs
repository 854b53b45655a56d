//! The simulator's payments: in memory, with a journal file.

use crate::payment::sandbox::wire::CreatePayment;
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
    /// Payments made so far; more than one is a double payment.
    pub settlements: u32,
    /// Refund id of the shop to ours.
    pub refunds: BTreeMap<String, (String, i64)>,
}

pub(super) struct Book {
    entries: Mutex<BTreeMap<String, Entry>>,
    journal: Option<PathBuf>,
}

impl Book {
    /// Reads the journal; a missing or broken one is an empty book.
    pub fn open(journal: Option<PathBuf>) -> Self {
        let text = journal.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
        let entries = text.and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
        Self { entries: Mutex::new(entries), journal }
    }

    pub fn find(&self, id: &str) -> Option<Entry> {
        self.lock().get(id).cloned()
    }

    /// The payment of the shop's reference, or a new one.
    pub fn create(&self, request: CreatePayment) -> Entry {
        let mut entries = self.lock();
        if let Some(known) = entries.values().find(|e| e.request.external_id == request.external_id) {
            return known.clone();
        }
        let id = format!("sbx_{}", uuid::Uuid::new_v4().simple());
        let entry = Entry { id: id.clone(), request, status: "pending".into(), settlements: 0, refunds: BTreeMap::new() };
        entries.insert(id, entry.clone());
        self.save(&entries);
        entry
    }

    /// Changes a payment; `None` when it does not exist.
    pub fn change<T>(&self, id: &str, change: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let mut entries = self.lock();
        let result = change(entries.get_mut(id)?);
        self.save(&entries);
        Some(result)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, entries: &BTreeMap<String, Entry>) {
        let Some(path) = &self.journal else { return };
        let draft = path.with_extension("tmp");
        let written = serde_json::to_vec(entries)
            .map_err(std::io::Error::other)
            .and_then(|bytes| std::fs::write(&draft, bytes))
            .and_then(|()| std::fs::rename(&draft, path));
        if let Err(error) = written {
            tracing::warn!(cause = %error, "sandbox journal could not be written");
        }
    }
}
