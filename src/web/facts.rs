//! A card's facts as lines for people. What the source does not state is said to be so, never left
//! out and never guessed, where people need it to decide whether to go.

use super::{
    links, shared,
    view::{Card, Link, Phone, Place, Row, Value},
    words,
};
use crate::domain::{
    access::{AccessAnswer, AccessFact},
    card::{CardPlaceKind, ListingKind, Serves},
    hold::{HeldTerm, PublicHold},
    link::StatedBy,
    vocabulary::{values::LinkState, vocabulary},
};

/// A listing in a list of results.
pub struct CardView {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its kind and who runs it.
    pub kicker: String,
    /// The beginning of its description.
    pub summary: String,
    /// What to know before going.
    pub warnings: Vec<String>,
    /// Facts.
    pub rows: Vec<Row>,
    /// When it was last checked.
    pub checked: String,
    /// Where it comes from.
    pub source: Value,
}

impl CardView {
    /// What a list of results shows of a card.
    pub fn new(card: &Card) -> Self {
        let mut rows = match card.kind {
            ListingKind::Network => vec![place(card), contact(card)],
            ListingKind::Resource => vec![contact(card), cost(card)],
            _ => vec![who_for(card), when(card), place(card), contact(card), cost(card)],
        };
        if let Some(whole) = &card.listing {
            rows.splice(0..0, whole.resource.iter().flat_map(shared::in_short));
            rows.splice(0..0, whole.network.iter().flat_map(shared::kind_of));
        }
        rows.extend([coming(card), accepting(card), access(card, false), to_ask(card)].into_iter().flatten());
        // What a reader takes for granted would only make the list longer.
        let in_person = card.place.kind == CardPlaceKind::Exact;
        rows.extend(
            attending(card).filter(|row| !(in_person && row.values.iter().all(|value| value.text == "In person"))),
        );
        rows.extend(linked(card));
        rows.extend(languages(card).filter(|row| row.values.iter().any(|value| value.text != "English")));
        Self {
            href: own_page(&card.page_url),
            name: card.name.clone(),
            kicker: match &card.organization {
                Some(organization) => format!("{}, run by {}", words::kind(card.kind), organization.name),
                None => words::kind(card.kind).to_owned(),
            },
            summary: card.summary.clone(),
            warnings: warnings(card),
            rows,
            checked: checked(card),
            source: source(card),
        }
    }
}

/// A page of this site, whatever the bytes say.
pub fn own_page(url: &str) -> String {
    if url.starts_with("/listing/") { url.to_owned() } else { "/".to_owned() }
}

/// Alerts, that it is not running, that something may be wrong, and that a reviewer has asked for it to be looked at.
pub fn warnings(card: &Card) -> Vec<String> {
    let standstill = card.status.as_deref().and_then(words::standstill).map(str::to_owned);
    let doubts = doubts(card.being_checked, card.held.as_ref());
    standstill.into_iter().chain(card.alert.clone()).chain(doubts).collect()
}

/// That something of a listing may be wrong, and that a reviewer has asked for it to be looked at.
pub fn doubts(being_checked: bool, held: Option<&PublicHold>) -> Vec<String> {
    let checked = "Being checked: somebody has said that something here is wrong. Ring before you go.";
    let held = held.map(|held| format!("A reviewer has asked for this to be looked at, {}.", because(held)));
    being_checked.then(|| checked.to_owned()).into_iter().chain(held).collect()
}

/// That words under which listings stand are held.
pub fn held_terms(held: &[HeldTerm]) -> Vec<String> {
    let told = held.iter().map(|of| {
        let label = vocabulary().term(&of.term).map_or(of.term.as_str(), |term| &term.label);
        format!("A reviewer has asked for the words “{label}” to be looked at, {}.", because(&of.held))
    });
    told.collect()
}

fn because(held: &PublicHold) -> String {
    let [since, until] = [&held.since, &held.until].map(|day| words::day(day));
    format!("because {} (since {since}, until {until})", held.ground.label())
}

/// For whom it is.
pub fn who_for(card: &Card) -> Row {
    let labels = card.who_for.iter().map(|label| label.label.clone());
    let all: Vec<String> = labels.chain(words::ages(card.minimum_age, card.maximum_age)).collect();
    let all = words::capitalised(&all.join(", "));
    Row { label: "Who for", values: Some(all).filter(|all| !all.is_empty()).map(Value::text).into_iter().collect() }
}

