//! `GET /v1/networks`, `/v1/networks/{id}`, `/v1/networks/{id}/members`: networks and who belongs to them.

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};

use super::{
    Tag,
    listings::{ListingPage, list_faults, one, page},
    payload::{Cached, Fhir, Listed, Private},
    problem::{Problem, Slug},
};
use crate::{
    directory::{
        Directory,
        networks::{MembersAsked, Wanted},
        read::Family,
    },
    domain::{
        card::Listing,
        fhir,
        id::{Id, kind},
        member::MemberPage,
        read::{Code, Violation},
        vocabulary::values::{LinkState, NetworkType},
    },
};

/// The longest code of an area, in bytes.
const LONGEST_CODE: usize = 64;

/// The operations on networks.
pub struct Networks(pub Directory);

#[OpenApi]
impl Networks {
    /// All networks
    ///
    /// In the order of their ids, page by page: go on with `after` until `next` is absent. With `id`, only those;
    /// unknown and withdrawn ones are left out. With a filter the answer is kept by nobody. `/v1/search` finds networks by
    /// words and place, with `kind=network`.
    #[oai(path = "/v1/networks", method = "get", tag = "Tag::Reading", operation_id = "listNetworks")]
    async fn list(
        &self,
        /// Only these networks; repeat for several, at most 100.
        id: Query<Vec<String>>,
        /// `peer`, `survivor_led`, `vcse`, `faith`, `cultural`, `place`, `trauma_informed`, `statutory`; repeat for any of several.
        network_type: Query<Vec<String>>,
        /// The code of an area, as listings carry it: networks that work in it, in some of it, or in an area that holds it.
        area: Query<Option<String>>,
        /// Go on after this id.
        after: Query<Option<String>>,
        /// Networks on a page, 1 to 100; 50 unless said otherwise.
        per_page: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Listed<ListingPage>, Problem> {
        let mut faults = list_faults(&id.0, after.0.as_deref(), per_page.0);
        let types: Vec<NetworkType> = words("network_type", &network_type.0, NetworkType::from_word, &mut faults);
        let filtered = !types.is_empty() || area.0.is_some();
        if filtered && !id.0.is_empty() {
            faults.push(Violation::new("/id", Code::Conflict));
        }
        if area.0.as_ref().is_some_and(|area| area.len() > LONGEST_CODE) {
            faults.push(Violation::new("/area", Code::TooLong));
        }
        if !faults.is_empty() {
            return Err(Problem::invalid(faults));
        }
        let limit = limit(per_page.0);
        if !id.0.is_empty() {
            let found = page(&self.0, &self.0.listings(Family::Networks, &id.0)?, None);
            return Ok(Listed::Whole(Cached::new(found, if_none_match.0.as_deref())));
        }
        let wanted = Wanted { types, area: area.0 };
        let _turn = if filtered { Some(self.0.turn().await?) } else { None };
        let after = after.0.map(|id| id.to_ascii_lowercase());
        let walk = self.0.networks(&wanted, after.as_deref(), limit)?;
        let mut filters: String =
            wanted.types.iter().map(|known| format!("&network_type={}", known.as_str())).collect();
        // Known to the gazetteer by now, so it holds nothing that an address could not.
        filters.extend(wanted.area.map(|code| format!("&area={code}")));
        let next = walk.next.map(|after| format!("/v1/networks?after={after}&per_page={limit}{filters}"));
        let found = page(&self.0, &walk.items, next.as_deref());
        Ok(if filtered {
            Listed::Filtered(Private::new(found))
        } else {
            Listed::Whole(Cached::new(found, if_none_match.0.as_deref()))
        })
    }

    /// One network
    ///
    /// With at most fifty of its links; `/v1/networks/{id}/members` has all of its members.
    #[oai(path = "/v1/networks/:id", method = "get", tag = "Tag::Reading", operation_id = "getNetwork")]
    async fn network(
        &self,
        /// A network's id, as cards carry it.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<Listing>, Problem> {
        one(&self.0, Family::Networks, &id.0, if_none_match.0.as_deref())
    }

    /// Members of a network
    ///
    /// Organisations, services and networks that belong to it, in the order of their ids, with how far each membership is
    /// agreed: only what both sides say is. People who are members in a role stand in the network itself. The networks of
    /// a listing are among its links.
    #[oai(path = "/v1/networks/:id/members", method = "get", tag = "Tag::Reading", operation_id = "listMembers")]
    async fn members(
        &self,
        /// A network's id, as cards carry it.
        id: Path<String>,
        /// `agreed`, `claimed`, `lapsed`; repeat for any of several; the first two unless said otherwise.
        state: Query<Vec<String>>,
        /// Go on after this member's id.
        after: Query<Option<String>>,
        /// Members on a page, 1 to 100; 50 unless said otherwise.
        per_page: Query<Option<u32>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Listed<MemberPage>, Problem> {
        if id.0.parse::<Id<kind::Organization>>().is_err() {
            return Err(Problem::new(Slug::NoSuchListing).detail("The id in the address is not a UUID."));
        }
        let mut faults = list_faults(&[], after.0.as_deref(), per_page.0);
        let states: Vec<LinkState> = words("state", &state.0, LinkState::from_word, &mut faults);
        if !faults.is_empty() {
            return Err(Problem::invalid(faults));
        }
        let limit = limit(per_page.0);
        let filters: String = states.iter().map(|state| format!("&state={}", state.as_str())).collect();
        let mut found = self.0.members(&id.0, &MembersAsked { states, after: after.0, limit })?;
        found.next = found
            .next
            .map(|after| format!("/v1/networks/{}/members?after={after}&per_page={limit}{filters}", found.network.id));
        let json = serde_json::to_vec(&found).expect("a page of members has only text keys").into();
        Ok(if filters.is_empty() {
            Listed::Whole(Cached::new(json, if_none_match.0.as_deref()))
        } else {
            Listed::Filtered(Private::new(json))
        })
    }

    /// Members of a network, in the words of FHIR
    ///
    /// The agreed and the claimed members as a FHIR R4 `Bundle` of `OrganizationAffiliation`; `active` is only what both sides
    /// say. References are logical ones: this is no FHIR server.
    #[oai(
        path = "/v1/networks/:id/affiliations",
        method = "get",
        tag = "Tag::Reading",
        operation_id = "listAffiliations"
    )]
    async fn affiliations(
        &self,
        /// A network's id, as cards carry it.
        id: Path<String>,
        /// Go on after this member's id.
        after: Query<Option<String>>,
        /// Members on a page, 1 to 100; 50 unless said otherwise.
        per_page: Query<Option<u32>>,
    ) -> Result<Fhir, Problem> {
        if id.0.parse::<Id<kind::Organization>>().is_err() {
            return Err(Problem::new(Slug::NoSuchListing).detail("The id in the address is not a UUID."));
        }
        let faults = list_faults(&[], after.0.as_deref(), per_page.0);
        if !faults.is_empty() {
            return Err(Problem::invalid(faults));
        }
        let limit = limit(per_page.0);
        let mut found = self.0.members(&id.0, &MembersAsked { states: Vec::new(), after: after.0, limit })?;
        found.next = found
            .next
            .map(|after| format!("/v1/networks/{}/affiliations?after={after}&per_page={limit}", found.network.id));
        Ok(Fhir(serde_json::to_vec(&fhir::bundle(&found)).expect("a bundle has only text keys").into()))
    }
}

fn limit(per_page: Option<u32>) -> usize {
    per_page.unwrap_or(50) as usize
}

/// The values of words of a closed list; a fault for each that is none.
fn words<T>(name: &str, words: &[String], known: fn(&str) -> Option<T>, faults: &mut Vec<Violation>) -> Vec<T> {
    let mut found = Vec::with_capacity(words.len().min(16));
    for (at, word) in words.iter().enumerate().take(50) {
        match known(word) {
            Some(value) => found.push(value),
            None => faults.push(Violation::new(format!("/{name}/{at}"), Code::NotInList)),
        }
    }
    if words.len() > 50 {
        faults.push(Violation::new(format!("/{name}"), Code::TooLong));
    }
    found
}
