//! On whom everything hangs: the nodes without which others lose every agreed way to one another.
//!
//! Tarjan's lowpoints over the agreed links, in time proportional to nodes and links, without recursion: a chain of a
//! hundred thousand groups must not use up a stack.

use super::{Graph, NodeAt};
use crate::domain::vocabulary::values::LinkState;

/// A node that holds others together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Articulation {
    /// The node.
    pub node: NodeAt,
    /// Into how many pieces what is linked around it falls without it; two at least.
    pub pieces: u32,
}

/// Where a walk stands in a node: the node, whence it came, and how many of its links it has followed.
struct Step {
    node: NodeAt,
    from: Option<NodeAt>,
    followed: usize,
    /// Parts below it that reach nothing above it.
    cut_off: u32,
}

impl Graph {
    /// The nodes on which others hang, over the agreed links whose ends are both `there`; in ascending order.
    ///
    /// Two links between the same two are one here: who goes, goes with all of them.
    pub fn articulations(&self, there: impl Fn(NodeAt) -> bool) -> Vec<Articulation> {
        let nodes = NodeAt::try_from(self.len()).expect("nodes are numbered by this type");
        // When a node was reached, from one on, and the earliest node that it or what is below it reaches.
        let mut reached = vec![0_u32; self.len()];
        let mut lowest = vec![0_u32; self.len()];
        let (mut clock, mut steps, mut found) = (0_u32, Vec::<Step>::new(), Vec::new());
        let mut enter = |node: NodeAt, from, reached: &mut [u32], lowest: &mut [u32]| {
            clock += 1;
            (reached[node as usize], lowest[node as usize]) = (clock, clock);
            Step { node, from, followed: 0, cut_off: 0 }
        };
        for root in (0..nodes).filter(|root| there(*root)) {
            if reached[root as usize] != 0 {
                continue;
            }
            steps.push(enter(root, None, &mut reached, &mut lowest));
            while let Some(step) = steps.last_mut() {
                let (node, from) = (step.node, step.from);
                if let Some(edge) = self.edges(node).get(step.followed) {
                    step.followed += 1;
                    let to = edge.to;
                    if edge.state != LinkState::Agreed || to == node || from == Some(to) || !there(to) {
                        continue;
                    }
                    if reached[to as usize] == 0 {
                        steps.push(enter(to, Some(node), &mut reached, &mut lowest));
                    } else {
                        lowest[node as usize] = lowest[node as usize].min(reached[to as usize]);
                    }
                    continue;
                }
                // All below it is known. The piece above it is one more, unless it is where the walk began.
                let pieces = step.cut_off + u32::from(from.is_some());
                if pieces > 1 {
                    found.push(Articulation { node, pieces });
                }
                steps.pop();
                if let Some(above) = steps.last_mut() {
                    let at = above.node as usize;
                    above.cut_off += u32::from(lowest[node as usize] >= reached[at]);
                    lowest[at] = lowest[at].min(lowest[node as usize]);
                }
            }
        }
        found.sort_unstable_by_key(|articulation| articulation.node);
        found
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Articulation, Graph, LinkState, NodeAt};
    use crate::domain::{
        card::ListingKind,
        graph::Edge,
        layer::Layers,
        vocabulary::values::{Direction, Relationship},
    };

    fn graph(nodes: usize, links: &[(NodeAt, NodeAt, LinkState)]) -> Graph {
        let mut around = vec![Vec::new(); nodes];
        for (a, b, state) in links {
            for (from, to, direction) in [(*a, *b, Direction::To), (*b, *a, Direction::From)] {
                around[from as usize].push(Edge { to, relationship: Relationship::RefersTo, direction, state: *state });
            }
        }
        Graph {
            ids: (0..nodes as u128).collect(),
            kinds: vec![ListingKind::Group; nodes],
            layers: vec![Layers::default(); nodes],
            ends: around.iter().map(Vec::len).sum(),
            edges: around.into_iter().map(Into::into).collect(),
        }
    }

    /// How many pieces the nodes that are there and in `of` fall into.
    fn pieces(graph: &Graph, of: &HashSet<NodeAt>) -> u32 {
        let (mut left, mut pieces) = (of.clone(), 0);
        while let Some(start) = left.iter().next().copied() {
            pieces += 1;
            let mut open = vec![start];
            while let Some(node) = open.pop() {
                if left.remove(&node) {
                    let agreed = graph.edges(node).iter().filter(|edge| edge.state == LinkState::Agreed);
                    open.extend(agreed.map(|edge| edge.to).filter(|to| left.contains(to)));
                }
            }
        }
        pieces
    }

    /// By taking each node away and counting.
    fn by_force(graph: &Graph, there: &HashSet<NodeAt>) -> Vec<Articulation> {
        let mut nodes: Vec<NodeAt> = there.iter().copied().collect();
        nodes.sort_unstable();
        let without = |node: NodeAt| {
            let rest: HashSet<NodeAt> = there.iter().copied().filter(|other| *other != node).collect();
            // Without it there is one piece for each that it was in the middle of, and its own is gone.
            let pieces = 1 + pieces(graph, &rest) - pieces(graph, there);
            (pieces > 1).then_some(Articulation { node, pieces })
        };
        nodes.into_iter().filter_map(without).collect()
    }

    #[test]
    fn those_on_whom_others_hang_are_those_whose_going_makes_more_pieces() {
        let mut state = 5_u64;
        let mut below = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut seen = 0;
        for _ in 0..400 {
            let nodes = 2 + below(14);
            let links: Vec<_> = (0..below(24))
                .map(|_| {
                    let state = [LinkState::Agreed, LinkState::Agreed, LinkState::Agreed, LinkState::Claimed]
                        [below(4) as usize];
                    (below(nodes) as NodeAt, below(nodes) as NodeAt, state)
                })
                .filter(|(a, b, _)| a != b)
                .collect();
            let graph = graph(nodes as usize, &links);
            let there: HashSet<NodeAt> = (0..nodes as NodeAt).filter(|_| below(8) > 0).collect();
            let found = graph.articulations(|node| there.contains(&node));
            assert_eq!(found, by_force(&graph, &there), "{nodes} {links:?} {there:?}");
            seen += found.len();
        }
        assert!(seen > 400, "{seen}");
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_walked_without_a_stack() {
        let nodes = 100_000;
        let links: Vec<_> = (1..nodes).map(|node| (node - 1, node, LinkState::Agreed)).collect();
        assert_eq!(graph(nodes as usize, &links).articulations(|_| true).len(), nodes as usize - 2);
    }
}
