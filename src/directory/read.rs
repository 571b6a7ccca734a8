//! Reading single listings and walking all of them, from the published view.

use bytes::Bytes;
use kith_index::Read;

use super::{Directory, Error, Result};
use crate::domain::card::ListingKind;

/// The kinds of listing that are services.
pub(super) const SERVICES: [&str; 4] = [
    ListingKind::Group.as_str(),
    ListingKind::Service.as_str(),
    ListingKind::Helpline.as_str(),
    ListingKind::Place.as_str(),
];

/// A listing's published bytes.
#[derive(Debug, Clone)]
pub struct Published {
    /// The whole listing as JSON.
    pub json: Bytes,
}

/// A page of listings in the order of their ids.
pub struct Walk {
    /// Whole listings as JSON.
    pub items: Vec<Bytes>,
    /// The id to go on after; `None` at the end.
    pub next: Option<String>,
}

impl Directory {
    /// One listing, whole.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Gone`], [`Error::NotReady`], [`Error::View`].
    pub fn listing(&self, id: &str) -> Result<Published> {
        match self.view.get(&id.to_ascii_lowercase())? {
            None => Err(Error::Missing),
            Some(Read::Gone(_)) => Err(Error::Gone),
            Some(Read::Record(json)) => Ok(Published { json }),
        }
    }

    /// Listings by id; unknown and withdrawn ones are left out.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::View`].
    pub fn listings(&self, ids: &[String]) -> Result<Vec<Bytes>> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            match self.listing(id) {
                Ok(published) => found.push(published.json),
                Err(Error::Missing | Error::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// All services from after an id on, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::View`].
    pub fn walk(&self, after: Option<&str>, limit: usize) -> Result<Walk> {
        let hidden = self.view.hidden();
        let mut items = self.view.reader()?.list(&SERVICES, after, limit + 1)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = more.then(|| items.last().map(|(id, _)| id.clone())).flatten();
        Ok(Walk {
            items: items.into_iter().filter(|(id, _)| !hidden.contains(id)).map(|(_, json)| json).collect(),
            next,
        })
    }
}
