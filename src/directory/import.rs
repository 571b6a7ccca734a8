//! Bringing a file in: two passes, batches, and a report that accounts for every row.
//!
//! The first pass decides how each service's place may be told; the second reads records, and of
//! protected ones only a short list of fields. Each batch is one transaction with one audit line, so a
//! crash leaves whole batches and a second run finishes the rest. A re-import finds its own by what the
//! source calls them, changes only what is different, and never widens how a place may be told.

use std::collections::{BTreeMap, HashSet};

use kith_index::gazetteer::Gazetteer;
use serde::Serialize;

use super::{
    Directory, Result,
    plan::{Numbered, Outcome, Planner, Seen},
    retire, settle,
};
use crate::{
    domain::{
        entry::{ServiceFacts, Source},
        id::{Id, Kind, kind},
        location::Location,
        organization::Organization,
        place::{AreaCode, PlaceMode},
        read::{Code, Mended},
        service::Service,
        vocabulary::{describes_at_risk, is_at_risk, vocabulary},
    },
    exchange::{About, Decisions, Draft, Format, Item, Kept, Package, Part, SourceIds, decide},
    store::{self, Audit, Key, Snapshot},
};

/// Items of one transaction.
const BATCH: usize = 500;
/// Ids looked up at once while a package is decided.
const LOOKUP: usize = 1_000;
/// The smallest area that an at-risk listing may be shown with, in addresses.
const FLOOR: u32 = 50_000;
/// How many refusals a report tells one by one; all are counted.
const MOST_REFUSALS: usize = 1_000;

/// A file, or several that belong together, to bring in.
#[derive(Debug, Clone, Copy)]
pub struct Shipment<'a> {
    /// Where it comes from, and on what terms.
    pub source: &'a Source,
    /// Its files, imported as one: a place that is protected in one of them is read in none.
    pub files: &'a [Part<'a>],
    /// What they are written in.
    pub format: &'a Format,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Who brings it, for the audit.
    pub actor: &'a str,
}

/// What became of every row. `read = created + updated + same + merged + refused`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows of the file.
    pub read: u64,
    /// Rows about something that was not kept before.
    pub created: u64,
    /// Rows that say something different from what was kept.
    pub updated: u64,
    /// Rows that say what was kept already.
    pub same: u64,
    /// Rows that repeat or complete an earlier row.
    pub merged: u64,
    /// Rows of which nothing is kept.
    pub refused: u64,
    /// Services whose place is not told more finely than by area.
    pub protected: u64,
    /// Fields passed over to protect a place.
    pub withheld: u64,
    /// How often something was put right, by what was done.
    pub mended: BTreeMap<&'static str, u64>,
    /// Why rows were refused; the first thousand.
    pub refusals: Vec<Refusal>,
}

/// One fault of a refused row. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The file, where several were brought in together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The row: place in the list, line, or row of the table with its header as row 1.
    pub row: u64,
    /// Where in the row.
    pub pointer: String,
    /// What kind of fault.
    pub code: Code,
    /// Why.
    pub reason: String,
}

impl Report {
    /// Whether every row is accounted for.
    pub const fn adds_up(&self) -> bool {
        self.read == self.created + self.updated + self.same + self.merged + self.refused
    }

    fn refuse(&mut self, (file, row): (Option<&str>, u64), pointer: &str, code: Code, reason: &str) {
        if self.refusals.len() < MOST_REFUSALS {
            let file = file.map(str::to_owned);
            self.refusals.push(Refusal { file, row, pointer: pointer.to_owned(), code, reason: reason.to_owned() });
        }
    }
}

/// The id of the source of that name.
pub fn source_id(name: &str) -> Id<kind::Source> {
    const SOURCES: Id<kind::Source> = Id::from_u128(0x6b69_7468_0000_4000_8000_0000_0000_0002);
    Id::named(SOURCES, name)
}

