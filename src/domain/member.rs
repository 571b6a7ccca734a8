//! Members of a network, as anyone may see them.

use poem_openapi::Object;
use serde::Serialize;

use super::{
    answer::AsOf,
    link::{LinkTarget, StatedBy},
    vocabulary::values::{LinkState, Relationship},
};

/// A member of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Member {
    /// Who it is.
    pub member: LinkTarget,
    /// `member_of`, or `part_of` where it belongs to the network as a part.
    pub relationship: Relationship,
    /// How far it is agreed.
    pub state: LinkState,
    /// Who says so: `this` network, the `other`, or both. Absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated_by: Option<StatedBy>,
    /// Since when, `YYYY-MM-DD`, where it is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The day on which it is looked at again, `YYYY-MM-DD`, where it is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_on: Option<String>,
    /// The organisation that runs it, where it is a service and readers may see who does; otherwise none. Not in answers of
    /// `/v1`, where the member's own listing says it.
    #[serde(skip)]
    #[oai(skip)]
    pub organization: Option<(String, String)>,
}

/// A page of members in the order of their ids.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MemberPage {
    /// The network.
    pub network: LinkTarget,
    /// How many members in these states it has in all.
    pub total: u64,
    /// The members.
    pub items: Vec<Member>,
    /// Ask for this page next; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How fresh the answer is.
    pub as_of: AsOf,
}
