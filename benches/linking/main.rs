//! What the graph, chains and support maps cost: `cargo bench -p kith --bench linking`.
//!
//! The graph is made of real published bytes: listings with 100,000 links (`KITH_BENCH_LINKS`), of which each tells fifty at
//! most. Support maps are asked over as many invented listings as `KITH_BENCH_N` says (100,000), a tenth of them linked.
//! Figures are processor time of one thread; `KITH_BENCH_ONLY` leaves out what it does not name: `graph`, `map`.
#![expect(clippy::print_stdout, reason = "a benchmark speaks to people")]

#[expect(dead_code, reason = "the questions of the other benchmark are not asked here")]
#[path = "../http/listings.rs"]
mod listings;
#[path = "../../index/benches/support/mod.rs"]
mod support;

use std::{collections::BTreeMap, env, path::Path, sync::Arc};

use kith::{
    directory::{
        Directory,
        document::{self, Places},
        pathways::PathwaysRequest,
        request::SearchRequest,
        support_map::SupportMapRequest,
    },
    domain::{
        card::ListingKind,
        clock::{SystemChance, SystemClock},
        graph::{Graph, Links, NodeAt},
        id::Id,
        link::{Bond, End, Linked, Named, Reach, SideKind, Stated, Terms},
        pathway::{Goal, MOST_CHAINS, chains},
        vocabulary::{
            Facet,
            values::{Direction, Handover, LinkState, Relationship, SupportLayer},
            vocabulary,
        },
    },
};
use kith_index::{Document, Op};

use self::{
    listings::{World, uuid},
    support::{Clock, Random},
};

/// Questions of each kind.
const QUESTIONS: usize = 1_000;
/// Links of a listing, on average, both its own and those of others.
const LINKS_EACH: usize = 10;
/// Every so many listings there is one to which those around it belong.
const HUB_EVERY: usize = 100;
/// Listings made and written in one step.
const STEP: usize = 10_000;

fn main() {
    let of = |name: &str, otherwise: usize| env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    let only = env::var("KITH_BENCH_ONLY").unwrap_or_else(|_| "graph,map".to_owned());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if only.contains("graph") {
        runtime.block_on(graph(of("KITH_BENCH_LINKS", 100_000)));
    }
    if only.contains("map") {
        runtime.block_on(maps(of("KITH_BENCH_N", 100_000)));
    }
}

/// Which listings are linked: number, number, what the first is to the second, and whether both say so.
type Drawn = (usize, usize, Relationship, bool);

/// Links between so many listings: most to others nearby, some to a hub.
fn drawn(listings: usize, links: usize) -> Vec<Drawn> {
    let mut random = Random(5);
    let sends = [
        Relationship::RefersTo,
        Relationship::AcceptsFrom,
        Relationship::StepsDownTo,
        Relationship::CoFacilitates,
        Relationship::Supervises,
    ];
    let mut drawn: BTreeMap<(usize, usize, Relationship), bool> = BTreeMap::new();
    while drawn.len() < links {
        let first = random.below(listings);
        let both = random.below(5) > 0;
        let (second, relationship) = if random.below(5) == 0 {
            (first / HUB_EVERY * HUB_EVERY, Relationship::MemberOf)
        } else {
            let near = (first + 1 + random.below(200)) % listings;
            (near, sends[random.below(sends.len())])
        };
        if first != second {
            drawn.entry((first, second, relationship)).or_insert(both);
        }
    }
    drawn.into_iter().map(|((first, second, relationship), both)| (first, second, relationship, both)).collect()
}

