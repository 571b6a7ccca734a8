//! Pass 1: what an item is, what it says of itself and what it hangs together with.
//!
//! Ids are read by the members named in these structs; the JSON reader passes over all others. Words are heard by [`walk`].

use serde::{Deserialize, de::IgnoredAny};

use super::{
    about::About,
    loose::{List, Loose, Word},
    walk::{self, Told},
};
use crate::domain::{
    id::{Kind as _, kind},
    place::PlaceMode,
    read::{Code, Violation},
    taxonomy::is_place_mode_link,
};

/// What one item is, as far as the place modes need it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Where the item stands, as in [`super::Item::row`].
    pub row: u64,
    /// The service, if the item is one.
    pub service: Option<SketchService>,
    /// The organization that the item is, or that is nested in it.
    pub organization: Option<SketchOrganization>,
    /// The services inside that organization, in order.
    pub services: Vec<SketchService>,
    /// Ids of its places of services and of its terms, and of what it is linked with, with their kinds.
    pub others: Vec<(&'static str, String)>,
    /// Why the item cannot be read; pass 2 will not look at it again. What it says of a place at risk still protects that.
    pub fault: Option<Violation>,
}

/// A service in pass 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SketchService {
    /// The source's id, if it states one.
    pub foreign_id: Option<String>,
    /// What it is.
    pub about: About,
    /// Who runs it, by the source's id.
    pub organization: Option<String>,
    /// Its places by the source's ids, in order; further ids of the same places follow.
    pub locations: Vec<String>,
    /// The mode that the source states.
    pub declared_mode: Option<PlaceMode>,
}

/// An organization in pass 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SketchOrganization {
    /// The source's id, or one made of its name.
    pub foreign_id: Option<String>,
    /// What it is.
    pub about: About,
    /// Its own places by the source's ids, in order.
    pub locations: Vec<String>,
}

impl Sketch {
    /// An item that cannot be read, and of which nothing is known.
    pub(super) fn unreadable(row: u64, fault: Violation) -> Self {
        Self { row, fault: Some(fault), ..Self::default() }
    }

    /// The sketch of a JSON item that cannot be read. A mode that it states may not be read as what it is.
    pub(super) fn unreadable_json(row: u64, fault: Violation, bytes: &[u8], hears: bool) -> Self {
        if !hears {
            return Self::unreadable(row, fault);
        }
        let mut told = walk::told(bytes);
        let mut seen = SketchService {
            declared_mode: told.has_mode.then_some(PlaceMode::Area),
            foreign_id: told.id.clone(),
            organization: told.organization_id.clone(),
            ..SketchService::default()
        };
        // What it is cannot be known, so its id may be that of a place.
        seen.locations.extend(told.id.take());
        let mut all = vec![told];
        while let Some(told) = all.pop() {
            seen.organization =
                seen.organization.take().or(told.organization.as_ref().and_then(|nested| nested.id.clone()));
            seen.locations.extend(told.places);
            seen.about.join(told.about);
            seen.declared_mode = seen.declared_mode.or(told.has_mode.then_some(PlaceMode::Area));
            all.extend(told.services.into_iter().chain(told.organization.map(|nested| *nested)));
        }
        seen.locations.retain(|id| !id.is_empty());
        Self { row, service: Some(seen), fault: Some(fault), ..Self::default() }.checked()
    }

    /// The sketch, refused when one of its ids has a character that no database takes.
    pub(super) fn checked(mut self) -> Self {
        let has_nul = |id: &String| id.contains('\0');
        let services = self.service.iter_mut().chain(&mut self.services);
        let one = services.flat_map(|service| [&mut service.foreign_id, &mut service.organization]);
        let mut bad = self.others.iter().any(|(_, id)| has_nul(id));
        for id in one.chain(self.organization.iter_mut().map(|organization| &mut organization.foreign_id)) {
            bad |= id.take_if(|id| has_nul(id)).is_some();
        }
        let services = self.service.iter_mut().chain(&mut self.services).map(|service| &mut service.locations);
        for ids in services.chain(self.organization.iter_mut().map(|organization| &mut organization.locations)) {
            bad |= ids.iter().any(has_nul);
            ids.retain(|id| !has_nul(id));
        }
        if bad {
            self.others.clear();
            self.fault.get_or_insert_with(|| Violation::new("", Code::HasNul));
        }
        self
    }

