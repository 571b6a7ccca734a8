//! A search as it was asked, and every fault in it at once.
//!
//! It holds what a person looked for, so it has no `Debug` and no error says a value of it.

use std::str::FromStr;

use crate::domain::{
    card::ListingKind,
    coming::{Field, NOT_STATED},
    id::{Id, kind},
    marked::Marked,
    read::{Code, Violation},
    rhythm::{self, DayPart, WeekMask, asked_parts},
    vocabulary::{Facet, vocabulary},
    welsh::Language,
};

/// The longest search text, in characters.
pub const LONGEST_WORDS: usize = 256;
/// The longest name of a place, in characters.
pub const LONGEST_PLACE: usize = 100;
/// The most listings on a page.
pub const MOST_PER_PAGE: u32 = 100;
/// How deep a search can be paged, in listings.
pub const DEEPEST: u64 = 10_000;
/// The widest circle, in kilometres.
pub const WIDEST_KM: f64 = 500.0;
/// The oldest age that can be asked for, in years.
pub const OLDEST: u32 = 120;
/// What can be counted beside the facets of the vocabulary.
pub const COUNTED: [&str; 5] = ["accepting", "cost", "attending_type", "taxonomy_term_id", "kind"];
/// That nothing is to be counted.
pub const NOTHING_COUNTED: &str = "none";
/// The most values counted of each facet that can be asked for.
const MOST_PER_FACET: u32 = 1_000;
/// The most values of one filter.
const MOST_VALUES: usize = 50;

/// A search as it was asked. Empty members do not filter.
#[derive(Clone, Default, PartialEq)]
pub struct SearchRequest {
    /// Words.
    pub q: Option<String>,
    /// A postcode, a town, an area or `latitude,longitude`.
    pub near: Option<String>,
    /// A postcode, instead of `near`.
    pub postcode: Option<String>,
    /// Degrees north, with `longitude`, instead of `near`.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The radius in kilometres; when absent the search widens until it has ten results.
    pub within_km: Option<f64>,
    /// Terms by facet: any of those of one facet, and all facets named.
    pub facets: Vec<(Facet, Vec<String>)>,
    /// Whom it must be for in its own words, none of *anyone* and *not stated*.
    pub audience_only: Vec<String>,
    /// Words of `accepting`.
    pub accepting: Vec<String>,
    /// Words of `cost`.
    pub cost: Vec<String>,
    /// Words of `attending_type`.
    pub attending_type: Vec<String>,
    /// The age of who would come, in years.
    pub age: Option<u32>,
    /// Days of the week on which something happens: words of [`rhythm::DAYS`].
    pub day: Vec<String>,
    /// Parts of the day in which something happens: words of [`DayPart`].
    pub time_of_day: Vec<String>,
    /// Whether *not stated* does not match; otherwise it does, after what is stated.
    pub strict: Option<bool>,
    /// Terms of any facet.
    pub term: Vec<String>,
    /// Imported taxonomy terms, by id.
    pub taxonomy_term_id: Vec<String>,
    /// Kinds of listing.
    pub kind: Vec<String>,
    /// Only this organisation's.
    pub organization_id: Option<String>,
    /// Words of closed lists by which networks and resources are filtered.
    pub marked: Vec<(Marked, Vec<String>)>,
    /// Languages, as the sources write them.
    pub language: Vec<String>,
    /// `best`, `distance`, `soonest` or `recently_checked`.
    pub sort: Option<String>,
    /// What to count: words of [`COUNTED`] and names of facets, or [`NOTHING_COUNTED`] alone; empty counts all.
    pub counts: Vec<String>,
    /// The most values counted of each facet, those with most results first; all unless said otherwise.
    pub per_facet: Option<u32>,
    /// `card` or `full`.
    pub view: Option<String>,
    /// Whether each listing says why it is there.
    pub explain: Option<bool>,
    /// The language of the directory's own words, `en` or `cy`.
    pub lang: Option<String>,
    /// The page, from 1.
    pub page: Option<u32>,
    /// Listings on a page, 20 unless said otherwise.
    pub per_page: Option<u32>,
}

/// The order of results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Words and distance together.
    #[default]
    Best,
    /// Nearest first.
    Distance,
    /// Whose next session is soonest first; what tells none comes last.
    Soonest,
    /// Most recently checked first.
    RecentlyChecked,
}

impl FromStr for Order {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "best" => Ok(Self::Best),
            "distance" => Ok(Self::Distance),
            "soonest" => Ok(Self::Soonest),
            "recently_checked" => Ok(Self::RecentlyChecked),
            _ => Err(()),
        }
    }
}

