//! What an answer about ways reads of published listings: their names, their links with what each side says, and where
//! their scope ends.

use std::borrow::Cow;

use kith_index::gazetteer::Gazetteer;
use serde::Deserialize;

use crate::domain::{
    card::{CardPlaceKind, ListingKind},
    coming::{Accepting, Wait},
    graph::TermOf,
    hold::{HeldTerm, PublicHold},
    layer::Layers,
    link::{StatedBy, Terms},
    pathway::answer::{LimitCode, PathwayEnd, ScopeLimit},
    vocabulary::values::{Direction, Handover, LinkState, Relationship, SupportLayer},
    welsh::Language,
};

/// A published listing, as far as a way needs it.
#[derive(Deserialize)]
pub struct Stop<'a> {
    /// Its id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    card: CardOf<'a>,
    #[serde(borrow, default)]
    links: Vec<LinkOf<'a>>,
}

#[derive(Deserialize)]
struct CardOf<'a> {
    kind: ListingKind,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    page_url: Cow<'a, str>,
    #[serde(borrow, default)]
    terms: Vec<TermOf<'a>>,
    #[serde(borrow, default)]
    who_for: Vec<TermOf<'a>>,
    minimum_age: Option<f64>,
    maximum_age: Option<f64>,
    accepting: Option<Accepting>,
    wait: Option<Wait>,
    being_checked: Option<bool>,
    held: Option<PublicHold>,
    #[serde(borrow)]
    place: PlaceOf<'a>,
}

#[derive(Deserialize)]
struct PlaceOf<'a> {
    kind: CardPlaceKind,
    latitude: Option<f64>,
    longitude: Option<f64>,
    #[serde(borrow, default)]
    areas: Vec<AreaOf<'a>>,
}

#[derive(Deserialize)]
struct AreaOf<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
}

/// A link as a published listing tells it.
#[derive(Deserialize)]
pub struct LinkOf<'a> {
    relationship: Relationship,
    direction: Direction,
    state: LinkState,
    #[serde(borrow)]
    target: TermOf<'a>,
    /// How people are handed over, as either side says.
    #[serde(default)]
    pub handover: Vec<Handover>,
    #[serde(default)]
    sides: Vec<SideOf>,
}

#[derive(Deserialize)]
struct SideOf {
    by: StatedBy,
    terms: Terms,
}

impl LinkOf<'_> {
    /// Whether both sides say so.
    pub fn is_agreed(&self) -> bool {
        self.state == LinkState::Agreed
    }

    /// What the listing that tells it says of how it works, and what the other says.
    pub fn said(&self) -> [Option<&Terms>; 2] {
        [StatedBy::This, StatedBy::Other].map(|by| self.sides.iter().find(|side| side.by == by).map(|side| &side.terms))
    }
}

