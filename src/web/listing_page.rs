//! The page of one listing: what it is, whom to ask, where and when, and where all this comes from.

use askama::Template;

use super::{
    chrome::Chrome,
    facts::{self, LinkView},
    practice::PracticeView,
    shared,
    view::{Listing, ListingPlace, Row, Service, Times, Value},
    way, words,
};
use crate::domain::{
    card::CardPlaceKind,
    clock::Timestamp,
    gate::NAMELESS,
    rhythm::{self, Moment, Rhythm},
    schedule::Schedule,
    when,
};

/// A page of one listing.
#[derive(Template)]
#[template(path = "listing.html")]
pub struct ListingPage {
    chrome: Chrome,
    name: String,
    kind: &'static str,
    organization: Option<Value>,
    warnings: Vec<String>,
    paragraphs: Vec<String>,
    rows: Vec<Row>,
    /// Its places when there are several; one alone is among `rows`.
    places: Vec<PlaceView>,
    services: Vec<Value>,
    practice: PracticeView,
    /// Members, where it is a network.
    members: Vec<LinkView>,
    /// The page of all members, where it is a network.
    all_members: Option<String>,
    links: Vec<LinkView>,
    /// How many links are not shown.
    more_links: usize,
    checked: String,
    source: Value,
    /// The page on which to say that something is wrong.
    report: String,
    /// The page that says how to get from here to other support.
    pathway: String,
}

/// One place of the listing.
struct PlaceView {
    label: String,
    rows: Vec<Row>,
}

impl ListingPage {
    /// The page of a listing. Its title does not name it: titles go into histories.
    ///
    /// The next session is seen from `now`: published bytes do not hold it, for they are the same tomorrow.
    pub fn new(listing: Listing, sample: bool, now: Timestamp) -> Self {
        let card = &listing.card;
        let kind = words::kind(card.kind);
        let (members, links): (Vec<_>, Vec<_>) =
            listing.links.iter().partition(|link| listing.network.is_some() && shared::is_member(link));
        Self {
            chrome: Chrome::new(format!("{kind} details"), sample),
            name: card.name.clone(),
            kind,
            organization: card.organization.as_ref().map(|organization| Value {
                text: organization.name.clone(),
                // What may stand in its place beside a private listing has no page.
                href: (organization.name != NAMELESS).then(|| format!("/listing/{}", organization.id)),
                note: None,
            }),
            warnings: facts::warnings(card),
            paragraphs: listing.description.split("\n\n").filter(|text| !text.is_empty()).map(str::to_owned).collect(),
            rows: rows(&listing, now),
            places: if let [_] = listing.places.as_slice() {
                Vec::new()
            } else {
                listing.places.iter().map(|there| place(there, &listing, now)).collect()
            },
            services: listing
                .services
                .iter()
                .map(|service| Value {
                    text: service.name.clone(),
                    href: Some(format!("/listing/{}", service.id)),
                    note: None,
                })
                .collect(),
            practice: PracticeView::new(&listing),
            all_members: listing.network.as_ref().map(|_| format!("{}/members", facts::own_page(&card.page_url))),
            members: members.into_iter().map(facts::member).collect(),
            links: links.into_iter().map(facts::link).collect(),
            more_links: card.links_total.unwrap_or_default().saturating_sub(listing.links.len()),
            checked: facts::checked(card),
            source: facts::source(card),
            report: card.report_url.clone(),
            pathway: format!("{}/pathway", facts::own_page(&card.page_url)),
        }
    }
}