impl Directory {
    /// Brings a file in, or says what it would bring. `progress` hears how many rows of how many are done.
    ///
    /// # Errors
    /// [`super::Error::Exchange`] when the file as a whole cannot be read; [`super::Error::Store`]. Batches that were
    /// committed before an error stay.
    pub async fn import(&self, shipment: Shipment<'_>, progress: &mut dyn FnMut(u64, u64)) -> Result<Report> {
        let package = Package::of_parts(shipment.files, shipment.format)?;
        let mut snapshot = self.store.snapshot().await?;
        let kept = kept(&mut snapshot, &package, shipment.source).await?;
        let decisions = decide(package.sketches()?, &puts_at_risk, &kept)?;
        let mut ids = self.known_ids(&mut snapshot, &decisions, shipment.source).await?;
        drop(snapshot);

        let mut report = Report {
            protected: decisions.services().filter(|(_, mode)| *mode == PlaceMode::Area).count() as u64,
            ..Report::default()
        };
        if !shipment.dry_run {
            retire::what_is_protected_now(self, &decisions, shipment).await?;
        }
        let of = decisions.items() as u64;
        let mut seen = Seen::new();
        let mut items = package.records(&decisions, &mut ids)?;
        loop {
            let batch: Vec<Item> = items.by_ref().take(BATCH).collect::<std::result::Result<_, _>>()?;
            if batch.is_empty() {
                return Ok(report);
            }
            self.import_batch(batch, shipment, &mut seen, &mut report).await?;
            progress(report.read, of);
        }
    }

    /// Brings the invented listings in.
    ///
    /// # Errors
    /// As [`Directory::import`].
    pub async fn import_sample(&self, package: &[u8], actor: &str) -> Result<Report> {
        let source = Source {
            id: source_id("sample"),
            name: "sample".to_owned(),
            url: None,
            licence: Some("CC0-1.0".to_owned()),
            attribution: Some("Invented listings: none of these groups, people or numbers exists".to_owned()),
        };
        let shipment = Shipment {
            source: &source,
            files: &[Part { name: "sample", bytes: package }],
            format: &Format::Hsds,
            dry_run: false,
            actor,
        };
        self.import(shipment, &mut |_, _| {}).await
    }

    async fn import_batch(
        &self,
        batch: Vec<Item>,
        shipment: Shipment<'_>,
        seen: &mut Seen,
        report: &mut Report,
    ) -> Result<()> {
        let mut tx = self.store.begin().await?;
        if tx.source(shipment.source.id).await?.as_ref() != Some(shipment.source) {
            tx.put_source(shipment.source).await?;
        }
        let mut planner = Planner {
            tx: &mut tx,
            source: shipment.source.id,
            now: self.clock.now(),
            seen,
            touched: settle::Touched::default(),
        };
        let mut numbered = Vec::new();
        let mut rows = Vec::with_capacity(batch.len());
        let mut counts = Report::default();
        let at = |part: usize, row| {
            let file = shipment.files.get(part).filter(|_| shipment.files.len() > 1);
            (file.map(|file| file.name), row)
        };
        for (number, item) in batch.into_iter().enumerate() {
            counts.read += 1;
            counts.withheld += u64::from(item.withheld);
            for notice in &item.notices {
                *counts.mended.entry(Mended::as_str(notice.mended)).or_default() += 1;
            }
            let planned = match item.result {
                Ok(_) if item.merged_into.is_some() => {
                    counts.merged += 1;
                    None
                }
                Ok(drafts) => {
                    numbered.push(Numbered { item: number, drafts: drafts.into_iter().map(placed).collect() });
                    Some(at(item.part, item.row))
                }
                Err(violations) => {
                    counts.refused += 1;
                    for violation in &violations {
                        report.refuse(at(item.part, item.row), &violation.pointer, violation.code, &violation.reason);
                    }
                    None
                }
            };
            rows.push(planned);
        }
        let outcomes = planner.write(numbered, rows.len()).await?;
        let touched = planner.touched;
        for (row, outcome) in rows.into_iter().zip(outcomes).filter_map(|(row, outcome)| Some((row?, outcome))) {
            match outcome {
                Outcome::Created => counts.created += 1,
                Outcome::Updated => counts.updated += 1,
                Outcome::Same => counts.same += 1,
                Outcome::Taken => {
                    counts.refused += 1;
                    report.refuse(row, "/id", Code::Conflict, "belongs to a record of another source");
                }
            }
        }
        if counts.created + counts.updated > 0 && !shipment.dry_run {
            let lines = settle::lines(&mut tx, &touched).await?;
            let detail = serde_json::json!({ "source": shipment.source.id, "read": counts.read, "created": counts.created, "updated": counts.updated });
            let audit = Audit {
                at: self.clock.now(),
                actor: shipment.actor.to_owned(),
                action: "import",
                subject: None,
                detail,
            };
            tx.commit(audit, &lines).await?;
        }
        report.read += counts.read;
        report.created += counts.created;
        report.updated += counts.updated;
        report.same += counts.same;
        report.merged += counts.merged;
        report.refused += counts.refused;
        report.withheld += counts.withheld;
        for (what, times) in counts.mended {
            *report.mended.entry(what).or_default() += times;
        }
        Ok(())
    }

