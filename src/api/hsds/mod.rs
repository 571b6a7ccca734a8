//! `/hsds`: the directory as an Open Referral UK 3.0 feed, which is HSDS 3.1 in a profile. A document of its own.
//!
//! The standard's manners are kinder than ours: a parameter that is not known is passed over, and a page past the end is
//! an empty page. What an operation answers is documented in [`records`].

pub mod records;

use std::sync::Arc;

use bytes::Bytes;
use poem::{Endpoint, EndpointExt, Request, Route, http::header::HOST};
use poem_openapi::{
    LicenseObject, Object, OpenApi, OpenApiService, Tags,
    param::{Header, Path, Query},
};
use serde_json::{Value, json};

use self::records::{
    AtLocation, AtLocationInList, ListPage, OrganizationInList, ServiceInList, WholeOrganization, WholeService,
};
use super::{
    contract::{self, Contract},
    payload::Cached,
    problem::{Problem, Slug},
};
use crate::{
    directory::{Directory, Error, feed::Collection},
    domain::{
        feed::Object as Record,
        read::{Code, Violation},
        taxonomy::{Taxonomy, TaxonomyTerm},
    },
};

/// The version of the standard, as the validator of Open Referral UK reads it.
const VERSION: &str = "HSDS-UK-3.0";
/// The profile of HSDS that the feed keeps to.
const PROFILE: &str = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md";
/// Records on a page unless asked for otherwise.
const USUAL: u32 = 50;
/// The most records on a page.
const MOST: u32 = 100;

const DESCRIPTION: &str = "An Open Referral UK 3.0 feed. Its records are those of HSDS 3.1; what the profile does not name, it allows. \
    Everything is read from what is published; a withdrawn record answers 410, and a confidential place is not in it at all. \
    Parameters that are not known are passed over.";

/// The parts of the document.
#[derive(Tags)]
enum FeedTag {
    /// What this feed is.
    About,
    /// Services, and who runs them.
    Services,
    /// Services at their places.
    Places,
    /// The words that services are described with.
    Words,
}

/// What the feed is.
#[derive(Debug, Object)]
pub struct About {
    /// The version of the standard: `HSDS-UK-3.0`.
    pub version: String,
    /// The address of the profile's description.
    pub profile: String,
    /// The address of the document that describes this feed.
    pub openapi_url: String,
}

/// The operations.
pub struct Feed(Directory);

#[OpenApi]
impl Feed {
    /// What this feed is
    #[oai(path = "/hsds", method = "get", tag = "FeedTag::About", operation_id = "about")]
    async fn about(
        &self,
        request: &Request,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<About>, Problem> {
        let about = json!({ "version": VERSION, "profile": PROFILE, "openapi_url": format!("{}/hsds/openapi.json", origin(request)) });
        Ok(Cached::new(about.to_string().into(), if_none_match.0.as_deref()))
    }

    /// All services
    ///
    /// Own members and those of the organization, without lists.
    #[oai(path = "/hsds/services", method = "get", tag = "FeedTag::Services", operation_id = "services")]
    async fn services(
        &self,
        /// Which page, from 1.
        page: Query<Option<u32>>,
        /// Records on a page; 50 unless said otherwise, never more than 100.
        per_page: Query<Option<u32>>,
        /// The same as `per_page`.
        #[oai(name = "perPage")]
        per_page_too: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<ListPage<ServiceInList>>, Problem> {
        self.list(Collection::Services, page.0, per_page.0.or(per_page_too.0), if_none_match.0).await
    }

    /// One service, with all that belongs to it
    #[oai(path = "/hsds/services/:id", method = "get", tag = "FeedTag::Services", operation_id = "service")]
    async fn service(
        &self,
        /// A service's id.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<WholeService>, Problem> {
        self.one(Collection::Services, &id.0, if_none_match.0)
    }

    /// All organizations
    ///
    /// Own members, without lists.
    #[oai(path = "/hsds/organizations", method = "get", tag = "FeedTag::Services", operation_id = "organizations")]
    async fn organizations(
        &self,
        /// Which page, from 1.
        page: Query<Option<u32>>,
        /// Records on a page; 50 unless said otherwise, never more than 100.
        per_page: Query<Option<u32>>,
        /// The same as `per_page`.
        #[oai(name = "perPage")]
        per_page_too: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<ListPage<OrganizationInList>>, Problem> {
        self.list(Collection::Organizations, page.0, per_page.0.or(per_page_too.0), if_none_match.0).await
    }

    /// One organization, with all that belongs to it
    #[oai(path = "/hsds/organizations/:id", method = "get", tag = "FeedTag::Services", operation_id = "organization")]
    async fn organization(
        &self,
        /// An organization's id.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<WholeOrganization>, Problem> {
        self.one(Collection::Organizations, &id.0, if_none_match.0)
    }

    /// All services at their locations
    ///
    /// Own members and those of the service and of the location, without lists. A service whose place is confidential,
    /// or that has none, is not here.
    #[oai(
        path = "/hsds/service_at_locations",
        method = "get",
        tag = "FeedTag::Places",
        operation_id = "serviceAtLocations"
    )]
    async fn places(
        &self,
        /// Which page, from 1.
        page: Query<Option<u32>>,
        /// Records on a page; 50 unless said otherwise, never more than 100.
        per_page: Query<Option<u32>>,
        /// The same as `per_page`.
        #[oai(name = "perPage")]
        per_page_too: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<ListPage<AtLocationInList>>, Problem> {
        self.list(Collection::Places, page.0, per_page.0.or(per_page_too.0), if_none_match.0).await
    }

    /// One service at a location
    ///
    /// With `name` and `status` of its service, so that it is what both readings of the standard want here.
    #[oai(
        path = "/hsds/service_at_locations/:id",
        method = "get",
        tag = "FeedTag::Places",
        operation_id = "serviceAtLocation"
    )]
    async fn place(
        &self,
        /// The id of a service at a location.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<AtLocation>, Problem> {
        self.one(Collection::Places, &id.0, if_none_match.0)
    }