/// The way in, where it is stated.
pub fn coming(card: &Card) -> Option<Row> {
    let way = card.how_to_come.as_ref()?;
    let routes = way.routes.iter().map(|route| Value::text(route.label()));
    let words = [&way.who_may_refer, &way.what_to_send, &way.exclusions].into_iter().flatten().map(Value::text);
    let reply = way.reply_within_days.map(|days| match days {
        0 => Value::text("You hear back the same day"),
        1 => Value::text("You hear back within a day"),
        days => Value::text(format!("You hear back within {days} days")),
    });
    let asking = way.professional_enquiries.map(|asking| Value::text(asking.label()));
    let values: Vec<Value> = routes.chain(words).chain(reply).chain(asking).collect();
    (!values.is_empty()).then_some(Row { label: "Way in", values })
}

/// Whether new people are taken, and how long they wait, where that is stated.
pub fn accepting(card: &Card) -> Option<Row> {
    let taken = card.accepting.map(|accepting| Value::text(accepting.label()));
    let wait = card.wait.as_ref().and_then(|wait| match (wait.weeks_from, wait.weeks_to) {
        (Some(from), Some(to)) if from != to => Some(format!("The wait is {from} to {to} weeks")),
        (Some(weeks), _) | (None, Some(weeks)) => Some(format!("The wait is about {weeks} weeks")),
        (None, None) => None,
    });
    let values: Vec<Value> = taken.into_iter().chain(wait.map(Value::text)).collect();
    (!values.is_empty()).then_some(Row { label: "New people", values })
}

/// What is said of access, where anything is: yes, if asked beforehand, and plainly what is not there; in a list without
/// the days on which it was known.
pub fn access(card: &Card, days: bool) -> Option<Row> {
    let values: Vec<Value> = card.access.iter().filter_map(|fact| one_access(fact, days)).collect();
    (!values.is_empty()).then_some(Row { label: "Access", values })
}

fn one_access(fact: &AccessFact, days: bool) -> Option<Value> {
    let label = &vocabulary().term(&fact.term)?.label;
    let text = match fact.answer {
        AccessAnswer::Yes => label.clone(),
        AccessAnswer::No => format!("{label}: no"),
        AccessAnswer::OnRequest => format!("{label}: if you ask beforehand"),
    };
    let known = fact.date.as_deref().filter(|_| days).map(|date| format!("as of {}", words::day(date)));
    let said = fact.note.as_deref().map(|note| note.trim_end_matches('.').to_owned());
    let note: Vec<String> = said.into_iter().chain(known).collect();
    Some(Value { text, href: None, note: (!note.is_empty()).then(|| note.join("; ")) })
}

/// A map of its place, where the place is public.
pub fn map(place: &Place) -> Option<Row> {
    let position = place.latitude.zip(place.longitude);
    (place.kind == CardPlaceKind::Exact).then(|| {
        let href = Some(links::map(&place.label, position, place.precision_km));
        let text = "Open in a map (leaves this site)".to_owned();
        Row { label: "Map", values: vec![Value { text, href, note: None }] }
    })
}

/// What was asked for and is not stated.
pub fn to_ask(card: &Card) -> Option<Row> {
    let words = card.ask.iter().map(|name| Value::text(words::asked(name))).collect::<Vec<_>>();
    (!words.is_empty()).then_some(Row { label: "Not stated, ask about", values: words })
}

/// When it happens, and which session is next.
pub fn when(card: &Card) -> Row {
    let next = card.next_session.as_ref().and_then(words::next);
    Row { label: "When", values: card.schedule_text.iter().cloned().chain(next).map(Value::text).collect() }
}

/// Where it is, how far that is, and whether there are more places.
pub fn place(card: &Card) -> Row {
    let mut values = Vec::new();
    if card.place.kind != CardPlaceKind::NotStated {
        values.push(Value::text(&card.place.label));
        values.extend(card.distance_km.map(words::distance).map(Value::text));
        if card.serves == Some(Serves::Nearby) {
            values.push(Value::text("Serves an area near yours: ask"));
        }
    }
    match card.other_places {
        Some(1) => values.push(Value::text("and 1 other place")),
        Some(more) if more > 1 => values.push(Value::text(format!("and {more} other places"))),
        _ => {}
    }
    Row { label: "Where", values }
}

/// The quickest way to ask: numbers, else an address to write to, else a page.
pub fn contact(card: &Card) -> Row {
    let mut values: Vec<Value> = card.phones.iter().map(phone).collect();
    if values.is_empty() {
        values.extend(email(card).into_iter().chain(website(card)).take(1));
    }
    Row { label: "Contact", values }
}

