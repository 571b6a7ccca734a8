//! The published shape of the resilience view: which layers of support an authority has within reach, for how many
//! addresses, and how far those who give it are linked.

use poem_openapi::{Enum, Object};
use serde::Serialize;

use super::{answer::AsOf, card::NamedArea, vocabulary::values::SupportLayer};

/// The forms in which the view is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "ResilienceForm", rename_all = "snake_case")]
pub enum Form {
    /// JSON.
    Json,
    /// A table of text, a line for each layer of each row.
    Csv,
}

/// Which support is within reach, authority by authority.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
pub struct ResilienceAnswer {
    /// The area asked for.
    pub area: NamedArea,
    /// What counts as within reach of a place, in kilometres as the crow flies.
    pub within_km: u32,
    /// A row for each authority of the area and the need asked for. Where none was asked for: of one authority a row for all
    /// needs together and one for each; of more, a row for each authority.
    pub rows: Vec<ResilienceRow>,
    /// What the figures are, and what they are not.
    pub notes: Vec<String>,
    /// How fresh the answer is.
    pub as_of: AsOf,
    /// Whether these are invented sample listings.
    pub sample: bool,
}

/// One authority and one need, or all needs together.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ResilienceRow {
    /// The authority.
    pub area: NamedArea,
    /// The id of the need; absent where all needs are counted together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<String>,
    /// The need's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need_label: Option<String>,
    /// About how many addresses the authority has.
    pub addresses: u32,
    /// How many listings have a public place there or serve all of it, whatever their layer.
    pub listings: u32,
    /// How many links that both sides state the listings with a public place there have.
    pub agreed_links: u32,
    /// The same in words: where there is none, that none has been recorded. That says nothing about how people work together.
    pub links: String,
    /// How many networks those listings belong to, as both sides state it.
    pub networks: u32,
    /// Each layer of the support map, in its order; none is left out.
    pub layers: Vec<ReachedLayer>,
}

/// One layer of support.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
pub struct ReachedLayer {
    /// The layer.
    pub layer: SupportLayer,
    /// Its label.
    pub label: String,
    /// How many listings of the layer have a public place in the authority or serve all of it.
    pub listings: u32,
    /// About how many addresses of the authority have a listing of the layer within reach, or are served by one.
    pub addresses_within: u32,
    /// The share of the authority's addresses that those are, in whole per cent, rounded down.
    pub share: u32,
}
