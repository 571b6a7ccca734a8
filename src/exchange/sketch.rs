//! Pass 1: what an item is, what it is called, which terms it has and what it hangs together with.
//!
//! Only the members named in these structs are decoded; the JSON reader passes over all others.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::{
    about::{About, words_of_address},
    loose::{Glance, List, Loose, Word},
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
    /// Why the item cannot be read at all; pass 2 will not look at it again.
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
    /// An item that cannot be read.
    pub(super) fn unreadable(row: u64, fault: Violation) -> Self {
        Self { row, fault: Some(fault), ..Self::default() }
    }

    /// The sketch, unless one of its ids has a character that no database takes: only its row is refused.
    pub(super) fn checked(self) -> Self {
        let services = self.service.iter().chain(&self.services);
        let of_services = services
            .flat_map(|service| service.foreign_id.iter().chain(&service.organization).chain(&service.locations));
        let organization = self.organization.iter();
        let mut ids = of_services.chain(organization.flat_map(|o| o.foreign_id.iter().chain(&o.locations)));
        if ids.any(|id| id.contains('\0')) || self.others.iter().any(|(_, id)| id.contains('\0')) {
            return Self::unreadable(self.row, Violation::new("", Code::HasNul));
        }
        self
    }

    /// The sketch of one JSON item.
    pub(super) fn of_json(row: u64, bytes: &[u8]) -> serde_json::Result<Self> {
        let Some(item) = thing(bytes)?.object else {
            return Ok(Self::unreadable(row, Violation::new("", Code::NotAnObject)));
        };
        let mut others = Vec::new();
        item.others(&mut others);
        let sketch = match item.kind() {
            Some(Kind::Service) => {
                let organization =
                    item.organization.object.as_ref().map(|nested| nested.organization(item.organization_id.id()));
                let run_by = organization.as_ref().and_then(|nested| nested.foreign_id.clone());
                let services = item.organization.object.as_ref().map(|nested| nested.services(run_by.as_deref()));
                let service = item.service(run_by);
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
                let organization = item.organization(None);
                let services = item.services(organization.foreign_id.as_deref());
                Self { row, service: None, organization: Some(organization), services, others, fault: None }
            }
            None => Self::unreadable(row, Violation::new("", Code::UnknownKind)),
        };
        Ok(sketch.checked())
    }
}

/// The members that pass 1 decodes. Where a place is called by something that is no text, the places go without their words.
fn thing(bytes: &[u8]) -> serde_json::Result<Loose<Thing>> {
    serde_json::from_slice(bytes).or_else(|error| {
        let mut item: Value = serde_json::from_slice(bytes).map_err(|_| error)?;
        without_words_of_places(&mut item);
        serde_json::from_value(item)
    })
}

fn without_words_of_places(item: &mut Value) {
    let each = |value: Option<&mut Value>, with: &mut dyn FnMut(&mut Value)| {
        value.and_then(Value::as_array_mut).into_iter().flatten().for_each(with);
    };
    let mut strip = |place: &mut Value| {
        let place = place.as_object_mut();
        place.map(|place| ["name", "alternate_name", "description"].map(|member| place.remove(member)));
    };
    each(item.get_mut("locations"), &mut strip);
    each(item.get_mut("service_at_locations"), &mut |at| {
        at.get_mut("location").map(&mut strip);
        strip(at);
    });
    each(item.get_mut("services"), &mut without_words_of_places);
    item.get_mut("organization").map(without_words_of_places);
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
    alternate_name: Word,
    description: Word,
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
    program: Loose<Told>,
    email: Word,
    url: Word,
    website: Word,
    application_process: Word,
    fees: Word,
    fees_description: Word,
    accreditations: Word,
    alert: Word,
    interpretation_services: Word,
    phones: List<Told>,
    eligibility_description: Option<Word>,
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
    label: Word,
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
    description: Option<Glance>,
}

/// Of a place, and of a taxonomy, its id is decoded, and what it is called and said to be: not where it is.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Located {
    id: Word,
    name: Option<Glance>,
    alternate_name: Option<Glance>,
    description: Option<Glance>,
}

