//! The figures behind the resilience view, for the whole country at once.
//!
//! They are worked out of published documents, the graph of published links and the addresses of the gazetteer, and of
//! nothing that anybody asked. All authorities are worked out together: a table that grew with what is asked would tell
//! where people have looked.

use std::collections::{HashMap, HashSet};

use kith_index::{
    Reader, Surveyed, SurveyedPlace, distance_m,
    gazetteer::{AreaKind, Gazetteer},
    key_of,
};

use super::super::Result;
use crate::domain::{
    card::ListingKind,
    graph::{Graph, NodeAt},
    layer::Layers,
    listing::UNITED_KINGDOM,
    vocabulary::{
        Facet,
        values::{LinkState, SupportLayer},
        vocabulary,
    },
};

/// A private place counts by the areas that it names, and by none of fewer addresses than this.
const PRIVATE_FLOOR: u32 = 50_000;
/// Size of a cell of the grid, in degrees.
const CELL: f64 = 0.05;
const KM_PER_DEGREE: f64 = 111.2;
/// Layers, in their order, and after them all of them together.
pub const LAYERS: usize = SupportLayer::ALL.len() + 1;
/// The place of all layers together.
pub const ANY_LAYER: usize = LAYERS - 1;
/// The place of all needs together; each need stands after it, in the order of the vocabulary.
pub const ANY_NEED: usize = 0;

/// A set of needs, all of them together among it: a bit each.
type Needs = u128;

/// A number for each layer and need.
#[derive(Debug, Clone, Default)]
pub struct Matrix(Vec<u32>);

/// What is known of one authority.
#[derive(Debug, Default)]
pub struct Authority {
    /// Its addresses.
    pub addresses: u32,
    /// Listings there, or serving all of it.
    pub listings: Matrix,
    /// Addresses with a listing within reach, or served by one.
    pub reached: Matrix,
    /// Linked listings with a public place there, with their needs.
    linked: Vec<(NodeAt, Needs)>,
}

/// All authorities by their codes.
pub type Table = HashMap<String, Authority>;

impl Matrix {
    fn new(needs: usize) -> Self {
        Self(vec![0; LAYERS * needs])
    }

    /// The number of a layer and a need.
    pub fn at(&self, layer: usize, need: usize) -> u32 {
        self.0[layer * (self.0.len() / LAYERS) + need]
    }

    fn add(&mut self, layer: usize, mut needs: Needs, number: u32) {
        let width = self.0.len() / LAYERS;
        while needs != 0 {
            self.0[layer * width + needs.trailing_zeros() as usize] += number;
            needs &= needs - 1;
        }
    }

    fn add_all(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine += theirs);
    }
}

impl Authority {
    /// Agreed links of the linked listings there that have the need, each once, and the networks that they belong to.
    pub fn links(&self, graph: &Graph, need: usize) -> (u32, u32) {
        let here: HashSet<NodeAt> =
            self.linked.iter().filter(|(_, needs)| needs >> need & 1 != 0).map(|(node, _)| *node).collect();
        let (mut links, mut networks) = (0, HashSet::new());
        for node in &here {
            let agreed = graph.edges(*node).iter().filter(|edge| edge.state == LinkState::Agreed);
            links += agreed.filter(|edge| !here.contains(&edge.to) || node < &edge.to).count();
            let agreed = graph.networks_of(*node).filter(|edge| edge.state == LinkState::Agreed);
            networks.extend(agreed.map(|edge| edge.to));
        }
        let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        (whole(links), whole(networks.len()))
    }
}

/// Where a need stands in a matrix; `None` for what is none.
pub fn need_at(need: &str) -> Option<usize> {
    vocabulary().facet(Facet::Need).position(|term| term.id == need).map(|at| at + 1)
}

/// What the terms of a listing say of its layers and needs.
struct Meanings {
    /// By bit of the mask.
    of_bit: Vec<(Layers, Needs)>,
    needs: usize,
}

impl Meanings {
    fn of(terms: &[String]) -> Self {
        let mean = |id: &String| {
            let mut needs = 0;
            let mut next = Some(id.clone());
            // A narrower term says its wider ones too; no chain of them is as long as the vocabulary.
            for _ in 0..vocabulary().terms.len() {
                let Some(id) = next else { break };
                needs |= need_at(&id).map_or(0, |at| 1 << at);
                next = vocabulary().term(&id).and_then(|term| term.broader.clone());
            }
            (Layers::of(ListingKind::Group, std::iter::once(id.as_str())), needs)
        };
        let needs = vocabulary().facet(Facet::Need).count() + 1;
        assert!(needs <= Needs::BITS as usize, "needs have a bit each");
        Self { of_bit: terms.iter().take(kith_index::MOST_BITS).map(mean).collect(), needs }
    }