    /// All taxonomies
    #[oai(path = "/hsds/taxonomies", method = "get", tag = "FeedTag::Words", operation_id = "taxonomies")]
    async fn taxonomies(
        &self,
        /// Which page, from 1.
        page: Query<Option<u32>>,
        /// Records on a page; 50 unless said otherwise, never more than 100.
        per_page: Query<Option<u32>>,
        /// The same as `per_page`.
        #[oai(name = "perPage")]
        per_page_too: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<ListPage<Taxonomy>>, Problem> {
        self.list(Collection::Taxonomies, page.0, per_page.0.or(per_page_too.0), if_none_match.0).await
    }

    /// One taxonomy
    #[oai(path = "/hsds/taxonomies/:id", method = "get", tag = "FeedTag::Words", operation_id = "taxonomy")]
    async fn taxonomy(
        &self,
        /// A taxonomy's id.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<Taxonomy>, Problem> {
        self.one(Collection::Taxonomies, &id.0, if_none_match.0)
    }

    /// All terms
    #[oai(path = "/hsds/taxonomy_terms", method = "get", tag = "FeedTag::Words", operation_id = "taxonomyTerms")]
    async fn terms(
        &self,
        /// Which page, from 1.
        page: Query<Option<u32>>,
        /// Records on a page; 50 unless said otherwise, never more than 100.
        per_page: Query<Option<u32>>,
        /// The same as `per_page`.
        #[oai(name = "perPage")]
        per_page_too: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<ListPage<TaxonomyTerm>>, Problem> {
        self.list(Collection::Terms, page.0, per_page.0.or(per_page_too.0), if_none_match.0).await
    }

    /// One term
    #[oai(path = "/hsds/taxonomy_terms/:id", method = "get", tag = "FeedTag::Words", operation_id = "taxonomyTerm")]
    async fn term(
        &self,
        /// A term's id.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<TaxonomyTerm>, Problem> {
        self.one(Collection::Terms, &id.0, if_none_match.0)
    }
}

impl Feed {
    fn one<T>(&self, of: Collection, id: &str, if_none_match: Option<String>) -> Result<Cached<T>, Problem> {
        let record = self.0.feed_record(of, id).map_err(|error| match error {
            Error::Missing => Problem::new(Slug::NotFound).detail("The feed has no such record."),
            error => Problem::from(error),
        })?;
        Ok(Cached::new(written(&record.into()), if_none_match.as_deref()))
    }

    async fn list<T>(
        &self,
        of: Collection,
        page: Option<u32>,
        per_page: Option<u32>,
        if_none_match: Option<String>,
    ) -> Result<Cached<T>, Problem> {
        let (page, per_page) = (page.unwrap_or(1), per_page.unwrap_or(USUAL));
        let faults: Vec<Violation> = [("/page", page), ("/per_page", per_page)]
            .into_iter()
            .filter(|(_, number)| *number == 0)
            .map(|(pointer, _)| Violation::new(pointer, Code::OutOfRange))
            .collect();
        if !faults.is_empty() {
            return Err(Problem::invalid(faults));
        }
        let (page, per_page) = (u64::from(page), u64::from(per_page.min(MOST)));
        // Counted off from the first, so that a late page costs more than a look-up.
        let _turn = self.0.turn().await?;
        let part = self.0.feed_part(of, (page - 1) * per_page, per_page as usize)?;
        Ok(Cached::new(written(&envelope(page, per_page, part.total, part.items)), if_none_match.as_deref()))
    }
}

/// A page as the standard has it. Nothing at all is one empty page, so that the first page is always there.
fn envelope(page: u64, per_page: u64, total: u64, items: Vec<Record>) -> Value {
    let pages = total.div_ceil(per_page).max(1);
    json!({
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": items.len(),
        "first_page": page == 1,
        "last_page": page == pages,
        "empty": items.is_empty(),
        "contents": items,
    })
}

fn written(value: &Value) -> Bytes {
    serde_json::to_vec(value).expect("a JSON value can be written").into()
}

/// The address under which the reader knows this server, as far as its request tells.
fn origin(request: &Request) -> String {
    let is_host =
        |host: &&str| !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b));
    let told = request.headers().get(HOST).and_then(|host| host.to_str().ok()).filter(is_host);
    // A proxy that ends TLS says so here; who else says so changes only the answer to itself.
    let secure = request.headers().get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    format!("{}://{}", if secure { "https" } else { "http" }, told.unwrap_or("localhost"))
}