impl Stop<'_> {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.card.name
    }

    /// The listing as an answer names it, with those of its terms that are held.
    pub fn end(&self, held_terms: &[HeldTerm], language: Language) -> PathwayEnd {
        let terms = || self.card.terms.iter().chain(&self.card.who_for).map(|term| &*term.id);
        let layers = Layers::of(self.card.kind, terms());
        PathwayEnd {
            id: self.id.as_ref().to_owned(),
            kind: self.card.kind,
            name: self.card.name.as_ref().to_owned(),
            page_url: self.card.page_url.as_ref().to_owned(),
            layers: SupportLayer::ALL.iter().copied().filter(|layer| layers.has(*layer)).collect(),
            being_checked: self.card.being_checked,
            held: self.card.held.clone().map(|held| held.told_in(language)),
            held_terms: held_terms.iter().filter(|held| terms().any(|term| *term == held.term)).cloned().collect(),
        }
    }

    /// The link with another, where this listing tells it.
    pub fn link(&self, other: &str, relationship: Relationship, direction: Direction) -> Option<&LinkOf<'_>> {
        let is_it = |link: &&LinkOf<'_>| (link.relationship, link.direction) == (relationship, direction);
        self.links.iter().filter(is_it).find(|link| link.target.id == other)
    }

    /// Whether it takes new people.
    pub const fn accepting(&self) -> Option<Accepting> {
        self.card.accepting
    }

    /// How long people wait.
    pub const fn wait(&self) -> Option<&Wait> {
        self.card.wait.as_ref()
    }

    /// Where its own scope ends for somebody who comes from another listing; `age` is theirs, where it was said.
    pub fn limits(&self, before: &Stop<'_>, age: Option<u32>, language: Language) -> Vec<ScopeLimit> {
        let welsh = language == Language::Welsh;
        let name = self.name();
        let mut limits = Vec::new();
        let mut limit = |code, in_words: String| {
            limits.push(ScopeLimit { code, listing: self.id.as_ref().to_owned(), in_words, says: None });
        };
        let is_outside = |age: f64| {
            self.card.minimum_age.is_some_and(|least| age < least)
                || self.card.maximum_age.is_some_and(|most| age >= most + 1.0)
        };
        if age.map(f64::from).is_some_and(is_outside) {
            limit(LimitCode::Age, self.ages(welsh));
        }
        let in_words = match (self.card.accepting, welsh) {
            (Some(Accepting::Full), false) => Some(format!("{name} is full at present")),
            (Some(Accepting::Full), true) => Some(format!("Mae {name} yn llawn ar hyn o bryd")),
            (Some(Accepting::Paused), false) => Some(format!("{name} takes nobody new for now")),
            (Some(Accepting::Paused), true) => Some(format!("Mae {name} wedi oedi ar gyfer pobl newydd")),
            _ => None,
        };
        if let Some(in_words) = in_words {
            limit(LimitCode::NotAccepting, in_words);
        }
        if !self.serves(before) {
            let in_words = if welsh {
                format!("Nid yw {name} yn gwasanaethu'r ardal lle mae {}", before.name())
            } else {
                format!("{name} does not serve the area of {}", before.name())
            };
            limit(LimitCode::Area, in_words);
        }
        limits
    }

    /// For what ages it is, in a sentence.
    fn ages(&self, welsh: bool) -> String {
        let name = self.name();
        match (self.card.minimum_age, self.card.maximum_age, welsh) {
            (Some(least), Some(most), false) => format!("{name} is for ages {least} to {most}"),
            (Some(least), Some(most), true) => format!("Mae {name} ar gyfer oedrannau {least} i {most}"),
            (Some(least), None, false) => format!("{name} is for ages {least} and over"),
            (Some(least), None, true) => format!("Mae {name} ar gyfer oedrannau {least} a hŷn"),
            (None, most, false) => format!("{name} is for ages up to {}", most.unwrap_or_default()),
            (None, most, true) => format!("Mae {name} ar gyfer oedrannau hyd at {}", most.unwrap_or_default()),
        }
    }

    /// Whether it serves where another is; yes where that is not known of both.
    fn serves(&self, other: &Stop<'_>) -> bool {
        let place = &self.card.place;
        if !matches!(place.kind, CardPlaceKind::Area | CardPlaceKind::Remote) || place.areas.is_empty() {
            return true;
        }
        let gazetteer = Gazetteer::embedded();
        let there = &other.card.place;
        // Codes of what holds the other; of one that tells areas only, those that hold any of them or lie within.
        let codes: Vec<String> = match (there.latitude.zip(there.longitude), there.areas.as_slice()) {
            (Some((latitude, longitude)), _) => gazetteer.areas_at(latitude, longitude),
            (None, areas) => (areas.iter())
                .flat_map(|area| [gazetteer.areas_of_authority(&area.code), gazetteer.within(&area.code)])
                .flatten()
                .collect(),
        };
        codes.is_empty() || place.areas.iter().any(|area| codes.iter().any(|code| *code == *area.code))
    }
}
