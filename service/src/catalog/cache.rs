//! What is kept in memory of the catalogue. Short-lived: another node's change shows here at the
//! latest when an entry ends.

use super::category::Tree;
use moka::future::Cache as Store;
use std::sync::Arc;
use std::time::Duration;

pub(crate) struct Cache {
    pub categories: Store<(), Arc<Tree>>,
}

impl Default for Cache {
    fn default() -> Self {
        Self { categories: Store::builder().max_capacity(1).time_to_live(Duration::from_secs(60)).build() }
    }
}
