//! The published shape of a support map: layer by layer, who is there for somebody at a place. It documents what
//! `directory/support_map` writes by splicing; a test reads the bytes back through these types.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::{
    answer::{AsOf, AskedPlace, UnderstoodTerm},
    card::{Card, ListingKind},
    crisis::CrisisLine,
    hold::{HeldTerm, PublicHold},
    vocabulary::values::SupportLayer,
};

/// What a support map answers.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SupportMapAnswer {
    /// The place that was asked for, as it was understood.
    pub place: AskedPlace,
    /// The needs that were asked for; empty where none was: then the map is for any.
    pub need: Vec<UnderstoodTerm>,
    /// Those of these needs that a reviewer has asked to be looked at, so that they are not offered for now.
    #[oai(default, skip_serializing_if_is_empty)]
    pub held_terms: Vec<HeldTerm>,
    /// The six layers, always all of them and in this order: `now`, `this_week`, `alongside`, `specialist`, `community`,
    /// `around_you`. One without anything has a `gap` that says why.
    pub layers: Vec<MapLayer>,
    /// How fresh the listings are; absent while the directory cannot be read: then only `now` has something.
    pub as_of: Option<AsOf>,
    /// Whether these are invented sample listings.
    pub sample: bool,
}

/// One layer of a support map.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct MapLayer {
    /// Which.
    pub layer: SupportLayer,
    /// Its label.
    pub label: String,
    /// How far was looked, in kilometres around any address of the place; absent in `now`, which does not depend on
    /// distance, and where the place is an area, all of which is looked at.
    pub within_km: Option<f64>,
    /// Lines to ring, text or sign to at any hour, for the nation of the place; only in `now`.
    #[oai(default)]
    pub lines: Vec<CrisisLine>,
    /// The listings, at most five: first those linked with what stands above, each kind in the order of its layer.
    pub items: Vec<MapItem>,
    /// Whether there are more that fit than are shown.
    pub more: bool,
    /// What to know of this layer as a whole.
    #[oai(default)]
    pub notes: Vec<MapNote>,
    /// Why there is nothing, and what comes nearest; absent where there is something.
    pub gap: Option<Gap>,
}

/// One listing of a layer.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MapItem {
    /// The listing.
    pub listing: Card,
    /// Why it stands where it stands.
    pub reasons: Vec<MapNote>,
    /// With which listing above it is linked; absent where with none.
    pub linked: Option<MapLink>,
}

/// Something said of a layer or of a listing in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct MapNote {
    /// What, as a word.
    pub code: NoteCode,
    /// The same in plain words.
    pub in_words: String,
}

/// What can be said of a layer or of a listing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum NoteCode {
    /// It is linked with a listing that stands above.
    Linked,
    /// It stands in a layer above as well.
    ShownAbove,
    /// It meets or is open within seven days.
    MeetsThisWeek,
    /// It takes nobody new at present.
    NotAccepting,
    /// Nothing is for just this need: what is shown is for a wider one.
    BroaderNeed,
    /// Nothing meets near enough: what is shown comes by phone or online, or serves the area.
    OnlyWithoutPlace,
}

/// A link with a listing that stands above, which both sides of each link say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MapLink {
    /// The listing that stands above.
    pub to: MapEnd,
    /// What lies between them, where they are linked by way of another: a network that both belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<MapEnd>,
    /// How they are linked, in plain words.
    pub in_words: String,
}

/// A listing that another is linked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MapEnd {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: ListingKind,
    /// Its name.
    pub name: String,
    /// Its page, relative to this server.
    pub page_url: String,
    /// Somebody has reported that something there is wrong, and keepers have not answered that yet; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub being_checked: Option<bool>,
    /// A reviewer has asked for it to be looked at; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<PublicHold>,
}

/// Why a layer is empty, and what comes nearest.
#[derive(Debug, Clone, PartialEq, Object)]
pub struct Gap {
    /// Why, as a word.
    pub code: GapCode,
    /// Why, in plain words. That nothing is recorded does not mean that there is nothing.
    pub in_words: String,
    /// What comes nearest to what was asked for, with its distance or the area that it serves; at most three.
    pub nearest: Vec<Card>,
    /// The ids of the lines of `now` that answer everywhere and at any hour.
    pub lines: Vec<String>,
}

/// Why a layer is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum GapCode {
    /// Nothing of the kind is near enough: `nearest` is further off.
    NothingWithin,
    /// Nothing is for this need: `nearest` is for others.
    NothingForNeed,
    /// Nothing is for somebody of that age: `nearest` is for others.
    NobodyOfThatAge,
    /// Nothing fits the other things asked for: `nearest` does not.
    NothingThatFits,
    /// Nothing of the layer is recorded that could be reached from there.
    NoneRecorded,
    /// The directory cannot be read at this moment.
    NotReady,
}
