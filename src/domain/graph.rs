//! The published listings as a graph: who is linked with whom, and how far that is agreed.
//!
//! [`Links`] is kept up to date listing by listing, from published bytes and nothing else. [`Graph`] is made of it whenever it has
//! changed: numbered nodes and flat lists of edges, which a search for chains walks without looking anything up.
//!
//! Of a link either listing may tell; each shows fifty at most, so that a network of thousands knows its members from their
//! own listings.

mod articulation;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use serde::Deserialize;

use super::{
    card::ListingKind,
    id::Id,
    layer::Layers,
    vocabulary::values::{Direction, LinkState, Relationship, SupportLayer},
};

pub use articulation::Articulation;

/// The number of a node in one graph.
pub type NodeAt = u32;

/// What each linked listing says.
#[derive(Debug, Default)]
pub struct Links(HashMap<u128, Told>);

/// What one listing tells.
#[derive(Debug)]
struct Told {
    kind: ListingKind,
    layers: Layers,
    edges: Vec<ToldEdge>,
}

#[derive(Debug, Clone, Copy)]
struct ToldEdge {
    other: u128,
    kind: ListingKind,
    relationship: Relationship,
    direction: Direction,
    state: LinkState,
}

/// The part of a published listing that the graph is made of.
#[derive(Deserialize)]
struct ListingOf<'a> {
    #[serde(borrow)]
    card: CardOf<'a>,
    #[serde(borrow, default)]
    links: Vec<LinkOf<'a>>,
}

#[derive(Deserialize)]
struct CardOf<'a> {
    kind: ListingKind,
    #[serde(borrow, default)]
    terms: Vec<TermOf<'a>>,
    #[serde(borrow, default)]
    who_for: Vec<TermOf<'a>>,
}

#[derive(Deserialize)]
struct TermOf<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

#[derive(Deserialize)]
struct LinkOf<'a> {
    relationship: Relationship,
    direction: Direction,
    state: LinkState,
    #[serde(borrow)]
    target: TargetOf<'a>,
}

#[derive(Deserialize)]
struct TargetOf<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    kind: ListingKind,
}

impl Links {
    /// Takes in a listing as it is published now; `false` when its bytes are none. One without links is let go.
    pub fn put(&mut self, id: &str, listing: &[u8]) -> bool {
        let (Ok(id), Ok(listing)) = (id.parse::<Id<()>>(), serde_json::from_slice::<ListingOf<'_>>(listing)) else {
            return false;
        };
        let terms = listing.card.terms.iter().chain(&listing.card.who_for).map(|term| &*term.id);
        let layers = Layers::of(listing.card.kind, terms);
        let edge = |link: LinkOf<'_>| {
            Some(ToldEdge {
                other: link.target.id.parse::<Id<()>>().ok()?.as_u128(),
                kind: link.target.kind,
                relationship: link.relationship,
                direction: link.direction,
                state: link.state,
            })
        };
        let edges: Vec<ToldEdge> = listing.links.into_iter().filter_map(edge).collect();
        if edges.is_empty() {
            self.0.remove(&id.as_u128());
        } else {
            self.0.insert(id.as_u128(), Told { kind: listing.card.kind, layers, edges });
        }
        true
    }

    /// Lets go of a listing.
    pub fn remove(&mut self, id: &str) {
        if let Ok(id) = id.parse::<Id<()>>() {
            self.0.remove(&id.as_u128());
        }
    }

    /// Whether a listing is among those that tell of links.
    pub fn has(&self, id: &str) -> bool {
        id.parse::<Id<()>>().is_ok_and(|id| self.0.contains_key(&id.as_u128()))
    }

    /// The graph as it is told now.
    pub fn graph(&self) -> Graph {
        let mut ids: Vec<u128> =
            self.0.iter().flat_map(|(id, told)| told.edges.iter().map(|edge| edge.other).chain([*id])).collect();
        ids.sort_unstable();
        ids.dedup();
        let at =
            |id: u128| NodeAt::try_from(ids.binary_search(&id).expect("every end is a node")).expect("fewer than 2^32");
        // The same link is told by both of its listings: once as this one has it, once as the other.
        let mut edges: HashSet<(NodeAt, NodeAt, Relationship, LinkState)> = HashSet::new();
        let mut kinds = vec![ListingKind::default(); ids.len()];
        let mut layers = vec![Layers::default(); ids.len()];
        for (id, told) in &self.0 {
            let own = at(*id);
            (kinds[own as usize], layers[own as usize]) = (told.kind, told.layers);
            for edge in &told.edges {
                let other = at(edge.other);
                if !self.0.contains_key(&edge.other) {
                    kinds[other as usize] = edge.kind;
                }
                let (first, second) = if edge.direction == Direction::To { (own, other) } else { (other, own) };
                let (first, second) =
                    if edge.relationship.is_mutual() && first > second { (second, first) } else { (first, second) };
                edges.insert((first, second, edge.relationship, edge.state));
            }
        }
        let mut around: Vec<(NodeAt, Edge)> = Vec::with_capacity(edges.len() * 2);
        for (first, second, relationship, state) in edges {
            around.push((first, Edge { to: second, relationship, direction: Direction::To, state }));
            let direction = if relationship.is_mutual() { Direction::To } else { Direction::From };
            around.push((second, Edge { to: first, relationship, direction, state }));
        }
        around.sort_unstable_by_key(|(from, edge)| {
            (*from, edge.state != LinkState::Agreed, edge.relationship, edge.direction, edge.to)
        });
        let mut starts = vec![0_u32; ids.len() + 1];
        around.iter().for_each(|(from, _)| starts[*from as usize + 1] += 1);
        for node in 0..ids.len() {
            starts[node + 1] += starts[node];
        }
        Graph { ids, kinds, layers, starts, edges: around.into_iter().map(|(_, edge)| edge).collect() }
    }
}

