//! The published shape of a search answer. It documents what `directory/answer.rs` writes by
//! splicing; a test reads the bytes back through these types.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::{
    card::{Card, ListingKind},
    crisis::{CrisisLine, urgency::Urgency},
    vocabulary::Facet,
};

/// What a search answers.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SearchAnswer {
    /// The place that was asked for, as it was understood; absent when none was.
    pub place: Option<AskedPlace>,
    /// How the words were understood.
    pub understood: Understood,
    /// What was found; with a place, what is there.
    pub results: Block,
    /// Listings without a public place (areas served, phone, online) that serve the place asked for.
    /// Without a place it is empty and everything is in `results`.
    pub covers_area: Block,
    /// How many of `results` have each term; exact, and only terms that occur: of the facets asked for.
    pub facets: Vec<TermCount>,
    /// How many of `results` are of each kind.
    pub kinds: Vec<KindCount>,
    /// The radius used, in kilometres: the one asked for, or the smallest of 5, 10, 25 and 50 with ten results, or up to
    /// 200 where 50 has none. Results that have only a wider term do not count for that.
    pub searched_within_km: Option<f64>,
    /// The radius of the circle that was searched around the middle of the place, in kilometres: `searched_within_km` and
    /// the place's own `precision_km`, so that nothing is missed that is so near to any address in it.
    pub circle_km: Option<f64>,
    /// Lines to ring or text now, for the nation of the place asked for. Always there. Where no nation is known and the
    /// words sound urgent, those of every nation about it are there too.
    pub crisis: Vec<CrisisLine>,
    /// How urgent the words sound, and which of those lines to show before the results. It changes no result.
    pub urgency: Urgency,
    /// How fresh the answer is.
    pub as_of: AsOf,
    /// Whether these are invented sample listings.
    pub sample: bool,
}

/// What a search for sessions answers.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SessionsAnswer {
    /// The place that was asked for, as it was understood.
    pub place: AskedPlace,
    /// From when, RFC 3339 with London's offset: what is on at this instant is in the answer.
    pub from: String,
    /// Until before when.
    pub to: String,
    /// The sessions there, the first to begin first, then by distance. What has neither a public place nor hours is not here.
    pub sessions: SessionBlock,
    /// Those by phone or online that serve the place.
    pub online: SessionBlock,
    /// Listings there that meet at such times, have no session in this window and have something to say about it or
    /// about themselves: their `alert`. One that is cancelled this week is here.
    pub not_on: Block,
    /// The radius used, in kilometres: the one asked for, or the smallest of 5, 10, 25 and 50 with ten sessions. Smaller
    /// where more than 2,000 listings lie inside: those nearest were looked at.
    pub searched_within_km: Option<f64>,
    /// The radius of the circle around the middle of the place, as in an answer to a search.
    pub circle_km: Option<f64>,
    /// Lines to ring or text now, for the nation of the place asked for. Always there. Where no nation is known and the
    /// words sound urgent, those of every nation about it are there too.
    pub crisis: Vec<CrisisLine>,
    /// How urgent the words sound, and which of those lines to show before the results. It changes no result.
    pub urgency: Urgency,
    /// How fresh the answer is.
    pub as_of: AsOf,
    /// Whether these are invented sample listings.
    pub sample: bool,
}

/// One list of sessions.
#[derive(Debug, Clone, PartialEq, Object)]
pub struct SessionBlock {
    /// How many there are in all, exactly.
    pub total: u64,
    /// The page shown, from 1.
    pub page: u32,
    /// How many a page holds.
    pub per_page: u32,
    /// This page's sessions.
    pub items: Vec<SessionOfListing>,
}

/// One session of a listing.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SessionOfListing {
    /// When it begins, RFC 3339 with London's offset at that time.
    pub starts_at: String,
    /// When it ends; absent when not stated.
    pub ends_at: Option<String>,
    /// The listing, at the place of the session; without `next_session`.
    pub listing: Card,
}

/// One list of an answer.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Block {
    /// How many there are in all, exactly.
    pub total: u64,
    /// How many of those have only a wider term than the words mean, exactly (`understood.broader`): they come last.
    /// Absent when there are none.
    pub broader: Option<u64>,
    /// The page shown, from 1.
    pub page: u32,
    /// How many a page holds.
    pub per_page: u32,
    /// This page's listings.
    pub items: Vec<Card>,
}

/// A place asked for, as it was understood.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AskedPlace {
    /// Its name: `LS6 2`, `Leeds`, `Yorkshire`.
    pub resolved: String,
    /// `postcode`, `sector`, `district`, `town`, `coordinates` or `area`.
    pub kind: String,
    /// How wide the place itself is, in kilometres: 95 of 100 addresses in it lie within.
    pub precision_km: f64,
    /// Where it lies, to tell it from others of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// The gazetteer's code, when the place is an area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_code: Option<String>,
    /// Something to say to the reader: that a full postcode was answered by its sector or district, or that it is no
    /// longer in use and the search is around where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How the words were understood.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct Understood {
    /// Terms of the vocabulary that the words also stand for.
    pub terms: Vec<UnderstoodTerm>,
    /// Wider terms that were looked for too, where some listings have only those. These come after all that have the
    /// words or their terms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub broader: Vec<BroaderTerm>,
    /// The words that were looked for in place of those typed, of which nothing was found: a slip was put right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respelt: Option<String>,
    /// Which of the words had to match.
    pub words: WordsMatched,
}

/// A term that words stand for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct UnderstoodTerm {
    /// The term's id.
    pub id: String,
    /// Its label.
    pub label: String,
}

/// It may hold what was typed, so it prints nothing of it.
impl std::fmt::Debug for Understood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Understood {{ {} terms, {:?} }}", self.terms.len(), self.words)
    }
}

/// A wider term that was looked for too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct BroaderTerm {
    /// The term's id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// The id of the term that it is wider than.
    pub of: String,
}

/// Which words had to match. A search that finds nothing asks for less, and says so here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum WordsMatched {
    /// Every word.
    #[default]
    All,
    /// Most of the words: nothing has them all.
    Most,
    /// Any of the words: nothing has most of them.
    Any,
}

/// How many results have a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct TermCount {
    /// The term's id.
    pub id: String,
    /// Its label; the id where an imported term has none here.
    pub label: String,
    /// Its facet, for terms of the house vocabulary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    /// How many.
    pub count: u32,
}

/// How many results are of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct KindCount {
    /// The kind.
    pub kind: ListingKind,
    /// How many.
    pub count: u32,
}

/// How fresh an answer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct AsOf {
    /// Which life of the directory: renewed when a backup is restored.
    pub epoch: String,
    /// The last change that readers can see; grows with each.
    pub sequence: u64,
}
