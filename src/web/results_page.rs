//! The page of results: how many there are and where, the cards, and what else serves the place.

use std::cmp::Reverse;

use askama::Template;

use super::{
    chrome::Chrome,
    facts::CardView,
    form::Fields,
    view::{Answer, TermCount},
    words,
};
use crate::domain::answer::WordsMatched;

/// A place so wide is told to have a middle, in kilometres.
const WIDE_KM: f64 = 0.5;
/// What is searched for where words may be about hurting oneself.
const SELF_HARM: &str = "self-harm";
/// How many terms are counted out.
const COUNTS: usize = 8;

/// A page of results.
#[derive(Template)]
#[template(path = "results.html")]
pub struct ResultsPage {
    chrome: Chrome,
    form: Fields,
    heading: String,
    /// Whether there is anything, on whichever page.
    found: bool,
    /// How the place and the words were understood.
    notes: Vec<String>,
    counts: Vec<TermCount>,
    /// Why the results stand as they do.
    order: &'static str,
    results: Vec<CardView>,
    covers_total: String,
    /// Where to find `covers`, when they stand below results.
    covers_below: Option<String>,
    covers: Vec<CardView>,
    paging: Option<Paging>,
    /// The search for one of the things that the words may mean, where that one is self-harm.
    self_harm: Option<Fields>,
    /// Searches to try when nothing was found.
    tries: Vec<Try>,
}

/// Which page this is; both lists are paged together.
pub struct Paging {
    /// This page, from 1.
    pub page: u32,
    /// How many there are.
    pub pages: u64,
    /// The one before.
    pub previous: Option<u32>,
    /// The one after.
    pub next: Option<u32>,
}

/// Another search behind a button.
struct Try {
    label: String,
    form: Fields,
}

impl ResultsPage {
    /// The page for an answer to what the form asked.
    pub fn new(form: Fields, answer: Answer) -> Self {
        let found = answer.results.total + answer.covers_area.total;
        let title = match (found, answer.results.page) {
            (0, _) => "Nothing found".to_owned(),
            (_, 1) => "Search results".to_owned(),
            (_, page) => format!("Search results, page {page}"),
        };
        Self {
            chrome: Chrome::with_lines(title, answer.sample, &answer.crisis)
                .urgent(&answer.crisis, &answer.urgency)
                .in_language(&form.lang),
            heading: heading(&answer),
            found: found > 0,
            notes: notes(&form, &answer),
            order: order(&form),
            results: answer.results.items.iter().map(CardView::new).collect(),
            covers_total: words::listings(answer.covers_area.total),
            covers_below: covers_below(&answer),
            covers: answer.covers_area.items.iter().map(CardView::new).collect(),
            paging: paging_of(
                answer.results.page,
                answer.results.per_page,
                answer.results.total.max(answer.covers_area.total),
            ),
            self_harm: answer.urgency.unclear.then(|| form.but(SELF_HARM, &form.near, &form.within_km)),
            tries: if found == 0 { tries(&form) } else { Vec::new() },
            counts: counts(answer.facets),
            form,
        }
    }

    /// Whether the page asked for lies behind the last one.
    fn past_the_end(&self) -> bool {
        self.found && self.results.is_empty() && self.covers.is_empty()
    }
}

fn heading(answer: &Answer) -> String {
    let there = match (&answer.place, answer.searched_within_km) {
        (Some(place), Some(km)) => format!(" within {} of {}", words::radius(km), place.resolved),
        (Some(place), None) => format!(" in {}", place.resolved),
        (None, _) => String::new(),
    };
    match answer.results.total {
        0 if answer.place.is_some() => format!("No groups or services found{there}"),
        0 => "No groups or services found".to_owned(),
        total => format!("{}{there}", words::listings(total)),
    }
}

/// The terms that most results have. An imported term without a label here would show only its id.
fn counts(mut counts: Vec<TermCount>) -> Vec<TermCount> {
    // Imported terms without a label, and the decision fields, say nothing in a list of topics.
    counts.retain(|count| count.label != count.id && !count.id.contains(':'));
    counts.sort_by_key(|count| Reverse(count.count));
    counts.truncate(COUNTS);
    counts
}

