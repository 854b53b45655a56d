//! What is kept in memory of the catalogue. Every transaction this process commits ends the shown
//! pages and products at once; another node's change shows here at the latest when an entry ends
//! (docs/adr/0008).

use super::category::Tree;
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

    /// The kept answer, or the one that `read` gives now. The generation is noted before reading: a
    /// commit meanwhile leaves an entry that nobody will ask for.
    pub async fn get(&self, key: K, read: impl Future<Output = crate::Result<V>>) -> crate::Result<V> {
        let key = (self.generation.load(Ordering::Acquire), key);
        if let Some(kept) = self.entries.get(&key).await {
            return Ok(V::clone(&kept));
        }
        let value = read.await?;
        self.entries.insert(key, Arc::new(value.clone())).await;
        Ok(value)
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
}
