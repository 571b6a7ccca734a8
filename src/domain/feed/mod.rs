//! The feed: what a published listing is in the words of HSDS 3.1 and Open Referral UK 3.0.
//!
//! Everything here is made of published bytes and of the compiled-in vocabulary alone, so the feed can tell nothing that
//! a listing's page does not. What a schema of the feed would refuse is left out, and nothing is ever null.

mod forms;
pub mod house;
pub mod record;

use serde::Serialize;
use serde_json::{Map, Value, json};

use self::forms::{is_email, is_uri};
use super::{
    access::{ACCESS_LINK, AccessAnswer},
    card::ListingKind,
    clock::Timestamp,
    id::{Id, kind},
    practice::BY_TERMS,
    taxonomy::HOUSE_TAXONOMY,
};

/// The answer with which an access term is one of the record's terms.
const YES: &str = AccessAnswer::Yes.as_str();

/// The kinds of listing that are an organization.
const ORGANIZATIONS: [&str; 2] = [ListingKind::Organization.as_str(), ListingKind::Network.as_str()];

/// The kind of listing that the standard has no word for.
const RESOURCE: &str = ListingKind::Resource.as_str();

/// The side of a link that is this record.
const THIS: &str = "this";

/// Who states a link that this record does not state.
const OTHER: &str = "other";

/// An object of the feed.
pub type Object = Map<String, Value>;

/// A published listing, to be taken apart.
#[derive(Debug, Clone)]
pub struct Published(Object);

