//! The gate before a whole record: every text of it, whichever members it has. Only what is named here as no text is passed over.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Allowed, address, figures, fingerprint, sentence};
use crate::domain::{
    access::ACCESS_LINK,
    entry::Source,
    id::{Id, kind},
    link::SideKind,
    listing::KIND_LINK,
    organization::Organization,
    service::Service,
    taxonomy::{HOUSE_TAXONOMY, PLACE_MODE_LINK},
    telltale,
    vocabulary::vocabulary,
};

/// Members that are no free text: words of closed lists that were checked when they were read.
const CLOSED: [&str; 2] = ["status", "link_type"];
/// Members that are days.
const DAYS: [&str; 3] = ["valid_from", "valid_to", "assured_date"];
/// When a source changed its record last, to the second. When that was published here is told of all listings; this is left out, and
/// nobody is told, because nothing is lost.
const CHANGED: &str = "last_modified";
const CURRENCIES: [&str; 3] = ["GBP", "EUR", "USD"];
/// Languages with a code of two letters (ISO 639-1), and the sign languages of these islands.
const LANGUAGES: &str = "aa ab af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu \
    fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv \
    kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru \
    rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh \
    zu bfi isg";
/// Members that are a name: whole or not at all.
const NAMES: [&str; 5] = ["name", "alternate_name", "type", "identifier_type", "label"];
const ADDRESSES: [&str; 8] = ["url", "website", "email", "uri", "logo", "term_uri", "schedule_link", "assurer_email"];

/// What the house says of a record by attributes; any other link type is a source's word.
const OWN_LINKS: [&str; 4] = [KIND_LINK, PLACE_MODE_LINK, ACCESS_LINK, "kith:term"];
/// Beside which terms of other taxonomies are named, where a private listing bears them: by what they are called alone.
const TERMS: Id<kind::TaxonomyTerm> = Id::from_u128(0x6b69_7468_0000_4000_8000_0000_0000_0008);

/// What names of the licences that are given to open data are made of.
const LICENCES: &str = "CC0 CC BY SA NC ND ODbL ODC PDDL OGL UK Open Government Licence License Creative Commons Attribution Public Domain Database \
    for information resources 1.0 2.0 3.0 4.0";
/// Sources that the house names itself.
const OWN_SOURCES: [&str; 3] = ["sample", "keeper", "default"];

/// The name of an organisation whose own does not pass.
pub const NAMELESS: &str = "Organisation (name withheld)";

/// What the gate left out of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Pointers of members of which something was left out, and their names.
    pub pointers: Vec<String>,
    /// The name did not pass, and another stands there.
    pub name: bool,
    /// Fingerprints of texts that were let through, and are there.
    pub let_through: Vec<String>,
}

impl LeftOut {
    /// Whether the record passed as it was.
    pub fn nothing(&self) -> bool {
        self.pointers.is_empty() && !self.name
    }
}

/// Leaves out of a service what does not pass.
pub fn service(record: &mut Service, allowed: &Allowed<'_>) -> LeftOut {
    let kind = kind_of(record);
    gate(record, SideKind::Service, &format!("{kind} (name withheld)"), allowed)
}

/// The same of an organisation.
pub fn organization(record: &mut Organization, allowed: &Allowed<'_>) -> LeftOut {
    gate(record, SideKind::Organization, NAMELESS, allowed)
}

/// Leaves of what is said of a source what passes; a refuge may publish its own list.
pub fn source(source: &mut Source, areas: &[String]) {
    #[cfg(debug_assertions)]
    if crate::domain::sabotage::on("source-named") {
        return;
    }
    if !(OWN_SOURCES.contains(&source.name.as_str()) || sentence::is_name(&source.name, areas)) {
        "withheld".clone_into(&mut source.name);
    }
    source.url.take_if(|url| !address::is_address(url));
    source.licence.take_if(|licence| !(is_licence(licence) || sentence::is_name(licence, areas)));
    source.attribution.take_if(|words| !sentence::is_name(words, areas));
}

/// Whether a licence is one that many give: by its short name, with a version.
fn is_licence(licence: &str) -> bool {
    licence
        .split([' ', '-'])
        .all(|part| LICENCES.split(' ').any(|known| known.eq_ignore_ascii_case(part.trim_start_matches(['v', 'V']))))
}

