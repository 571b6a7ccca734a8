//! Terms of sources come from open listings only: one that no published open listing bears is shown to nobody.
//!
//! What each listing bears is noted in the transaction that writes it, by what is published of it. When the last open listing
//! goes that bore a term (withdrawn, hidden, protected), so do the term and its taxonomy, with the same commit. What is made
//! private has them blanked too (`retire.rs`).

use std::collections::{BTreeSet, HashMap};

use super::{
    Directory, Result,
    check::agree,
    retire,
    settle::Touched,
    shown::{All, Shown, shown},
};
use crate::{
    domain::{
        entry::Entry,
        id::{Id, kind},
        listing::PublicListing,
        taxonomy::{Attribute, HOUSE_TAXONOMY, Taxonomy, TaxonomyTerm},
    },
    store::{Action, Audit, Borne, Line, ListingKind, ListingRef, Snapshot, Tx},
};

/// Terms that came to listings or went from them in a transaction.
#[derive(Debug, Default)]
pub struct Noted(BTreeSet<Id<kind::TaxonomyTerm>>);

impl Noted {
    /// Notes what these listings bear, as they are shown now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note(&mut self, tx: &mut Tx, of: &[ListingRef], shown: &[Option<Shown>]) -> Result<()> {
        let others = difference(tx, of, shown).await?;
        let part = |is_new: bool| others.iter().filter(move |(_, new)| *new == is_new).map(|(borne, _)| borne);
        tx.remove_borne(&part(false).collect::<Vec<_>>()).await?;
        tx.put_borne(&part(true).collect::<Vec<_>>()).await?;
        self.0.extend(others.iter().map(|((_, term), _)| *term));
        Ok(())
    }

    /// Lines for the terms, and their taxonomies, that readers see from now on or not any more. What was written has its lines.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn lines(self, tx: &mut Tx, written: &Touched) -> Result<Vec<Line>> {
        let terms: Vec<_> = self.0.into_iter().collect();
        let entries = tx.get::<TaxonomyTerm>(&terms).await?;
        let taxonomies: BTreeSet<_> = entries.iter().filter_map(|entry| entry.record.taxonomy_id).collect();
        let taxonomies = tx.present::<Taxonomy>(&taxonomies.into_iter().collect::<Vec<_>>()).await?;
        let taxonomies = taxonomies.into_iter().filter(|id| !written.taxonomies.contains(id));
        let terms = entries.iter().map(|entry| entry.record.id).filter(|id| !written.terms.contains(id));
        let refs: Vec<ListingRef> = taxonomies
            .map(|id| ListingRef::new(ListingKind::Taxonomy, id))
            .chain(terms.map(|id| ListingRef::new(ListingKind::TaxonomyTerm, id)))
            .collect();
        let keys: Vec<String> = refs.iter().map(|of| of.id.clone()).collect();
        let told = tx.published(&keys).await?;
        let shown = shown(tx, &refs).await?;
        let lines = refs.into_iter().zip(shown).map(|(listing, shown)| {
            let digest = shown.as_ref().map(Shown::digest);
            let action = if digest.is_some() { Action::Put } else { Action::Withdraw };
            Line { listing, action, digest }
        });
        Ok(lines.filter(|line| !agree(told.get(&line.listing.id), line.digest.as_deref())).collect())
    }
}

/// What is noted of these listings otherwise than they are shown; each with whether it has to be noted anew.
///
/// # Errors
/// When the store cannot be read.
pub async fn difference(read: &mut Snapshot, of: &[ListingRef], shown: &[Option<Shown>]) -> Result<Vec<(Borne, bool)>> {
    let is_listing = |of: &&ListingRef| matches!(of.kind, ListingKind::Service | ListingKind::Organization);
    let ids: Vec<String> = of.iter().filter(is_listing).map(|of| of.id.clone()).collect();
    let before = read.borne_by(&ids).await?;
    let now: BTreeSet<Borne> = (of.iter().zip(shown))
        .filter_map(|(of, shown)| match shown {
            Some(Shown::Listing(listing)) => Some(borne(listing).map(|term| (of.id.clone(), term))),
            _ => None,
        })
        .flatten()
        .collect();
    let gone = before.difference(&now).map(|borne| (borne.clone(), false));
    Ok(gone.chain(now.difference(&before).map(|borne| (borne.clone(), true))).collect())
}

