//! What is kept in memory of the catalogue. Every transaction this process commits ends the shown
//! pages and products at once; another node's change shows here at the latest when an entry ends
//! (docs/adr/0008).

use super::category::Tree;
use crate::{Error, Result};
use domain::catalog::{ProductCard, ProductView, SearchQuery};
use domain::review::{RatingSummary, ReviewView};
use domain::{Locale, Page, PageRequest};
use moka::future::Cache as Store;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long another node's change may stay unseen.
const SHOWN: Duration = Duration::from_secs(2);

pub(crate) struct Cache {
    pub categories: Store<(), Arc<Tree>>,
    pub pages: Shown<SearchQuery, Page<ProductCard>>,
    pub products: Shown<(Locale, String), ProductView>,
    pub related: Shown<(String, u64), Vec<ProductCard>>,
    pub ratings: Shown<String, RatingSummary>,
    pub reviews: Shown<(String, PageRequest), Page<ReviewView>>,
    generation: Arc<AtomicU64>,
}

impl Default for Cache {
    fn default() -> Self {
        let generation = Arc::<AtomicU64>::default();
        Self {
            categories: Store::builder().max_capacity(1).time_to_live(Duration::from_secs(60)).build(),
            pages: Shown::new(500, &generation),
            products: Shown::new(2_000, &generation),
            related: Shown::new(1_000, &generation),
            ratings: Shown::new(1_000, &generation),
            reviews: Shown::new(1_000, &generation),
            generation,
        }
    }
}

impl Cache {
    /// Something was committed: what was read before is not shown any more.
    pub fn end_shown(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}

/// Answers that hold until the next commit.
pub(crate) struct Shown<K, V> {
    entries: Store<(u64, K), Arc<V>>,
    generation: Arc<AtomicU64>,
}

impl<K, V> Shown<K, V>
where
    K: std::hash::Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn new(capacity: u64, generation: &Arc<AtomicU64>) -> Self {
        let entries = Store::builder().max_capacity(capacity).time_to_live(SHOWN).build();
        Self { entries, generation: generation.clone() }
    }

    /// The kept answer, or the one that `read` gives now; of many who ask at once, one reads. The
    /// generation is noted before reading: a commit meanwhile leaves an entry that nobody will ask for.
    pub async fn get(&self, key: K, read: impl Future<Output = Result<V>>) -> Result<V> {
        let key = (self.generation.load(Ordering::Acquire), key);
        let kept = self.entries.try_get_with(key, async { read.await.map(Arc::new) }).await;
        kept.map(|value| V::clone(&value)).map_err(|error| Arc::try_unwrap(error).unwrap_or_else(|shared| again(&shared)))
    }
}

/// An error that several get.
fn again(shared: &Error) -> Error {
    match shared {
        Error::Domain(refusal) => Error::Domain(refusal.clone()),
        fault => Error::fault(fault.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_holds_until_the_next_commit() {
        let generation = Arc::<AtomicU64>::default();
        let shown = Shown::<&str, i32>::new(10, &generation);
        assert_eq!(shown.get("a", async { Ok(1) }).await.unwrap(), 1);
        assert_eq!(shown.get("a", async { Ok(2) }).await.unwrap(), 1);
        generation.fetch_add(1, Ordering::AcqRel);
        assert_eq!(shown.get("a", async { Ok(3) }).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn what_was_read_before_a_commit_is_not_kept_after_it() {
        let generation = Arc::<AtomicU64>::default();
        let shown = Shown::<&str, i32>::new(10, &generation);
        let read = async {
            generation.fetch_add(1, Ordering::AcqRel);
            Ok(1)
        };
        shown.get("a", read).await.unwrap();
        assert_eq!(shown.get("a", async { Ok(2) }).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn of_many_who_ask_at_once_one_reads() {
        let shown = &Shown::<&str, i32>::new(10, &Arc::default());
        let reads = &AtomicU64::new(0);
        let ask = |answer: fn() -> Result<i32>| async move {
            let read = async {
                reads.fetch_add(1, Ordering::AcqRel);
                tokio::task::yield_now().await;
                answer()
            };
            shown.get("a", read).await
        };
        // A refusal reaches all of them, and is not kept.
        let refused = futures::future::join_all((0..20).map(|_| ask(|| Err(domain::Error::Forbidden.into())))).await;
        assert!(refused.into_iter().all(|r| matches!(r, Err(Error::Domain(domain::Error::Forbidden)))));
        assert_eq!(reads.swap(0, Ordering::AcqRel), 1);
        let found = futures::future::join_all((0..20).map(|_| ask(|| Ok(7)))).await;
        assert!(found.into_iter().all(|r| r.unwrap() == 7));
        assert_eq!(reads.load(Ordering::Acquire), 1);
    }
}
