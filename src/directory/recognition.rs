//! Whether what a record says of itself is of a kind of support whose place puts people at risk when it is told.
//!
//! An import asks it of all words of an item before it reads a place. `kith check` asks it again of what readers are shown, as the
//! feed has it: a listing may have come in before this version of the program, or before words were put on the lists.

use std::{cell::RefCell, collections::HashMap};

use super::Result;
use crate::{
    domain::{
        entry::{Entry, Origin},
        feed::{Object, Published},
        id::{Id, Kind, kind},
        organization::Organization,
        place::PlaceMode,
        service::Service,
        vocabulary::{describes_at_risk, is_at_risk, mentions_at_risk, vocabulary},
    },
    exchange::{About, said},
    store::{Decision, ListingKind, ListingRef, Snapshot},
};

/// Recognises places at risk, and remembers what it has found out of terms: a file has few, again and again.
#[derive(Debug, Default)]
pub struct Recognition {
    terms: RefCell<HashMap<String, bool>>,
}

impl Recognition {
    /// Where it is heard that something is of such a kind: the member, or nothing for its names, terms and description; `None`
    /// when it is not.
    pub fn puts_at_risk(&self, about: &About) -> Option<String> {
        let is_plain = is_at_risk(&about.name)
            || is_at_risk(&about.alternate_name)
            || about.terms.iter().any(|term| self.is_term_at_risk(term))
            || describes_at_risk(&about.description);
        if is_plain {
            return Some(String::new());
        }
        let names = about.names.iter().filter(|name| is_at_risk(&name.text));
        let texts = about.texts.iter().filter(|text| mentions_at_risk(&text.text));
        names.chain(texts).map(|heard| heard.at.clone()).next()
    }

    fn is_term_at_risk(&self, word: &String) -> bool {
        if let Some(at_risk) = self.terms.borrow().get(word) {
            return *at_risk;
        }
        let at_risk = is_at_risk(word) || vocabulary().term(word).is_some_and(|term| term.at_risk);
        self.terms.borrow_mut().insert(word.clone(), at_risk);
        at_risk
    }

    /// Where a published listing says so.
    pub fn heard_in(&self, of: ListingKind, published: &[u8]) -> Option<String> {
        let listing = Published::read(published)?;
        let about = |record: Object| serde_json::to_vec(&record).ok().map(|bytes| said(&bytes));
        match of {
            ListingKind::Service => {
                let mut service = listing.service()?;
                // Who runs it is a listing of its own.
                service.remove("organization");
                self.puts_at_risk(&about(service)?)
            }
            ListingKind::Organization => {
                let mut organization = listing.organization()?;
                organization.remove("services");
                self.puts_at_risk(&about(organization)?.of_organization())
            }
            _ => None,
        }
    }
}

/// Those of the listings that are shown as they are although nobody with the safeguarding role has said that they may be.
///
/// # Errors
/// When the store cannot be read.
pub async fn not_opened(read: &mut Snapshot, of: Vec<ListingRef>) -> Result<Vec<ListingRef>> {
    let services: Vec<Id<kind::Service>> = ids(&of, ListingKind::Service);
    let organizations: Vec<Id<kind::Organization>> = ids(&of, ListingKind::Organization);
    let mut open: HashMap<String, Origin> = HashMap::new();
    let services = read.get::<Service>(&services).await?.into_iter();
    let services = services.filter(|entry| entry.facts.mode != PlaceMode::Area);
    open.extend(services.map(|Entry { record, origin, .. }| (record.id.to_string(), origin)));
    let organizations = read.get::<Organization>(&organizations).await?.into_iter();
    let organizations = organizations.filter(|entry| !entry.facts.protected);
    open.extend(organizations.map(|Entry { record, origin, .. }| (record.id.to_string(), origin)));
    let mut left = Vec::new();
    for listing in of {
        let Some(Origin { source, foreign_id }) = open.remove(&listing.id) else { continue };
        let decided = read.decided(source, &[foreign_id]).await?.into_values().flatten();
        let opens = if listing.kind == ListingKind::Service { Decision::Place } else { Decision::Organization };
        if !decided.map(|decided| decided.decision).any(|decision| decision == opens) {
            left.push(listing);
        }
    }
    Ok(left)
}

fn ids<K: Kind>(of: &[ListingRef], kind: ListingKind) -> Vec<Id<K>> {
    of.iter().filter(|of| of.kind == kind).filter_map(ListingRef::record).collect()
}