/// The terms of sources that readers are shown on an open listing; of a private one none, whose terms are named anew.
fn borne(of: &PublicListing) -> impl Iterator<Item = Id<kind::TaxonomyTerm>> {
    let listing = Some(&of.listing).filter(|_| !of.is_private);
    let of_places = listing.into_iter().flat_map(|listing| &listing.places).flat_map(|place| {
        let at = place.service_at_location.iter().flat_map(|at| &at.attributes);
        at.chain(&place.location.attributes)
    });
    let of_service = listing.and_then(|listing| listing.service.as_ref()).map(|service| &service.attributes);
    let of_organization = listing.and_then(|listing| listing.organization.as_ref()).map(|own| &own.attributes);
    let own = of_service.into_iter().chain(of_organization).flatten();
    let is_of_source = |attribute: &&Attribute| {
        attribute.taxonomy_term.as_ref().is_none_or(|term| term.taxonomy.as_deref() != Some(HOUSE_TAXONOMY))
    };
    let ids = |of: &Attribute| [of.taxonomy_term_id, of.taxonomy_term.as_ref().map(|term| term.id)];
    own.chain(of_places).filter(is_of_source).flat_map(ids).flatten()
}

/// Leaves of terms and taxonomies those that an open listing bears.
///
/// # Errors
/// When the store cannot be read.
pub async fn keep_borne(
    read: &mut Snapshot,
    taxonomies: &mut HashMap<Id<kind::Taxonomy>, Entry<Taxonomy>>,
    terms: &mut HashMap<Id<kind::TaxonomyTerm>, Entry<TaxonomyTerm>>,
) -> Result<()> {
    if (taxonomies.is_empty() && terms.is_empty()) || !read.bears_made().await? {
        return Ok(());
    }
    let borne = read.borne(&terms.keys().copied().collect::<Vec<_>>()).await?;
    terms.retain(|id, _| borne.contains(id));
    let borne = read.borne_taxonomies(&taxonomies.keys().copied().collect::<Vec<_>>()).await?;
    taxonomies.retain(|id, _| borne.contains(id));
    Ok(())
}

impl Directory {
    /// Notes of all listings what they bear, some in a transaction.
    ///
    /// # Errors
    /// When the store fails. What was noted until then is kept.
    pub(super) async fn note_terms(&self, actor: &str) -> Result<()> {
        let mut all = All::default();
        loop {
            let mut read = self.store.snapshot().await?;
            let Some(listings) = all.next(&mut read).await? else { break };
            let now = shown(&mut read, &listings).await?;
            if difference(&mut read, &listings, &now).await?.is_empty() {
                continue;
            }
            drop(read);
            // What others have written since is looked at again.
            let mut tx = self.store.begin().await?;
            let now = shown(&mut tx, &listings).await?;
            Noted::default().note(&mut tx, &listings, &now).await?;
            tx.commit(self.terms_audit(actor), &[]).await?;
        }
        let mut tx = self.store.begin().await?;
        tx.say_bears_made(true).await?;
        tx.commit(self.terms_audit(actor), &[]).await?;
        Ok(())
    }

    /// Blanks all terms and taxonomies that no open listing bears; their bytes go with the next purge.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn let_terms_go(&self, actor: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        if retire::blank_terms(&mut tx, self, None).await? > 0 {
            tx.want_purge().await?;
            tx.commit(self.terms_audit(actor), &[]).await?;
        }
        Ok(())
    }

    /// Does both, and takes from readers what no open listing bears, in a directory from before this was noted. Answers whether
    /// it was one.
    ///
    /// # Errors
    /// When the store fails; then it is still one.
    pub(super) async fn mend_terms(&self) -> Result<bool> {
        if self.store.snapshot().await?.bears_made().await? {
            return Ok(false);
        }
        let actor = "the program";
        self.note_terms(actor).await?;
        self.publish_anew(actor, All::from_taxonomies()).await?;
        self.let_terms_go(actor).await?;
        self.purge_if_due().await?;
        Ok(true)
    }

    fn terms_audit(&self, actor: &str) -> Audit {
        let (at, actor) = (self.clock.now(), actor.to_owned());
        Audit { at, actor, action: "terms", subject: None, detail: serde_json::json!({}) }
    }
}