impl SearchRequest {
    /// The page asked for, from 1.
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1)
    }

    /// How many a page holds.
    pub fn per_page(&self) -> u32 {
        self.per_page.unwrap_or(20)
    }

    /// What was asked of the decision fields.
    pub fn by_field(&self) -> [(Field, &Vec<String>); 3] {
        [(Field::Accepting, &self.accepting), (Field::Cost, &self.cost), (Field::Attending, &self.attending_type)]
    }

    /// The parts of the week that were asked for; 0 when any will do.
    pub fn parts_of_week(&self) -> WeekMask {
        asked_parts(&self.day, &self.time_of_day)
    }

    /// The order asked for.
    pub fn order(&self) -> Order {
        self.sort.as_deref().and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    /// Whether only resources are asked for, which have no place.
    pub fn is_for_resources(&self) -> bool {
        !self.kind.is_empty() && self.kind.iter().all(|kind| kind == ListingKind::Resource.as_str())
    }

    /// Whether a place was asked for.
    pub fn has_place(&self) -> bool {
        self.near.is_some() || self.postcode.is_some() || self.latitude.is_some()
    }

    /// Whether the whole listings are wanted.
    pub fn is_whole(&self) -> bool {
        self.view.as_deref() == Some("full")
    }

    /// The language of the directory's own words.
    pub fn language_of_answer(&self) -> Language {
        self.lang.as_deref().and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    /// Whether something of that name is to be counted: a facet, or a word of [`COUNTED`].
    pub fn counts(&self, name: &str) -> bool {
        self.counts.is_empty() || self.counts.iter().any(|word| word == name)
    }

    /// Whether anything is to be counted.
    pub fn counts_anything(&self) -> bool {
        !self.counts.iter().any(|word| word == NOTHING_COUNTED)
    }

    fn count_faults(&self) -> Vec<Violation> {
        let mut faults = Vec::new();
        let known = || Facet::ALL.into_iter().map(Facet::as_str).chain(COUNTED).chain([NOTHING_COUNTED]);
        for (at, _) in self.counts.iter().enumerate().filter(|(_, word)| !known().any(|known| known == *word)) {
            let reason = format!("is none of {}", known().collect::<Vec<_>>().join(", "));
            faults.push(Violation { pointer: format!("/facets/{at}"), code: Code::NotInList, reason });
        }
        if self.counts.len() > 1 && !self.counts_anything() {
            let reason = format!("{NOTHING_COUNTED} stands alone");
            faults.push(Violation { pointer: "/facets".to_owned(), code: Code::Conflict, reason });
        }
        faults
    }

    /// Every fault of the request; places are looked up later.
    pub fn faults(&self) -> Vec<Violation> {
        let mut faults = Vec::new();
        let mut fault =
            |pointer: &str, code, reason: String| faults.push(Violation { pointer: pointer.to_owned(), code, reason });
        for (pointer, text, most) in [
            ("/q", &self.q, LONGEST_WORDS),
            ("/near", &self.near, LONGEST_PLACE),
            ("/postcode", &self.postcode, LONGEST_PLACE),
        ] {
            if text.as_ref().is_some_and(|text| text.chars().count() > most) {
                fault(pointer, Code::TooLong, format!("is longer than {most} characters"));
            }
        }
        if self.latitude.is_some() != self.longitude.is_some() {
            let missing = if self.latitude.is_some() { "/longitude" } else { "/latitude" };
            fault(missing, Code::Required, "latitude and longitude go together".to_owned());
        }
        if self.near.is_some() && self.latitude.is_some() {
            fault("/near", Code::Conflict, "say the place once: near, or latitude and longitude".to_owned());
        }
        if self.postcode.is_some() && (self.near.is_some() || self.latitude.is_some()) {
            fault("/postcode", Code::Conflict, "say the place once: postcode, near, or coordinates".to_owned());
        }
        for (pointer, value, most) in [("/latitude", self.latitude, 90.0), ("/longitude", self.longitude, 180.0)] {
            if value.is_some_and(|value| !(-most..=most).contains(&value)) {
                fault(pointer, Code::OutOfRange, format!("is not between -{most} and {most}"));
            }
        }
        if let Some(km) = self.within_km {
            if !(km > 0.0 && km <= WIDEST_KM) {
                fault("/within_km", Code::OutOfRange, format!("is not above 0 and up to {WIDEST_KM}"));
            }
            if !self.has_place() {
                fault("/within_km", Code::Conflict, "needs a place: near, or latitude and longitude".to_owned());
            }
        }
        for (facet, terms) in &self.facets {
            for (at, id) in terms.iter().enumerate() {
                if vocabulary().term(id).is_none_or(|term| term.facet != *facet) {
                    fault(
                        &format!("/{}/{at}", facet.as_str()),
                        Code::UnknownTerm,
                        format!("is no term of the facet {}; /v1/terms lists them", facet.as_str()),
                    );
                }
            }
        }
        for (at, id) in self.audience_only.iter().enumerate() {
            if vocabulary().term(id).is_none_or(|term| term.facet != Facet::Audience) {
                let reason = "is no term of the facet audience; /v1/terms lists them".to_owned();
                fault(&format!("/audience_only/{at}"), Code::UnknownTerm, reason);
            }
        }
        for (field, words) in self.by_field() {
            let known = field.words();
            for (at, word) in words.iter().enumerate().filter(|(_, word)| *word != NOT_STATED) {
                if !known.iter().any(|(known, _)| known == word) {
                    let words: Vec<&str> = known.iter().map(|(word, _)| *word).chain([NOT_STATED]).collect();
                    fault(
                        &format!("/{}/{at}", field.as_str()),
                        Code::NotInList,
                        format!("is none of {}", words.join(", ")),
                    );
                }
            }
        }
        if self.age.is_some_and(|age| age > OLDEST) {
            fault("/age", Code::OutOfRange, format!("is not between 0 and {OLDEST}"));
        }
        let parts = DayPart::ALL.map(|(_, word)| word);
        for (name, words, known) in
            [("day", &self.day, &rhythm::DAYS[..]), ("time_of_day", &self.time_of_day, &parts[..])]
        {
            for (at, _) in words.iter().enumerate().filter(|(_, word)| !known.contains(&word.as_str())) {
                fault(&format!("/{name}/{at}"), Code::NotInList, format!("is none of {}", known.join(", ")));
            }
        }
        for (at, id) in self.term.iter().enumerate() {
            if vocabulary().term(id).is_none() {
                fault(
                    &format!("/term/{at}"),
                    Code::UnknownTerm,
                    "is no term of the vocabulary; /v1/terms lists them".to_owned(),
                );
            }
        }
        for (at, id) in self.taxonomy_term_id.iter().enumerate() {
            if id.parse::<Id<kind::TaxonomyTerm>>().is_err() {
                fault(&format!("/taxonomy_term_id/{at}"), Code::NotAUuid, "is not a UUID".to_owned());
            }
        }
        for (field, words) in &self.marked {
            let known = field.words();
            for (at, _) in words.iter().enumerate().filter(|(_, word)| !known.contains(&word.as_str())) {
                fault(
                    &format!("/{}/{at}", field.as_str()),
                    Code::NotInList,
                    format!("is none of {}", known.join(", ")),
                );
            }
        }
        for (at, word) in self.kind.iter().enumerate() {
            if ListingKind::from_word(word).is_none() {
                let words = ListingKind::ALL.map(ListingKind::as_str).join(", ");
                fault(&format!("/kind/{at}"), Code::NotInList, format!("is none of {words}"));
            }
        }
        if self.organization_id.as_ref().is_some_and(|id| id.parse::<Id<kind::Organization>>().is_err()) {
            fault("/organization_id", Code::NotAUuid, "is not a UUID".to_owned());
        }
        let lists = self.facets.iter().map(|(facet, ids)| (facet.as_str(), ids));
        let lists = lists.chain(self.marked.iter().map(|(field, words)| (field.as_str(), words)));
        for (name, values) in lists.chain([
            ("term", &self.term),
            ("taxonomy_term_id", &self.taxonomy_term_id),
            ("language", &self.language),
            ("audience_only", &self.audience_only),
            ("accepting", &self.accepting),
            ("cost", &self.cost),
            ("attending_type", &self.attending_type),
            ("kind", &self.kind),
            ("day", &self.day),
            ("time_of_day", &self.time_of_day),
            ("facets", &self.counts),
        ]) {
            if values.len() > MOST_VALUES {
                fault(&format!("/{name}"), Code::TooLong, format!("has more than {MOST_VALUES} values"));
            }
        }
        if self.sort.as_ref().is_some_and(|word| word.parse::<Order>().is_err()) {
            fault("/sort", Code::NotInList, "is none of best, distance, soonest, recently_checked".to_owned());
        }
        for (pointer, word, known) in [("/view", &self.view, ["card", "full"]), ("/lang", &self.lang, ["en", "cy"])] {
            if word.as_ref().is_some_and(|word| !known.contains(&word.as_str())) {
                fault(pointer, Code::NotInList, format!("is none of {}", known.join(", ")));
            }
        }
        if self.per_facet.is_some_and(|most| most == 0 || most > MOST_PER_FACET) {
            fault("/per_facet", Code::OutOfRange, format!("is not between 1 and {MOST_PER_FACET}"));
        }
        if self.page == Some(0) {
            fault("/page", Code::OutOfRange, "pages count from 1".to_owned());
        }
        if self.per_page.is_some_and(|n| n == 0 || n > MOST_PER_PAGE) {
            fault("/per_page", Code::OutOfRange, format!("is not between 1 and {MOST_PER_PAGE}"));
        } else if u64::from(self.page()) * u64::from(self.per_page()) > DEEPEST {
            fault(
                "/page",
                Code::TooDeep,
                format!("a search can be paged through {DEEPEST} listings; narrow it, or copy the directory"),
            );
        }
        faults.extend(self.count_faults());
        faults
    }
}
