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

struct Walk<'b> {
    bytes: &'b [u8],
    at: usize,
    depth: usize,
}

impl<'b> Walk<'b> {
    /// Walks over the members of the object that begins here, and leaves it. `each` must go past the value.
    fn members(&mut self, mut each: impl FnMut(&mut Self, &str)) {
        self.at += 1;
        self.depth += 1;
        loop {
            self.at = blank(self.bytes, self.at);
            match self.bytes.get(self.at) {
                None => break,
                Some(b'}' | b']') => {
                    self.at += 1;
                    break;
                }
                Some(b'"') => {
                    let name = text(self.string());
                    self.at = blank(self.bytes, self.at);
                    if self.bytes.get(self.at) == Some(&b':') {
                        self.at = blank(self.bytes, self.at + 1);
                        each(self, &name);
                    }
                }
                // A comma, or what should not be here.
                Some(_) => self.at += 1,
            }
        }
        self.depth -= 1;
    }

    /// Walks over the elements of the list that begins here, or over the one value.
    fn elements(&mut self, mut each: impl FnMut(&mut Self, usize)) {
        if self.bytes.get(self.at) != Some(&b'[') {
            return each(self, 0);
        }
        self.at += 1;
        self.depth += 1;
        let mut index = 0;
        loop {
            self.at = blank(self.bytes, self.at);
            match self.bytes.get(self.at) {
                None => break,
                Some(b'}' | b']') => {
                    self.at += 1;
                    break;
                }
                Some(b',' | b':') => self.at += 1,
                Some(_) => {
                    each(self, index);
                    index += 1;
                }
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
                "services" => walk.elements(|walk, _| {
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
            Some(b'[') => self.elements(|walk, _| walk.value(parent, name, told)),
            Some(b'"') => {
                let said = self.string();
                if is_id(name) || is_heard(parent, name) {
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
        let is_place = PLACES.contains(&parent) && name == "id";
        let is_named = name == "location_id" || (PLACES.contains(&name) && !said.trim().is_empty());
        if is_place || is_named {
            self.places.push(foreign_id(said));
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