/// What something is called and said to be.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    name: Word,
    alternate_name: Word,
    description: Word,
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
        let place = any(&[&self.location_type, &self.addresses, &self.physical_addresses]);
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

    fn about(&self) -> About {
        let words = |attribute: &SketchAttribute| {
            let term = attribute.taxonomy_term.object.as_ref();
            [
                term.and_then(|t| t.name.word.clone()),
                term.and_then(|t| t.code.word.clone()),
                attribute.label.word.clone(),
            ]
        };
        let old = self.older_terms().flat_map(|term| {
            let id = term.id.word.as_deref().and_then(|id| id.rsplit(':').next()).map(str::to_owned);
            [term.name.word.clone(), term.code.word.clone(), id]
        });
        About {
            name: self.name.word.clone().unwrap_or_default(),
            alternate_name: self.alternate_name.word.clone().unwrap_or_default(),
            description: self.description.word.clone().unwrap_or_default(),
            terms: self.attributes.objects().flat_map(words).chain(old).flatten().collect(),
            names: self.names(),
            texts: self.texts(),
        }
    }

    fn places(&self) -> impl Iterator<Item = &Located> {
        let of_services = self.service_at_locations.objects().filter_map(|place| place.location.object.as_ref());
        of_services.chain(self.locations.objects())
    }

    /// What is called by a name beside it.
    fn names(&self) -> Vec<String> {
        let program = self.program.object.iter().flat_map(|program| [&program.name, &program.alternate_name]);
        let places = self.places().flat_map(|place| [&place.name, &place.alternate_name]);
        let addresses =
            [&self.email, &self.url, &self.website].into_iter().filter_map(|address| address.word.as_deref());
        let called = program.filter_map(|name| name.word.clone());
        called.chain(places.flatten().map(Glance::text)).chain(addresses.map(words_of_address)).collect()
    }

    /// What is told in sentences beside its description.
    fn texts(&self) -> Vec<String> {
        let own = [&self.application_process, &self.fees, &self.fees_description, &self.accreditations, &self.alert]
            .into_iter()
            .chain([&self.interpretation_services]);
        let told = self.phones.objects().chain(&self.program.object).map(|told| &told.description);
        let at = self.service_at_locations.objects().filter_map(|place| place.description.as_ref());
        let places = at.chain(self.places().filter_map(|place| place.description.as_ref())).map(Glance::text);
        let texts = own.chain(told).filter_map(|text| text.word.clone());
        texts.chain(places).chain(self.eligibility_description.as_ref().and_then(|text| text.word.clone())).collect()
    }

    /// The terms of Open Referral UK 1.0.
    fn older_terms(&self) -> impl Iterator<Item = &Named> {
        let links = self.service_taxonomys.objects().chain(self.service_taxonomies.objects());
        let for_whom = self.eligibilitys.objects().chain(self.eligibilities.objects());
        links
            .filter_map(|link| link.taxonomy.object.as_ref())
            .chain(for_whom.flat_map(|line| line.taxonomys.objects().chain(line.taxonomies.objects())))
    }

    fn service(&self, nested: Option<String>) -> SketchService {
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
            about: self.about(),
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
    fn services(&self, run_by: Option<&str>) -> Vec<SketchService> {
        let none = Self::default();
        let nested = self.services.0.iter().map(|service| service.object.as_ref().unwrap_or(&none));
        nested.map(|service| service.service(run_by.map(str::to_owned))).collect()
    }

    fn organization(&self, linked: Option<String>) -> SketchOrganization {
        let foreign_id = self.id.id().or(linked).or_else(|| self.name.word.as_deref().map(id_of_name));
        let place = |(index, place): (usize, &Loose<Located>)| {
            let id = place.object.as_ref().and_then(|place| place.id.id()).or_else(|| place.id());
            id.unwrap_or_else(|| id_of_place(foreign_id.as_deref(), index))
        };
        SketchOrganization {
            about: self.about(),
            locations: self.locations.0.iter().enumerate().map(place).collect(),
            foreign_id,
        }
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
