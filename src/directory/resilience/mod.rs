//! Resilience: which layers of support are within reach of how many addresses, and how far those who give it are linked.
//!
//! Of published listings and of nothing that readers do. Who has no link, and on whom others hang, is in no public answer:
//! [`own`] tells it to a keeper for the organisation itself.

mod own;
mod table;

use std::sync::{Arc, Mutex, PoisonError};

use kith_index::{
    Reader,
    gazetteer::{Area, AreaKind, Gazetteer},
};

pub use self::own::Standing;
use self::table::{ANY_LAYER, ANY_NEED, Authority, Table, need_at, table};
use super::{Directory, Result, request::LONGEST_PLACE, search::as_of};
use crate::domain::{
    card::NamedArea,
    graph::Graph,
    read::{Code, Violation},
    resilience::{ReachedLayer, ResilienceAnswer, ResilienceRow},
    vocabulary::{Facet, Term, values::SupportLayer, vocabulary},
};

/// The distances that may be asked for, in kilometres, and the one that is taken when none is.
pub const REACHES: [u32; 3] = [5, 10, 25];
/// See [`REACHES`].
pub const REACH: u32 = 10;
/// What is said where no agreed link is known.
const NO_LINK: &str = "no link recorded";
/// Addresses are estimates; nothing finer than this is told.
const ROUND: u32 = 100;

/// What the figures are, and what they are not.
const NOTES: [&str; 5] = [
    "Only published listings are counted, and nothing that readers do. A listing of a narrower need counts for the wider one too.",
    "Addresses are estimated from postcodes, 11 for each; in Northern Ireland from the residents of its districts, counted at their towns. Those of a postcode sector count as within reach when its middle is, as the crow flies.",
    "A listing without a public place counts for the whole of each authority that it says it serves. One whose place is private counts by areas of 50,000 addresses or more only.",
    "Links and networks are those that listings with a public place in the authority have, and only where both sides state them; a listing whose place is private brings none. That no link is recorded does not say that nobody works together.",
    "The lines of GET /v1/crisis can be reached from every address of their nation and are not counted here.",
];

/// What is asked. It has no `Debug`: where somebody looks is nobody's business.
#[derive(Default)]
pub struct ResilienceRequest {
    /// The code or the name of an authority or a wider area.
    pub area: String,
    /// A term of the facet `need`.
    pub need: Option<String>,
    /// One of [`REACHES`].
    pub within_km: Option<u32>,
}

/// Tables of the published view as it is, one for each reach.
#[derive(Default)]
pub struct Tables(Mutex<Option<Kept>>);

/// Tables of one moment.
struct Kept {
    epoch: String,
    sequence: u64,
    hidden: Arc<std::collections::HashSet<String>>,
    graph: Arc<Graph>,
    by_reach: [Option<Arc<Table>>; REACHES.len()],
}

/// What is asked, found to be sound.
struct Sound<'a> {
    area: &'static Area,
    need: Option<&'a Term>,
    reach: usize,
}

impl ResilienceRequest {
    fn read(&self) -> std::result::Result<Sound<'static>, Vec<Violation>> {
        let mut faults = Vec::new();
        let area = match self.area.trim() {
            "" => Err(Code::Required),
            text if text.chars().count() > LONGEST_PLACE => Err(Code::TooLong),
            text => area(text).ok_or(Code::UnknownArea),
        };
        if let Err(code) = area {
            faults.push(Violation::new("/area", code));
        }
        let need = self.need.as_deref().map(|need| vocabulary().facet(Facet::Need).find(|term| term.id == need));
        if need == Some(None) {
            faults.push(Violation::new("/need", Code::UnknownTerm));
        }
        let reach = REACHES.iter().position(|km| *km == self.within_km.unwrap_or(REACH));
        if reach.is_none() {
            faults.push(Violation::new("/within_km", Code::NotInList));
        }
        match (area, reach) {
            (Ok(area), Some(reach)) if faults.is_empty() => Ok(Sound { area, need: need.flatten(), reach }),
            _ => Err(faults),
        }
    }
}

/// The area of a code or a name. None of a town, which is too small to be compared, nor of what has no authorities.
fn area(text: &str) -> Option<&'static Area> {
    let gazetteer = Gazetteer::embedded();
    let area = gazetteer.area(text).or_else(|| gazetteer.area_named(text))?;
    (!matches!(area.kind, AreaKind::Town | AreaKind::Dependency)).then_some(area)
}

impl Directory {
    /// The resilience view of an area. It takes a turn.
    ///
    /// # Errors
    /// [`Error::Invalid`](super::Error::Invalid) with every fault, [`Error::Busy`](super::Error::Busy),
    /// [`Error::NotReady`](super::Error::NotReady), [`Error::View`](super::Error::View).
    pub async fn resilience(&self, asked: ResilienceRequest) -> Result<ResilienceAnswer> {
        let _turn = self.turn().await?;
        let directory = self.clone();
        tokio::task::spawn_blocking(move || directory.resilience_of(&asked)).await?
    }

