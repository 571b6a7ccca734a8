//! The pages of what is on tonight and this week: the form first, then sessions by day.

use askama::Template;
use chrono::Days;

use super::{
    chrome::Chrome,
    facts::{self, CardView},
    form::{Fault, Fields, On},
    results_page::{Paging, paging_of},
    view::{Card, Row, SessionBlock, Sessions},
    words,
};
use crate::{
    directory::window::SessionsRequest,
    domain::{clock::Timestamp, coming::Accepting, rhythm},
};

/// How many sessions a page shows.
const PER_PAGE: u32 = 50;
/// The hour at which a night ends.
const NIGHT_ENDS: u8 = 4;

/// A page of sessions, or, without an answer, the one that asks where.
#[derive(Template)]
#[template(path = "sessions.html")]
pub struct SessionsPage {
    chrome: Chrome,
    form: Fields,
    title: &'static str,
    intro: &'static str,
    answer: Option<AnswerView>,
}

/// What was found.
struct AnswerView {
    heading: String,
    notes: Vec<String>,
    found: bool,
    days: Vec<DayView>,
    online: Vec<DayView>,
    online_total: String,
    not_on: Vec<CardView>,
    paging: Option<Paging>,
    /// The same question for the whole week, where tonight has nothing.
    week: Option<Fields>,
}

/// The sessions of a day.
struct DayView {
    day: String,
    sessions: Vec<SessionView>,
    /// Those of listings that take nobody new at present: of use to who comes already, or asks to come later.
    closed: Vec<SessionView>,
}

impl DayView {
    fn closed_summary(&self) -> String {
        format!("Taking nobody new at present: {}", sessions(self.closed.len() as u64))
    }
}

/// A session.
struct SessionView {
    hours: String,
    href: String,
    name: String,
    kicker: String,
    warnings: Vec<String>,
    rows: Vec<Row>,
}

impl SessionsPage {
    /// The page that asks, with what is to be put right.
    pub fn asking(form: Fields, sample: bool) -> Self {
        let (title, intro) = said_of(form.on);
        let chrome_title = if form.faults.is_empty() { title } else { "Error: something to put right" };
        let chrome = Chrome::asked_with(chrome_title, sample, &form.q).in_language(&form.lang);
        Self { chrome, form, title, intro, answer: None }
    }

    /// The page for an answer to what the form asked.
    pub fn answering(form: Fields, answer: &Sessions) -> Self {
        let (title, intro) = said_of(form.on);
        let chrome = Chrome::with_lines(title, answer.sample, &answer.crisis)
            .urgent(&answer.crisis, &answer.urgency)
            .in_language(&form.lang);
        let found = answer.sessions.total + answer.online.total + answer.not_on.total > 0;
        let week = (answer.sessions.total == 0 && form.on == On::Tonight)
            .then(|| Fields { on: On::ThisWeek, ..form.but(&form.q, &form.near, &form.within_km) });
        let answer = AnswerView {
            heading: heading(form.on, answer),
            notes: notes(&form, answer),
            found,
            days: days(&answer.sessions, &answer.from),
            online: days(&answer.online, &answer.from),
            online_total: sessions(answer.online.total),
            not_on: answer.not_on.items.iter().map(CardView::new).collect(),
            paging: paging_of(
                answer.sessions.page,
                answer.sessions.per_page,
                answer.sessions.total.max(answer.online.total).max(answer.not_on.total),
            ),
            week,
        };
        Self { chrome, form, title, intro, answer: Some(answer) }
    }
}

/// What the form asks of the directory.
///
/// # Errors
/// What to put right.
pub fn request(form: &Fields, now: Timestamp) -> Result<SessionsRequest, Vec<Fault>> {
    let search = form.request()?;
    let days = if form.on == On::Tonight { 1 } else { 7 };
    let to = now.london_date().checked_add_days(Days::new(days)).and_then(|day| rhythm::day_begins(day, NIGHT_ENDS));
    Ok(SessionsRequest {
        search: crate::directory::request::SearchRequest { per_page: Some(PER_PAGE), ..search },
        to: to.map(|to| to.to_string()),
        ..SessionsRequest::default()
    })
}

const fn said_of(on: On) -> (&'static str, &'static str) {
    match on {
        On::ThisWeek => ("What is on this week", "Groups and places near you for the next seven days, by day."),
        _ => ("What is on tonight", "Groups and places near you that are open from now until four in the morning."),
    }
}

fn sessions(n: u64) -> String {
    if n == 1 { "1 session".to_owned() } else { format!("{} sessions", words::number(n)) }
}

fn heading(on: On, answer: &Sessions) -> String {
    let when = if on == On::ThisWeek { "this week" } else { "tonight" };
    let there = match answer.searched_within_km {
        Some(km) => format!("within {} of {}", words::radius(km), answer.place.resolved),
        None => format!("in {}", answer.place.resolved),
    };
    match answer.sessions.total {
        0 => format!("No sessions found {when} {there}"),
        total => format!("{} {when} {there}", sessions(total)),
    }
}

fn notes(form: &Fields, answer: &Sessions) -> Vec<String> {
    let place = &answer.place;
    let mut notes: Vec<String> =
        place.within.iter().map(|within| format!("{} is in {within}.", place.resolved)).collect();
    notes.extend(place.note.clone());
    if form.within_km.is_empty() && answer.searched_within_km.is_some_and(|km| km > 5.0) {
        notes.push("There was little nearby, so the search went further out.".to_owned());
    }
    notes.push(
        "Only what groups say of their times is here. Where you can, ring or write before you set out.".to_owned(),
    );
    notes
}

/// Sessions by the day on which they begin; they come in that order.
fn days(block: &SessionBlock, from: &str) -> Vec<DayView> {
    let mut days: Vec<DayView> = Vec::new();
    for session in &block.items {
        let (Some(day), Some(mut hours)) = (words::day_of(&session.times.starts_at), words::hours(&session.times))
        else {
            continue;
        };
        if words::is_before(&session.times.starts_at, from) {
            hours.push_str(", on now");
        }
        let view = session_view(hours, &session.listing);
        if days.last().is_none_or(|last| last.day != day) {
            days.push(DayView { day, sessions: Vec::new(), closed: Vec::new() });
        }
        if let Some(last) = days.last_mut() {
            if takes_nobody_new(&session.listing) { last.closed.push(view) } else { last.sessions.push(view) }
        }
    }
    days
}

fn takes_nobody_new(card: &Card) -> bool {
    matches!(card.accepting, Some(Accepting::WaitingList | Accepting::Paused | Accepting::Full))
}

fn session_view(hours: String, card: &Card) -> SessionView {
    let mut rows = vec![facts::place(card), facts::who_for(card), facts::contact(card)];
    rows.extend([facts::coming(card), facts::accepting(card), facts::to_ask(card)].into_iter().flatten());
    let CardView { href, name, kicker, warnings, .. } = CardView::new(card);
    SessionView { hours, href, name, kicker, warnings, rows }
}
