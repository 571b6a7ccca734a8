//! Goes over the bytes of a JSON item once, for all words in it, whichever members they stand in.
//!
//! Nothing is decoded but words, and those only to be judged and dropped. It finds no fault with anything and reads a broken
//! item as far as it goes, so that what such a one says of a place still protects it.

use std::borrow::Cow;

use super::{
    about::{About, is_deaf, is_heard},
    items::{blank, skip, string},
    loose::Glance,
};
use crate::domain::{read::foreign_id, taxonomy::is_place_mode_link};

/// Records in records that are looked into; the reader of JSON refuses an item that has more.
const DEEPEST: usize = 128;
/// Members that are places, or name one.
const PLACES: [&str; 2] = ["location", "locations"];

/// What a service or an organization says, apart from what is nested in it and has words of its own.
#[derive(Default)]
pub struct Told {
    /// Its words.
    pub about: About,
    /// The organization in it.
    pub organization: Option<Box<Told>>,
    /// The services in it.
    pub services: Vec<Told>,
    /// Its id, as far as it can be read; for an item that cannot be read otherwise.
    pub id: Option<String>,
    /// Whom it names as who runs it.
    pub organization_id: Option<String>,
    /// Every id of a place that it names anywhere.
    pub places: Vec<String>,
    /// Whether it speaks of a place mode.
    pub has_mode: bool,
}

/// What an item tells.
pub fn told(bytes: &[u8]) -> Told {
    let mut told = Told::default();
    let mut walk = Walk { bytes, at: blank(bytes, 0), depth: 0 };
    if bytes.get(walk.at) == Some(&b'{') {
        walk.thing(&mut told, true);
    }
    told
}

/// What a service or an organization says of itself that has no other inside it.
pub fn said(bytes: &[u8]) -> About {
    told(bytes).about
}

struct Walk<'b> {
    bytes: &'b [u8],
    at: usize,
    depth: usize,
}

impl<'b> Walk<'b> {
    /// What stands next in the object or list; `None` when that has ended, and is left.
    fn next(&mut self) -> Option<u8> {
        self.at = blank(self.bytes, self.at);
        let byte = *self.bytes.get(self.at)?;
        let is_end = matches!(byte, b'}' | b']');
        self.at += usize::from(is_end);
        (!is_end).then_some(byte)
    }

    /// Walks over the members of the object that begins here, and leaves it. `each` must go past the value.
    fn members(&mut self, mut each: impl FnMut(&mut Self, &str)) {
        self.at += 1;
        self.depth += 1;
        while let Some(byte) = self.next() {
            if byte != b'"' {
                // A comma, or what should not be here.
                self.at += 1;
                continue;
            }
            let name = text(self.string());
            self.at = blank(self.bytes, self.at);
            if self.bytes.get(self.at) == Some(&b':') {
                self.at = blank(self.bytes, self.at + 1);
                each(self, &name);
            }
        }
        self.depth -= 1;
    }

    /// Walks over the elements of the list that begins here, or over the one value.
    fn elements(&mut self, mut each: impl FnMut(&mut Self)) {
        if self.bytes.get(self.at) != Some(&b'[') {
            return each(self);
        }
        self.at += 1;
        self.depth += 1;
        while let Some(byte) = self.next() {
            match byte {
                b',' | b':' => self.at += 1,
                _ => each(self),
            }
        }
        self.depth -= 1;
    }

    /// The bytes of the text that begins here, without its quotes; to the end of a broken item where it has no end.
    fn string(&mut self) -> &'b [u8] {
        let from = self.at + 1;
        let end = string(self.bytes, self.at).unwrap_or(self.bytes.len() + 1).min(self.bytes.len() + 1);
        self.at = end.min(self.bytes.len());
        &self.bytes[from.min(self.bytes.len())..(end - 1).max(from).min(self.bytes.len())]
    }

    /// The bytes of the text or number that begins here; of anything else none, and it is passed over.
    fn word(&mut self) -> &'b [u8] {
        match self.bytes.get(self.at) {
            Some(b'"') => self.string(),
            Some(b'{' | b'[') => {
                self.pass();
                &[]
            }
            _ => self.number(),
        }
    }

    /// The bytes of the number, yes or no that begins here; at least one byte is passed over.
    fn number(&mut self) -> &'b [u8] {
        let from = self.at.min(self.bytes.len());
        let is_of_it = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(*byte);
        let length = self.bytes[from..].iter().take_while(is_of_it).count();
        self.at = from + length.max(1);
        &self.bytes[from..from + length]
    }

    /// Passes over the value that begins here.
    fn pass(&mut self) {
        self.at = skip(self.bytes, self.at).unwrap_or(self.bytes.len());
    }

    /// The members of a service or an organization.
    fn thing(&mut self, told: &mut Told, nests_organization: bool) {
        self.members(|walk, name| {
            let is_object = walk.bytes.get(walk.at) == Some(&b'{');
            match name {
                "organization" if nests_organization && is_object => {
                    let mut organization = Told::default();
                    walk.thing(&mut organization, false);
                    told.organization = Some(Box::new(organization));
                }
                // Whatever it says of who runs it, that is the one it stands in.
                "organization" if is_object => walk.pass(),
                "services" => walk.elements(|walk| {
                    let mut service = Told::default();
                    match walk.bytes.get(walk.at) {
                        Some(b'{') if walk.depth < DEEPEST => walk.thing(&mut service, false),
                        _ => drop(walk.word()),
                    }
                    told.services.push(service);
                }),
                _ => walk.value("", name, told),
            }
        });
    }

    /// A value: what a record says by the member `name`, `parent` being the one in which the record stands.
    fn value(&mut self, parent: &str, name: &str, told: &mut Told) {
        match self.bytes.get(self.at) {
            Some(b'{' | b'[') if self.depth >= DEEPEST || is_deaf(name) => self.pass(),
            Some(b'{') => self.members(|walk, member| walk.value(name, member, told)),
            Some(b'[') => self.elements(|walk| walk.value(parent, name, told)),
            Some(b'"') => {
                let said = self.string();
                // A mode is named by the link on which it stands.
                if is_id(name) || name == "link_type" || is_heard(parent, name) {
                    told.hear(parent, name, &text(said));
                }
            }
            _ => {
                let number = self.number();
                if is_id(name) {
                    told.hear(parent, name, &text(number));
                }
            }
        }
    }
}