fn covers_below(answer: &Answer) -> Option<String> {
    let shown = !answer.results.items.is_empty() && !answer.covers_area.items.is_empty();
    shown.then(|| {
        format!(
            "Further down: {} by phone, online, or where the place stays private",
            words::listings(answer.covers_area.total)
        )
    })
}

fn notes(form: &Fields, answer: &Answer) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(place) = &answer.place {
        if let Some(within) = &place.within {
            notes.push(format!("{} is in {within}.", place.resolved));
        }
        notes.extend(place.note.clone());
    }
    if let Some(respelt) = &answer.understood.respelt {
        notes.push(format!("Nothing was found for your words as they stand, so we looked for “{respelt}”."));
    }
    match answer.understood.words {
        WordsMatched::All => {}
        WordsMatched::Most => notes.push("Nothing has all of your words, so these have most of them.".to_owned()),
        WordsMatched::Any => {
            notes.push("Nothing has all or most of your words, so these have at least one of them.".to_owned())
        }
    }
    if let Some(asked) = form.in_words() {
        let kept = if form.strict.is_empty() { " What does not say so is kept, with what to ask." } else { "" };
        notes.push(format!("Narrowed to: {asked}.{kept}"));
    }
    if !answer.understood.terms.is_empty() {
        let labels: Vec<&str> = answer.understood.terms.iter().map(|term| term.label.as_str()).collect();
        notes.push(format!("Your words were also taken to mean: {}.", labels.join("; ")));
    }
    let broader = answer.results.broader + answer.covers_area.broader;
    if broader > 0 {
        let labels: Vec<&str> = answer.understood.broader.iter().map(|term| term.label.as_str()).collect();
        let come = if broader == 1 { "1 comes last" } else { &format!("{} come last", words::number(broader)) };
        notes.push(format!("{come} that have a wider topic than your words: {}.", labels.join("; ")));
    }
    if let Some(place) = answer.place.as_ref().filter(|place| place.precision_km >= WIDE_KM)
        && answer.searched_within_km.is_some()
    {
        notes.push(format!("Distances are from the middle of {}.", place.resolved));
    }
    if answer.place.is_some() && form.within_km.is_empty() && answer.searched_within_km.is_some_and(|km| km > 5.0) {
        notes.push("There were few nearby, so the search went further out.".to_owned());
    }
    notes
}

fn order(form: &Fields) -> &'static str {
    match (form.q.trim().is_empty(), form.near.trim().is_empty()) {
        (false, false) => "What fits your words best and is near comes first.",
        (false, true) => "What fits your words best comes first.",
        (true, false) => "The nearest come first.",
        (true, true) => "In no particular order.",
    }
}

/// The paging of lists of which the longest has so many; `None` when there is one page only.
pub fn paging_of(page: u32, per_page: u32, longest: u64) -> Option<Paging> {
    let per_page = u64::from(per_page.max(1));
    let deepest = crate::directory::request::DEEPEST / per_page;
    let pages = longest.div_ceil(per_page).min(deepest);
    (pages > 1 || page > 1).then(|| Paging {
        page,
        pages: pages.max(1),
        previous: (page > 1).then(|| page - 1),
        next: (u64::from(page) < pages).then(|| page + 1),
    })
}

fn tries(form: &Fields) -> Vec<Try> {
    let mut tries = Vec::new();
    if form.narrowed() {
        tries.push(Try { label: "Search without the narrowing".to_owned(), form: form.widened() });
    }
    if !form.near.is_empty() && !form.within_km.is_empty() && form.within_km != "50" {
        tries.push(Try { label: "Look further: within 50 km".to_owned(), form: form.but(&form.q, &form.near, "50") });
    }
    if !form.q.is_empty() && !form.near.is_empty() {
        tries.push(Try { label: "Show everything near this place".to_owned(), form: form.but("", &form.near, "") });
        tries.push(Try { label: "Look for the same words everywhere".to_owned(), form: form.but(&form.q, "", "") });
    }
    tries
}