/// The ops that publish listings with these links, each as both of its sides tell it.
fn published(world: &World, numbers: std::ops::Range<usize>, by_listing: &BTreeMap<usize, Vec<Drawn>>) -> Vec<Op> {
    let end = |number: usize| End {
        id: uuid(3, number).parse::<Id<()>>().expect("a UUID"),
        kind: ListingKind::Service,
        name: format!("Listing {number}"),
        organization: None,
        reach: Reach::Open,
        running: true,
    };
    let stated = |relationship, direction, other: usize| Stated {
        relationship,
        direction: if relationship == Relationship::CoFacilitates { Direction::To } else { direction },
        other: Named { kind: SideKind::Service, name: other.to_string() },
        state: LinkState::Claimed,
        note: None,
        terms: Terms {
            does: Some("rings ahead, and comes along the first time where that is wanted".to_owned()),
            does_not: other.is_multiple_of(3).then(|| "does not see anybody at home".to_owned()),
            handover: vec![Handover::WarmCall],
            reply_within_days: Some(5),
            ..Terms::default()
        },
    };
    let listing = |number: usize| {
        let mut joined = world.joined(number);
        let own = by_listing.get(&number).map(Vec::as_slice).unwrap_or_default();
        let bonds = own.iter().map(|(first, second, relationship, both)| {
            let is_first = *first == number;
            let other = if is_first { *second } else { *first };
            let (own, theirs) =
                if is_first { (Direction::To, Direction::From) } else { (Direction::From, Direction::To) };
            Bond {
                other: end(other),
                own: if *both || is_first { vec![stated(*relationship, own, other)] } else { Vec::new() },
                theirs: if *both || !is_first { vec![stated(*relationship, theirs, number)] } else { Vec::new() },
            }
        });
        joined.linked = (!own.is_empty()).then(|| Linked { own: end(number), bonds: bonds.collect(), total: None });
        document::put(&joined.public(&Places).expect("it is published"))
    };
    numbers.map(listing).collect()
}

fn by_listing(drawn: &[Drawn]) -> BTreeMap<usize, Vec<Drawn>> {
    let mut by_listing: BTreeMap<usize, Vec<Drawn>> = BTreeMap::new();
    for link in drawn {
        by_listing.entry(link.0).or_default().push(*link);
        by_listing.entry(link.1).or_default().push(*link);
    }
    by_listing
}

async fn directory(folder: &Path) -> Directory {
    let directory = Directory::open(folder, None, Arc::new(SystemClock), Arc::new(SystemChance)).await;
    let directory = directory.expect("a directory");
    directory.bring_up_to_date().await.expect("an empty view");
    directory
}

fn document(op: &Op) -> &Document {
    let Op::Put { documents, .. } = op else { panic!("listings are put") };
    &documents[0]
}

