//! Chains of agreed links along which a person can be walked: from one listing to another, or to the nearest of a layer.
//!
//! Only agreed links count. A step along which people are sent on costs less than one that only says that two belong
//! together, so the best chain is the one with the most hands held out. The search is bounded in cost and in nodes.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

use super::{
    graph::{Edge, Graph, NodeAt},
    vocabulary::values::{Direction, LinkState, Relationship, SupportLayer},
};

/// The most that a chain may cost: six times being sent on, or four times knowing somebody who belongs there.
pub const DEAREST: u32 = 12;
/// The most chains of an answer.
pub const MOST_CHAINS: usize = 5;
/// The most nodes that one search looks at, in either direction.
const MOST_NODES: usize = 20_000;
/// The most parts of chains that one search looks at.
const MOST_PARTS: usize = 4_000;
/// The most links that are looked at to lengthen them.
const MOST_LOOKED: usize = 200_000;
/// The cheapest step.
const CHEAPEST_STEP: u32 = 2;
/// That it is not known what it costs.
const UNKNOWN: u32 = u32::MAX;

/// Where a chain is to lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// To this listing.
    Node(NodeAt),
    /// To a listing of this layer.
    Layer(SupportLayer),
}

/// A chain: the listings from the first to the last, and the link taken to each but the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The listings.
    pub nodes: Vec<NodeAt>,
    /// The links, as the listing before has each.
    pub steps: Vec<Edge>,
    /// How dear it is: less is better.
    pub cost: u32,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The best chains, the best first.
    pub chains: Vec<Chain>,
    /// Whether there was more to look at than one search may.
    pub cut: bool,
}

/// What it costs to be walked along a link from this end; `None` when nobody is led that way by it.
pub const fn cost(edge: &Edge) -> Option<u32> {
    if !matches!(edge.state, LinkState::Agreed) {
        return None;
    }
    match (edge.relationship, edge.direction) {
        // One sends people on, or takes them: this way round.
        (
            Relationship::RefersTo | Relationship::StepsDownTo | Relationship::StepsUpTo | Relationship::SucceededBy,
            Direction::To,
        )
        | (Relationship::AcceptsFrom, Direction::From)
        | (Relationship::CoFacilitates, _) => Some(2),
        // They belong together: somebody knows somebody there.
        (Relationship::MemberOf | Relationship::PartOf | Relationship::Runs | Relationship::Hosts, _) => Some(3),
        _ => None,
    }
}

/// The best chains from a listing to a goal, at most `most` and at most [`MOST_CHAINS`].
pub fn chains(graph: &Graph, from: NodeAt, goal: Goal, most: usize) -> Found {
    open_chains(graph, from, goal, most, &HashSet::new())
}

/// The same where some listings are closed: no chain leads to or through them.
pub fn open_chains(graph: &Graph, from: NodeAt, goal: Goal, most: usize, closed: &HashSet<NodeAt>) -> Found {
    let most = most.min(MOST_CHAINS);
    let open = Open { graph, closed };
    match goal {
        _ if closed.contains(&from) => Found::default(),
        Goal::Node(to) if to == from || closed.contains(&to) => Found::default(),
        Goal::Node(to) => open.to_node(from, to, most),
        Goal::Layer(layer) => open.to_layer(from, layer, most),
    }
}

/// A graph of which some nodes are closed.
struct Open<'a> {
    graph: &'a Graph,
    closed: &'a HashSet<NodeAt>,
}

