//! The feed, read from the published view: pages of each kind of record, and single records.

use std::{
    collections::{HashMap, HashSet, hash_map},
    sync::Arc,
};

use bytes::Bytes;
use kith_index::{Read, Reader};

use super::{
    Directory, Error, Result,
    read::{ORGANIZATIONS, SERVICES},
    without,
};
use crate::{
    domain::{
        feed::{self, Object, Published, house, record::PlaceRecord},
        id::{Id, kind},
        taxonomy::TaxonomyTerm,
    },
    store::{ListingKind, ListingRef},
};

/// A kind of record that the feed gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// Services.
    Services,
    /// Organizations.
    Organizations,
    /// Services at locations.
    Places,
    /// Taxonomies: the house's own, and those of sources.
    Taxonomies,
    /// Terms: the house's own, and those of sources.
    Terms,
}

/// Some records of a collection.
#[derive(Debug, Clone)]
pub struct Part {
    /// How many the collection has in all.
    pub total: u64,
    /// Those asked for, in the order of their ids.
    pub items: Vec<Object>,
}

impl Directory {
    /// At most `limit` records of a collection without their lists, after the first `skip`.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::View`].
    pub fn feed_part(&self, of: Collection, skip: u64, limit: usize) -> Result<Part> {
        let feed = Feed::of(self)?;
        match of {
            Collection::Services => feed.listings(&SERVICES, skip, limit, Published::service_summary),
            Collection::Organizations => feed.listings(&ORGANIZATIONS, skip, limit, Published::organization_summary),
            Collection::Places => feed.places(skip, limit),
            Collection::Taxonomies => {
                let house = feed::object(&house::taxonomy(), "taxonomy");
                feed.records(ListingKind::Taxonomy, &[(house::taxonomy().id.to_string(), house)], skip, limit)
            }
            Collection::Terms => {
                let house: Vec<_> = house::terms().iter().map(|term| (term.id.to_string(), house_term(term))).collect();
                feed.records(ListingKind::TaxonomyTerm, &house, skip, limit)
            }
        }
    }

    /// One record of a collection, with all that belongs to it.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Gone`], [`Error::NotReady`], [`Error::View`].
    pub fn feed_record(&self, of: Collection, id: &str) -> Result<Object> {
        let id: Id<kind::Service> = id.parse().map_err(|_| Error::Missing)?;
        let feed = Feed::of(self)?;
        let found = match of {
            Collection::Services => feed.listing(&id.to_string())?.service(),
            Collection::Organizations => feed.listing(&id.to_string())?.organization(),
            Collection::Places => {
                let json = feed.get(&ListingRef::new(ListingKind::ServiceAtLocation, id).id)?;
                let place: PlaceRecord = serde_json::from_slice(&json).map_err(|_| Error::Missing)?;
                feed.listing(&place.service_id)?.place(&place.id.to_string())
            }
            Collection::Taxonomies if house::taxonomy().id == id.cast() => {
                Some(feed::object(&house::taxonomy(), "taxonomy"))
            }
            Collection::Taxonomies => feed.record(ListingKind::Taxonomy, id)?,
            Collection::Terms => match house::terms().iter().find(|term| term.id == id.cast()) {
                Some(term) => Some(house_term(term)),
                None => feed.record(ListingKind::TaxonomyTerm, id)?,
            },
        };
        found.ok_or(Error::Missing)
    }
}

fn house_term(term: &TaxonomyTerm) -> Object {
    feed::object(term, "taxonomy_term")
}

/// The view at one moment.
struct Feed {
    hidden: Arc<HashSet<String>>,
    reader: Reader,
}

impl Feed {
    fn of(directory: &Directory) -> Result<Self> {
        // In this order: what is no more hidden is known by a reader that is opened afterwards.
        let hidden = directory.view.hidden();
        Ok(Self { hidden, reader: directory.view.reader()? })
    }

    fn get(&self, key: &str) -> Result<Bytes> {
        if self.hidden.contains(key) {
            return Err(Error::Gone);
        }
        match self.reader.get(key)? {
            None => Err(Error::Missing),
            Some(Read::Gone(_)) => Err(Error::Gone),
            Some(Read::Record(json)) => Ok(without::json(json, &self.hidden)),
        }
    }

    fn listing(&self, id: &str) -> Result<Published> {
        Published::read(&self.get(id)?).ok_or(Error::Missing)
    }

    fn record(&self, kind: ListingKind, id: Id<kind::Service>) -> Result<Option<Object>> {
        Ok(feed::own_record(&self.get(&ListingRef::new(kind, id).id)?, kind.as_str()))
    }

    fn listings(
        &self,
        kinds: &[&str],
        skip: u64,
        limit: usize,
        summary: impl Fn(&Published) -> Option<Object>,
    ) -> Result<Part> {
        let page = self.reader.page(kinds, &self.hidden, None, skip, limit)?;
        let items = page.items.into_iter().map(|(_, json)| without::json(json, &self.hidden));
        let items = items.filter_map(|json| summary(&Published::read(&json)?));
        Ok(Part { total: page.total, items: items.collect() })
    }

    fn places(&self, skip: u64, limit: usize) -> Result<Part> {
        let kind = ListingKind::ServiceAtLocation.as_str();
        let page = self.reader.page(&[kind], &self.hidden, Some(kind), skip, limit)?;
        let mut listings: HashMap<String, Published> = HashMap::new();
        let mut items = Vec::with_capacity(page.items.len());
        for (_, json) in &page.items {
            let Ok(place) = serde_json::from_slice::<PlaceRecord>(json) else { continue };
            let listing = match listings.entry(place.service_id.clone()) {
                hash_map::Entry::Occupied(known) => known.into_mut(),
                hash_map::Entry::Vacant(new) => match self.listing(&place.service_id) {
                    Ok(listing) => new.insert(listing),
                    Err(Error::Missing | Error::Gone) => continue,
                    Err(error) => return Err(error),
                },
            };
            items.extend(listing.place_summary(&place.id.to_string()));
        }
        Ok(Part { total: page.total, items })
    }

    /// Records of a kind, those of the house among them by the order of ids.
    fn records(&self, kind: ListingKind, house: &[(String, Object)], skip: u64, limit: usize) -> Result<Part> {
        // Of those before the page at most all of the house's are not in the view, so this reads enough of it.
        let first = skip.saturating_sub(house.len() as u64);
        let most = limit + house.len();
        let page = self.reader.page(&[kind.as_str()], &self.hidden, Some(kind.as_str()), first, most)?;
        let own = page.items.iter().zip(first..).map(|((key, json), before)| {
            let id = key.rsplit('/').next().unwrap_or_default();
            let house_before = house.partition_point(|(house, _)| house.as_str() < id) as u64;
            (before + house_before, feed::own_record(json, kind.as_str()))
        });
        let mut placed: Vec<(u64, Option<Object>)> = own.collect();
        let ids: Vec<&str> = page.items.iter().filter_map(|(key, _)| key.rsplit('/').next()).collect();
        placed.extend(house.iter().zip(0..).map(|((id, record), before)| {
            (before + first + ids.partition_point(|own| *own < id.as_str()) as u64, Some(record.clone()))
        }));
        placed.sort_by_key(|(at, _)| *at);
        let on_page = placed.into_iter().filter(|(at, _)| (skip..skip + limit as u64).contains(at));
        Ok(Part { total: page.total + house.len() as u64, items: on_page.filter_map(|(_, record)| record).collect() })
    }
}
