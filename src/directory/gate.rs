//! The gate at an import: of what a file offers for private listings only what passes is kept ([`gate`](crate::domain::gate)).
//!
//! Addresses of the web go first, before it is settled which areas are told: what is withheld must tie nothing
//! (`ties.rs`). Names and texts go afterwards, because the names of the areas that are told pass. An organisation is at the gate when it is
//! protected and none of its services is open, in the files or from before, whichever item it stands in.

use std::collections::{HashMap, HashSet};

use super::document::Places;
use crate::{
    domain::{
        entry::{OrganizationFacts, ServiceFacts},
        gate::{self, Allowed, LeftOut},
        link::SideKind,
        organization::Organization,
        place::PlaceMode,
        service::Service,
    },
    exchange::{Draft, Offer},
};

/// What is known of the records of a source before any is read.
#[derive(Debug, Default)]
pub struct Doors {
    /// Fingerprints of texts that the safeguarding role let through, by kind of record and the source's id.
    pub let_through: HashMap<(SideKind, String), Vec<String>>,
    /// Organisations with an open service, by the source's ids.
    pub open: HashSet<String>,
}

/// What became of the records of an item.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Where something was left out.
    pub pointers: Vec<String>,
    /// How many names were replaced.
    pub names: u64,
    /// How many records had a text let through that is not there any more as it was.
    pub changed: u64,
}

impl Doors {
    fn of(&self, kind: SideKind, foreign_id: &str) -> &[String] {
        self.let_through.get(&(kind, foreign_id.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether everything of an organisation goes through the gate.
    pub fn holds(&self, offer: &Offer<Organization>) -> bool {
        offer.facts.protected && !self.open.contains(&offer.foreign_id)
    }

    /// Leaves out addresses of the web and of mail that do not pass, whatever areas are told; where.
    pub fn addresses(&self, drafts: &mut [Draft]) -> Vec<String> {
        let mut pointers = Vec::new();
        #[cfg(debug_assertions)]
        if crate::domain::sabotage::on("withheld-ties") {
            return pointers;
        }
        for draft in drafts {
            match draft {
                Draft::Service(offer) if offer.facts.mode == PlaceMode::Area => {
                    let known = self.of(SideKind::Service, &offer.foreign_id);
                    let passes = |address: &str| known.contains(&gate::fingerprint(SideKind::Service, address));
                    let Service { url, email, .. } = &mut offer.record;
                    address("/url", url, &passes, &mut pointers);
                    address("/email", email, &passes, &mut pointers);
                }
                Draft::Organization(offer) if self.holds(offer) => {
                    let known = self.of(SideKind::Organization, &offer.foreign_id);
                    let passes = |address: &str| known.contains(&gate::fingerprint(SideKind::Organization, address));
                    let Organization { website, email, .. } = &mut offer.record;
                    address("/organization/website", website, &passes, &mut pointers);
                    address("/organization/email", email, &passes, &mut pointers);
                }
                _ => {}
            }
        }
        pointers
    }

    /// Leaves out all else that does not pass.
    ///
    /// The areas must have been settled.
    pub fn texts(&self, drafts: &mut [Draft]) -> Passed {
        let mut passed = Passed::default();
        for draft in drafts {
            match draft {
                Draft::Service(offer) if offer.facts.mode == PlaceMode::Area => {
                    let known = self.of(SideKind::Service, &offer.foreign_id);
                    let areas = gate::names_around(&offer.facts.areas, &Places);
                    let left = gate::service(&mut offer.record, &Allowed { areas: &areas, let_through: known });
                    offer.facts.coming.keep_what_can_be();
                    let ServiceFacts { let_through, .. } = &mut offer.facts;
                    passed.add("", left, known, let_through);
                }
                Draft::Organization(offer) if self.holds(offer) => {
                    let known = self.of(SideKind::Organization, &offer.foreign_id);
                    let left = gate::organization(&mut offer.record, &Allowed { areas: &[], let_through: known });
                    let OrganizationFacts { let_through, .. } = &mut offer.facts;
                    passed.add("/organization", left, known, let_through);
                }
                // What is shown of one that keeps its page is decided when it is published.
                Draft::Organization(offer) if offer.facts.protected => {
                    offer.facts.let_through = self.of(SideKind::Organization, &offer.foreign_id).to_vec();
                }
                _ => {}
            }
        }
        passed
    }
}

impl Passed {
    fn add(&mut self, at: &str, left: LeftOut, known: &[String], let_through: &mut Vec<String>) {
        self.pointers.extend(left.pointers.into_iter().map(|pointer| format!("{at}{pointer}")));
        self.names += u64::from(left.name);
        let mut found = left.let_through;
        found.sort_unstable();
        found.dedup();
        self.changed += u64::from(known.iter().any(|known| !found.contains(known)));
        *let_through = found;
    }
}

/// Leaves of an address of the web its site where no more passes, and nothing where that does not.
fn address(pointer: &str, of: &mut Option<String>, known: &dyn Fn(&str) -> bool, pointers: &mut Vec<String>) {
    let Some(text) = of else { return };
    if known(text) || gate::is_address(text) {
        return;
    }
    *of = gate::site_of(text);
    pointers.push(pointer.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::AreaCode;

    #[test]
    fn what_is_told_of_areas_may_be_said_in_words() {
        let around = |codes: &[&str]| {
            let areas: Vec<AreaCode> = codes.iter().map(|code| AreaCode((*code).to_owned())).collect();
            gate::names_around(&areas, &Places)
        };
        let says = |codes: &[&str], name: &str| around(codes).contains(&name.to_owned());
        assert!(says(&["E08000035"], "Leeds") && says(&["E08000035"], "England"), "{:?}", around(&["E08000035"]));
        assert!(
            says(&["E06000019", "county:herefordshire"], "Herefordshire"),
            "{:?}",
            around(&["E06000019", "county:herefordshire"])
        );
        assert!(
            says(&["E12000003"], "England") && !says(&["E12000003"], "West Yorkshire"),
            "{:?}",
            around(&["E12000003"])
        );
        assert!(!says(&["E08000035", "E08000032"], "Leeds") && says(&["E08000035", "E08000032"], "West Yorkshire"));
        assert!(around(&[]).is_empty() && !says(&["K02000001"], "England"));
    }
}