/// Facts in the order in which people ask for them.
fn rows(listing: &Listing, now: Timestamp) -> Vec<Row> {
    let card = &listing.card;
    if let Some(network) = &listing.network {
        return shared::network(network, card, now.london_date());
    }
    if let Some(resource) = &listing.resource {
        return shared::resource(resource, listing, now.london_date());
    }
    let service = listing.service.as_ref();
    let stated = |label: &'static str, text: fn(&Service) -> Option<&String>| {
        let text = service.and_then(text).filter(|text| !text.trim().is_empty());
        text.map(|text| Row { label, values: vec![Value::text(text)] })
    };
    let mut rows = vec![facts::who_for(card)];
    rows.extend(stated("Who can come", |service| service.eligibility_description.as_ref()));
    let mut when = facts::when(card);
    if let [] | [_] = listing.places.as_slice() {
        let there = listing.places.first().and_then(|there| there.service_at_location.as_ref());
        when.values.extend(next(there.map_or(&[][..], |at| &at.schedules), listing, now));
    }
    rows.push(when);
    match listing.places.as_slice() {
        [] => rows.push(facts::place(card)),
        [only] => {
            rows.push(facts::place(card));
            rows.extend(facts::map(&only.place));
            rows.extend(there(only));
        }
        _ => {}
    }
    rows.extend(facts::coming(card));
    rows.extend(facts::accepting(card));
    rows.extend(listing.coming.iter().flat_map(way::rows));
    rows.extend(stated("How to come", |service| service.application_process.as_ref()));
    rows.extend(stated("How long people wait", |service| service.wait_time.as_ref()));
    rows.push(facts::access(card, true).unwrap_or(Row { label: "Access", values: Vec::new() }));
    rows.push(Row { label: "Phone", values: card.phones.iter().map(facts::phone).collect() });
    rows.push(Row { label: "Email", values: facts::email(card).into_iter().collect() });
    rows.push(Row { label: "Website", values: facts::website(card).into_iter().collect() });
    let mut cost = facts::cost(card);
    if let Some(fees) =
        service.and_then(|service| service.fees_description.as_ref()).filter(|fees| card.cost.as_ref() != Some(fees))
    {
        cost.values.push(Value::text(fees));
    }
    rows.push(cost);
    rows.extend(facts::attending(card));
    rows.push(facts::languages(card).unwrap_or(Row { label: "Languages", values: Vec::new() }));
    rows.extend(stated("Interpreting", |service| service.interpretation_services.as_ref()));
    if !card.terms.is_empty() {
        rows.push(Row { label: "About", values: card.terms.iter().map(|term| Value::text(&term.label)).collect() });
    }
    rows
}

/// The next session by the schedules of a place, or, where those say nothing, by the listing's.
fn next(there: &[Schedule], listing: &Listing, now: Timestamp) -> Option<Value> {
    if listing.card.status.as_deref().is_some_and(|status| words::standstill(status).is_some()) {
        return None;
    }
    let own = listing.service.as_ref().map_or(&[][..], |service| &service.schedules);
    let schedules = if when::in_words(there).is_some() { there } else { own };
    let times = Rhythm::new(&rhythm::compile(schedules)).next(Moment::of(now))?.times();
    words::next(&Times { starts_at: times.starts_at, ends_at: times.ends_at }).map(Value::text)
}

fn place(place: &ListingPlace, listing: &Listing, now: Timestamp) -> PlaceView {
    let stated = place.place.kind != CardPlaceKind::NotStated;
    let label = if stated { place.place.label.clone() } else { "A place that is not stated".to_owned() };
    let when = place.service_at_location.as_ref().and_then(|at| when::in_words(&at.schedules));
    let next = next(place.service_at_location.as_ref().map_or(&[][..], |at| &at.schedules), listing, now);
    let values: Vec<Value> = when.map(Value::text).into_iter().chain(next).collect();
    let when = (!values.is_empty()).then_some(Row { label: "When", values });
    PlaceView { label, rows: when.into_iter().chain(facts::map(&place.place)).chain(there(place)).collect() }
}

/// How to come to a place and to be in it.
fn there(place: &ListingPlace) -> Vec<Row> {
    let location = &place.location;
    let way =
        location.transportation.as_ref().map(|text| Row { label: "Getting there", values: vec![Value::text(text)] });
    let access = location.accessibility.iter().flat_map(|access| [&access.description, &access.details]).flatten();
    let access: Vec<Value> = access.map(Value::text).collect();
    let access = (!access.is_empty()).then_some(Row { label: "In the building", values: access });
    way.into_iter().chain(access).collect()
}
