//! What listings tell of their links, and the graph that follows from it: made anew only where something has changed.

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde::Deserialize;

use super::{
    super::{
        card::ListingKind,
        id::Id,
        layer::Layers,
        link::rank,
        vocabulary::values::{Direction, LinkState, Relationship},
    },
    Edge, Graph, NodeAt,
};

/// What each linked listing says, and the graph as it was told last.
#[derive(Debug, Default)]
pub struct Links {
    told: HashMap<u128, Told>,
    /// By each listing, those that tell of a link with it.
    tellers: HashMap<u128, HashSet<u128>>,
    graph: Arc<Graph>,
    /// Whose links may be others than in the graph.
    stale: HashSet<u128>,
}

/// What one listing tells.
#[derive(Debug, PartialEq)]
struct Told {
    kind: ListingKind,
    layers: Layers,
    edges: Vec<ToldEdge>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
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

/// What is read of a term, or of whatever else is known by its id.
#[derive(Deserialize)]
pub struct TermOf<'a> {
    /// Its id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
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
        let told = Told { kind: listing.card.kind, layers, edges };
        self.tell(id.as_u128(), (!told.edges.is_empty()).then_some(told));
        true
    }

    /// Lets go of a listing.
    pub fn remove(&mut self, id: &str) {
        if let Ok(id) = id.parse::<Id<()>>() {
            self.tell(id.as_u128(), None);
        }
    }

    /// Whether a listing is among those that tell of links.
    pub fn has(&self, id: &str) -> bool {
        id.parse::<Id<()>>().is_ok_and(|id| self.told.contains_key(&id.as_u128()))
    }

    /// What a listing tells from now on.
    fn tell(&mut self, id: u128, told: Option<Told>) {
        if self.told.get(&id) == told.as_ref() {
            return;
        }
        self.stale.insert(id);
        for edge in self.told.remove(&id).into_iter().flat_map(|before| before.edges) {
            self.stale.insert(edge.other);
            if let Some(tellers) = self.tellers.get_mut(&edge.other) {
                tellers.remove(&id);
                if tellers.is_empty() {
                    self.tellers.remove(&edge.other);
                }
            }
        }
        if let Some(told) = told {
            for edge in &told.edges {
                self.stale.insert(edge.other);
                self.tellers.entry(edge.other).or_default().insert(id);
            }
            self.told.insert(id, told);
        }
    }

    /// The graph as it is told now. What has not changed since it was asked for last is shared with what was answered then.
    pub fn graph(&mut self) -> Arc<Graph> {
        if !self.stale.is_empty() {
            let mut graph = Graph::clone(&self.graph);
            self.renumber(&mut graph);
            let stale = std::mem::take(&mut self.stale);
            for id in stale {
                if let Ok(node) = graph.ids.binary_search(&id) {
                    self.renew(&mut graph, node, id);
                }
            }
            self.graph = Arc::new(graph);
        }
        Arc::clone(&self.graph)
    }

    fn is_there(&self, id: u128) -> bool {
        self.told.contains_key(&id) || self.tellers.contains_key(&id)
    }

    /// Gives the nodes their numbers, in the order of ids, where some have come or gone.
    fn renumber(&self, graph: &mut Graph) {
        let known = |id: &u128| graph.ids.binary_search(id).is_ok();
        let mut ids: Vec<u128> = self.stale.iter().copied().filter(|id| self.is_there(*id) && !known(id)).collect();
        let gone: HashSet<u128> = self.stale.iter().copied().filter(|id| !self.is_there(*id) && known(id)).collect();
        if ids.is_empty() && gone.is_empty() {
            return;
        }
        ids.extend(graph.ids.iter().filter(|id| !gone.contains(id)));
        ids.sort_unstable();
        let at = |id: u128| ids.binary_search(&id).ok().and_then(|at| NodeAt::try_from(at).ok());
        let moved: Vec<Option<NodeAt>> = graph.ids.iter().map(|id| at(*id)).collect();
        let mut next = Graph {
            kinds: vec![ListingKind::default(); ids.len()],
            layers: vec![Layers::default(); ids.len()],
            edges: vec![Arc::default(); ids.len()],
            ends: 0,
            ids: Vec::new(),
        };
        for (node, to) in moved.iter().enumerate() {
            let Some(to) = to.map(|to| to as usize) else { continue };
            (next.kinds[to], next.layers[to]) = (graph.kinds[node], graph.layers[node]);
            // What led to a listing that has gone is stale, and is renewed after this.
            let led = |edge: &Edge| Some(Edge { to: moved[edge.to as usize]?, ..*edge });
            next.edges[to] = graph.edges[node].iter().filter_map(led).collect();
            next.ends += next.edges[to].len();
        }
        next.ids = ids;
        *graph = next;
    }

    /// Makes what is known of one node anew. The same link is told by both of its listings: once as this one has it, once as the
    /// other.
    fn renew(&self, graph: &mut Graph, node: usize, id: u128) {
        let own = self.told.get(&id);
        let mut tellers: Vec<u128> = self.tellers.get(&id).into_iter().flatten().copied().collect();
        tellers.sort_unstable();
        let of_others = || {
            let told = tellers.iter().filter_map(|teller| Some((*teller, self.told.get(teller)?)));
            told.flat_map(move |(teller, told)| {
                told.edges.iter().filter(move |edge| edge.other == id).map(move |edge| (teller, edge))
            })
        };
        (graph.kinds[node], graph.layers[node]) = match own {
            Some(own) => (own.kind, own.layers),
            None => (of_others().map(|(_, edge)| edge.kind).next().unwrap_or_default(), Layers::default()),
        };
        let tells = own.into_iter().flat_map(|own| own.edges.iter().map(|edge| (id, edge)));
        let mut links: Vec<(u128, u128, Relationship, LinkState)> = tells
            .chain(of_others())
            .map(|(teller, edge)| {
                let ends = (teller, edge.other);
                let (first, second) = if edge.direction == Direction::To { ends } else { (ends.1, ends.0) };
                let turns = edge.relationship.is_mutual() && first > second;
                let (first, second) = if turns { (second, first) } else { (first, second) };
                (first, second, edge.relationship, edge.state)
            })
            .collect();
        // While one of the two listings is published before the other they may tell it in two states: it is no more than
        // either says.
        links.sort_unstable_by_key(|(first, second, relationship, state)| {
            (*first, *second, *relationship, Reverse(rank(*state)))
        });
        links.dedup_by_key(|(first, second, relationship, _)| (*first, *second, *relationship));
        let at = |id: u128| {
            NodeAt::try_from(graph.ids.binary_search(&id).expect("every end is a node")).expect("fewer than 2^32")
        };
        let mut edges: Vec<Edge> = Vec::with_capacity(links.len());
        for (first, second, relationship, state) in links {
            if first == id {
                edges.push(Edge { to: at(second), relationship, direction: Direction::To, state });
            }
            if second == id {
                let direction = if relationship.is_mutual() { Direction::To } else { Direction::From };
                edges.push(Edge { to: at(first), relationship, direction, state });
            }
        }
        edges
            .sort_unstable_by_key(|edge| (edge.state != LinkState::Agreed, edge.relationship, edge.direction, edge.to));
        graph.ends = graph.ends + edges.len() - graph.edges[node].len();
        graph.edges[node] = edges.into();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::SupportLayer, Graph, Id, Links};

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
    fn a_link_that_its_listings_tell_in_two_states_is_no_more_than_either_says() {
        for (one, other, least) in [
            ("agreed", "lapsed", "lapsed"),
            ("claimed", "agreed", "claimed"),
            ("lapsed", "claimed", "lapsed"),
            ("agreed", "agreed", "agreed"),
        ] {
            let mut links = Links::default();
            assert!(links.put(&id(1), &listing("group", &[], &[("refers_to", "to", one, 2, "service")])));
            assert!(links.put(&id(2), &listing("service", &[], &[("refers_to", "from", other, 1, "group")])));
            let graph = links.graph();
            assert_eq!((told(&graph, 1), graph.links()), (vec![format!("refers_to to {least} 2")], 1));
            assert_eq!(told(&graph, 2), [format!("refers_to from {least} 1")]);
        }
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

    /// All that a graph says, with ids for numbers.
    fn whole(graph: &Graph) -> Vec<(String, String, Vec<String>)> {
        let nodes = (0..graph.len()).map(|at| u32::try_from(at).unwrap());
        let words = |node| {
            let edge = |edge: &super::Edge| format!("{edge:?} {}", graph.id(edge.to));
            graph.edges(node).iter().map(edge).collect()
        };
        let layers = |node| format!("{:?} {:?}", graph.kind(node), graph.layers[node as usize]);
        nodes.map(|node| (graph.id(node), layers(node), words(node))).collect()
    }

    #[test]
    fn a_graph_that_was_changed_often_is_the_one_that_is_made_at_once() {
        use crate::domain::clock::{Chance, SeededChance};

        let chance = SeededChance::new(5);
        let below = |n: u8| {
            let mut one = [0];
            chance.fill(&mut one);
            u128::from(one[0] % n)
        };
        let kinds = ["group", "service", "network"];
        let relationships = ["member_of", "refers_to", "co_facilitates", "part_of"];
        let (directions, states) = (["to", "from"], ["agreed", "claimed", "lapsed"]);
        let mut kept = std::collections::BTreeMap::new();
        let mut links = Links::default();
        for step in 0..400 {
            let own = below(20);
            if below(4) == 0 {
                links.remove(&id(own));
                kept.remove(&own);
            } else {
                let said: Vec<_> = (0..below(4))
                    .map(|_| {
                        let relationship = relationships[below(4) as usize];
                        let mutual = relationship == "co_facilitates";
                        let direction = if mutual { "to" } else { directions[below(2) as usize] };
                        let other = below(20);
                        (relationship, direction, states[below(3) as usize], other, kinds[other as usize % 3])
                    })
                    .collect();
                let terms: &[&str] = if below(2) == 0 { &["peer-group"] } else { &["therapy"] };
                let listing = listing(kinds[own as usize % 3], terms, &said);
                assert!(links.put(&id(own), &listing));
                kept.insert(own, listing);
            }
            if below(3) > 0 {
                continue;
            }
            let mut anew = Links::default();
            for (own, listing) in &kept {
                anew.put(&id(*own), listing);
            }
            let (changed, anew) = (links.graph(), anew.graph());
            assert_eq!(whole(&changed), whole(&anew), "step {step}");
            assert_eq!(changed.links(), anew.links());
            assert!(std::sync::Arc::ptr_eq(&changed, &links.graph()), "nothing has changed since");
        }
    }

    #[test]
    fn a_change_leaves_the_lists_of_others_as_they_are() {
        let mut links = Links::default();
        for n in 1..=20 {
            let other = if n % 2 == 0 { n - 1 } else { n + 1 };
            links.put(&id(n), &listing("group", &[], &[("co_facilitates", "to", "agreed", other, "group")]));
        }
        let before = links.graph();
        links.put(&id(3), &listing("group", &[], &[("co_facilitates", "to", "claimed", 4, "group")]));
        let after = links.graph();
        let shared = |at: usize| std::sync::Arc::ptr_eq(&before.edges[at], &after.edges[at]);
        assert_eq!((0..20).filter(|at| !shared(*at)).collect::<Vec<_>>(), [2, 3]);
    }
}