impl Published {
    /// Reads a listing's published bytes; `None` when they are none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().map(Self)
    }

    /// The service with all that belongs to it; `None` when the listing is an organization, or for those who support people.
    pub fn service(&self) -> Option<Object> {
        let mut service = self.own_service()?;
        if let Some(organization) = self.object(&["organization"]) {
            service.insert("organization".to_owned(), organization.clone().into());
        }
        let places: Vec<Value> = self.places().filter_map(|place| at_place(place, whole)).map(Value::Object).collect();
        if !places.is_empty() {
            service.insert("service_at_locations".to_owned(), places.into());
        }
        service.extend(self.extension());
        let areas = self.service_areas(&service);
        if !areas.is_empty() {
            service.insert("service_areas".to_owned(), areas.into());
        }
        Some(mended(service, "service"))
    }

    /// The service's own members and its organization's, without lists.
    pub fn service_summary(&self) -> Option<Object> {
        let mut service = scalars(&self.own_service()?);
        if let Some(organization) = self.object(&["organization"]) {
            service.insert("organization".to_owned(), scalars(organization).into());
        }
        Some(mended(service, "service"))
    }

    /// The organization with its own places; `None` when the listing is a service.
    pub fn organization(&self) -> Option<Object> {
        let mut organization = self.own_organization()?.clone();
        let locations: Vec<Value> = self.places().filter_map(|place| place.get("location")).cloned().collect();
        if !locations.is_empty() {
            organization.insert("locations".to_owned(), locations.into());
        }
        organization.extend(self.extension());
        Some(mended(organization, "organization"))
    }

    /// The organization's own members, without lists.
    pub fn organization_summary(&self) -> Option<Object> {
        Some(mended(scalars(self.own_organization()?), "organization"))
    }

    /// The service at one of its places.
    ///
    /// Documents of the standard bind this answer to the schema of a service, its text to that of a service at a
    /// location. With the name and the status of its service it is both.
    pub fn place(&self, id: &str) -> Option<Object> {
        let service = self.own_service()?;
        let mut place = at_place(self.place_of(id)?, whole)?;
        for member in ["name", "status"] {
            place.insert(member.to_owned(), service.get(member)?.clone());
        }
        place.insert("service".to_owned(), self.service_summary()?.into());
        Some(mended(place, "service_at_location"))
    }

    /// The service at one of its places: own members, and those of the service and of the place, without lists.
    pub fn place_summary(&self, id: &str) -> Option<Object> {
        let mut place = at_place(self.place_of(id)?, scalars)?;
        place.insert("service".to_owned(), scalars(&self.own_service()?).into());
        Some(mended(place, "service_at_location"))
    }

    fn own_service(&self) -> Option<Object> {
        // The standard has no word for what is no help by itself.
        if self.object(&["card"]).is_some_and(|card| card.get("kind").is_some_and(|kind| kind == RESOURCE)) {
            return None;
        }
        let mut service = self.object(&["service"])?.clone();
        // When what we show changed, not when the source says it did: who copies the feed needs the former.
        service.remove("last_modified");
        if let Some(changed) = self.0.get("last_modified") {
            service.insert("last_modified".to_owned(), changed.clone());
        }
        if let Some(fees) = service.get("fees_description").cloned() {
            service.entry("fees").or_insert(fees);
        }
        Some(service)
    }

    fn own_organization(&self) -> Option<&Object> {
        if self.0.contains_key("service") { None } else { self.object(&["organization"]) }
    }

    fn places(&self) -> impl Iterator<Item = &Object> {
        self.0.get("places").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
    }

    fn place_of(&self, id: &str) -> Option<&Object> {
        self.places().find(|place| place.get("service_at_location").is_some_and(|at| at["id"] == id))
    }

    /// The areas a service names, and those that the gazetteer knows it to serve.
    fn service_areas(&self, service: &Object) -> Vec<Value> {
        let mut areas: Vec<Value> = service.get("service_areas").and_then(Value::as_array).cloned().unwrap_or_default();
        let known = self.object(&["card", "place"]).and_then(|place| place.get("areas")).and_then(Value::as_array);
        let id: Option<Id<kind::Service>> = service.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        for area in known.into_iter().flatten() {
            if let (Some(id), Some(code)) = (id, area["code"].as_str())
                && !areas.iter().any(|stated| stated["extent"] == code)
            {
                let own: Id<kind::ServiceArea> = Id::named(id, &format!("service_area/{code}"));
                areas.push(json!({
                    "id": own, "service_id": id, "name": area["name"], "extent": code, "extent_type": "text",
                }));
            }
        }
        areas
    }

    /// The member that holds what the standard has no word for: of the links those that this record itself states, as a
    /// file states them. What only the other side says stands there, so that whoever copies both makes no claim of two.
    fn extension(&self) -> Option<(String, Value)> {
        let link = |link: &Value| {
            let is_organization = ORGANIZATIONS.iter().any(|kind| link["target"]["kind"] == *kind);
            let side = if is_organization { "organization_id" } else { "service_id" };
            let mut stated = json!({
                "relationship": link["relationship"], "state": link["state"],
                link["direction"].as_str()?: { side: link["target"]["id"] },
            });
            if let (Some(stated), Some(note)) = (stated.as_object_mut(), link.get("note")) {
                stated.insert("note".to_owned(), note.clone());
            }
            let own = link["sides"].as_array().and_then(|sides| sides.iter().find(|side| side["by"] == THIS));
            if let (Some(stated), Some(own)) = (stated.as_object_mut(), own.and_then(|side| side["terms"].as_object()))
            {
                stated.extend(own.clone());
            }
            (link["stated_by"] != OTHER).then_some(stated)
        };
        let links = self.0.get("links").and_then(Value::as_array);
        let links: Vec<Value> = links.into_iter().flatten().filter_map(link).collect();
        let mut own = Object::new();
        if !links.is_empty() {
            own.insert("links".to_owned(), links.into());
        }
        let members = ["network", "practice", "resource"].into_iter();
        own.extend(members.filter_map(|name| Some((name.to_owned(), self.0.get(name)?.clone()))));
        if let Some(practice) = own.get_mut("practice").and_then(Value::as_object_mut) {
            // What the record says by its terms stands among its attributes.
            if let Some(claims) = practice.get_mut("markers").and_then(Value::as_array_mut) {
                claims.retain(|claim| claim["source"] != BY_TERMS);
            }
            practice.retain(|_, said| said.as_array().is_none_or(|said| !said.is_empty()));
            if practice.is_empty() {
                own.remove("practice");
            }
        }
        if let Some(held) = self.0.get("card").and_then(|card| card.get("held")) {
            own.insert("held".to_owned(), held.clone());
        }
        (!own.is_empty()).then(|| ("kith".to_owned(), own.into()))
    }

    fn object(&self, path: &[&str]) -> Option<&Object> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.0.get(*first)?, |value, name| value.get(name))?.as_object()
    }
}

/// A record of the standard as the feed has it.
pub fn object(record: &impl Serialize, kind: &str) -> Object {
    match serde_json::to_value(record) {
        Ok(Value::Object(object)) => mended(object, kind),
        _ => Object::new(),
    }
}

