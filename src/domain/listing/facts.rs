//! What a service and an organisation have in common, as listings: name, kind, description, terms.

use super::KIND_LINK;
use crate::domain::{
    access::{ACCESS_LINK, AccessAnswer, AccessFact},
    card::{ListingKind, TermLabel},
    entry::Entry,
    organization::Organization,
    practice::Practice,
    service::Service,
    taxonomy::{Attribute, HOUSE_TAXONOMY, marker_of},
    vocabulary::{Facet, Term, vocabulary},
};

/// What a service and an organisation have in common.
pub(super) struct Facts {
    pub id: String,
    pub kind: ListingKind,
    pub name: String,
    pub names: String,
    pub description: String,
    pub terms: Vec<TermOf>,
}

/// A term of a listing, with the words by which people look for it.
pub(super) struct TermOf {
    pub label: TermLabel,
    pub words: String,
}

impl Facts {
    pub(super) fn of_service(entry: &Entry<Service>, organization: Option<&Entry<Organization>>) -> Self {
        let service = &entry.record;
        let organization_name = organization.map(|o| o.record.name.as_str()).unwrap_or_default();
        Self {
            id: service.id.to_string(),
            kind: kind_of(entry),
            name: service.name.clone(),
            names: format!("{} {organization_name}", service.alternate_name.as_deref().unwrap_or_default())
                .trim()
                .to_owned(),
            description: service.description.clone().unwrap_or_default(),
            terms: with_claimed(terms_of(&service.attributes), entry.facts.practice.as_ref()),
        }
    }

    pub(super) fn of_organization(entry: &Entry<Organization>) -> Self {
        let organization = &entry.record;
        Self {
            id: organization.id.to_string(),
            kind: if entry.facts.network.is_some() { ListingKind::Network } else { ListingKind::Organization },
            name: organization.name.clone(),
            names: organization.alternate_name.clone().unwrap_or_default(),
            description: organization.description.clone(),
            terms: with_claimed(terms_of(&organization.attributes), None),
        }
    }
}

/// What a service is, in a word. It is never taken for an organization, whatever its source calls it.
pub(in crate::domain) fn kind_of(entry: &Entry<Service>) -> ListingKind {
    if entry.facts.resource.is_some() {
        return ListingKind::Resource;
    }
    let stated = entry.record.attributes.iter().find(|attribute| attribute.link_type.as_deref() == Some(KIND_LINK));
    let kind = stated.and_then(|attribute| ListingKind::from_word(attribute.value.as_deref()?));
    let others = [ListingKind::Organization, ListingKind::Network, ListingKind::Resource];
    kind.filter(|kind| !others.contains(kind)).unwrap_or_default()
}

/// The terms of a record: those of the house by their code, imported ones by their id.
fn terms_of(attributes: &[Attribute]) -> Vec<TermOf> {
    let mut terms: Vec<TermOf> = Vec::new();
    // That something is not there, or only on request, is a fact about access and no term of the listing.
    let said = |attribute: &&Attribute| {
        attribute.link_type.as_deref() != Some(ACCESS_LINK)
            || AccessFact::of(attribute).is_some_and(|fact| fact.answer == AccessAnswer::Yes)
    };
    for term in attributes.iter().filter(said).filter_map(|attribute| attribute.taxonomy_term.as_ref()) {
        let found = if term.taxonomy.as_deref() == Some(HOUSE_TAXONOMY) {
            let Some(house) = term.code.as_deref().and_then(|code| vocabulary().term(code)) else { continue };
            of_house(house)
        } else {
            let label = term.name.clone();
            TermOf { words: label.clone(), label: TermLabel { id: term.id.to_string(), label, facet: None } }
        };
        if !terms.iter().any(|known| known.label.id == found.label.id) {
            terms.push(found);
        }
    }
    terms
}

fn of_house(term: &Term) -> TermOf {
    TermOf {
        label: TermLabel { id: term.id.clone(), label: term.label.clone(), facet: Some(term.facet) },
        words: term.words(),
    }
}

/// The same with those markers that somebody claims and that count, and no others: a marker that nobody vouches for now is
/// no term to be found by.
fn with_claimed(mut terms: Vec<TermOf>, practice: Option<&Practice>) -> Vec<TermOf> {
    let counts = |id: &str| practice.is_some_and(|practice| practice.has(id));
    terms.retain(|term| term.label.facet != Some(Facet::Marker) || counts(&term.label.id));
    let claimed = vocabulary().facet(Facet::Marker).filter(|term| counts(&term.id));
    let further = claimed.filter(|marker| !terms.iter().any(|term| term.label.id == marker.id));
    let further: Vec<TermOf> = further.map(of_house).collect();
    terms.extend(further);
    terms
}

/// The attributes of a record without the markers that nobody vouches for now.
pub(super) fn without_unclaimed(attributes: &mut Vec<Attribute>, practice: Option<&Practice>) {
    attributes.retain(|attribute| {
        marker_of(attribute).is_none_or(|marker| practice.is_some_and(|practice| practice.has(marker)))
    });
}

pub(super) fn words_of(terms: &[TermOf]) -> (Vec<String>, String) {
    let ids = terms.iter().map(|term| term.label.id.clone()).collect();
    (ids, terms.iter().map(|term| term.words.as_str()).collect::<Vec<_>>().join(" "))
}
