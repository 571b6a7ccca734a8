//! Bytes that must go for good: what was public and is protected now is in no file of the store or of the view afterwards.
//!
//! Who protects something counts up `purges_due` in the same transaction; so a crash forgets nothing. The store is purged
//! by whoever protected, and each node's follower purges its own view, where deleted documents stay until they are merged
//! away.

use serde_json::json;

use super::{Directory, Result};
use crate::store::{Audit, Purged};

impl Directory {
    /// Makes bytes of what is protected now go, also where none were known to be left. The view follows: call
    /// [`Directory::bring_up_to_date`], or wait until its holder has.
    ///
    /// # Errors
    /// When the store fails, or others kept it busy all the while; then it stays due.
    pub async fn purge(&self, actor: &str) -> Result<Purged> {
        let mut tx = self.store.begin().await?;
        tx.want_purge().await?;
        let actor = actor.to_owned();
        let audit = Audit { at: self.clock.now(), actor, action: "purge", subject: None, detail: json!({}) };
        tx.commit(audit, &[]).await?;
        Ok(self.store.purge().await?)
    }

    /// The same if something was protected since the last time; whether it was.
    pub(super) async fn purge_if_due(&self) -> Result<bool> {
        let due = self.store.is_purge_due().await?;
        if due {
            self.store.purge().await?;
        }
        Ok(due)
    }

    /// Merges away what the view still holds of it. The caller holds the folder's lock and has followed the log.
    pub(super) async fn purge_view(&self) -> Result<()> {
        let (Some(due), Some(generation)) = (self.view.purge_due(), self.view.generation()) else { return Ok(()) };
        tokio::task::spawn_blocking(move || generation.index.optimise()).await??;
        self.view.has_purged(due)?;
        tracing::info!("purged the published view");
        Ok(())
    }
}
