//! The published listings as a graph: who is linked with whom, and how far that is agreed.
//!
//! [`Links`] is kept up to date listing by listing, from published bytes and nothing else. [`Graph`] is what a search for chains
//! walks without looking anything up: nodes numbered in the order of ids, each with a list of edges. The next graph shares with
//! the one before the lists that have not changed.
//!
//! Of a link either listing may tell; each shows fifty at most, so that a network of thousands knows its members from their
//! own listings.

mod articulation;
mod told;

use std::sync::Arc;

use super::{
    card::ListingKind,
    id::Id,
    layer::Layers,
    vocabulary::values::{Direction, LinkState, Relationship, SupportLayer},
};

pub use articulation::Articulation;
pub use told::{Links, TermOf};

/// The number of a node in one graph.
pub type NodeAt = u32;

/// Numbered nodes with their edges.
#[derive(Debug, Default, Clone)]
pub struct Graph {
    ids: Vec<u128>,
    kinds: Vec<ListingKind>,
    layers: Vec<Layers>,
    edges: Vec<Arc<[Edge]>>,
    /// Ends of links: twice as many as there are links.
    ends: usize,
}

/// A link as one of its ends has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The other end.
    pub to: NodeAt,
    /// What the first side is to the second.
    pub relationship: Relationship,
    /// `To`: this end is the first side.
    pub direction: Direction,
    /// How far it is agreed.
    pub state: LinkState,
}

impl Graph {
    /// The node of a listing; `None` when it has no link.
    pub fn node(&self, id: &str) -> Option<NodeAt> {
        let id: Id<()> = id.parse().ok()?;
        self.ids.binary_search(&id.as_u128()).ok().and_then(|at| NodeAt::try_from(at).ok())
    }

    /// The listing's id.
    pub fn id(&self, node: NodeAt) -> String {
        Id::<()>::from_u128(self.ids[node as usize]).to_string()
    }

    /// What the listing is.
    pub fn kind(&self, node: NodeAt) -> ListingKind {
        self.kinds[node as usize]
    }

    /// Whether the listing stands in a layer.
    pub fn is_in(&self, node: NodeAt, layer: SupportLayer) -> bool {
        self.layers[node as usize].has(layer)
    }

    /// Its links, agreed ones first.
    pub fn edges(&self, node: NodeAt) -> &[Edge] {
        &self.edges[node as usize]
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// How many links there are.
    pub fn links(&self) -> usize {
        self.ends / 2
    }

    /// The members of a network, agreed ones first.
    pub fn members(&self, network: NodeAt) -> impl Iterator<Item = Edge> {
        let is_member = |edge: &&Edge| {
            matches!(edge.relationship, Relationship::MemberOf | Relationship::PartOf)
                && edge.direction == Direction::From
        };
        self.edges(network).iter().filter(is_member).copied()
    }

    /// The networks that a listing belongs to, agreed ones first.
    pub fn networks_of(&self, node: NodeAt) -> impl Iterator<Item = Edge> {
        let belongs = |edge: &&Edge| {
            matches!(edge.relationship, Relationship::MemberOf | Relationship::PartOf)
                && edge.direction == Direction::To
        };
        self.edges(node).iter().filter(belongs).copied().filter(|edge| self.kind(edge.to) == ListingKind::Network)
    }
}
