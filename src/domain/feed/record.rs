//! Records that are no listings and are published under ids of their own: those that only the feed shows, and all holds
//! together.

use serde::{Deserialize, Serialize};

use super::house;
use crate::domain::{
    entry::{Entry, Standing},
    hold::Holds,
    id::{Id, kind},
    listing::PublicListing,
    plain::Plain,
    taxonomy::{Taxonomy, TaxonomyTerm},
    vocabulary::TAXONOMY_ID,
};

/// What is published of such a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRecord {
    /// Its bytes.
    pub json: Vec<u8>,
}

/// What is published of a service at one place: which listing shows it. All else is read there, so that the two
/// cannot differ, and a place is told where its listing tells it and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRecord {
    /// Its id.
    pub id: Id<kind::ServiceAtLocation>,
    /// The service that has it among its places.
    pub service_id: String,
}

impl PublicRecord {
    /// A service at a location; `None` when the listing does not show it.
    pub fn of_place(listing: &PublicListing, id: Id<kind::ServiceAtLocation>) -> Option<Self> {
        let mut shown = listing.listing.places.iter().filter_map(|place| place.service_at_location.as_ref());
        shown.find(|at| at.id == id)?;
        Some(Self::of(&PlaceRecord { id, service_id: listing.listing.id.clone() }))
    }

    /// A taxonomy of a source; `None` when it is not public, or has the id of the house's own.
    pub fn of_taxonomy(entry: &Entry<Taxonomy>) -> Option<Self> {
        let is_shown = entry.standing == Standing::Published && entry.record.id != TAXONOMY_ID;
        is_shown.then(|| {
            let mut taxonomy = entry.record.clone();
            taxonomy.make_plain("taxonomy");
            Self::of(&taxonomy)
        })
    }

    /// A term of a source; `None` when it is not public, or has the id of a house term.
    pub fn of_term(entry: &Entry<TaxonomyTerm>) -> Option<Self> {
        let is_house = house::terms().binary_search_by_key(&entry.record.id, |term| term.id).is_ok();
        let is_shown = entry.standing == Standing::Published && !is_house;
        is_shown.then(|| {
            let mut term = entry.record.clone();
            term.make_plain("taxonomy_term");
            Self::of(&term)
        })
    }

    /// All holds together.
    pub fn of_holds(holds: &Holds) -> Self {
        Self::of(holds)
    }

    fn of(record: &impl Serialize) -> Self {
        Self { json: serde_json::to_vec(record).expect("a record has only text keys") }
    }
}