/// Numbered nodes with their edges.
#[derive(Debug, Default)]
pub struct Graph {
    ids: Vec<u128>,
    kinds: Vec<ListingKind>,
    layers: Vec<Layers>,
    starts: Vec<u32>,
    edges: Vec<Edge>,
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
        &self.edges[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
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
        self.edges.len() / 2
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Graph, Id, Links, SupportLayer};

    fn id(n: u128) -> String {
        Id::<()>::from_u128(n).to_string()
    }

    fn listing(kind: &str, terms: &[&str], links: &[(&str, &str, &str, u128, &str)]) -> Vec<u8> {
        let links: Vec<_> = links.iter().map(|(relationship, direction, state, target, kind)| json!({
            "relationship": relationship, "direction": direction, "state": state, "label": "x", "stated_by": "both",
            "target": { "id": id(*target), "kind": kind, "name": "A \"name\"", "page_url": "/" },
        })).collect();
        let terms: Vec<_> = terms.iter().map(|term| json!({ "id": term, "label": term })).collect();
        json!({ "id": "x", "card": { "kind": kind, "name": "x", "terms": terms }, "links": links })
            .to_string()
            .into_bytes()
    }

    fn told(graph: &Graph, n: u128) -> Vec<String> {
        let edges = graph.node(&id(n)).map(|node| graph.edges(node)).unwrap_or_default();
        let word = |edge: &super::Edge| {
            format!(
                "{} {} {} {}",
                edge.relationship.as_str(),
                edge.direction.as_str(),
                edge.state.as_str(),
                u128::from_str_radix(&graph.id(edge.to).replace('-', ""), 16).unwrap()
            )
        };
        edges.iter().map(word).collect()
    }

    #[test]
    fn a_link_told_by_both_is_one_and_a_network_knows_whom_it_does_not_list() {
        let mut links = Links::default();
        assert!(links.put(
            &id(1),
            &listing(
                "group",
                &["peer-group"],
                &[("member_of", "to", "agreed", 9, "network"), ("refers_to", "to", "claimed", 2, "service")]
            )
        ));
        assert!(links.put(&id(2), &listing("service", &["therapy"], &[("refers_to", "from", "claimed", 1, "group")])));
        assert!(links.put(&id(3), &listing("group", &[], &[("co_facilitates", "to", "agreed", 1, "group")])));
        let graph = links.graph();
        assert_eq!((graph.len(), graph.links()), (4, 3));
        assert_eq!(told(&graph, 1), ["member_of to agreed 9", "co_facilitates to agreed 3", "refers_to to claimed 2"]);
        assert_eq!(told(&graph, 9), ["member_of from agreed 1"], "it tells nothing itself");
        let network = graph.node(&id(9)).unwrap();
        assert_eq!((graph.kind(network).as_str(), graph.members(network).count()), ("network", 1));
        let group = graph.node(&id(1)).unwrap();
        assert_eq!(graph.networks_of(group).count(), 1);
        assert!(graph.is_in(group, SupportLayer::Alongside) && !graph.is_in(group, SupportLayer::Specialist));
        // What a listing does not say any more is gone, unless the other says it.
        assert!(links.put(&id(1), &listing("group", &[], &[])));
        assert_eq!(told(&links.graph(), 2), ["refers_to from claimed 1"]);
        links.remove(&id(2));
        assert_eq!(told(&links.graph(), 2), [""; 0]);
        assert!(!links.put(&id(5), b"{}") && !links.put("x", &listing("group", &[], &[])));
    }
}
