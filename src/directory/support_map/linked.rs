//! Which listings are linked with those that stand above on a support map: at most two links away, each of which both sides
//! say, and never by way of what is hidden.

use std::collections::{HashMap, HashSet};

use kith_index::{Read, Reader};
use serde::Deserialize;

use super::words::Words;
use crate::{
    directory::Result,
    domain::{
        graph::{Edge, Graph, NodeAt},
        support_map::{MapEnd, MapLink},
        vocabulary::values::{Direction, LinkState, Relationship, SupportLayer},
        welsh::Language,
    },
};

/// How many links of one listing are looked at.
const MOST_EDGES: usize = 200;

/// What stands on the map so far.
pub struct Shown<'a> {
    graph: &'a Graph,
    closed: HashSet<NodeAt>,
    layers: HashMap<String, SupportLayer>,
    at: HashMap<NodeAt, MapEnd>,
    /// What is one link away, with that link as it has it.
    beside: HashMap<NodeAt, Edge>,
}

/// How a listing is linked with one that stands above.
#[derive(Debug, Clone, Copy)]
pub struct Tie {
    /// The link, as the listing has it.
    first: Edge,
    /// The link from there to the one above; `None` where that is it.
    second: Option<Edge>,
}

impl<'a> Shown<'a> {
    /// An empty map. Nothing is linked by way of what is hidden.
    pub fn new(graph: &'a Graph, hidden: &HashSet<String>) -> Self {
        let closed = hidden.iter().filter_map(|id| graph.node(id)).collect();
        Self { graph, closed, layers: HashMap::new(), at: HashMap::new(), beside: HashMap::new() }
    }

    /// The first layer in which a listing stands already.
    pub fn layer_of(&self, id: &str) -> Option<SupportLayer> {
        self.layers.get(id).copied()
    }

    /// Puts a listing on the map.
    pub fn add(&mut self, listing: MapEnd, layer: SupportLayer) {
        if let Some(node) = self.graph.node(&listing.id) {
            for edge in self.agreed(node) {
                let mutual = edge.relationship.is_mutual();
                let direction = if mutual { edge.direction } else { edge.direction.turned() };
                self.beside.entry(edge.to).or_insert(Edge { to: node, direction, ..edge });
            }
            self.at.insert(node, listing.clone());
        }
        self.layers.entry(listing.id).or_insert(layer);
    }

    /// Where a listing is in the graph, if it has links.
    pub fn node(&self, id: &str) -> Option<NodeAt> {
        self.graph.node(id)
    }

    /// How a listing is linked with one that stands on the map; itself does not count.
    pub fn tie(&self, node: NodeAt) -> Option<Tie> {
        let edges = self.agreed(node);
        let direct = edges.iter().find(|edge| self.at.contains_key(&edge.to));
        if let Some(edge) = direct {
            return Some(Tie { first: *edge, second: None });
        }
        edges.iter().find_map(|edge| {
            let second = self.beside.get(&edge.to).filter(|second| second.to != node)?;
            Some(Tie { first: *edge, second: Some(*second) })
        })
    }

    /// The tie in words; `None` when what lies between is not to be read any more.
    ///
    /// # Errors
    /// When the view cannot be read.
    pub fn told(&self, tie: Tie, reader: &Reader, words: &Words<'_>) -> Result<Option<MapLink>> {
        let last = tie.second.unwrap_or(tie.first).to;
        let Some(to) = self.at.get(&last).cloned() else { return Ok(None) };
        let Some(second) = tie.second else {
            let in_words = words.tied(&tie.first, &to.name);
            return Ok(Some(MapLink { to, via: None, in_words }));
        };
        let Some(via) = end(&self.graph.id(tie.first.to), reader, words)? else { return Ok(None) };
        let belongs = |edge: &Edge, direction: Direction| {
            matches!(edge.relationship, Relationship::MemberOf | Relationship::PartOf) && edge.direction == direction
        };
        let together = belongs(&tie.first, Direction::To) && belongs(&second, Direction::From);
        let in_words = if together {
            words.together(&to.name, &via.name)
        } else {
            words.tied_by(&tie.first, &via.name, &second, &to.name)
        };
        Ok(Some(MapLink { to, via: Some(via), in_words }))
    }

    /// The links of a listing that both sides say, to what is open.
    fn agreed(&self, node: NodeAt) -> Vec<Edge> {
        let agreed = self.graph.edges(node).iter().take_while(|edge| edge.state == LinkState::Agreed);
        agreed.filter(|edge| !self.closed.contains(&edge.to)).take(MOST_EDGES).copied().collect()
    }
}

/// A listing as it is named beside another; `None` when it is not to be read.
fn end(id: &str, reader: &Reader, words: &Words<'_>) -> Result<Option<MapEnd>> {
    #[derive(Deserialize)]
    struct Whole {
        card: MapEnd,
    }
    let Some(Read::Record(json)) = reader.get(id)? else { return Ok(None) };
    let end = serde_json::from_slice(&json).ok().map(|whole: Whole| whole.card);
    Ok(end.map(|end| told_in(end, words.language)))
}

/// The same in the words of a language.
pub fn told_in(end: MapEnd, language: Language) -> MapEnd {
    MapEnd { held: end.held.map(|held| held.told_in(language)), ..end }
}
