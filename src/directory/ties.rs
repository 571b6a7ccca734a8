//! By what listings hang together, so that what is told of one is told of all: the organisation, phone numbers, e-mail
//! addresses and their domains, web sites.
//!
//! Only what readers may see of a private listing whatever areas it tells ties anything. A number with a local code, and a number, a name or a
//! domain that does not pass the gate (`domain/gate`) or has a place in it, may be withheld, and a withheld value that ties could be guessed: whoever offers a listing with
//! the guess would see its areas change. Links tie nothing for the same reason, and need not: one that is shown narrows
//! nothing (`may_be_shown` in `domain/link.rs`).
//!
//! A tie is a digest: it says whether two are the same and nothing else. What many share who have nothing to do with one
//! another ties nobody: a free mail provider's domain, a social network, a number as short as 999.

use crate::{
    directory::finer::{address_tells, name_tells},
    domain::{
        contact::{Contact, Phone},
        digest::digest,
        entry::Origin,
        gate::{self, NAMELESS},
        id::{Id, kind},
        link::SideKind,
        organization::{Organization, OrganizationIdentifier},
        service::Service,
        telltale::number::{Rings, national, rings},
    },
};

/// Hosts under which anybody can have an address or pages.
const SHARED: [&str; 42] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.uk",
    "live.com",
    "live.co.uk",
    "msn.com",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
    "me.com",
    "aol.com",
    "btinternet.com",
    "btconnect.com",
    "protonmail.com",
    "proton.me",
    "sky.com",
    "talktalk.net",
    "virginmedia.com",
    "ntlworld.com",
    "nhs.net",
    "nhs.uk",
    "gov.uk",
    "facebook.com",
    "instagram.com",
    "twitter.com",
    "x.com",
    "youtube.com",
    "linkedin.com",
    "tiktok.com",
    "wordpress.com",
    "blogspot.com",
    "wixsite.com",
    "weebly.com",
    "google.com",
    "linktr.ee",
    "eventbrite.co.uk",
    "justgiving.com",
    "meetup.com",
    "github.io",
    "charitycommission.gov.uk",
];
/// Under `.uk` these stand before the name that somebody has.
const SECOND_LEVEL: [&str; 11] = ["co", "org", "gov", "ac", "nhs", "ltd", "plc", "sch", "police", "me", "net"];
/// Shorter numbers are everybody's.
const SHORTEST_NUMBER: usize = 9;

/// What a record is known by for ever, whatever becomes of it here.
pub fn subject(kind: SideKind, origin: &Origin) -> String {
    named(kind, origin.source, &origin.foreign_id)
}

/// The ties of a service.
pub fn of_service(origin: &Origin, service: &Service) -> Vec<String> {
    let mut ties = vec![subject(SideKind::Service, origin), by_id(service.id)];
    ties.extend(service.organization_id.map(by_id));
    ties.extend(contacts_of_service(service));
    ties
}

/// The ties of a service by which people reach it.
pub fn contacts_of_service(service: &Service) -> Vec<String> {
    let phones = service.phones.iter().filter_map(of_phone);
    let addresses =
        service.email.iter().flat_map(|email| of_email(email)).chain(service.url.iter().filter_map(|url| of_web(url)));
    phones.chain(addresses).chain(service.contacts.iter().flat_map(of_contact)).collect()
}

/// The ties of an organisation.
pub fn of_organization(origin: &Origin, organization: &Organization) -> Vec<String> {
    let mut ties = vec![subject(SideKind::Organization, origin), by_id(organization.id)];
    // What stands in the place of a name is that of all who have none.
    let is_shown = gate::is_name(&organization.name, &[]) && !name_tells(&organization.name, &[]);
    let is_told = organization.name != NAMELESS && !may_be_withheld(!is_shown);
    ties.extend(is_told.then(|| tie(&["name", &folded(&organization.name)])));
    ties.extend(contacts_of_organization(organization));
    let numbers = organization.organization_identifiers.iter().filter(|number| !may_be_withheld(!is_register(number)));
    ties.extend(numbers.map(|number| tie(&["register", &folded(&number.identifier)])));
    ties
}

/// The ties of an organisation by which people reach it.
pub fn contacts_of_organization(organization: &Organization) -> Vec<String> {
    let phones = organization.phones.iter().filter_map(of_phone);
    let addresses = organization
        .email
        .iter()
        .flat_map(|email| of_email(email))
        .chain(organization.website.iter().filter_map(|url| of_web(url)));
    phones.chain(addresses).chain(organization.contacts.iter().flat_map(of_contact)).collect()
}

fn named(kind: SideKind, source: Id<kind::Source>, name: &str) -> String {
    tie(&["record", kind.as_str(), &source.to_string(), name])
}

fn by_id<T>(id: Id<T>) -> String {
    tie(&["id", &id.to_string()])
}

/// Whether what tells a place ties nothing: always, but where a debug build leaks on purpose.
fn may_be_withheld(tells: bool) -> bool {
    #[cfg(debug_assertions)]
    if crate::domain::sabotage::on("withheld-ties") {
        return false;
    }
    tells
}

