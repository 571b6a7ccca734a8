//! Taking a listing back, and bringing it back.

use std::collections::HashSet;

use super::{Directory, Error, Result, links, settle};
use crate::{
    domain::{
        entry::{Entry, Standing},
        id::{Id, kind},
        link::{Link, Side, SideKind},
        organization::Organization,
        service::Service,
    },
    store::{Audit, Kept, Tx},
};

impl Directory {
    /// Withdraws or restores a listing. Readers of this process do not see a withdrawn one from the
    /// moment this returns.
    ///
    /// An organisation's services stay as they are; what they show of it goes. The links of what is withdrawn lapse, and
    /// stay so when it is restored, until they are stated anew.
    ///
    /// # Errors
    /// [`Error::Missing`] when no service or organisation has the id, [`Error::Gone`] when it was retired to protect
    /// a place, [`Error::Store`].
    pub async fn set_standing(&self, id: &str, standing: Standing, actor: &str) -> Result<()> {
        let service: Id<kind::Service> = id.parse().map_err(|_| Error::Missing)?;
        let organization = service.cast::<kind::Organization>();
        let mut tx = self.store.begin().await?;
        let mut touched = settle::Touched::default();
        let side = if self.set::<Service>(&mut tx, service, standing).await? {
            touched.services = HashSet::from([service]);
            Side::service(service)
        } else if self.set::<Organization>(&mut tx, organization, standing).await? {
            touched.organizations = HashSet::from([organization]);
            Side::organization(organization)
        } else {
            return Err(Error::Missing);
        };
        if standing == Standing::Withdrawn {
            self.break_off(&mut tx, side).await?;
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

    /// Lets the links of a side lapse that is withdrawn: restored, it has to be asked again. The other sides lose them with
    /// this write.
    async fn break_off(&self, tx: &mut Tx, side: Side) -> Result<()> {
        let origin = match side.kind {
            SideKind::Service => tx.get::<Service>(&[side.id.cast()]).await?.pop().map(|entry| entry.origin),
            SideKind::Organization => tx.get::<Organization>(&[side.id.cast()]).await?.pop().map(|entry| entry.origin),
        };
        let Some(origin) = origin else { return Ok(()) };
        let mut links: Vec<Entry<Link>> =
            links::of_side(tx, side, origin).await?.into_iter().map(|(link, _)| link).collect();
        links.retain(|link| link.standing == Standing::Published && !link.facts.broken_off);
        for link in &mut links {
            link.facts.broken_off = true;
            link.revision += 1;
            link.changed = self.clock.now();
        }
        tx.put(&links).await?;
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
