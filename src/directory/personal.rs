//! Of open listings, what may be a person's own: a keeper is asked to look, and nothing is left out.

use std::collections::BTreeSet;

use crate::{
    domain::{
        contact::{Contact, Phone},
        location::Location,
        place::PlaceMode,
        telltale::personal::{Concern, is_home, is_mobile, names_person},
    },
    exchange::Draft,
};

/// What there is to look at in the open records of an item.
pub fn concerns(drafts: &[Draft]) -> BTreeSet<Concern> {
    let mut found = BTreeSet::new();
    for draft in drafts {
        match draft {
            Draft::Service(offer) if offer.facts.mode != PlaceMode::Area => {
                of_people(&offer.record.contacts, &offer.record.phones, &mut found);
            }
            Draft::Organization(offer) if !offer.facts.protected => {
                of_people(&offer.record.contacts, &offer.record.phones, &mut found);
            }
            Draft::Location(offer) => {
                of_people(&offer.record.contacts, &offer.record.phones, &mut found);
                of_place(&offer.record, &mut found);
            }
            _ => {}
        }
    }
    found
}

fn of_people(contacts: &[Contact], phones: &[Phone], found: &mut BTreeSet<Concern>) {
    if contacts.iter().filter_map(|contact| contact.name.as_deref()).any(names_person) {
        found.insert(Concern::PersonNamed);
    }
    if phones.iter().chain(contacts.iter().flat_map(|contact| &contact.phones)).any(|phone| is_mobile(&phone.number)) {
        found.insert(Concern::PersonalMobile);
    }
}

fn of_place(location: &Location, found: &mut BTreeSet<Concern>) {
    let has_name = location.name.as_deref().is_some_and(|name| !name.trim().is_empty());
    if location.addresses.iter().any(|address| is_home(&address.address_1, has_name)) {
        found.insert(Concern::HomeLike);
    }
}
