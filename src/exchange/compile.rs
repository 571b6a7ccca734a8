//! Takes a compiled item apart: a service with its organization, places and terms becomes drafts.
//!
//! An item goes in as a JSON object that holds nothing it must not hold (see `shape` and `allow`), whatever format it came in.

mod extension;
mod members;

use std::collections::HashMap;

use serde_json::Value;

use extension::{OfOrganization, OfService};
pub use members::clear_values;
use members::{areas, elements, hash, nested, towns, word};

use super::{
    decide::Decisions,
    drafts::{Draft, Item, Offer},
    ids::Ids,
    links, silence,
    sketch::{id_of_name, id_of_place},
};
use crate::domain::{
    entry::{Aggregate, OrganizationFacts, ServiceFacts},
    link::{Named, Side, SideKind, Stated},
    location::Location,
    organization::Organization,
    place::PlaceMode,
    read::{self, Code, LIST, Mended, Notice, Outcome, Read, Record, Unreadable, Violation, term_name},
    service::Service,
    service_at_location::ServiceAtLocation,
    taxonomy::{Attribute, HOUSE_TAXONOMY, Taxonomy},
};

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A service whose places may be told so.
    Service(PlaceMode),
    /// An organization.
    Organization,
}

/// One item, read as far as it may be.
pub struct Input {
    /// In which file of the package it stands.
    pub part: usize,
    /// Where it stands.
    pub row: u64,
    /// What it is.
    pub subject: Subject,
    /// Its members, with nested objects.
    pub record: Record,
    /// How many members were passed over.
    pub withheld: u32,
    /// What was put right so far.
    pub notices: Vec<Notice>,
}