/// What stands for the organisation that runs a private service where its own record says more than that service may: a
/// record that leads to no other, and is the same for as long as the service has its id.
pub fn stand_in(of: Id<kind::Service>) -> Organization {
    const STAND_INS: Id<kind::Organization> = Id::from_u128(0x6b69_7468_0000_4000_8000_0000_0000_0007);
    let id = Id::<kind::Organization>::named(STAND_INS, &of.to_string());
    let record = serde_json::json!({ "id": id, "name": NAMELESS, "description": "" });
    serde_json::from_value(record).expect("an organisation needs no more than this")
}

/// Whether a language has that code.
pub fn is_language(code: &str) -> bool {
    let code = code.to_lowercase();
    LANGUAGES.split_whitespace().any(|known| known == code)
}

/// What a service is, as its first term of a kind at risk says.
fn kind_of(service: &Service) -> &'static str {
    let terms = service.attributes.iter().filter_map(|attribute| attribute.taxonomy_term.as_ref());
    let house = terms.filter(|term| term.taxonomy.as_deref() == Some(HOUSE_TAXONOMY));
    let known = house.filter_map(|term| vocabulary().term(term.code.as_deref()?));
    let mut at_risk = known.filter(|term| term.at_risk);
    at_risk.next().map(|term| term.label.as_str()).filter(|label| sentence::is_name(label, &[])).unwrap_or("Service")
}

fn gate<T: Serialize + DeserializeOwned>(
    record: &mut T,
    kind: SideKind,
    nameless: &str,
    allowed: &Allowed<'_>,
) -> LeftOut {
    #[cfg(debug_assertions)]
    if ["gate-open", "text-unread"].into_iter().any(crate::domain::sabotage::on) {
        return LeftOut::default();
    }
    let written = serde_json::to_value(&*record).expect("a record is written as JSON");
    let Value::Object(before) = written else { return LeftOut::default() };
    let mut members = before.clone();
    let mut gate = Gate { kind, allowed, left: LeftOut::default() };
    let name = members.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !(gate.is_let_through(&name) || sentence::is_name(&name, allowed.areas)) {
        members.insert("name".to_owned(), nameless.into());
        gate.left.name = true;
    }
    gate.members(&mut members, "", &["name"]);
    if members != before {
        let bare = || {
            // What the standard needs of something deep inside did not pass: nothing but a name is left.
            let bare =
                serde_json::json!({ "id": before.get("id"), "name": nameless, "status": "active", "description": "" });
            serde_json::from_value(bare).expect("a record needs no more than this")
        };
        *record = serde_json::from_value(Value::Object(members)).unwrap_or_else(|_| bare());
    }
    gate.left
}

struct Gate<'a> {
    kind: SideKind,
    allowed: &'a Allowed<'a>,
    left: LeftOut,
}