    /// The sketch of one JSON item; in pass 2, which does not hear them, without its words.
    pub(super) fn of_json(row: u64, bytes: &[u8], hears: bool) -> serde_json::Result<Self> {
        let Some(item) = serde_json::from_slice::<Loose<Thing>>(bytes)?.object else {
            return Ok(Self::unreadable(row, Violation::new("", Code::NotAnObject)));
        };
        let mut told = if hears { walk::told(bytes) } else { Told::default() };
        let mut others = Vec::new();
        item.others(&mut others);
        let sketch = match item.kind() {
            Some(Kind::Service) => {
                let mut within = told.organization.take().map(|nested| *nested).unwrap_or_default();
                let heard = std::mem::take(&mut within.services);
                let nested = item.organization.object.as_ref();
                let organization = nested.map(|nested| nested.organization(item.organization_id.id(), within));
                let run_by = organization.as_ref().and_then(|nested| nested.foreign_id.clone());
                let services = nested.map(|nested| nested.services(run_by.as_deref(), heard));
                let service = item.service(run_by, told);
                Self {
                    row,
                    service: Some(service),
                    organization,
                    services: services.unwrap_or_default(),
                    others,
                    fault: None,
                }
            }
            Some(Kind::Organization) => {
                let heard = std::mem::take(&mut told.services);
                let organization = item.organization(None, told);
                let services = item.services(organization.foreign_id.as_deref(), heard);
                Self { row, service: None, organization: Some(organization), services, others, fault: None }
            }
            None => {
                let mut sketch = Self::unreadable_json(row, Violation::new("", Code::UnknownKind), bytes, hears);
                // A place, a number, a term by itself: it is no service, and says nothing of who runs one.
                if let Some(seen) = &mut sketch.service {
                    let own = seen.foreign_id.take().filter(|_| !item.is_place());
                    seen.organization = None;
                    seen.locations.retain(|id| Some(id) != own.as_ref());
                }
                return Ok(sketch);
            }
        };
        Ok(sketch.checked())
    }
}

/// The id of an organization that has only a name.
pub(super) fn id_of_name(name: &str) -> String {
    format!("name/{name}")
}

/// The id of a place that has none: where it stands in its service or organization.
pub(super) fn id_of_place(owner: Option<&str>, index: usize) -> String {
    format!("{}/location/{index}", owner.unwrap_or_default())
}

enum Kind {
    Service,
    Organization,
}

/// The members of a service or an organization that pass 1 decodes, and some whose presence tells which it is.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Thing {
    id: Word,
    name: Word,
    organization_id: Word,
    organization: Loose<Box<Thing>>,
    attributes: List<SketchAttribute>,
    kith: Loose<Own>,
    service_taxonomys: List<SketchTaxonomy>,
    service_taxonomies: List<SketchTaxonomy>,
    eligibilitys: List<SketchEligibility>,
    eligibilities: List<SketchEligibility>,
    service_at_locations: List<SketchPlace>,
    locations: List<Located>,
    services: List<Thing>,
    eligibility_description: Option<IgnoredAny>,
    status: Option<IgnoredAny>,
    schedules: Option<IgnoredAny>,
    location_type: Option<IgnoredAny>,
    addresses: Option<IgnoredAny>,
    physical_addresses: Option<IgnoredAny>,
    service_id: Option<IgnoredAny>,
    service: Option<IgnoredAny>,
    location_id: Option<IgnoredAny>,
    location: Option<IgnoredAny>,
    taxonomy: Option<IgnoredAny>,
    taxonomy_id: Option<IgnoredAny>,
    taxonomy_detail: Option<IgnoredAny>,
    parent_id: Option<IgnoredAny>,
    version: Option<IgnoredAny>,
    vocabulary: Option<IgnoredAny>,
}