impl Told {
    fn hear(&mut self, parent: &str, name: &str, said: &str) {
        if said.trim().is_empty() {
            return;
        }
        let is_place = PLACES.contains(&parent) && name == "id";
        if is_place || name == "location_id" || PLACES.contains(&name) {
            self.places.push(foreign_id(said));
            return;
        }
        match (parent, name) {
            ("", "id") if self.id.is_none() => self.id = Some(foreign_id(said)),
            ("", "organization_id") if self.organization_id.is_none() => self.organization_id = Some(foreign_id(said)),
            _ => {}
        }
        self.has_mode |= name == "place_mode" || is_place_mode_link(said);
        self.about.hear(parent, name, said);
    }
}

/// Whether a member is an id, or the bare name of a place.
fn is_id(name: &str) -> bool {
    name == "id" || name.ends_with("_id") || PLACES.contains(&name)
}

/// A text as it is meant, as far as it is text.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    if !bytes.contains(&b'\\') {
        return String::from_utf8_lossy(bytes);
    }
    let quoted = [b"\"", bytes, b"\""].concat();
    let glance = serde_json::from_slice::<Glance>(&quoted);
    Cow::Owned(glance.map_or_else(|_| String::from_utf8_lossy(bytes).replace('\\', " "), |glance| glance.text()))
}

#[cfg(test)]
mod tests {
    use super::{super::about::Heard, told};

    const ITEM: &str = r#"{"id": 7, "name": "Elm", "organization_id": "o", "phones": [{"number": "1", "description": "Rings in our refuge."}],
        "service_at_locations": [{"location_id": "l1", "location": {"id": "l2", "name": "Hall", "latitude": 53.8,
        "addresses": [{"address_1": "CANARY", "attributes": [{"label": "CANARY"}]}]}}], "locations": ["l3", {"id": "l4"}],
        "kith": {"place_mode": "area", "links": [{"to": {"name": "CANARY"}, "does": "We \u0073end on."}]},
        "organization": {"id": "o", "name": "Oak", "services": [{"id": "s", "name": "Choir"}, 7]}}"#;

    #[test]
    fn all_words_are_heard_where_they_belong_and_nothing_of_where_it_is() {
        let found = told(ITEM.as_bytes());
        assert_eq!(
            (found.id.as_deref(), found.organization_id.as_deref(), found.has_mode),
            (Some("7"), Some("o"), true)
        );
        assert_eq!(found.places, ["l1", "l2", "l3", "l4"]);
        let heard = |heard: &[Heard]| heard.iter().map(|one| format!("{}: {}", one.at, one.text)).collect::<Vec<_>>();
        assert_eq!(
            (found.about.name.as_str(), heard(&found.about.names)),
            ("Elm", vec!["location/name: Hall".to_owned()])
        );
        let texts = ["phones/description: Rings in our refuge.", "kith/place_mode: area", "links/does: We send on."];
        assert_eq!(heard(&found.about.texts), texts);
        let organization = found.organization.unwrap();
        assert_eq!(organization.about.name, "Oak");
        let services: Vec<_> = organization.services.iter().map(|service| service.about.name.as_str()).collect();
        assert_eq!(services, ["Choir", ""]);
    }

    #[test]
    fn an_item_that_is_cut_off_or_has_anything_in_it_is_heard_as_far_as_it_goes() {
        let bytes = ITEM.as_bytes();
        for end in 0..bytes.len() {
            let heard = told(&bytes[..end]);
            assert_eq!(heard.places.len() >= 2, end > ITEM.find("l2").unwrap(), "{end}");
            for other in *b"\"\\{}[]:,x\xff" {
                let mut broken = bytes.to_vec();
                broken[end] = other;
                told(&broken);
            }
        }
        let deep = "[".repeat(100_000);
        assert_eq!(told(format!("{{\"a\": {deep}").as_bytes()).places, [""; 0]);
    }
}
