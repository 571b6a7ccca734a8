//! Pass 1: what an item is, what it is called, which terms it has and what it hangs together with.
//!
//! Only the members named in these structs are decoded; the JSON reader passes over all others.

use serde::{Deserialize, de::IgnoredAny};

use super::loose::{List, Loose, Word};
use crate::domain::{
    place::PlaceMode,
    read::{Code, Violation},
    taxonomy::PLACE_MODE_LINK,
};

/// What one item is, as far as the place modes need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// Where the item stands, as in [`super::Item::row`].
    pub row: u64,
    /// The service, if the item is one.
    pub service: Option<SketchService>,
    /// The organization that the item is, or that is nested in it.
    pub organization: Option<SketchOrganization>,
    /// Why the item cannot be read at all; pass 2 will not look at it again.
    pub fault: Option<Violation>,
}

/// Names, terms and description: what tells a kind of support.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The name; empty when not stated.
    pub name: String,
    /// The other name; empty when not stated.
    pub alternate_name: String,
    /// The description; empty when not stated.
    pub description: String,
    /// Names and codes of its terms.
    pub terms: Vec<String>,
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
        Self { row, service: None, organization: None, fault: Some(fault) }
    }

    /// The sketch of one JSON item.
    pub(super) fn of_json(row: u64, bytes: &[u8]) -> serde_json::Result<Self> {
        let Some(item) = serde_json::from_slice::<Loose<Thing>>(bytes)?.object else {
            return Ok(Self::unreadable(row, Violation::new("", Code::NotAnObject)));
        };
        Ok(match item.kind() {
            Some(Kind::Service) => {
                let organization =
                    item.organization.object.as_ref().map(|nested| nested.organization(item.organization_id.id()));
                let service = item.service(organization.as_ref().and_then(|nested| nested.foreign_id.clone()));
                Self { row, service: Some(service), organization, fault: None }
            }
            Some(Kind::Organization) => {
                Self { row, service: None, organization: Some(item.organization(None)), fault: None }
            }
            None => Self::unreadable(row, Violation::new("", Code::UnknownKind)),
        })
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
    alternate_name: Word,
    description: Word,
    organization_id: Word,
    organization: Loose<Box<Thing>>,
    attributes: List<SketchAttribute>,
    service_taxonomys: List<SketchTaxonomy>,
    service_taxonomies: List<SketchTaxonomy>,
    service_at_locations: List<SketchPlace>,
    locations: List<Located>,
    status: Option<IgnoredAny>,
    schedules: Option<IgnoredAny>,
    eligibility_description: Option<IgnoredAny>,
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

#[derive(Deserialize, Default)]
#[serde(default)]
struct SketchPlace {
    location_id: Word,
    location: Loose<Located>,
}

/// Of a place nothing but its id is decoded.
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
        let service = any(&[&self.status, &self.schedules, &self.eligibility_description]);
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
        let old = self.service_taxonomys.objects().chain(self.service_taxonomies.objects());
        let old = old.filter_map(|link| link.taxonomy.object.as_ref()).flat_map(|term| {
            let id = term.id.word.as_deref().and_then(|id| id.rsplit(':').next()).map(str::to_owned);
            [term.name.word.clone(), term.code.word.clone(), id]
        });
        About {
            name: self.name.word.clone().unwrap_or_default(),
            alternate_name: self.alternate_name.word.clone().unwrap_or_default(),
            description: self.description.word.clone().unwrap_or_default(),
            terms: self.attributes.objects().flat_map(words).chain(old).flatten().collect(),
        }
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
        let declared =
            self.attributes.objects().filter(|attribute| attribute.link_type.word.as_deref() == Some(PLACE_MODE_LINK));
        let declared_mode = declared
            .filter_map(|attribute| mode(attribute.value.word.as_deref()?))
            .max_by_key(|mode| protection(*mode));
        SketchService {
            about: self.about(),
            organization: nested.or_else(|| self.organization_id.id()),
            locations,
            declared_mode,
            foreign_id,
        }
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

/// The mode of a word, as the API and the database write it.
pub(super) fn mode(word: &str) -> Option<PlaceMode> {
    [PlaceMode::Exact, PlaceMode::Area, PlaceMode::Remote].into_iter().find(|mode| mode.as_str() == word)
}

/// How much a mode protects: of two, the greater holds.
pub(super) fn protection(mode: PlaceMode) -> u8 {
    match mode {
        PlaceMode::Exact => 0,
        PlaceMode::Remote => 1,
        PlaceMode::Area => 2,
    }
}
