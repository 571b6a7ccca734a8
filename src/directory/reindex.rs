//! Making anew, from the records, all that is derived from them: the remedy for whatever a check finds but lost records.

use super::{
    Directory, Result,
    check::agree,
    shown::{All, Shown, shown},
};
use crate::store::{Action, Audit, Line, ListingRef, Snapshot, Tx};

impl Directory {
    /// Remembers all links anew, publishes what was published otherwise than its records say, lets go of terms that no open
    /// listing bears, and builds the view. Answers how many listings and records had been published otherwise.
    ///
    /// Only the holder of the folder's lock may call this. Others may write meanwhile; the view is then behind them.
    ///
    /// # Errors
    /// When the store or the view cannot be used. What was done until then is kept.
    pub async fn reindex(&self, actor: &str) -> Result<u64> {
        self.forget_links(actor).await?;
        self.remember_links().await?;
        self.note_terms(actor).await?;
        let published = self.publish_anew(actor, All::default()).await?;
        self.let_terms_go(actor).await?;
        self.rebuild().await?;
        self.purge_if_due().await?;
        Ok(published)
    }

    /// Publishes of this walk what was published otherwise than its records say; how many there were.
    pub(super) async fn publish_anew(&self, actor: &str, mut all: All) -> Result<u64> {
        let mut published = 0;
        loop {
            let mut read = self.store.snapshot().await?;
            let Some(listings) = all.next(&mut read).await? else { return Ok(published) };
            if otherwise(&mut read, &listings).await?.is_empty() {
                continue;
            }
            drop(read);
            // What others have written since is looked at again.
            let mut tx: Tx = self.store.begin().await?;
            let lines = otherwise(&mut tx, &listings).await?;
            published += lines.len() as u64;
            let detail = serde_json::json!({ "listings": lines.len() });
            let (at, actor) = (self.clock.now(), actor.to_owned());
            let audit = Audit { at, actor, action: "reindex", subject: None, detail };
            let committed = tx.commit(audit, &lines).await?;
            for line in lines.iter().filter(|line| line.digest.is_none()) {
                self.view.hide(&line.listing.id, committed.sequence);
            }
        }
    }
}

/// Those of these listings of which the log says something else than their records.
async fn otherwise(read: &mut Snapshot, listings: &[ListingRef]) -> Result<Vec<Line>> {
    let ids: Vec<String> = listings.iter().map(|listing| listing.id.clone()).collect();
    let told = read.published(&ids).await?;
    let lines = listings.iter().zip(shown(read, listings).await?).map(|(listing, shown)| {
        let digest = shown.as_ref().map(Shown::digest);
        let action = if digest.is_some() { Action::Put } else { Action::Withdraw };
        Line { listing: listing.clone(), action, digest }
    });
    Ok(lines.filter(|line| !agree(told.get(&line.listing.id), line.digest.as_deref())).collect())
}
