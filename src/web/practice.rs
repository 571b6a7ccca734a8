//! How a group or a service works, as its page tells it: the first visit in the questions that people ask, who leads it,
//! and what is claimed of it, with who says so. Nothing is a mark of ours, and there are no stars.

use super::{
    links,
    view::{Listing, Row, Value},
    words,
};
use crate::domain::{
    card::ListingKind,
    practice::{FirstVisit, MarkerClaim, Practice},
    vocabulary::values::Principle,
};

/// What a page says of how a listing works.
#[derive(Default)]
pub struct PracticeView {
    /// A first visit, question by question; what is not stated has no values.
    pub first_visit: Vec<Row>,
    /// Whether nothing at all is stated of a first visit, where people would want to know.
    pub first_visit_unknown: bool,
    /// Who leads it, and what they do and do not do.
    pub led: Vec<Row>,
    /// What is claimed and counts today.
    pub claims: Vec<ClaimView>,
    /// What was said and does not count: without a source, without a day, or past its last day.
    pub earlier: Vec<ClaimView>,
}

/// A claim as a page shows it.
pub struct ClaimView {
    /// What is claimed.
    pub what: String,
    /// How sure that is, who says so, when, until when.
    pub said: String,
}

impl PracticeView {
    /// What the listing states.
    pub fn new(listing: &Listing) -> Self {
        let card = &listing.card;
        let young = card.minimum_age.is_none_or(|age| age < 18.0);
        let online = card.attending_type.iter().any(|way| way.contains("online") || way == "virtual");
        match &listing.practice {
            Some(practice) => {
                let visit = practice.first_visit.as_ref();
                let mut markers: Vec<&MarkerClaim> = practice.markers.iter().collect();
                // In the order of the six principles, what is claimed of Open Dialogue last.
                markers.sort_by_key(|claim| (claim.principle.is_none(), claim.principle));
                let (claims, earlier) = markers.into_iter().partition(|claim| claim.current);
                let view = |claims: Vec<&MarkerClaim>| claims.into_iter().map(claim).collect();
                Self {
                    first_visit: visit.map(|visit| first_visit(visit, practice, young, online)).unwrap_or_default(),
                    first_visit_unknown: visit.is_none() && meets(card.kind),
                    led: led(practice, visit.is_none()),
                    claims: view(claims),
                    earlier: view(earlier),
                }
            }
            None => Self { first_visit_unknown: card.kind == ListingKind::Group, ..Self::default() },
        }
    }
}

/// Whether people go there.
fn meets(kind: ListingKind) -> bool {
    matches!(kind, ListingKind::Group | ListingKind::Service | ListingKind::Place)
}

fn first_visit(visit: &FirstVisit, practice: &Practice, young: bool, online: bool) -> Vec<Row> {
    let asked =
        |label: &'static str, answer: &Option<String>| Row { label, values: answer.iter().map(Value::text).collect() };
    let mut rows = vec![
        asked("Who opens the door?", &visit.who_opens),
        asked("How many people come?", &visit.how_many),
        asked("Must I speak?", &visit.must_i_speak),
        asked("May I leave?", &visit.may_i_leave),
    ];
    if online || visit.camera.is_some() {
        rows.push(asked("Must my camera be on?", &visit.camera));
    }
    rows.extend([
        asked("What happens if I am upset?", &visit.if_upset),
        asked("What stays in the room?", &visit.confidentiality),
        asked("What if somebody is not safe?", &visit.safeguarding),
        asked("Light, noise, seats, getting in", &visit.access),
        asked("Can somebody come with me?", &visit.companion),
    ]);
    if young || visit.without_parent.is_some() {
        rows.push(asked("Can I come without a parent, and who is told?", &visit.without_parent));
    }
    rows.extend(faith(practice));
    rows
}

/// What faith has to do with it, where that is stated.
fn faith(practice: &Practice) -> Option<Row> {
    let said = [
        (practice.faith_body, "A faith body runs it", "No faith body runs it"),
        (practice.place_of_worship, "It is in a place of worship", "It is not in a place of worship"),
        (practice.prayer_or_teaching, "Prayer or teaching is part of it", "There is no prayer or teaching"),
    ];
    let values: Vec<Value> =
        said.into_iter().filter_map(|(said, yes, no)| Some(Value::text(if said? { yes } else { no }))).collect();
    (!values.is_empty()).then_some(Row { label: "Faith", values })
}

fn led(practice: &Practice, with_faith: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |label: &'static str, values: Vec<Value>| {
        if !values.is_empty() {
            rows.push(Row { label, values });
        }
    };
    let text = |answer: &Option<String>| answer.iter().map(Value::text).collect::<Vec<_>>();
    row("Who leads it", practice.led.iter().map(|led| Value::text(led.label())).collect());
    row("What they do", text(&practice.does));
    row("What they do not do", text(&practice.does_not));
    row("What they have learned", text(&practice.training));
    row("Who supports them", text(&practice.supervision));
    let paid = |paid: bool| Value::text(if paid { "Peers are paid for their work" } else { "Peers are volunteers" });
    row("Pay", practice.peers_paid.map(paid).into_iter().collect());
    let code =
        practice.code_of_ethics_url.as_ref().map(|url| Value { text: url.clone(), href: links::web(url), note: None });
    row("Code of ethics", text(&practice.code_of_ethics).into_iter().chain(code).collect());
    row("If something is wrong", text(&practice.complaints));
    rows.extend(faith(practice).filter(|_| with_faith));
    rows
}

fn claim(claim: &MarkerClaim) -> ClaimView {
    let who =
        claim.source.as_ref().map_or_else(|| "who says so is not stated".to_owned(), |who| format!("said by {who}"));
    let on = claim.on.as_ref().map_or_else(|| "when is not stated".to_owned(), |day| words::day(day));
    let last = claim.lasts_until().map(|day| words::day(&day.to_string()));
    let until = match last {
        Some(day) if claim.current => format!("; counts until {day}"),
        Some(day) => format!("; counted until {day}"),
        None => String::new(),
    };
    let under = claim.principle.map_or("Open Dialogue", Principle::label);
    ClaimView {
        what: format!("{under}: {}", claim.label()),
        said: format!("{}; {who}, {on}{until}", claim.level.label()),
    }
}
