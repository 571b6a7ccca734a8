//! Reading single listings and walking all of them, from the published view.

use bytes::Bytes;
use kith_index::Read;
use serde::Deserialize;

use super::{Directory, Error, Result, without};
use crate::domain::card::ListingKind;

/// The kinds of listing that are services.
pub(super) const SERVICES: [&str; 4] = [
    ListingKind::Group.as_str(),
    ListingKind::Service.as_str(),
    ListingKind::Helpline.as_str(),
    ListingKind::Place.as_str(),
];
/// The kinds of listing that are an organisation of the standard.
pub(super) const ORGANIZATIONS: [&str; 2] = [ListingKind::Organization.as_str(), ListingKind::Network.as_str()];

/// Networks among them.
const NETWORKS: [&str; 1] = [ListingKind::Network.as_str()];
/// What is kept beside the listings for those who support people.
const RESOURCES: [&str; 1] = [ListingKind::Resource.as_str()];

/// What a reader wants to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Listings that are a service, of whatever kind.
    Services,
    /// Listings that are an organisation, networks among them.
    Organizations,
    /// Networks alone.
    Networks,
    /// Resources for practice.
    Resources,
}

impl Family {
    const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Services => &SERVICES,
            Self::Organizations => &ORGANIZATIONS,
            Self::Networks => &NETWORKS,
            Self::Resources => &RESOURCES,
        }
    }

    /// Whether a listing's published bytes are of this family.
    fn has(self, json: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Head<'a> {
            #[serde(borrow)]
            card: Kind<'a>,
        }
        #[derive(Deserialize)]
        struct Kind<'a> {
            kind: &'a str,
        }
        serde_json::from_slice::<Head<'_>>(json).is_ok_and(|head| self.kinds().contains(&head.card.kind))
    }
}

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

    /// One listing of a family, whole.
    ///
    /// # Errors
    /// [`Error::Missing`], also for a listing of another family, [`Error::Gone`], [`Error::NotReady`], [`Error::View`].
    pub fn listing_of(&self, family: Family, id: &str) -> Result<Published> {
        self.listing(id).and_then(|found| if family.has(&found.json) { Ok(found) } else { Err(Error::Missing) })
    }

    /// Listings of a family by id; unknown and withdrawn ones are left out.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::View`].
    pub fn listings(&self, family: Family, ids: &[String]) -> Result<Vec<Bytes>> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            match self.listing_of(family, id) {
                Ok(published) => found.push(published.json),
                Err(Error::Missing | Error::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// All listings of a family from after an id on, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::NotReady`], [`Error::View`].
    pub fn walk(&self, family: Family, after: Option<&str>, limit: usize) -> Result<Walk> {
        let hidden = self.view.hidden();
        let mut items = self.view.reader()?.list(family.kinds(), after, limit + 1, &hidden)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = more.then(|| items.last().map(|(id, _)| id.clone())).flatten();
        Ok(Walk { items: items.into_iter().map(|(_, json)| without::json(json, &hidden)).collect(), next })
    }
}