async fn graph(links: usize) {
    let listings = links / (LINKS_EACH / 2);
    let world = World::new(listings);
    let by_listing = by_listing(&drawn(listings, links));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let directory = directory(folder.path()).await;
    let generation = directory.view.generation().expect("an empty view");
    let mut all = Links::default();
    let (mut read, mut bytes) = (0.0, 0);
    for first in (0..listings).step_by(STEP) {
        let ops = published(&world, first..listings.min(first + STEP), &by_listing);
        let clock = Clock::start();
        for op in &ops {
            bytes += document(op).record.len();
            all.put(op.listing(), &document(op).record);
        }
        read += clock.thread_micros();
        generation.apply(&ops, 0, 0).expect("applied");
    }
    let clock = Clock::start();
    let graph = all.graph();
    let made = clock.thread_micros();
    println!(
        "{} listings with {} links, {bytes} bytes: read in {:.0} ms, made a graph in {:.1} ms",
        graph.len(),
        graph.links(),
        read / 1e3,
        made / 1e3
    );
    // The listing has one link less; the one on the other side still tells of it.
    let mut fewer = by_listing.clone();
    fewer.get_mut(&17).map(Vec::pop);
    let one = published(&world, 17..18, &fewer);
    let clock = Clock::start();
    all.put(one[0].listing(), &document(&one[0]).record);
    let changed = all.graph();
    println!("one listing changed: {:.1} ms ({} links)", clock.thread_micros() / 1e3, changed.links());
    let clock = Clock::start();
    generation.apply(&one, 0, 0).expect("applied");
    println!("a commit of one linked listing, index and graph: {:.1} ms", clock.thread_micros() / 1e3);

    let mut random = Random(9);
    let node = |random: &mut Random, graph: &Graph| random.below(graph.len()) as NodeAt;
    let layers = [SupportLayer::Alongside, SupportLayer::Specialist, SupportLayer::Community, SupportLayer::AroundYou];
    let (mut found, mut cut) = (0, 0);
    let mut ask = |goal: &mut dyn FnMut(&mut Random) -> Goal| {
        let mut times = Vec::new();
        for _ in 0..QUESTIONS {
            let (from, goal) = (node(&mut random, &graph), goal(&mut random));
            let clock = Clock::start();
            let answer = chains(&graph, from, goal, MOST_CHAINS);
            times.push(clock.thread_micros());
            found += usize::from(!answer.chains.is_empty());
            cut += usize::from(answer.cut);
        }
        times
    };
    let far = ask(&mut |random| Goal::Node(node(random, &graph)));
    row("chains to a listing anywhere", far);
    let layer = ask(&mut |random| Goal::Layer(layers[random.below(layers.len())]));
    row("chains to a layer", layer);
    println!("of {} questions {found} found some, {cut} were cut", 2 * QUESTIONS);

    for (name, far) in
        [("pathways to a listing nearby, whole answer", Some(150)), ("pathways to a layer, whole answer", None)]
    {
        let mut times = Vec::new();
        for _ in 0..QUESTIONS {
            let from = random.below(listings);
            let request = PathwaysRequest {
                from: Some(uuid(3, from)),
                to: far.map(|far| uuid(3, (from + 1 + random.below(far)) % listings)),
                to_layer: far.is_none().then(|| layers[random.below(layers.len())].as_str().to_owned()),
                age: Some(30),
                lang: None,
            };
            let clock = Clock::start();
            directory.pathways(&request).expect("an answer");
            times.push(clock.thread_micros());
        }
        row(name, times);
    }
}

async fn maps(listings: usize) {
    let world = World::new(listings);
    let by_listing = by_listing(&drawn(listings, listings / LINKS_EACH));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let directory = directory(folder.path()).await;
    let generation = directory.view.generation().expect("an empty view");
    let clock = Clock::start();
    for first in (0..listings).step_by(STEP) {
        let ops = published(&world, first..listings.min(first + STEP), &by_listing);
        generation.index.apply(&ops, 0, 0).expect("applied");
    }
    generation.index.optimise().expect("merged");
    generation.read_links().expect("links");
    let links = directory.view.graph().expect("a graph").links();
    println!("{listings} listings with {links} links made and published in {:.0} s", clock.wall_micros() / 1e6);
    let needs: Vec<&str> = vocabulary().facet(Facet::Need).map(|term| term.id.as_str()).collect();
    let mut random = Random(13);
    for (name, need, age) in [("maps for anything", false, false), ("maps for a need and an age", true, true)] {
        let (mut times, mut gaps, mut bytes) = (Vec::new(), 0, 0);
        for _ in 0..QUESTIONS {
            let point = world.ask(&mut random, false, true, 0).circle;
            let Some((latitude, longitude, _)) = point else { continue };
            let facets = need.then(|| (Facet::Need, vec![needs[random.below(needs.len())].to_owned()]));
            let search = SearchRequest {
                latitude: Some(latitude),
                longitude: Some(longitude),
                facets: facets.into_iter().collect(),
                age: age.then_some(30),
                ..SearchRequest::default()
            };
            let clock = Clock::start();
            // Somewhere at sea there is no map.
            let Ok(answer) = directory.support_map(&SupportMapRequest { search }) else { continue };
            times.push(clock.thread_micros());
            bytes += answer.len();
            gaps += answer.windows(6).filter(|part| *part == b"\"gap\":").count();
        }
        println!("{} maps of {} bytes each, {gaps} layers empty", times.len(), bytes / times.len().max(1));
        row(name, times);
    }
}

fn row(name: &str, mut micros: Vec<f64>) {
    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros.get((micros.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!("{name}: median {:.0} us, p99 {:.0} us, most {:.0} us", at(0.5), at(0.99), micros.last().unwrap_or(&0.0));
}
