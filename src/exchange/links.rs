//! What a record says of others, in the member `links` of our own extension.
//!
//! The links are taken out of the record before anything else is made of it, and become records of their own.

use std::collections::HashSet;

use serde_json::Value;

use super::{decide::Decisions, drafts::Offer};
use crate::domain::{
    entry::LinkFacts,
    id::{Id, kind},
    link::{Link, Named, Side, SideKind, Stated, StatedLinks},
    place::PlaceMode,
    read::{self, Code, Mended, Notice, Record, Unreadable, Violation},
    telltale::tells_place,
    vocabulary::values::Relationship,
};

/// The record that states links.
pub struct Holder<'a> {
    /// What its source calls it.
    pub named: Named,
    /// Whether its place must stay private: then no free words are kept.
    pub silent: bool,
    /// Which others are known and not protected: of all the rest no free words are kept either.
    pub decisions: &'a Decisions,
}

impl Holder<'_> {
    /// Whether a link would say where a private side is, and is never shown: who gives it its premises, a public place that
    /// the same files tell, or a name that is an address.
    fn tells_place(&self, stated: &Stated) -> bool {
        #[cfg(debug_assertions)]
        if crate::domain::sabotage::on("links-shown") {
            return false;
        }
        let other_is_private = match stated.other.kind {
            SideKind::Service => self.decisions.mode(&stated.other.name) == PlaceMode::Area,
            SideKind::Organization => self.decisions.withholds_organization(&stated.other.name),
        };
        let hosts = stated.relationship == Relationship::Hosts && (self.silent || other_is_private);
        hosts || (self.silent && (tells_place(&stated.other.name) || self.decisions.is_placed(&stated.other)))
    }
}

/// Takes the links out of a record that stands at `pointer` in its item, with all their faults and what was put right.
///
/// One to the record itself is a fault; of two that say the same of the same record the first is kept.
pub fn taken(
    record: &mut Record,
    pointer: &str,
    of: &Holder<'_>,
    unreadable: Unreadable,
) -> (Vec<Stated>, Vec<Violation>, Vec<Notice>) {
    let Some(Value::Object(own)) = record.get_mut("kith") else { return Default::default() };
    let Some(links) = own.remove("links") else { return Default::default() };
    if own.is_empty() {
        record.remove("kith");
    }
    let links = Record::from_iter([("links".to_owned(), links)]);
    let pointer = format!("{pointer}/kith");
    let outcome = read::read_with::<StatedLinks>(&links, &pointer, &mut read::Given, unreadable);
    let (mut violations, mut notices) = (outcome.violations, outcome.notices);
    let mut kept = Vec::new();
    let mut seen = HashSet::new();
    for (index, mut stated) in outcome.record.unwrap_or_default().links.into_iter().enumerate() {
        let pointer = format!("{pointer}/links/{index}");
        if stated.other == of.named {
            violations.push(Violation::new(pointer, Code::SelfLink));
        } else if !seen.insert(stated.name()) {
            notices.push(Notice { pointer, mended: Mended::FirstKept });
        } else {
            if of.tells_place(&stated) {
                notices.push(Notice { pointer, mended: Mended::PlaceWithheld });
                continue;
            }
            let speaks = !of.silent && of.decisions.is_open(&stated.other);
            if !speaks && (stated.note.take().is_some() | stated.terms.silence()) {
                notices.push(Notice { pointer: format!("{pointer}/note"), mended: Mended::PlaceWithheld });
            }
            kept.push(stated);
        }
    }
    (kept, violations, notices)
}

/// The links as records of their own.
pub fn offers(stated: Vec<Stated>, holder: Side, name: &str) -> impl Iterator<Item = Offer<Link>> {
    stated.into_iter().map(move |stated| {
        let foreign_id = format!("{}/{name}/{}", holder.kind.as_str(), stated.name());
        let id: Id<kind::Link> = Id::named(holder.id, &foreign_id);
        let record = Link { id, holder, stated };
        Offer { foreign_id, record, facts: LinkFacts::default(), extra: Record::new() }
    })
}