    /// Ids that records of the package have here already, and those that other sources have taken.
    async fn known_ids(
        &self,
        snapshot: &mut Snapshot,
        decisions: &Decisions,
        source: &Source,
    ) -> Result<SourceIds<'_>> {
        let mut ids = SourceIds::new(source.id, &*self.chance);
        let services: Vec<(String, PlaceMode)> = decisions.services().map(|(id, mode)| (id.to_owned(), mode)).collect();
        for some in services.chunks(LOOKUP) {
            let names: Vec<String> = some.iter().map(|(name, _)| name.clone()).collect();
            let known = snapshot.by_foreign::<Service>(source.id, &names).await?;
            for (name, mode) in some {
                match known.get(name) {
                    // What was public and is protected now gets an id that does not lead back.
                    Some(entry) if *mode == PlaceMode::Area && entry.facts.mode != PlaceMode::Area => {}
                    Some(entry) => ids.know(kind::Service::NAME, name, entry.record.id.as_u128()),
                    None => {}
                }
            }
            avoid::<Service>(snapshot, source.id, &names, &mut ids).await?;
        }
        Ok(ids)
    }
}

/// Names that look like ids and are ids of another source's records get ids of their own.
async fn avoid<T: store::Kept>(
    snapshot: &mut Snapshot,
    source: Id<kind::Source>,
    names: &[String],
    ids: &mut SourceIds<'_>,
) -> Result<()> {
    let written: Vec<Id<T::Kind>> = names.iter().filter_map(|name| name.parse().ok()).collect();
    for entry in snapshot.get::<T>(&written).await?.into_iter().filter(|entry| entry.origin.source != source) {
        let name = entry.record.id().to_string();
        let own: Id<T::Kind> = Id::named(source, &format!("{}/{name}", T::Kind::NAME));
        ids.know(T::Kind::NAME, &name, own.as_u128());
    }
    Ok(())
}

