//! Where the domain and the index meet: a public listing becomes index documents, and the
//! gazetteer answers what publishing asks. Neither side knows the other; this file knows both.

use kith_index::{Document, Op, Role, Whereabouts as IndexPlace, gazetteer::Gazetteer};

use super::body;
use crate::domain::{
    access::AccessAnswer,
    listing::{Locate, Located, PublicListing, Whereabouts},
    place::{AreaCode, Position},
    rhythm,
};

/// Counts the changes of what is published of the same records: another number in a view means that it is built anew.
pub const SHAPE: u32 = 13;

/// The embedded gazetteer, as publishing sees it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Places;

impl Locate for Places {
    fn postcode(&self, postcode: &str) -> Option<Located> {
        let place = Gazetteer::embedded().postcode(postcode)?;
        let position = Position { latitude: place.lat, longitude: place.lon, precision_km: place.precision_km };
        Some(Located { position, areas: place.areas.into_iter().map(AreaCode).collect() })
    }

    fn areas_at(&self, latitude: f64, longitude: f64) -> Vec<AreaCode> {
        Gazetteer::embedded().areas_at(latitude, longitude).into_iter().map(AreaCode).collect()
    }

    fn areas_around(&self, code: &AreaCode) -> Vec<AreaCode> {
        Gazetteer::embedded().areas_of_authority(&code.0).into_iter().map(AreaCode).collect()
    }

    fn area_name(&self, code: &AreaCode) -> Option<String> {
        Gazetteer::embedded().area(&code.0).map(|area| area.name.clone())
    }
}

/// The op that makes a listing readable and, if it is a hit, findable.
pub fn put(public: &PublicListing) -> Op {
    let listing = public.listing.id.clone();
    let record = serde_json::to_vec(&public.listing).expect("a listing has only text keys");
    #[cfg(debug_assertions)]
    let record = [record, crate::domain::sabotage::padding(&public.cards[0].1)].concat();
    if !public.is_hit {
        return Op::Put {
            listing: listing.clone(),
            documents: vec![Document {
                kind: public.listing.card.kind.as_str().to_owned(),
                name: public.listing.card.name.clone(),
                marks: public.marks.clone(),
                ..bare(&listing, Role::Record, record)
            }],
        };
    }
    let siblings = public.cards.len() > 1;
    let mut record = Some(record);
    let documents = public.cards.iter().enumerate().map(|(at, (card, whereabouts))| {
        let schedules = public.listing.schedules_at(at);
        let (whereabouts, areas) = index_place(whereabouts);
        Document {
            id: match &card.service_at_location_id {
                Some(at) => format!("{listing}/{at}"),
                None => card
                    .location_id
                    .as_ref()
                    .map_or_else(|| listing.clone(), |location| format!("{listing}/{location}")),
            },
            kind: card.kind.as_str().to_owned(),
            organization: card.organization.as_ref().map(|organization| organization.id.to_string()),
            #[cfg(not(debug_assertions))]
            name: card.name.clone(),
            #[cfg(debug_assertions)]
            name: crate::domain::sabotage::suggested(&card.name, &public.names),
            names: match &card.organization {
                Some(organization) => format!("{} {}", public.names, organization.name),
                None => public.names.clone(),
            },
            term_words: public.term_words.clone(),
            text: public.listing.description.clone(),
            terms: public.term_ids.clone(),
            marks: public.marks.clone(),
            denied: (card.access.iter())
                .filter(|fact| fact.answer == AccessAnswer::No)
                .map(|fact| fact.term.clone())
                .collect(),
            ended: matches!(card.status.as_deref(), Some("inactive" | "defunct")),
            languages: card.languages.clone(),
            minimum_age: card.minimum_age.map(|age| age as f32),
            maximum_age: card.maximum_age.map(|age| age as f32),
            whereabouts,
            areas,
            siblings,
            checked: card.last_checked.as_ref().map_or(0, |checked| day_seconds(&checked.date)),
            when: rhythm::week_mask(schedules),
            body: body::join(
                serde_json::to_vec(card).expect("a card has only text keys"),
                &if public.listing.is_running() { rhythm::compile(schedules) } else { Vec::new() },
            ),
            record: record.take().unwrap_or_default(),
            ..bare(&listing, Role::Hit, Vec::new())
        }
    });
    Op::Put { documents: documents.collect(), listing }
}

/// The op that makes a record readable that is no listing.
pub fn put_record(id: &str, kind: &str, record: Vec<u8>) -> Op {
    let document = Document { kind: kind.to_owned(), ..bare(id, Role::Record, record) };
    Op::Put { listing: id.to_owned(), documents: vec![document] }
}

/// The op that leaves only the word that a listing is gone.
pub fn gone(listing: &str) -> Op {
    Op::Put { listing: listing.to_owned(), documents: vec![bare(listing, Role::Tombstone, Vec::new())] }
}

fn index_place(whereabouts: &Whereabouts) -> (IndexPlace, Vec<String>) {
    let codes = |areas: &[AreaCode]| areas.iter().map(|area| area.0.clone()).collect();
    match whereabouts {
        Whereabouts::Point(position, areas) => {
            (IndexPlace::Point { lat: position.latitude, lon: position.longitude }, codes(areas))
        }
        Whereabouts::Area(areas) => (IndexPlace::Area, codes(areas)),
        Whereabouts::Remote(areas) => (IndexPlace::Remote, codes(areas)),
        Whereabouts::NotStated => (IndexPlace::None, Vec::new()),
    }
}

fn bare(listing: &str, role: Role, record: Vec<u8>) -> Document {
    Document { id: listing.to_owned(), listing: listing.to_owned(), role, record, ..Document::default() }
}

/// Midnight UTC of a `YYYY-MM-DD`, in seconds; 0 when it is none.
fn day_seconds(date: &str) -> i64 {
    date.parse::<chrono::NaiveDate>()
        .ok()
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map_or(0, |midnight| midnight.and_utc().timestamp())
}