/// A number; one that is only texted is not offered for ringing.
pub fn phone(phone: &Phone) -> Value {
    let kind = phone.phone_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let texted = matches!(kind.as_str(), "text" | "sms" | "fax");
    let note = phone.description.clone().or_else(|| texted.then_some(kind)).filter(|note| !note.is_empty());
    Value { text: phone.number.clone(), href: if texted { None } else { links::tel(&phone.number) }, note }
}

/// An address to write to.
pub fn email(card: &Card) -> Option<Value> {
    card.email.as_ref().map(|email| Value { text: email.clone(), href: links::mail(email), note: None })
}

/// Its own page.
pub fn website(card: &Card) -> Option<Value> {
    card.url.as_ref().map(|url| Value { text: url.clone(), href: links::web(url), note: None })
}

/// What it costs.
pub fn cost(card: &Card) -> Row {
    Row { label: "Cost", values: card.cost.iter().map(Value::text).collect() }
}

/// How one takes part, where that is stated.
pub fn attending(card: &Card) -> Option<Row> {
    let values: Vec<Value> = card.attending_type.iter().map(|word| Value::text(words::attending(word))).collect();
    (!values.is_empty()).then_some(Row { label: "Take part", values })
}

/// Its languages, where they are stated.
pub fn languages(card: &Card) -> Option<Row> {
    let values: Vec<Value> = card.languages.iter().map(|language| Value::text(words::language(language))).collect();
    (!values.is_empty()).then_some(Row { label: "Languages", values })
}

/// Who says that there is a link, where that is not both sides.
fn who_says(link: &Link) -> Option<&'static str> {
    match (link.state, link.stated_by) {
        (LinkState::Claimed, StatedBy::Both) => Some("both are of one organisation"),
        (LinkState::Claimed, _) => Some("one side says so"),
        (LinkState::Agreed | LinkState::Lapsed, _) => None,
    }
}

/// With whom it is linked, in one line; what is over is left to its page.
fn linked(card: &Card) -> Option<Row> {
    let shown: Vec<String> = card
        .links
        .iter()
        .filter(|link| link.state != LinkState::Lapsed)
        .map(|link| match who_says(link) {
            Some(who) => format!("{} {} ({who})", link.label, link.target.name),
            None => format!("{} {}", link.label, link.target.name),
        })
        .collect();
    let more = card.links_total.unwrap_or_default().saturating_sub(card.links.len());
    let more = (more > 0).then(|| format!("and {more} more"));
    let line = words::capitalised(&shown.into_iter().chain(more).collect::<Vec<_>>().join("; "));
    (!line.is_empty()).then(|| Row { label: "Linked with", values: vec![Value::text(line)] })
}

/// A link with its other side's page, and who says so.
pub fn link(link: &Link) -> LinkView {
    let kind = words::kind(link.target.kind).to_lowercase();
    let said = match (link.state, link.stated_by) {
        (LinkState::Agreed, _) => "both say so",
        (LinkState::Lapsed, _) => "no longer",
        (LinkState::Claimed, StatedBy::This) => "this listing says so",
        (LinkState::Claimed, StatedBy::Other) => "they say so",
        (LinkState::Claimed, StatedBy::Both) => "both are of one organisation",
    };
    let note = link.note.as_ref().map(|note| format!(". {note}")).unwrap_or_default();
    LinkView {
        relation: words::capitalised(&link.label),
        target: Value { text: link.target.name.clone(), href: Some(own_page(&link.target.page_url)), note: Some(kind) },
        said: format!("{}{note}", words::capitalised(said)),
        rows: shared::how_it_works(link),
    }
}

/// The same under a heading that says already what they are.
pub fn member(of: &Link) -> LinkView {
    LinkView { relation: String::new(), ..link(of) }
}

/// A link on a page.
pub struct LinkView {
    /// What this listing is to the other; empty where a heading says so.
    pub relation: String,
    /// The other.
    pub target: Value,
    /// Who says so, and what else there is to know.
    pub said: String,
    /// How it works, as either side says.
    pub rows: Vec<Row>,
}

/// When somebody last looked whether it is true.
pub fn checked(card: &Card) -> String {
    match &card.last_checked {
        Some(checked) => {
            format!("Last checked {} by the {}.", words::day(&checked.date), checked.by_role.replace('_', " "))
        }
        None => "When this was last checked is not stated.".to_owned(),
    }
}

/// Where it comes from, with the words its licence asks for.
pub fn source(card: &Card) -> Value {
    let source = &card.source;
    let note: Vec<&str> = [&source.attribution, &source.licence].into_iter().flatten().map(String::as_str).collect();
    Value {
        text: source.name.clone(),
        href: source.url.as_deref().and_then(links::web),
        note: (!note.is_empty()).then(|| note.join(", ")),
    }
}