/// Makes drafts of items, and knows what it has made before.
pub struct Compiler<'s> {
    decisions: &'s Decisions,
    ids: &'s mut dyn Ids,
    unreadable: Unreadable,
    /// Items by what they are about: where they stood and what they said.
    items: HashMap<(&'static str, String), (u64, u64)>,
    /// Nested records that have been given, by kind and id, with what they said.
    given: HashMap<(&'static str, String), u64>,
}

/// What one item has come to so far.
#[derive(Default)]
struct Work {
    drafts: Vec<Draft>,
    violations: Vec<Violation>,
    notices: Vec<Notice>,
    given: Vec<((&'static str, String), u64)>,
    /// Services inside the item, with what they said.
    items: Vec<((&'static str, String), u64)>,
}

/// How a nested record comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Come {
    /// For the first time.
    New,
    /// As before: it has been given, and need not be read again.
    Again,
    /// Saying something else than before; it is read for its faults, and not given.
    Otherwise,
}

impl<'s> Compiler<'s> {
    /// Nothing made yet.
    pub fn new(decisions: &'s Decisions, ids: &'s mut dyn Ids) -> Self {
        Self { decisions, ids, unreadable: Unreadable::Refused, items: HashMap::new(), given: HashMap::new() }
    }

    /// What becomes of optional values that cannot be read.
    pub fn with(self, unreadable: Unreadable) -> Self {
        Self { unreadable, ..self }
    }

    /// What may be read.
    pub fn decisions(&self) -> &'s Decisions {
        self.decisions
    }

    /// Whether a nested record of this kind and id has been given, so that saying it again would add nothing.
    pub fn has_given(&self, kind: &'static str, id: &str) -> bool {
        self.given.contains_key(&(kind, id.to_owned()))
    }

    /// The drafts of one item, or all its faults.
    pub fn item(&mut self, input: Input) -> Item {
        let Input { part, row, subject, record, withheld, notices } = input;
        let kind = if subject == Subject::Organization { "organization" } else { "service" };
        let foreign_id = word(&record, "id");
        let is_organization = subject == Subject::Organization;
        let mut item = Item {
            part,
            row,
            foreign_id,
            is_organization,
            result: Ok(Vec::new()),
            merged_into: None,
            notices,
            withheld,
        };
        let says = hash(&record);
        let key = item.foreign_id.clone().map(|id| (kind, id));
        if let Some((first, said)) = key.as_ref().and_then(|key| self.items.get(key)) {
            if *said == says {
                item.merged_into = Some(*first);
            } else {
                item.result = Err(vec![Violation::new("/id", Code::Duplicate)]);
            }
            return item;
        }
        let mut work = Work::default();
        match subject {
            Subject::Service(mode) => self.service(record, mode, "", &mut work),
            Subject::Organization => self.organization(record, "", &mut work),
        }
        item.notices.append(&mut work.notices);
        if work.violations.is_empty() {
            self.given.extend(work.given);
            self.items
                .extend(key.map(|key| (key, says)).into_iter().chain(work.items).map(|(key, says)| (key, (row, says))));
            item.result = Ok(work.drafts);
        } else {
            item.result = Err(work.violations);
        }
        item
    }

    /// A service; `pointer` is where it stands in its item.
    fn service(&mut self, mut record: Record, mode: PlaceMode, pointer: &str, work: &mut Work) {
        let foreign_id = word(&record, "id");
        if let Some(mut organization) = nested(&mut record, "organization", &format!("{pointer}/organization"), work) {
            let linked = word(&record, "organization_id");
            if word(&organization, "id").is_none()
                && let Some(id) = linked.or_else(|| word(&organization, "name").map(|name| id_of_name(&name)))
            {
                organization.insert("id".to_owned(), id.into());
            }
            if let Some(id) = word(&organization, "id") {
                record.insert("organization_id".to_owned(), id.into());
            }
            self.organization(organization, &format!("{pointer}/organization"), work);
        }
        let places = elements(&mut record, "service_at_locations", pointer, work);
        let linked = self.links(&mut record, SideKind::Service, mode == PlaceMode::Area, pointer, work);
        if mode == PlaceMode::Area {
            clear_values(&mut record);
            silence::texts(&mut record, "", &mut work.notices, &mut work.violations);
        }
        let own: OfService = self.extension(&mut record, pointer, work);
        let attributes = self.terms(&mut record, mode == PlaceMode::Area, pointer, work);
        if let Some((mut service, extra)) = self.read::<Service>(&record, pointer, work) {
            let facts = ServiceFacts { mode, areas: areas(&mut service, mode, pointer, work), ..own.facts(mode) };
            let extra = if mode == PlaceMode::Area { Record::new() } else { extra };
            give_terms(&service.attributes, attributes, work);
            if let Some(foreign_id) = foreign_id.clone() {
                work.drafts.extend(links::offers(linked, Side::service(service.id), &foreign_id).map(Draft::Link));
                work.drafts.push(Draft::Service(Box::new(Offer { foreign_id, record: service, facts, extra })));
            }
        }
        for (index, place) in places {
            let pointer = format!("{pointer}/service_at_locations/{index}");
            self.place(place, index, foreign_id.as_deref(), &pointer, work);
        }
    }

    /// A service inside an organization. One that has been given stays as it was given first.
    fn service_within(&mut self, mut record: Record, organization: Option<&str>, pointer: &str, work: &mut Work) {
        let says = hash(&record);
        if let Some(id) = word(&record, "id") {
            let key = ("service", id);
            let earlier = self.items.get(&key).map(|(_, said)| *said);
            let beside = || work.items.iter().find(|(given, _)| *given == key).map(|(_, said)| *said);
            if let Some(said) = earlier.or_else(beside) {
                if said != says {
                    work.notices.push(Notice { pointer: pointer.to_owned(), mended: Mended::FirstKept });
                }
                return;
            }
            work.items.push((key, says));
        }
        record.remove("organization");
        record.extend(organization.map(|id| ("organization_id".to_owned(), id.into())));
        let mode = word(&record, "id").map_or(PlaceMode::Area, |id| self.decisions.mode(&id));
        self.service(record, mode, pointer, work);
    }

    /// One element of `service_at_locations`, with its location.
    fn place(&mut self, mut record: Record, index: usize, service: Option<&str>, pointer: &str, work: &mut Work) {
        let linked = word(&record, "location_id");
        let mut location = linked.clone();
        if let Some(mut nested) = nested(&mut record, "location", &format!("{pointer}/location"), work) {
            let id = word(&nested, "id").or(linked).unwrap_or_else(|| id_of_place(service, index));
            nested.insert("id".to_owned(), id.clone().into());
            location = Some(id);
            self.location(nested, None, &format!("{pointer}/location"), work);
        }
        let own = word(&record, "id");
        let foreign_id = own
            .unwrap_or_else(|| format!("{}/{}", service.unwrap_or_default(), location.as_deref().unwrap_or_default()));
        record.insert("id".to_owned(), foreign_id.clone().into());
        for (field, id) in [("location_id", location.as_deref()), ("service_id", service)] {
            if let Some(id) = id {
                record.insert(field.to_owned(), id.into());
            }
        }
        let attributes = self.terms(&mut record, false, pointer, work);
        if let Some((place, extra)) = self.read::<ServiceAtLocation>(&record, pointer, work) {
            give_terms(&place.attributes, attributes, work);
            work.drafts.push(Draft::ServiceAtLocation(Offer { foreign_id, record: place, facts: (), extra }));
        }
    }

    fn organization(&mut self, mut record: Record, pointer: &str, work: &mut Work) {
        let foreign_id = word(&record, "id");
        let withheld = foreign_id.as_deref().is_some_and(|id| self.decisions.withholds_organization(id));
        let linked = self.links(&mut record, SideKind::Organization, withheld, pointer, work);
        if withheld {
            silence::texts(&mut record, pointer, &mut work.notices, &mut work.violations);
        }
        let places = elements(&mut record, "locations", pointer, work);
        let services = elements(&mut record, "services", pointer, work);
        // An organization with an item of its own is given even when it was nested in an earlier one.
        let come = self.come("organization", foreign_id.as_deref(), &record, pointer, work);
        let come = if pointer.is_empty() { Come::New } else { come };
        if come != Come::Again {
            let attributes = self.terms(&mut record, withheld, pointer, work);
            let own: OfOrganization = self.extension(&mut record, pointer, work);
            let facts = foreign_id.as_deref().map(|id| self.decisions.organization_facts(id)).unwrap_or_default();
            let facts = OrganizationFacts { network: own.network, ..facts };
            if facts.protected {
                clear_values(&mut record);
            }
            if let Some((record, extra)) = self.read::<Organization>(&record, pointer, work)
                && come == Come::New
            {
                give_terms(&record.attributes, attributes, work);
                if let Some(foreign_id) = foreign_id.clone() {
                    let side = Side::organization(record.id);
                    work.drafts.extend(links::offers(linked, side, &foreign_id).map(Draft::Link));
                    let offer = Offer { foreign_id, record, facts, extra };
                    work.drafts.push(Draft::Organization(Box::new(offer)));
                }
            }
        }
        for (index, mut place) in places {
            let id = word(&place, "id").unwrap_or_else(|| id_of_place(foreign_id.as_deref(), index));
            place.insert("id".to_owned(), id.into());
            self.location(place, foreign_id.as_deref(), &format!("{pointer}/locations/{index}"), work);
        }
        for (index, service) in services {
            self.service_within(service, foreign_id.as_deref(), &format!("{pointer}/services/{index}"), work);
        }
    }

    /// A location; its id has been settled. `owner` is the organization it stands in.
    fn location(&mut self, mut record: Record, owner: Option<&str>, pointer: &str, work: &mut Work) {
        let Some(foreign_id) = word(&record, "id") else { return };
        let come = self.come("location", Some(&foreign_id), &record, pointer, work);
        if come == Come::Again {
            return;
        }
        if let Some(owner) = owner {
            record.entry("organization_id").or_insert_with(|| owner.into());
        }
        towns(&mut record, pointer, work);
        let attributes = self.terms(&mut record, false, pointer, work);
        if let Some((location, extra)) = self.read::<Location>(&record, pointer, work)
            && come == Come::New
        {
            give_terms(&location.attributes, attributes, work);
            work.drafts.push(Draft::Location(Box::new(Offer { foreign_id, record: location, facts: (), extra })));
        }
    }

    /// Settles the ids of the terms on a record, and takes their taxonomies out as records of their own. What is `silent`
    /// brings none: their ids are made of what the source calls them, and could be guessed. An open record that bears them does.
    fn terms(&mut self, record: &mut Record, silent: bool, pointer: &str, work: &mut Work) -> Vec<(usize, String)> {
        let mut named = Vec::new();
        let Some(Value::Array(attributes)) = record.get_mut("attributes") else { return named };
        for (index, attribute) in attributes.iter_mut().enumerate().take(LIST) {
            let Some(attribute) = attribute.as_object_mut() else { continue };
            let Some(term) = attribute.get_mut("taxonomy_term").and_then(Value::as_object_mut) else { continue };
            let pointer = format!("{pointer}/attributes/{index}/taxonomy_term/taxonomy_detail");
            if let Some(mut detail) = nested(term, "taxonomy_detail", &pointer, work)
                && let Some(id) = word(&detail, "id").or_else(|| word(&detail, "name"))
            {
                detail.insert("id".to_owned(), id.clone().into());
                if !term.contains_key("taxonomy")
                    && let Some(name) = detail.get("name")
                {
                    term.insert("taxonomy".to_owned(), name.clone());
                }
                term.insert("taxonomy_id".to_owned(), id.clone().into());
                let come = if silent { Come::Again } else { self.come("taxonomy", Some(&id), &detail, &pointer, work) };
                if come != Come::Again
                    && let Some((taxonomy, extra)) = self.read::<Taxonomy>(&detail, &pointer, work)
                    && come == Come::New
                {
                    work.drafts.push(Draft::Taxonomy(Offer { foreign_id: id, record: taxonomy, facts: (), extra }));
                }
            }
            let Some(id) = word(term, "id").or_else(|| term_name(term)) else { continue };
            term.insert("id".to_owned(), id.clone().into());
            let house = word(term, "taxonomy").as_deref() == Some(HOUSE_TAXONOMY);
            attribute.insert("taxonomy_term_id".to_owned(), id.clone().into());
            let seen = ("taxonomy_term", id.clone());
            if !silent
                && !house
                && !self.given.contains_key(&seen)
                && !work.given.iter().any(|(given, _)| *given == seen)
            {
                work.given.push((seen, 0));
                named.push((index, id));
            }
        }
        named
    }

    /// How a nested record comes. One that says something else than before is told.
    fn come(&self, kind: &'static str, id: Option<&str>, record: &Record, pointer: &str, work: &mut Work) -> Come {
        let Some(id) = id else { return Come::New };
        let (key, says) = ((kind, id.to_owned()), hash(record));
        let before =
            self.given.get(&key).or_else(|| work.given.iter().find(|(given, _)| *given == key).map(|(_, said)| said));
        match before {
            Some(said) if *said == says => Come::Again,
            Some(_) => {
                work.notices.push(Notice { pointer: pointer.to_owned(), mended: Mended::FirstKept });
                Come::Otherwise
            }
            None => {
                work.given.push((key, says));
                Come::New
            }
        }
    }

    /// What a record says in our own extension, its links apart.
    fn extension<T: Read + Default>(&mut self, record: &mut Record, pointer: &str, work: &mut Work) -> T {
        let pointer = format!("{pointer}/kith");
        let Some(own) = nested(record, "kith", &pointer, work) else { return T::default() };
        let outcome = read::read_with::<T>(&own, &pointer, &mut read::Given, self.unreadable);
        work.violations.extend(outcome.violations);
        work.notices.extend(outcome.notices);
        outcome.record.unwrap_or_default()
    }

    /// What a record says of others. `silent`: it is protected, and keeps no free words.
    fn links(&self, record: &mut Record, kind: SideKind, silent: bool, at: &str, work: &mut Work) -> Vec<Stated> {
        let name = word(record, "id").unwrap_or_default();
        let of = links::Holder { named: Named { kind, name }, silent, decisions: self.decisions };
        let (stated, violations, notices) = links::taken(record, at, &of, self.unreadable);
        work.violations.extend(violations);
        work.notices.extend(notices);
        stated
    }

    fn read<T: Aggregate + Read>(&mut self, record: &Record, pointer: &str, work: &mut Work) -> Option<(T, Record)> {
        let mut resolver = Resolver { decisions: self.decisions, ids: &mut *self.ids };
        let Outcome { record, violations, notices, extra } =
            read::read_with::<T>(record, pointer, &mut resolver, self.unreadable);
        work.violations.extend(violations);
        work.notices.extend(notices);
        record.map(|record| (record, extra))
    }
}

/// Gives ids by the source's rule, with the mode that was decided.
struct Resolver<'a> {
    decisions: &'a Decisions,
    ids: &'a mut dyn Ids,
}

impl read::Ids for Resolver<'_> {
    fn bits(&mut self, kind: &'static str, written: &str) -> Option<u128> {
        // What a source calls a protected organization may be its name with the town in it, which must not be guessed.
        let mode = match kind {
            "service" => self.decisions.mode(written),
            "organization" if self.decisions.withholds_organization(written) => PlaceMode::Area,
            _ => PlaceMode::Exact,
        };
        Some(self.ids.id(kind, written, mode))
    }
}

/// The terms that are new with this record, as drafts before it.
fn give_terms(attributes: &[Attribute], named: Vec<(usize, String)>, work: &mut Work) {
    for (index, foreign_id) in named {
        if let Some(record) = attributes.get(index).and_then(|attribute| attribute.taxonomy_term.clone()) {
            work.drafts.push(Draft::TaxonomyTerm(Offer { foreign_id, record, facts: (), extra: Record::new() }));
        }
    }
}