impl Open<'_> {
    /// The nearest listings of a layer, each with the best chain to it.
    fn to_layer(&self, from: NodeAt, layer: SupportLayer, most: usize) -> Found {
        let mut found = Found::default();
        // What it costs so far, and the step that led here.
        let mut best: HashMap<NodeAt, Reached> = HashMap::from([(from, (0, None))]);
        let mut queue = BinaryHeap::from([Reverse((0, from))]);
        let mut seen = 0;
        while let Some(Reverse((so_far, node))) = queue.pop() {
            if best.get(&node).is_none_or(|(known, _)| *known < so_far) {
                continue;
            }
            seen += 1;
            if seen > MOST_NODES {
                found.cut = true;
                break;
            }
            if node != from && self.graph.is_in(node, layer) {
                found.chains.push(back(&best, node));
                if found.chains.len() == most {
                    break;
                }
                continue;
            }
            for (edge, step) in self.steps(node) {
                let reached = so_far + step;
                if reached <= DEAREST && best.get(&edge.to).is_none_or(|(known, _)| reached < *known) {
                    best.insert(edge.to, (reached, Some((node, edge))));
                    queue.push(Reverse((reached, edge.to)));
                }
            }
        }
        found
    }

    /// The links along which one can be walked from a node, with what each costs.
    fn steps(&self, node: NodeAt) -> impl Iterator<Item = (Edge, u32)> {
        self.agreed(node).filter_map(|edge| Some((*edge, cost(edge)?)))
    }

    /// The agreed links of a node with what is open.
    fn agreed(&self, node: NodeAt) -> impl Iterator<Item = &Edge> {
        let agreed = self.graph.edges(node).iter().take_while(|edge| edge.state == LinkState::Agreed);
        agreed.filter(|edge| !self.closed.contains(&edge.to))
    }

    /// The best chains between two listings: parts of chains are lengthened in the order of what they cost at least, which is
    /// known from what the way back costs.
    fn to_node(&self, from: NodeAt, to: NodeAt, most: usize) -> Found {
        let mut found = Found::default();
        let (rest, cut) = self.costs_to(to, from);
        found.cut = cut;
        let least = rest[from as usize];
        if least == UNKNOWN {
            return found;
        }
        let mut parts: Vec<Part> = vec![(from, None)];
        let mut queue = BinaryHeap::from([Reverse((least, 0_usize, 0_u32))]);
        let mut looked = 0;
        while let Some(Reverse((whole, part, so_far))) = queue.pop() {
            let node = parts[part].0;
            if node == to {
                found.chains.push(unrolled(&parts, part, whole));
                if found.chains.len() == most {
                    break;
                }
                continue;
            }
            for (edge, step) in self.steps(node) {
                let rest = rest[edge.to as usize];
                looked += 1;
                if looked < MOST_LOOKED
                    && (rest.saturating_add(so_far + step) > DEAREST || is_on(&parts, part, edge.to))
                {
                    continue;
                }
                if parts.len() == MOST_PARTS || looked >= MOST_LOOKED {
                    found.cut = true;
                    break;
                }
                parts.push((edge.to, Some((part, edge))));
                queue.push(Reverse((so_far + step + rest, parts.len() - 1, so_far + step)));
            }
        }
        found
    }

    /// What it costs at least to come to a node from each that a chain from `from` may go through, [`UNKNOWN`] from the others,
    /// and whether some were left out. As there is a node for each listing with links, a list is quicker than a table.
    fn costs_to(&self, to: NodeAt, from: NodeAt) -> (Vec<u32>, bool) {
        let mut costs = vec![UNKNOWN; self.graph.len()];
        costs[to as usize] = 0;
        // Nodes by what they cost: few costs, and each step is dearer than nothing.
        let mut by_cost: Vec<Vec<NodeAt>> = vec![Vec::new(); DEAREST as usize + 1];
        by_cost[0].push(to);
        let mut seen = 0;
        for so_far in 0..=DEAREST {
            for node in std::mem::take(&mut by_cost[so_far as usize]) {
                if costs[node as usize] != so_far {
                    continue;
                }
                seen += 1;
                if seen > MOST_NODES {
                    return (costs, true);
                }
                for edge in self.agreed(node) {
                    // The same link as the other end has it: that is who is walked here.
                    let Some(step) = cost(&Edge { to: node, direction: edge.direction.turned(), ..*edge }) else {
                        continue;
                    };
                    let reached = so_far + step;
                    // Whatever is on the way has cost a step to come to.
                    let dearest = if edge.to == from { DEAREST } else { DEAREST - CHEAPEST_STEP };
                    if reached <= dearest && reached < costs[edge.to as usize] {
                        costs[edge.to as usize] = reached;
                        by_cost[reached as usize].push(edge.to);
                    }
                }
            }
        }
        (costs, false)
    }
}

/// What it costs to come to a node, and the step that leads there.
type Reached = (u32, Option<(NodeAt, Edge)>);

fn back(best: &HashMap<NodeAt, Reached>, last: NodeAt) -> Chain {
    let mut chain = Chain { nodes: vec![last], steps: Vec::new(), cost: best[&last].0 };
    let mut node = last;
    while let Some((before, edge)) = best[&node].1 {
        chain.nodes.push(before);
        chain.steps.push(edge);
        node = before;
    }
    chain.nodes.reverse();
    chain.steps.reverse();
    chain
}

/// The last listing of a part of a chain, and the part and the link before it.
type Part = (NodeAt, Option<(usize, Edge)>);

fn is_on(parts: &[Part], mut part: usize, node: NodeAt) -> bool {
    loop {
        let (own, before) = parts[part];
        if own == node {
            return true;
        }
        match before {
            Some((before, _)) => part = before,
            None => return false,
        }
    }
}

fn unrolled(parts: &[Part], mut part: usize, cost: u32) -> Chain {
    let mut chain = Chain { nodes: vec![parts[part].0], steps: Vec::new(), cost };
    while let Some((before, edge)) = parts[part].1 {
        chain.nodes.push(parts[before].0);
        chain.steps.push(edge);
        part = before;
    }
    chain.nodes.reverse();
    chain.steps.reverse();
    chain
}

pub mod answer;

#[cfg(test)]
mod tests;
