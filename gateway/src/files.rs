//! Where pictures are kept. S3-compatible storage plugs in here, too.

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use service::{Error, Result};
use std::path::Path;
use std::sync::Arc;

/// A local folder, made when missing.
pub fn local(folder: &Path) -> Result<Arc<dyn ObjectStore>> {
    let failed = |error: &dyn std::fmt::Display| Error::port("files", format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(|e| failed(&e))?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(|e| failed(&e))?))
}