/// A record of its own, such as a term, from its published bytes.
pub fn own_record(bytes: &[u8], kind: &str) -> Option<Object> {
    serde_json::from_slice(bytes).ok().map(|record| mended(record, kind))
}

/// A service at a place with that place, as much of it as `part` takes.
fn at_place(place: &Object, part: impl Fn(&Object) -> Object) -> Option<Object> {
    let location = place.get("location")?.as_object()?;
    let mut at = part(place.get("service_at_location")?.as_object()?);
    at.insert("location_id".to_owned(), location.get("id")?.clone());
    at.insert("location".to_owned(), part(location).into());
    Some(at)
}

fn whole(object: &Object) -> Object {
    object.clone()
}

/// The members that are neither lists nor objects.
fn scalars(object: &Object) -> Object {
    let own = object.iter().filter(|(_, value)| !value.is_array() && !value.is_object());
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The object without what its schema would refuse, and with attributes that lead to it and to the terms of the feed.
fn mended(mut object: Object, kind: &str) -> Object {
    mend(&mut object, kind);
    object
}

fn mend(object: &mut Object, kind: &str) {
    object.retain(|name, value| fits(name, value));
    for instant in ["last_modified", "updated"] {
        if let Some(value) = object.get_mut(instant)
            && let Some(Ok(at)) = value.as_str().map(str::parse::<Timestamp>)
        {
            *value = json!(at);
        }
    }
    let id = object.get("id").cloned();
    if let Some(Value::Array(attributes)) = object.get_mut("attributes") {
        attributes.retain_mut(|attribute| attribute.as_object_mut().is_some_and(|of| settle(of, id.as_ref(), kind)));
    }
    object.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()));
    for (name, value) in object.iter_mut() {
        match value {
            Value::Object(child) => mend(child, name),
            Value::Array(children) => {
                let kind = one_of(name);
                children.iter_mut().filter_map(Value::as_object_mut).for_each(|child| mend(child, kind));
                // An address of the web is all that a `url` is for, and a capacity says how many of what, and when.
                let needed: &[&str] = match kind {
                    "url" => &["url"],
                    "service_capacity" => &["unit", "available", "updated"],
                    _ => &[],
                };
                children.retain(|child| needed.iter().all(|member| child.get(member).is_some()));
            }
            _ => {}
        }
    }
    object.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
}

/// Whether a value is what the schemas say of members of that name.
fn fits(name: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return !value.is_null() };
    match name {
        "url" | "uri" | "website" | "term_uri" | "schedule_link" => is_uri(text),
        "email" | "assurer_email" => is_email(text),
        "last_modified" | "updated" => text.parse::<Timestamp>().is_ok(),
        "program_id" => text.parse::<Id<kind::Service>>().is_ok(),
        _ => true,
    }
}

/// Puts an attribute on its record, with the house's own words for a house term. `false` for a term that the house has
/// not, and for one of which the record says that it is not so, or only on request: others would read it as so.
fn settle(attribute: &mut Object, record: Option<&Value>, kind: &str) -> bool {
    attribute.insert("link_entity".to_owned(), kind.into());
    match record {
        Some(id) => attribute.insert("link_id".to_owned(), id.clone()),
        None => attribute.remove("link_id"),
    };
    let Some(term) = attribute.get("taxonomy_term") else { return true };
    let answers = attribute.get("link_type").is_some_and(|link| link == ACCESS_LINK);
    if answers && attribute.get("value").and_then(Value::as_str).and_then(|value| value.split(' ').next()) != Some(YES)
    {
        return false;
    }
    if term["taxonomy"] == HOUSE_TAXONOMY {
        let Some(house) = term["code"].as_str().and_then(house::term) else { return false };
        attribute.insert("taxonomy_term".to_owned(), json!(house));
    }
    let id = attribute["taxonomy_term"]["id"].clone();
    attribute.insert("taxonomy_term_id".to_owned(), id);
    true
}

/// The standard's word for one element of a list.
fn one_of(list: &str) -> &str {
    match list {
        "additional_urls" | "additional_websites" => "url",
        "addresses" => "address",
        "capacities" => "service_capacity",
        "accessibility" | "funding" => list,
        _ => list.strip_suffix('s').unwrap_or(list),
    }
}

#[cfg(test)]
mod tests;
