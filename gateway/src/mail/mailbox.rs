//! Emails as files, `<id>.eml`: what demos and tests use instead of a mail server.

use async_trait::async_trait;
use service::port::{Mail, Mailer};
use service::{Error, Result};
use std::path::PathBuf;

pub struct Mailbox {
    folder: PathBuf,
}

impl Mailbox {
    /// The folder is made when missing.
    pub fn new(folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder).map_err(|e| Error::port("mail", format!("{}: {e}", folder.display())))?;
        Ok(Self { folder })
    }
}

#[async_trait]
impl Mailer for Mailbox {
    /// Written whole or not at all; the same email again is the same file.
    async fn send(&self, mail: &Mail) -> Result<()> {
        let bytes = super::message(mail)?.formatted();
        let target = self.folder.join(format!("{}.eml", mail.id));
        let draft = self.folder.join(format!(".{}.tmp", mail.id));
        let written = async {
            tokio::fs::write(&draft, bytes).await?;
            tokio::fs::rename(&draft, &target).await
        };
        written.await.map_err(|e| Error::port("mail", e))
    }
}