    fn resilience_of(&self, asked: &ResilienceRequest) -> Result<ResilienceAnswer> {
        let Sound { area, need, reach } = asked.read().map_err(super::Error::Invalid)?;
        let (reader, graph, table) = self.resilience_table(reach)?;
        let gazetteer = Gazetteer::embedded();
        let inside = gazetteer.within(&area.code);
        let mut authorities: Vec<(&Area, &Authority)> =
            inside.iter().filter_map(|code| Some((gazetteer.area(code)?, table.get(code)?))).collect();
        authorities.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name).then(one.code.cmp(&other.code)));
        let needs: Vec<Option<&Term>> = match (need, authorities.len()) {
            (Some(need), _) => vec![Some(need)],
            (None, 1) => std::iter::once(None).chain(vocabulary().facet(Facet::Need).map(Some)).collect(),
            (None, _) => vec![None],
        };
        let rows = authorities.iter().flat_map(|(area, authority)| {
            needs.iter().map(|need| row(area, authority, &graph, *need)).collect::<Vec<_>>()
        });
        Ok(ResilienceAnswer {
            area: named(area),
            within_km: REACHES[reach],
            rows: rows.collect(),
            notes: NOTES.map(str::to_owned).into(),
            as_of: as_of(reader.payload()),
            sample: self.is_sample(),
        })
    }

    /// The table of the view as it is now: the one that is kept, unless something was published since.
    fn resilience_table(&self, reach: usize) -> Result<(Reader, Arc<Graph>, Arc<Table>)> {
        // Whoever waits here has a turn, so they are few; and what they wait for is what they want.
        let mut kept = self.resilience.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What is hidden is asked for before the reader: between the two the index may only learn more of it.
        let hidden = self.view.hidden();
        let (reader, graph) = (self.view.reader()?, self.view.graph()?);
        let (epoch, sequence) = (&reader.payload().epoch, reader.payload().sequence);
        let is_now = |kept: &Kept| {
            kept.epoch == *epoch
                && kept.sequence == sequence
                && kept.hidden == hidden
                && Arc::ptr_eq(&kept.graph, &graph)
        };
        if !kept.as_ref().is_some_and(is_now) {
            let graph = Arc::clone(&graph);
            *kept = Some(Kept { epoch: epoch.clone(), sequence, hidden, graph, by_reach: Default::default() });
        }
        let kept = kept.as_mut().expect("it was just put there");
        if kept.by_reach[reach].is_none() {
            kept.by_reach[reach] = Some(Arc::new(table(&reader, &graph, &kept.hidden, REACHES[reach])?));
        }
        let table = Arc::clone(kept.by_reach[reach].as_ref().expect("it was just put there"));
        Ok((reader, graph, table))
    }
}

fn row(area: &Area, authority: &Authority, graph: &Graph, need: Option<&Term>) -> ResilienceRow {
    let at = need.and_then(|need| need_at(&need.id)).unwrap_or(ANY_NEED);
    let (agreed_links, networks) = authority.links(graph, at);
    let links = match agreed_links {
        0 => NO_LINK.to_owned(),
        1 => "1 agreed link".to_owned(),
        number => format!("{number} agreed links"),
    };
    let layer = |(number, layer): (usize, &SupportLayer)| {
        let within = authority.reached.at(number, at).min(authority.addresses);
        ReachedLayer {
            layer: *layer,
            label: layer.label().to_owned(),
            listings: authority.listings.at(number, at),
            addresses_within: rounded(within),
            share: u32::try_from(u64::from(within) * 100 / u64::from(authority.addresses.max(1))).unwrap_or(100),
        }
    };
    ResilienceRow {
        area: named(area),
        need: need.map(|need| need.id.clone()),
        need_label: need.map(|need| need.label.clone()),
        addresses: rounded(authority.addresses),
        listings: authority.listings.at(ANY_LAYER, at),
        agreed_links,
        links,
        networks,
        layers: SupportLayer::ALL.iter().enumerate().map(layer).collect(),
    }
}

fn rounded(addresses: u32) -> u32 {
    (addresses + ROUND / 2) / ROUND * ROUND
}

fn named(area: &Area) -> NamedArea {
    NamedArea { code: area.code.clone(), name: area.name.clone() }
}

/// The view as a table of text (RFC 4180), a line for each layer of each row. It holds words of ours only: names of areas,
/// needs and layers, so none can be a formula.
pub fn csv(answer: &ResilienceAnswer) -> String {
    const HEAD: &str = "area_code,area,need,need_label,within_km,addresses,listings,agreed_links,links,networks,layer,\
                        layer_label,layer_listings,addresses_within,share_percent\r\n";
    let mut text = HEAD.to_owned();
    for row in &answer.rows {
        for layer in &row.layers {
            let cells = [
                row.area.code.clone(),
                row.area.name.clone(),
                row.need.clone().unwrap_or_default(),
                row.need_label.clone().unwrap_or_default(),
                answer.within_km.to_string(),
                row.addresses.to_string(),
                row.listings.to_string(),
                row.agreed_links.to_string(),
                row.links.clone(),
                row.networks.to_string(),
                layer.layer.as_str().to_owned(),
                layer.label.clone(),
                layer.listings.to_string(),
                layer.addresses_within.to_string(),
                layer.share.to_string(),
            ];
            text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
            text.push_str("\r\n");
        }
    }
    text
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests;
