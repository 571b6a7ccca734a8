//! The best chains against a search through all chains, on graphs made by chance.

use serde_json::json;

use super::{Chain, DEAREST, Goal, chains, cost};
use crate::domain::{
    clock::{Chance, SeededChance},
    graph::{Graph, Links, NodeAt},
    id::Id,
    vocabulary::values::{Relationship, SupportLayer},
};

fn id(n: u64) -> String {
    Id::<()>::from_u128(u128::from(n) + 1).to_string()
}

/// A graph of so many listings and links: a third of them groups, a seventh therapy, states and relationships by chance.
fn graph(chance: &SeededChance, nodes: u64, links: u64) -> std::sync::Arc<Graph> {
    let number = |below: u64| {
        let mut bytes = [0; 8];
        chance.fill(&mut bytes);
        u64::from_le_bytes(bytes) % below
    };
    let mut told = vec![Vec::new(); usize::try_from(nodes).unwrap()];
    for _ in 0..links {
        let (first, second) = (number(nodes), number(nodes));
        if first == second {
            continue;
        }
        let relationship = Relationship::ALL[usize::try_from(number(11)).unwrap()].as_str();
        let state = ["agreed", "agreed", "agreed", "claimed", "lapsed"][usize::try_from(number(5)).unwrap()];
        for (own, other, direction) in [(first, second, "to"), (second, first, "from")] {
            told[usize::try_from(own).unwrap()].push(json!({
                "relationship": relationship, "direction": direction, "state": state,
                "target": { "id": id(other), "kind": "group" },
            }));
        }
    }
    let mut all = Links::default();
    for (node, links) in (0..nodes).zip(told) {
        let terms = match node {
            n if n % 7 == 0 => json!([{ "id": "therapy" }]),
            n if n % 3 == 0 => json!([{ "id": "peer-group" }]),
            _ => json!([]),
        };
        let listing = json!({ "card": { "kind": "group", "terms": terms }, "links": links }).to_string();
        assert!(all.put(&id(node), listing.as_bytes()));
    }
    all.graph()
}

/// What all chains to a listing cost, cheapest first.
fn all_costs(graph: &Graph, from: NodeAt, to: NodeAt) -> Vec<u32> {
    fn walk(graph: &Graph, on: &mut Vec<NodeAt>, so_far: u32, to: NodeAt, costs: &mut Vec<u32>) {
        let node = on[on.len() - 1];
        if node == to {
            costs.push(so_far);
            return;
        }
        for edge in graph.edges(node) {
            let Some(step) = cost(edge) else { continue };
            if so_far + step <= DEAREST && !on.contains(&edge.to) {
                on.push(edge.to);
                walk(graph, on, so_far + step, to, costs);
                on.pop();
            }
        }
    }
    let mut costs = Vec::new();
    walk(graph, &mut vec![from], 0, to, &mut costs);
    costs.sort_unstable();
    costs
}

fn is_whole(graph: &Graph, chain: &Chain, from: NodeAt) -> bool {
    chain.nodes[0] == from
        && chain.nodes.len() == chain.steps.len() + 1
        && chain.steps.iter().map(|edge| cost(edge).unwrap()).sum::<u32>() == chain.cost
        && chain.nodes.iter().zip(&chain.steps).all(|(node, edge)| graph.edges(*node).contains(edge))
        && chain.steps.iter().zip(&chain.nodes[1..]).all(|(edge, node)| edge.to == *node)
}

#[test]
fn chains_are_the_best_of_all_chains() {
    let chance = SeededChance::new(6);
    let (mut found_some, mut tried) = (0, 0);
    for _ in 0..40 {
        let graph = graph(&chance, 14, 26);
        let nodes = NodeAt::try_from(graph.len()).unwrap();
        for from in 0..nodes {
            let mut nearest: Vec<u32> = Vec::new();
            for to in (0..nodes).filter(|to| *to != from) {
                let costs = all_costs(&graph, from, to);
                let found = chains(&graph, from, Goal::Node(to), 3);
                assert!(!found.cut && found.chains.iter().all(|chain| is_whole(&graph, chain, from)));
                let told: Vec<u32> = found.chains.iter().map(|chain| chain.cost).collect();
                assert_eq!(told, costs.iter().copied().take(3).collect::<Vec<_>>());
                found_some += usize::from(!told.is_empty());
                tried += 1;
                if graph.is_in(to, SupportLayer::Specialist) {
                    nearest.extend(costs.first());
                }
            }
            nearest.sort_unstable();
            let found = chains(&graph, from, Goal::Layer(SupportLayer::Specialist), 5);
            assert!(found.chains.iter().all(|chain| is_whole(&graph, chain, from)));
            let told: Vec<u32> = found.chains.iter().map(|chain| chain.cost).collect();
            // Those behind another of the layer are not looked for: that one is nearer.
            assert!(told.len() <= nearest.len() && told.first() == nearest.first());
            assert!(told.is_sorted());
        }
    }
    assert!(found_some * 5 > tried, "{found_some} of {tried}");
}

#[test]
fn a_chain_is_never_of_claims_and_nobody_is_led_to_themselves() {
    let chance = SeededChance::new(7);
    let graph = graph(&chance, 30, 60);
    assert_eq!(chains(&graph, 3, Goal::Node(3), 3).chains, []);
    let from = 0;
    for to in 1..NodeAt::try_from(graph.len()).unwrap() {
        for chain in chains(&graph, from, Goal::Node(to), 5).chains {
            assert!(chain.steps.iter().all(|edge| edge.state.as_str() == "agreed"));
        }
    }
}