/// A term on a service of Open Referral UK 1.0.
#[derive(Deserialize, Default)]
#[serde(default)]
struct SketchTaxonomy {
    taxonomy: Loose<Named>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SketchAttribute {
    link_type: Word,
    value: Word,
    taxonomy_term: Loose<Named>,
}

/// Of our own extension only whom its links name, and a mode that a source looks for there.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Own {
    links: List<SketchLink>,
    place_mode: Word,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SketchLink {
    to: Loose<OtherSide>,
    from: Loose<OtherSide>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OtherSide {
    service_id: Word,
    organization_id: Word,
    network_id: Word,
}

/// Whom a service of Open Referral UK 1.0 is for, as far as terms say so.
#[derive(Deserialize, Default)]
#[serde(default)]
struct SketchEligibility {
    taxonomys: List<Named>,
    taxonomies: List<Named>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SketchPlace {
    id: Word,
    location_id: Word,
    location: Loose<Located>,
}

/// Of a place, and of a taxonomy, its id is decoded.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Located {
    id: Word,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    id: Word,
    name: Word,
    code: Word,
    vocabulary: Word,
    taxonomy_detail: Loose<Located>,
}

impl Thing {
    fn kind(&self) -> Option<Kind> {
        let any = |members: &[&Option<IgnoredAny>]| members.iter().any(|member| member.is_some());
        let place = self.is_place();
        let link = any(&[&self.service_id, &self.service, &self.location_id, &self.location]);
        let term = any(&[&self.taxonomy, &self.taxonomy_id, &self.taxonomy_detail, &self.parent_id])
            || any(&[&self.version, &self.vocabulary]);
        if link || ((place || term) && self.status.is_none()) {
            return None;
        }
        let service = any(&[&self.status, &self.schedules]) || self.eligibility_description.is_some();
        let linked = self.organization_id.word.is_some()
            || self.organization.object.is_some()
            || !self.service_at_locations.0.is_empty();
        match service || linked {
            true => Some(Kind::Service),
            false => self.name.word.is_some().then_some(Kind::Organization),
        }
    }

    fn is_place(&self) -> bool {
        [&self.location_type, &self.addresses, &self.physical_addresses].iter().any(|member| member.is_some())
    }

    /// The terms of Open Referral UK 1.0.
    fn older_terms(&self) -> impl Iterator<Item = &Named> {
        let links = self.service_taxonomys.objects().chain(self.service_taxonomies.objects());
        let for_whom = self.eligibilitys.objects().chain(self.eligibilities.objects());
        links
            .filter_map(|link| link.taxonomy.object.as_ref())
            .chain(for_whom.flat_map(|line| line.taxonomys.objects().chain(line.taxonomies.objects())))
    }

    fn service(&self, nested: Option<String>, told: Told) -> SketchService {
        let foreign_id = self.id.id();
        let mut locations = Vec::new();
        let mut further = Vec::new();
        for (index, place) in self.service_at_locations.0.iter().enumerate() {
            let place = place.object.as_ref();
            let nested = place.and_then(|place| {
                place.location.object.as_ref().and_then(|l| l.id.id()).or_else(|| place.location.id())
            });
            let linked = place.and_then(|place| place.location_id.id());
            let id = nested.or_else(|| linked.clone()).unwrap_or_else(|| id_of_place(foreign_id.as_deref(), index));
            further.extend(linked.filter(|linked| *linked != id));
            locations.push(id);
        }
        locations.extend(further);
        let is_mode = |attribute: &&SketchAttribute| {
            let term = attribute.taxonomy_term.object.as_ref();
            let named = term.into_iter().flat_map(|term| [&term.name, &term.code]).chain([&attribute.link_type]);
            named.filter_map(|word| word.word.as_deref()).any(is_place_mode_link)
        };
        let declared = self.attributes.objects().filter(is_mode).map(|attribute| attribute.value.word.as_deref());
        let own = self.kith.object.as_ref().and_then(|own| own.place_mode.word.as_deref()).map(Some);
        let declared_mode = declared.chain(own).map(declared_mode).max_by_key(|mode| protection(*mode));
        SketchService {
            about: told.about,
            organization: nested.or_else(|| self.organization_id.id()),
            locations,
            declared_mode,
            foreign_id,
        }
    }

    /// The ids of places of services, of terms and of other sides of links, also those of what is nested.
    fn others(&self, found: &mut Vec<(&'static str, String)>) {
        let at = self.service_at_locations.objects().filter_map(|place| place.id.id());
        found.extend(at.map(|id| (kind::ServiceAtLocation::NAME, id)));
        for term in self.attributes.objects().filter_map(|attribute| attribute.taxonomy_term.object.as_ref()) {
            found.extend(term.id.id().map(|id| (kind::TaxonomyTerm::NAME, id)));
            let taxonomy = term.taxonomy_detail.object.as_ref().and_then(|taxonomy| taxonomy.id.id());
            found.extend(taxonomy.map(|id| (kind::Taxonomy::NAME, id)));
        }
        let links = self.kith.object.iter().flat_map(|own| own.links.objects());
        for side in links.flat_map(|link| [&link.to.object, &link.from.object]).flatten() {
            found.extend(side.service_id.id().map(|id| (kind::Service::NAME, id)));
            for organization in [&side.organization_id, &side.network_id] {
                found.extend(organization.id().map(|id| (kind::Organization::NAME, id)));
            }
        }
        for term in self.older_terms() {
            found.extend(term.id.id().map(|id| (kind::TaxonomyTerm::NAME, id)));
            found.extend(term.vocabulary.id().map(|id| (kind::Taxonomy::NAME, id)));
        }
        let nested = self.services.objects().chain(self.organization.object.as_deref());
        nested.for_each(|nested| nested.others(found));
    }

    /// The services inside an organization, which is the one that runs them whatever they say.
    fn services(&self, run_by: Option<&str>, heard: Vec<Told>) -> Vec<SketchService> {
        let none = Self::default();
        let nested = self.services.0.iter().map(|service| service.object.as_ref().unwrap_or(&none));
        let heard = heard.into_iter().chain(std::iter::repeat_with(Told::default));
        nested.zip(heard).map(|(service, told)| service.service(run_by.map(str::to_owned), told)).collect()
    }

    fn organization(&self, linked: Option<String>, told: Told) -> SketchOrganization {
        let foreign_id = self.id.id().or(linked).or_else(|| self.name.word.as_deref().map(id_of_name));
        let place = |(index, place): (usize, &Loose<Located>)| {
            let id = place.object.as_ref().and_then(|place| place.id.id()).or_else(|| place.id());
            id.unwrap_or_else(|| id_of_place(foreign_id.as_deref(), index))
        };
        let locations: Vec<String> = self.locations.0.iter().enumerate().map(place).collect();
        SketchOrganization { about: told.about, locations, foreign_id }
    }
}

/// The mode of a word, as the API and the database write it; capitals do not matter.
pub(super) fn mode(word: &str) -> Option<PlaceMode> {
    let modes = [PlaceMode::Exact, PlaceMode::Area, PlaceMode::Remote];
    modes.into_iter().find(|mode| mode.as_str().eq_ignore_ascii_case(word.trim()))
}

/// The mode that a source states. Whoever states one that cannot be understood did not mean that the place be shown.
pub(super) fn declared_mode(word: Option<&str>) -> PlaceMode {
    word.and_then(mode).unwrap_or(PlaceMode::Area)
}

/// How much a mode protects: of two, the greater holds.
pub(super) fn protection(mode: PlaceMode) -> u8 {
    match mode {
        PlaceMode::Exact => 0,
        PlaceMode::Remote => 1,
        PlaceMode::Area => 2,
    }
}
