//! `GET /v1/services`, `/v1/services/{id}`, `/v1/organizations`, `/v1/organizations/{id}`: whole listings from the view.

use bytes::Bytes;
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
};

use super::{
    Tag,
    payload::Cached,
    problem::{Problem, Slug},
};
use crate::{
    directory::{Directory, read::Family},
    domain::{
        answer::AsOf,
        card::Listing,
        id::{Id, kind},
        read::{Code, Violation},
    },
};

/// The most listings of one answer.
const MOST: usize = 100;

/// The reading operations.
pub struct Listings(pub Directory);

/// A page of whole listings in the order of their ids.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ListingPage {
    /// The listings.
    pub items: Vec<Listing>,
    /// Ask for this page next; absent at the end.
    pub next: Option<String>,
    /// How fresh the answer is.
    pub as_of: AsOf,
}

#[OpenApi]
impl Listings {
    /// All services
    ///
    /// In the order of their ids, page by page: go on with `after` until `next` is absent. With `id`, only those;
    /// unknown and withdrawn ones are left out.
    #[oai(path = "/v1/services", method = "get", tag = "Tag::Reading", operation_id = "listServices")]
    async fn list(
        &self,
        /// Only these listings; repeat for several, at most 100.
        id: Query<Vec<String>>,
        /// Go on after this id.
        after: Query<Option<String>>,
        /// Listings on a page, 1 to 100; 50 unless said otherwise.
        per_page: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<ListingPage>, Problem> {
        self.pages(Family::Services, &id.0, after.0, per_page.0, if_none_match.0.as_deref())
    }

    /// All organisations
    ///
    /// In the order of their ids, page by page: go on with `after` until `next` is absent. With `id`, only those;
    /// unknown and withdrawn ones are left out.
    #[oai(path = "/v1/organizations", method = "get", tag = "Tag::Reading", operation_id = "listOrganizations")]
    async fn organizations(
        &self,
        /// Only these organisations; repeat for several, at most 100.
        id: Query<Vec<String>>,
        /// Go on after this id.
        after: Query<Option<String>>,
        /// Organisations on a page, 1 to 100; 50 unless said otherwise.
        per_page: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<ListingPage>, Problem> {
        self.pages(Family::Organizations, &id.0, after.0, per_page.0, if_none_match.0.as_deref())
    }

    /// One service
    #[oai(path = "/v1/services/:id", method = "get", tag = "Tag::Reading", operation_id = "getService")]
    async fn service(
        &self,
        /// A service's id, as cards carry it.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<Listing>, Problem> {
        one(&self.0, Family::Services, &id.0, if_none_match.0.as_deref())
    }

    /// One organisation
    ///
    /// With the names of its services.
    #[oai(path = "/v1/organizations/:id", method = "get", tag = "Tag::Reading", operation_id = "getOrganization")]
    async fn organization(
        &self,
        /// An organisation's id, as cards carry it.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<Listing>, Problem> {
        one(&self.0, Family::Organizations, &id.0, if_none_match.0.as_deref())
    }
}

/// One listing of a family.
pub(super) fn one(
    directory: &Directory,
    family: Family,
    id: &str,
    if_none_match: Option<&str>,
) -> Result<Cached<Listing>, Problem> {
    if id.parse::<Id<kind::Service>>().is_err() {
        return Err(Problem::new(Slug::NoSuchListing).detail("The id in the address is not a UUID."));
    }
    Ok(Cached::new(directory.listing_of(family, id)?.json, if_none_match))
}

impl Listings {
    /// A page of a family: those asked for by id, or the next of all.
    fn pages(
        &self,
        family: Family,
        ids: &[String],
        after: Option<String>,
        per_page: Option<u32>,
        if_none_match: Option<&str>,
    ) -> Result<Cached<ListingPage>, Problem> {
        let faults = list_faults(ids, after.as_deref(), per_page);
        if !faults.is_empty() {
            return Err(Problem::invalid(faults));
        }
        let limit = per_page.unwrap_or(50) as usize;
        let (items, next) = if ids.is_empty() {
            let walk = self.0.walk(family, after.map(|id| id.to_ascii_lowercase()).as_deref(), limit)?;
            (walk.items, walk.next)
        } else {
            (self.0.listings(family, ids)?, None)
        };
        let path = match family {
            Family::Organizations => "/v1/organizations",
            Family::Services | Family::Networks | Family::Resources => "/v1/services",
        };
        let next = next.map(|after| format!("{path}?after={after}&per_page={limit}"));
        Ok(Cached::new(page(&self.0, &items, next.as_deref()), if_none_match))
    }
}

/// Splices listings into a page.
pub(super) fn page(directory: &Directory, items: &[Bytes], next: Option<&str>) -> Bytes {
    let mut out = Vec::with_capacity(items.iter().map(|item| item.len() + 1).sum::<usize>() + 256);
    out.extend_from_slice(b"{\"items\":[");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(item);
    }
    out.push(b']');
    if let Some(next) = next {
        out.extend_from_slice(format!(",\"next\":\"{next}\"").as_bytes());
    }
    out.extend_from_slice(b",\"as_of\":");
    serde_json::to_writer(&mut out, &directory.as_of()).expect("a counter and an epoch can be written");
    out.push(b'}');
    Bytes::from(out)
}

/// What is wrong with the questions that a walk takes.
pub(super) fn list_faults(ids: &[String], after: Option<&str>, per_page: Option<u32>) -> Vec<Violation> {
    let mut faults = Vec::new();
    let is_id = |text: &str| text.parse::<Id<kind::Service>>().is_ok();
    if ids.len() > MOST {
        faults.push(Violation::new("/id", Code::TooLong));
    }
    faults.extend(
        ids.iter()
            .enumerate()
            .filter(|(_, id)| !is_id(id))
            .map(|(at, _)| Violation::new(format!("/id/{at}"), Code::NotAUuid)),
    );
    if after.is_some_and(|after| !is_id(after)) {
        faults.push(Violation::new("/after", Code::NotAUuid));
    }
    if after.is_some() && !ids.is_empty() {
        faults.push(Violation::new("/after", Code::Conflict));
    }
    if per_page.is_some_and(|n| n == 0 || n as usize > MOST) {
        faults.push(Violation::new("/per_page", Code::OutOfRange));
    }
    faults
}
