//! Taking a listing back, and bringing it back.

use std::collections::HashSet;

use super::{Directory, Error, Result, settle};
use crate::{
    domain::{
        entry::{Entry, Standing},
        id::{Id, kind},
        organization::Organization,
        service::Service,
    },
    store::{Audit, Kept, Tx},
};

impl Directory {
    /// Withdraws or restores a listing. Readers of this process do not see a withdrawn one from the
    /// moment this returns.
    ///
    /// An organisation's services stay as they are; what they show of it goes.
    ///
    /// # Errors
    /// [`Error::Missing`] when no service or organisation has the id, [`Error::Gone`] when it was retired to protect
    /// a place, [`Error::Store`].
    pub async fn set_standing(&self, id: &str, standing: Standing, actor: &str) -> Result<()> {
        let service: Id<kind::Service> = id.parse().map_err(|_| Error::Missing)?;
        let organization = service.cast::<kind::Organization>();
        let mut tx = self.store.begin().await?;
        let mut touched = settle::Touched::default();
        if self.set::<Service>(&mut tx, service, standing).await? {
            touched.services = HashSet::from([service]);
        } else if self.set::<Organization>(&mut tx, organization, standing).await? {
            touched.organizations = HashSet::from([organization]);
        } else {
            return Err(Error::Missing);
        }
        let lines = settle::lines(&mut tx, &touched).await?;
        let action = match standing {
            Standing::Published => "restore",
            Standing::Withdrawn | Standing::Retired => "withdraw",
        };
        let detail = serde_json::json!({ "listings": lines.len() });
        let audit =
            Audit { at: self.clock.now(), actor: actor.to_owned(), action, subject: Some(service.to_string()), detail };
        let committed = tx.commit(audit, &lines).await?;
        for line in lines.iter().filter(|line| line.digest.is_none()) {
            self.view.hide(&line.listing.id, committed.sequence);
        }
        Ok(())
    }

    /// Sets the standing of one entry; whether there is such an entry.
    pub(super) async fn set<T: Kept>(&self, tx: &mut Tx, id: Id<T::Kind>, standing: Standing) -> Result<bool> {
        let mut found: Vec<Entry<T>> = tx.get::<T>(&[id]).await?;
        if found.iter().any(|entry| entry.standing == Standing::Retired) {
            return Err(Error::Gone);
        }
        let known = !found.is_empty();
        found.retain(|entry| entry.standing != standing);
        for entry in &mut found {
            entry.standing = standing;
            entry.revision += 1;
            entry.changed = self.clock.now();
        }
        tx.put(&found).await?;
        Ok(known)
    }
}