    /// Its layers and needs; `None` of what is no support for people.
    fn read(&self, hit: &Surveyed<'_>) -> Option<(Layers, Needs)> {
        let kind = ListingKind::from_word(hit.kind).filter(|kind| *kind != ListingKind::Resource)?;
        let (mut layers, mut needs) = (Layers::of(kind, std::iter::empty()), 1 << ANY_NEED);
        for (word, bits) in hit.terms.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let (more, also) =
                    self.of_bit.get(word * 64 + bits.trailing_zeros() as usize).copied().unwrap_or_default();
                (layers, needs) = (layers.and(more), needs | also);
                bits &= bits - 1;
            }
        }
        Some((layers, needs))
    }
}

/// A listing at a point.
struct Point {
    lat: f64,
    lon: f64,
    layers: Layers,
    needs: Needs,
    listing: u64,
    has_siblings: bool,
}

/// Needs by layer.
type Reach = [Needs; LAYERS];

#[derive(Default)]
struct Cell {
    points: Vec<usize>,
    all: Reach,
}

/// Works the table out.
///
/// # Errors
/// When a file of the view cannot be read.
pub fn table(reader: &Reader, graph: &Graph, hidden: &HashSet<String>, within_km: u32) -> Result<Table> {
    let gazetteer = Gazetteer::embedded();
    let meanings = Meanings::of(&reader.payload().terms);
    let new = || Authority {
        listings: Matrix::new(meanings.needs),
        reached: Matrix::new(meanings.needs),
        ..Authority::default()
    };
    let authorities = gazetteer.within(UNITED_KINGDOM).into_iter();
    let authorities =
        authorities.filter(|code| gazetteer.area(code).is_some_and(|area| area.kind == AreaKind::Authority));
    let mut table: Table = authorities.map(|code| (code, new())).collect();

    let (mut points, mut served) = (HashMap::new(), HashMap::new());
    reader.each_hit(hidden, |hit| {
        let Some((layers, needs)) = meanings.read(&hit) else { return };
        match hit.place {
            SurveyedPlace::Point(lat, lon) => {
                let (listing, has_siblings) = (hit.listing, hit.has_siblings);
                points.insert(hit.number, Point { lat, lon, layers, needs, listing, has_siblings });
            }
            SurveyedPlace::Area | SurveyedPlace::Remote => {
                let is_private = hit.place == SurveyedPlace::Area;
                served.insert(hit.number, Served { layers, needs, is_private, codes: Vec::new() });
            }
            SurveyedPlace::None => {}
        }
    });
    count_points(reader, graph, &points, &mut table)?;
    let points: Vec<Point> = points.into_values().collect();
    let groups = served_groups(reader, served, &table, meanings.needs)?;
    reach(&points, &groups, within_km, &mut table);
    Ok(table)
}

/// Counts the listings with a place in each authority, each once, and keeps those that are linked.
fn count_points(reader: &Reader, graph: &Graph, points: &HashMap<(u32, u32), Point>, table: &mut Table) -> Result<()> {
    let node = |at: usize| NodeAt::try_from(at).expect("nodes are numbered by this type");
    let linked: HashMap<u64, NodeAt> = (0..graph.len()).map(|at| (key_of(&graph.id(node(at))), node(at))).collect();
    for (code, authority) in table {
        let mut seen = HashSet::new();
        let mut nodes: HashMap<NodeAt, Needs> = HashMap::new();
        reader.each_of_area(code, |number| {
            let Some(point) = points.get(&number) else { return };
            if point.has_siblings && !seen.insert(point.listing) {
                return;
            }
            add(&mut authority.listings, point.layers, point.needs, 1);
            if let Some(node) = linked.get(&point.listing) {
                nodes.insert(*node, point.needs);
            }
        })?;
        authority.linked = nodes.into_iter().collect();
        authority.linked.sort_unstable();
    }
    Ok(())
}

/// A listing without a public place.
struct Served {
    layers: Layers,
    needs: Needs,
    is_private: bool,
    codes: Vec<u16>,
}

/// Listings that serve the same areas: which authorities those are, and how many listings of what.
struct Group {
    codes: HashSet<String>,
    listings: Matrix,
}