impl Gate<'_> {
    /// Whether somebody has read this text and let it through. Then the filter alone decides.
    fn is_let_through(&mut self, text: &str) -> bool {
        if self.allowed.let_through.is_empty() {
            return false;
        }
        let fingerprint = fingerprint(self.kind, text);
        let through = self.allowed.let_through.contains(&fingerprint) && !telltale::tells_place(text);
        if through {
            self.left.let_through.push(fingerprint);
        }
        through
    }

    fn members(&mut self, members: &mut Map<String, Value>, pointer: &str, done: &[&str]) {
        members.remove(CHANGED);
        let names: Vec<String> = members.keys().filter(|name| !done.contains(&name.as_str())).cloned().collect();
        for name in names {
            let at = format!("{pointer}/{name}");
            let Some(value) = members.get_mut(&name) else { continue };
            let stays = match value {
                Value::String(text) => self.text(&name, text, &at),
                Value::Array(items) => {
                    self.items(&name, items, &at);
                    true
                }
                Value::Object(inner) => {
                    self.members(inner, &at, &[]);
                    true
                }
                Value::Number(number) => figures::is_bounded(&name, number),
                _ => true,
            };
            if !stays {
                // What the standard needs is there, and empty.
                if matches!(name.as_str(), "description" | "identifier_type") {
                    members.insert(name, "".into());
                } else {
                    members.remove(&name);
                }
                self.left.pointers.push(at);
            }
        }
    }

    /// Whether a text stays; of a free text what passes does.
    fn text(&mut self, name: &str, text: &mut String, pointer: &str) -> bool {
        if text.is_empty()
            || CLOSED.contains(&name)
            || name == "id"
            || name.ends_with("_id")
            || self.is_let_through(text)
        {
            return true;
        }
        match name {
            "number" => figures::is_number(text),
            name if DAYS.contains(&name) => figures::is_day(text),
            "code" => is_language(text),
            "currency" => CURRENCIES.contains(&text.as_str()),
            name if NAMES.contains(&name) => sentence::is_name(text, self.allowed.areas),
            name if ADDRESSES.contains(&name) => {
                if !address::is_address(text) {
                    let Some(site) = address::site_of(text) else { return false };
                    *text = site;
                    self.left.pointers.push(pointer.to_owned());
                }
                true
            }
            _ => {
                let kept = sentence::kept(text, self.allowed);
                if kept.is_empty() {
                    return false;
                }
                if kept != crate::domain::plain::paragraphs(text) {
                    self.left.pointers.push(pointer.to_owned());
                }
                // Also where all of it passed: what is no text, as markup, was not looked at.
                *text = kept;
                true
            }
        }
    }

    fn items(&mut self, name: &str, items: &mut Vec<Value>, pointer: &str) {
        let mut index = 0;
        items.retain_mut(|item| {
            let at = format!("{pointer}/{index}");
            index += 1;
            let stays = match item {
                Value::Object(members) => match name {
                    "attributes" => self.attribute(members),
                    "organization_identifiers" => figures::is_register(members),
                    // A number that is none says nothing.
                    "phones" => members.get("number").and_then(Value::as_str).is_some_and(figures::is_number),
                    _ => true,
                },
                Value::String(text) => self.text(name, text, &at),
                _ => true,
            };
            if !stays {
                self.left.pointers.push(at);
                return false;
            }
            if let Value::Object(members) = item
                && !["attributes", "organization_identifiers"].contains(&name)
            {
                self.members(members, &at, &[]);
            }
            true
        });
    }

    /// A term of the house stays. Of others the name must pass; what else they say of themselves goes.
    fn attribute(&mut self, members: &mut Map<String, Value>) -> bool {
        let own = members.get("link_type").and_then(Value::as_str).is_some_and(|link| OWN_LINKS.contains(&link));
        for name in ["label", "link_id", "link_entity"] {
            members.remove(name);
        }
        if !own {
            members.remove("value");
            members.remove("link_type");
        }
        let Some(term) = members.get_mut("taxonomy_term").and_then(Value::as_object_mut) else { return own };
        let house = term.get("taxonomy").and_then(Value::as_str) == Some(HOUSE_TAXONOMY);
        if house {
            let code = term.get("code").and_then(Value::as_str);
            let Some(known) = code.and_then(|code| vocabulary().term(code)) else { return false };
            // What the house calls it is known; what its source does has to pass.
            if !term.get("name").and_then(Value::as_str).is_some_and(|name| sentence::is_name(name, &[])) {
                term.insert("name".to_owned(), known.label.as_str().into());
            }
            term.insert("description".to_owned(), "".into());
            for name in ["term_uri", "language", "parent_id", "taxonomy_id"] {
                term.remove(name);
            }
            let id = known.hsds_id().to_string();
            term.insert("id".to_owned(), id.clone().into());
            members.insert("taxonomy_term_id".to_owned(), id.into());
            return true;
        }
        let name = term.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !(sentence::is_name(&name, self.allowed.areas) || self.is_let_through(&name)) {
            return false;
        }
        let scheme = term.get("taxonomy").and_then(Value::as_str);
        let scheme_passes = scheme.is_none_or(|scheme| sentence::is_name(scheme, &[]));
        let others = ["code", "term_uri", "language", "parent_id", "taxonomy_id"].into_iter();
        for name in others.chain((!scheme_passes).then_some("taxonomy")) {
            term.remove(name);
        }
        term.insert("description".to_owned(), "".into());
        #[cfg(debug_assertions)]
        if crate::domain::sabotage::on("terms-as-given") {
            return true;
        }
        // An id made of what the source calls it could be guessed, and so confirmed.
        let id = Id::<kind::TaxonomyTerm>::named(TERMS, &name).to_string();
        term.insert("id".to_owned(), id.clone().into());
        members.insert("taxonomy_term_id".to_owned(), id.into());
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::read;

    fn refuge() -> Service {
        let record = json!({
            "id": "00000000-0000-4000-8000-000000000001", "name": "Rowan House", "alternate_name": "Safe Refuge", "status": "active",
            "description": "Rooms for women. Two streets from Otley bus station.", "fees_description": "At Belle Vue.",
            "cost_options": [{ "id": "00000000-0000-4000-8000-00000000000a", "option": "Free.", "currency": "Otley" }],
            "languages": [{ "id": "00000000-0000-4000-8000-00000000000b", "name": "Urdu", "code": "otley" }],
            "url": "https://refuge.example/otley", "email": "help@otleyrefuge.example",
            "phones": [{ "id": "00000000-0000-4000-8000-000000000002", "number": "0808 157 0001", "description": "Headingley office" },
                { "id": "00000000-0000-4000-8000-000000000005", "number": "LS29 Otley" }],
            "attributes": [
                { "id": "00000000-0000-4000-8000-000000000003", "taxonomy_term": { "id": "00000000-0000-4000-8000-000000000006", "code": "refuge", "name": "Otley refuge", "description": "In Otley", "taxonomy": "kith" } },
                { "id": "00000000-0000-4000-8000-000000000004", "taxonomy_term": { "id": "00000000-0000-4000-8000-000000000007", "code": "E05001420", "name": "Headingley", "description": "", "taxonomy": "wards" } },
                { "id": "00000000-0000-4000-8000-000000000008", "taxonomy_term": { "id": "00000000-0000-4000-8000-000000000009", "code": "E05", "name": "Women", "description": "In Otley", "taxonomy": "Otley" } }],
        });
        read::read::<Service>(record.as_object().unwrap()).0.unwrap()
    }

    #[test]
    fn every_text_of_a_record_goes_through() {
        let mut record = refuge();
        let left = service(&mut record, &Allowed::default());
        let told = serde_json::to_string(&record).unwrap();
        assert!(
            left.name
                && !["Otley", "Rowan", "Belle", "Headingley", "E05", "LS29", "otley"]
                    .iter()
                    .any(|tells| told.contains(tells)),
            "{told}"
        );
        assert_eq!(
            (record.name.as_str(), record.alternate_name.as_deref()),
            ("Refuge and safe accommodation (name withheld)", Some("Safe Refuge"))
        );
        assert_eq!(
            (record.description.as_deref(), record.url.as_deref()),
            (Some("Rooms for women."), Some("https://refuge.example"))
        );
        assert_eq!((record.phones.len(), record.attributes.len(), record.email), (1, 2, None));
        assert!(left.pointers.contains(&"/phones/0/description".to_owned()), "{left:?}");
        let named = |number: usize| record.attributes[number].taxonomy_term.as_ref().unwrap();
        assert_eq!((named(0).name.as_str(), named(0).description.as_str()), ("Refuge and safe accommodation", ""));
        assert_eq!((named(1).name.as_str(), &named(1).taxonomy, &named(1).code), ("Women", &None, &None));
        // What has passed passes.
        let mut again = refuge();
        service(&mut again, &Allowed::default());
        assert_eq!(service(&mut again, &Allowed::default()), LeftOut::default());
    }

    #[test]
    fn what_somebody_let_through_passes_as_it_was_read_and_not_as_it_is_changed() {
        let let_through = ["Rowan House", "At  Belle Vue."].map(|text| fingerprint(SideKind::Service, text));
        let allowed = Allowed { areas: &[], let_through: &let_through };
        let mut record = refuge();
        let left = service(&mut record, &allowed);
        assert_eq!((record.name.as_str(), record.fees_description.as_deref()), ("Rowan House", Some("At Belle Vue.")));
        assert!(!left.name && left.let_through.len() == 2);
        let mut changed = Service { fees_description: Some("At 7 Belle Vue.".to_owned()), ..refuge() };
        service(&mut changed, &allowed);
        assert_eq!(changed.fees_description, None);
        // The filter still decides.
        let tells = [fingerprint(SideKind::Service, "At LS6 2ZX.")];
        let mut changed = Service { fees_description: Some("At LS6 2ZX.".to_owned()), ..refuge() };
        service(&mut changed, &Allowed { areas: &[], let_through: &tells });
        assert_eq!(changed.fees_description, None);
    }
}