fn service(directory: &Directory) -> OpenApiService<Feed, ()> {
    OpenApiService::new(Feed(directory.clone()), "Kith feed", env!("CARGO_PKG_VERSION"))
        .description(DESCRIPTION)
        .license(LicenseObject::new("MIT OR Apache-2.0"))
}

/// The published document of the feed, as `openapi/hsds.json` has it.
pub fn document(directory: &Directory) -> Value {
    let mut document = contract::put_right(&service(directory).spec());
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.iter_mut().filter(|(name, _)| name.ends_with("InList")).for_each(|(_, schema)| without_lists(schema));
    }
    document
}

/// Records in lists have no lists of their own.
fn without_lists(schema: &mut Value) {
    if let Some(properties) = schema.pointer_mut("/properties").and_then(Value::as_object_mut) {
        properties.retain(|_, property| property["type"] != "array");
    }
}

/// The feed. Mount it at the root: its paths are whole.
pub fn endpoint(directory: &Directory) -> impl Endpoint + use<> {
    let document = document(directory);
    let contract = Contract::read(&document, &["/hsds/openapi.json"]).passing_over_unknown();
    let text = serde_json::to_string_pretty(&document).expect("a JSON value can be written");
    let routes = Route::new()
        .at("/hsds/openapi.json", poem::get(super::openapi.data(Arc::<str>::from(text))))
        .nest("/", service(directory));
    super::guarded(routes, Arc::new(contract))
}

#[cfg(test)]
mod tests {
    use super::envelope;

    #[test]
    fn an_envelope_says_where_its_page_stands() {
        let told = |page, total, items| {
            let page = envelope(page, 10, total, vec![super::Record::new(); items]);
            let flag = |name: &str| page[name].as_bool().unwrap();
            let number = |name: &str| page[name].as_u64().unwrap();
            assert_eq!((number("total_items"), number("size")), (total, items as u64));
            assert_eq!(page["contents"].as_array().unwrap().len(), items);
            (number("total_pages"), flag("first_page"), flag("last_page"), flag("empty"))
        };
        assert_eq!(told(1, 0, 0), (1, true, true, true));
        assert_eq!(told(1, 10, 10), (1, true, true, false));
        assert_eq!(told(2, 11, 1), (2, false, true, false));
        assert_eq!(told(3, 11, 0), (2, false, false, true));
    }
}