/// Listings without a public place, together where they serve the same areas.
fn served_groups(
    reader: &Reader,
    mut served: HashMap<(u32, u32), Served>,
    table: &Table,
    needs: usize,
) -> Result<Vec<Group>> {
    let gazetteer = Gazetteer::embedded();
    let mut codes: Vec<String> = table.keys().flat_map(|code| gazetteer.areas_of_authority(code)).collect();
    codes.sort_unstable();
    codes.dedup();
    for (at, code) in (0_u16..).zip(&codes) {
        let is_small = gazetteer.area(code).is_none_or(|area| area.addresses < PRIVATE_FLOOR);
        reader.each_of_area(code, |number| {
            if let Some(one) = served.get_mut(&number).filter(|one| !(one.is_private && is_small)) {
                one.codes.push(at);
            }
        })?;
    }
    let mut groups: HashMap<Vec<u16>, Matrix> = HashMap::new();
    for one in served.into_values().filter(|one| !one.codes.is_empty()) {
        add(groups.entry(one.codes).or_insert_with(|| Matrix::new(needs)), one.layers, one.needs, 1);
    }
    let named = |of: Vec<u16>| of.into_iter().map(|at| codes[usize::from(at)].clone()).collect();
    Ok(groups.into_iter().map(|(of, listings)| Group { codes: named(of), listings }).collect())
}

/// Adds up, for every point where addresses stand, what is within reach of it or serves its authority.
fn reach(points: &[Point], groups: &[Group], within_km: u32, table: &mut Table) {
    let gazetteer = Gazetteer::embedded();
    let mut cells: HashMap<(i32, i32), Cell> = HashMap::new();
    for (at, point) in points.iter().enumerate() {
        let cell = cells.entry(cell(point.lat, point.lon)).or_default();
        cell.points.push(at);
        join(&mut cell.all, point.layers, point.needs);
    }
    // What serves an authority serves each of its addresses.
    let mut everywhere: HashMap<&str, Reach> = HashMap::new();
    for (code, authority) in table.iter_mut() {
        let around = gazetteer.areas_of_authority(code);
        let mut all = Reach::default();
        for group in groups.iter().filter(|group| around.iter().any(|code| group.codes.contains(code))) {
            authority.listings.add_all(&group.listings);
            for (layer, needs) in all.iter_mut().enumerate() {
                let width = group.listings.0.len() / LAYERS;
                let some = (0..width).filter(|need| group.listings.at(layer, *need) > 0);
                *needs |= some.fold(0, |needs, need| needs | 1 << need);
            }
        }
        if let Some(area) = gazetteer.area(code) {
            everywhere.insert(&area.code, all);
        }
    }
    for addresses in gazetteer.addresses() {
        let Some(authority) = table.get_mut(addresses.authority) else { continue };
        let mut here = everywhere.get(addresses.authority).copied().unwrap_or_default();
        within(points, &cells, (addresses.lat, addresses.lon), f64::from(within_km), &mut here);
        let number = addresses.number.round() as u32;
        authority.addresses += number;
        for (layer, needs) in here.into_iter().enumerate() {
            authority.reached.add(layer, needs, number);
        }
    }
}

/// Adds what has a point within so many kilometres.
fn within(points: &[Point], cells: &HashMap<(i32, i32), Cell>, (lat, lon): (f64, f64), km: f64, here: &mut Reach) {
    let up = km / KM_PER_DEGREE;
    // The kingdom ends before 61 degrees north; a degree of longitude is shortest at the upper end of the box.
    let along = up / (lat + up).min(80.0).to_radians().cos();
    let ((y0, x0), (y1, x1)) = (cell(lat - up, lon - along), cell(lat + up, lon + along));
    for at in (y0..=y1).flat_map(|y| (x0..=x1).map(move |x| (y, x))) {
        let Some(cell) = cells.get(&at) else { continue };
        if adds_nothing(&cell.all, here) {
            continue;
        }
        for point in cell.points.iter().map(|at| &points[*at]) {
            let mut with = *here;
            join(&mut with, point.layers, point.needs);
            if with != *here && distance_m(lat, lon, point.lat, point.lon) <= km * 1_000.0 {
                *here = with;
            }
        }
    }
}

fn adds_nothing(more: &Reach, to: &Reach) -> bool {
    more.iter().zip(to).all(|(more, to)| more & !to == 0)
}

fn join(reach: &mut Reach, layers: Layers, needs: Needs) {
    each_layer(layers, |layer| reach[layer] |= needs);
}

fn add(matrix: &mut Matrix, layers: Layers, needs: Needs, number: u32) {
    each_layer(layers, |layer| matrix.add(layer, needs, number));
}

/// The layers of a listing, and all of them together.
fn each_layer(layers: Layers, mut with: impl FnMut(usize)) {
    SupportLayer::ALL.iter().enumerate().filter(|(_, layer)| layers.has(**layer)).for_each(|(at, _)| with(at));
    with(ANY_LAYER);
}

fn cell(lat: f64, lon: f64) -> (i32, i32) {
    ((lat / CELL).floor() as i32, (lon / CELL).floor() as i32)
}