/// What earlier imports from the source have settled about the services of the package.
async fn kept(snapshot: &mut Snapshot, package: &Package<'_>, source: &Source) -> Result<Kept> {
    let mut names: HashSet<String> = HashSet::new();
    let mut organizations: HashSet<String> = HashSet::new();
    let mut locations: HashSet<String> = HashSet::new();
    for sketch in package.sketches()? {
        let sketch = sketch?;
        locations.extend(sketch.service.iter().flat_map(|service| service.locations.iter().cloned()));
        locations.extend(sketch.organization.iter().flat_map(|organization| organization.locations.iter().cloned()));
        names.extend(sketch.service.as_ref().and_then(|service| service.foreign_id.clone()));
        organizations.extend(sketch.service.and_then(|service| service.organization));
        organizations.extend(sketch.organization.and_then(|organization| organization.foreign_id));
    }
    let mut kept = Kept::default();
    let names: Vec<String> = names.into_iter().collect();
    for some in names.chunks(LOOKUP) {
        let known = snapshot.by_foreign::<Service>(source.id, some).await?;
        kept.modes.extend(known.into_iter().map(|(name, entry)| (name, entry.facts.mode)));
    }
    let locations: Vec<String> = locations.into_iter().collect();
    for some in locations.chunks(LOOKUP) {
        let marks: Vec<String> = some.iter().map(|name| retire::mark(source.id, name)).collect();
        let known = snapshot.by_foreign::<Location>(source.id, &marks).await?;
        kept.locations.extend(
            some.iter().zip(&marks).filter(|(_, mark)| known.contains_key(*mark)).map(|(name, _)| name.clone()),
        );
    }
    let organizations: Vec<String> = organizations.into_iter().collect();
    for some in organizations.chunks(LOOKUP) {
        let known = snapshot.by_foreign::<Organization>(source.id, some).await?;
        let ids: Vec<_> = known.values().map(|entry| entry.record.id).collect();
        let services = snapshot.by_key::<Service, _>(Key::Organization, &ids).await?;
        let protected: HashSet<_> = services
            .iter()
            .filter(|service| service.facts.mode == PlaceMode::Area)
            .filter_map(|service| service.record.organization_id)
            .collect();
        kept.organizations
            .extend(known.into_iter().filter(|(_, entry)| protected.contains(&entry.record.id)).map(|(name, _)| name));
    }
    Ok(kept)
}

/// Whether a service is of a kind of support whose place puts people at risk when it is told.
fn puts_at_risk(about: &About) -> bool {
    let term = |word: &String| is_at_risk(word) || vocabulary().term(word).is_some_and(|term| term.at_risk);
    is_at_risk(&about.name)
        || is_at_risk(&about.alternate_name)
        || about.terms.iter().any(term)
        || describes_at_risk(&about.description)
}

/// The draft with areas that the gazetteer knows and that are wide enough; a protected service keeps
/// no other word on where it serves.
fn placed(mut draft: Draft) -> Draft {
    if let Draft::Service(offer) = &mut draft
        && offer.facts.mode != PlaceMode::Exact
    {
        let named = offer
            .record
            .service_areas
            .iter()
            .filter_map(|area| area.name.as_deref())
            .filter_map(|name| Gazetteer::embedded().area_named(name));
        let stated = offer.facts.areas.iter().filter_map(|code| Gazetteer::embedded().area(&code.0));
        let floor = if offer.facts.mode == PlaceMode::Area { FLOOR } else { 0 };
        let mut areas: Vec<AreaCode> = stated.chain(named).filter_map(|area| wide_enough(&area.code, floor)).collect();
        areas.sort_unstable();
        areas.dedup();
        offer.facts = ServiceFacts { mode: offer.facts.mode, areas };
        if offer.facts.mode == PlaceMode::Area {
            offer.record.service_areas.clear();
        }
    }
    draft
}

/// The area itself, or the smallest around it that has so many addresses.
fn wide_enough(code: &str, floor: u32) -> Option<AreaCode> {
    let area = Gazetteer::embedded().area(code)?;
    let around = area.parents.iter().filter_map(|parent| Gazetteer::embedded().area(parent));
    let mut fitting: Vec<_> = around.filter(|parent| parent.addresses >= floor).collect();
    fitting.sort_by_key(|parent| parent.addresses);
    let found = if area.addresses >= floor { area } else { fitting.first().copied()? };
    Some(AreaCode(found.code.clone()))
}

/// Where a location of the package is kept, by the source's name for it.
pub(super) async fn locations_named(
    snapshot: &mut Snapshot,
    source: Id<kind::Source>,
    names: &[String],
) -> Result<Vec<Id<kind::Location>>> {
    Ok(snapshot.by_foreign::<Location>(source, names).await?.into_values().map(|entry| entry.record.id).collect())
}