fn is_register(number: &OrganizationIdentifier) -> bool {
    serde_json::to_value(number).ok().and_then(|number| number.as_object().map(gate::is_register)).unwrap_or_default()
}

fn of_contact(contact: &Contact) -> Vec<String> {
    let phones = contact.phones.iter().filter_map(of_phone);
    phones.chain(contact.email.iter().flat_map(|email| of_email(email))).collect()
}

fn of_phone(phone: &Phone) -> Option<String> {
    if may_be_withheld(rings(&phone.number) != Rings::Anywhere || !gate::is_number(&phone.number)) {
        return None;
    }
    let figures =
        national(&phone.number).unwrap_or_else(|| phone.number.chars().filter(char::is_ascii_digit).collect());
    (figures.len() >= SHORTEST_NUMBER).then(|| tie(&["phone", &figures]))
}

fn of_email(email: &str) -> Vec<String> {
    if may_be_withheld(!gate::is_address(email) || address_tells(email, &[])) {
        return Vec::new();
    }
    let email = email.trim().to_lowercase();
    let domain = email.rsplit_once('@').map(|(_, host)| host.to_owned()).and_then(|host| own_domain(&host));
    [Some(tie(&["email", &email])), domain.map(|domain| tie(&["domain", &domain]))].into_iter().flatten().collect()
}

fn of_web(url: &str) -> Option<String> {
    if may_be_withheld(!gate::is_address(url) || address_tells(url, &[])) {
        return None;
    }
    let url = url.trim().to_lowercase();
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    match own_domain(host) {
        Some(domain) => Some(tie(&["domain", &domain])),
        // Of pages among those of many, the whole address tells whose they are.
        None if host.contains('.') => Some(tie(&["page", host, path.trim_end_matches('/')])),
        None => None,
    }
}

/// The part of a host's name that somebody has, unless it is everybody's.
fn own_domain(host: &str) -> Option<String> {
    let labels: Vec<&str> =
        host.trim_start_matches("www.").trim_end_matches('.').split('.').filter(|label| !label.is_empty()).collect();
    let &[.., second, last] = labels.as_slice() else { return None };
    let length = if last == "uk" && SECOND_LEVEL.contains(&second) { 3 } else { 2 };
    let own = labels.len().checked_sub(length).map(|from| labels[from..].join("."))?;
    (!SHARED.contains(&own.as_str())).then_some(own)
}

fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn tie(parts: &[&str]) -> String {
    digest(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(number: &str) -> Option<String> {
        let phone = serde_json::json!({ "id": Id::<kind::Phone>::from_u128(1), "number": number });
        of_phone(&serde_json::from_value(phone).unwrap())
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        let one = phone("0808 157 0123");
        assert!(one.is_some());
        for other in ["+44 808 157 0123", "0044 (0)808 1570123", "(0808) 157-0123"] {
            assert_eq!(phone(other), one, "{other}");
        }
        assert_ne!(phone("0808 157 0124"), one);
        assert_eq!([phone("999"), phone("116 123"), phone("none")], [None, None, None]);
    }

    #[test]
    fn a_domain_ties_whoever_has_it_and_not_who_rents_a_page() {
        let pages = ["https://www.refuge.org.uk/refuge", "http://refuge.org.uk", "https://help.REFUGE.org.uk/"];
        assert!(pages.iter().all(|page| of_web(page) == of_web(pages[0]) && of_web(page).is_some()));
        assert!(of_email("Help@refuge.org.uk").contains(&of_web(pages[0]).unwrap()));
        let [one, other] = ["women@gmail.com", "men@gmail.com"].map(of_email);
        assert!(one.len() == 1 && other.len() == 1 && one != other);
        assert_eq!((of_web("mailto:none"), of_web("")), (None, None));
    }

    #[test]
    fn what_may_be_withheld_ties_nothing_so_that_nobody_can_guess_it() {
        for number in ["01943 461234", "0113 496 0123", "+44 1943 461234"] {
            assert_eq!(phone(number), None, "{number}");
        }
        assert_eq!(of_web("https://www.ilkleyrefuge.org.uk"), None);
        assert_eq!(of_web("https://refuge.org.uk/leeds"), None);
        // Not on the list of what passes, whatever it means.
        assert_eq!((of_web("https://harbour.org.uk"), of_email("ann@refuge.org.uk")), (None, Vec::new()));
        assert_eq!(of_email("ask@bradford-refuge.org.uk"), [""; 0]);
        let organization = |name: &str| {
            let record =
                serde_json::json!({ "id": Id::<kind::Organization>::from_u128(1), "name": name, "description": "" });
            let origin = Origin { source: Id::from_u128(2), foreign_id: "o".to_owned() };
            of_organization(&origin, &serde_json::from_value(record).unwrap()).len()
        };
        assert_eq!(organization("Women's Aid") - organization("Ilkley Women's Aid"), 1);
        assert_eq!(organization("Harbour House"), organization("Ilkley Women's Aid"));
        assert_eq!(organization("Women's Aid") - organization(NAMELESS), 1);
    }
}
