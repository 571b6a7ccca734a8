//! Bringing a file in: two passes, batches, and a report that accounts for every row.
//!
//! The first pass decides how each service's place may be told; the second reads records, and of
//! protected ones only a short list of fields. Each batch is one transaction with one audit line, so a
//! crash leaves whole batches and a second run finishes the rest. A re-import finds its own by what the
//! source calls them, changes only what is different, and never widens how a place may be told.

mod report;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use kith_index::gazetteer::{Area, AreaKind, Gazetteer};

pub use self::report::{Noticed, Refusal, Report};
use super::{
    Directory, Result, earlier,
    expire::is_overdue,
    finer,
    floors::{self, FLOOR},
    gate::Doors,
    links, numbers, personal,
    plan::{Numbered, Outcome, Planner, Seen},
    recognition::Recognition,
    retire, settle, shares,
};
use crate::{
    domain::{
        entry::Source,
        gate,
        id::{Id, Kind, kind},
        place::{AreaCode, PlaceMode},
        read::{Code, Mended},
        telltale::personal::Concern,
        vocabulary::values::Relationship,
    },
    exchange::{Decisions, Draft, Format, Item, Package, Part, SourceIds, Survey, decide},
    store::Audit,
};

/// Items of one transaction.
const BATCH: usize = 500;

/// How often an import begins anew when another of the same source gets in its way.
const ATTEMPTS: u32 = 3;

/// One attempt at an import. What it decided holds as long as nothing else of its source was committed since.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// Random: tells its commits from those of others.
    pub id: Id<()>,
    since: u64,
}

/// What a run knew before its first batch.
#[derive(Clone, Copy)]
struct Before<'b> {
    run: Run,
    /// Locations that the files name anywhere, by the source's ids.
    locations: &'b HashSet<String>,
    /// Protected services of which a local number may be shown, by the source's ids.
    numbers: &'b HashSet<String>,
    /// What the gate knows.
    doors: &'b Doors,
    /// What was decided of the files.
    decisions: &'b Decisions,
}

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
    /// committed before an error stay. [`super::Error::Overtaken`] when another import of the source keeps on committing.
    pub async fn import(&self, shipment: Shipment<'_>, progress: &mut dyn FnMut(u64, u64)) -> Result<Report> {
        // What the other has protected is decided upon anew, from the beginning.
        for _ in 1..ATTEMPTS {
            match self.attempt(shipment, progress).await {
                Err(super::Error::Overtaken) => {}
                ended => return ended,
            }
        }
        self.attempt(shipment, progress).await
    }

    async fn attempt(&self, shipment: Shipment<'_>, progress: &mut dyn FnMut(u64, u64)) -> Result<Report> {
        let package = Package::of_parts(shipment.files, shipment.format)?;
        let mut snapshot = self.store.snapshot().await?;
        let run = Run { id: Id::random(&*self.chance), since: snapshot.last_commit().await? };
        let recognition = Recognition::default();
        let survey = Survey::of(package.sketches()?, &|about| recognition.puts_at_risk(about))?;
        drop(recognition);
        let named = earlier::named(&survey);
        let kept = earlier::kept(&mut snapshot, &named, shipment.source.id).await?;
        let decisions = decide(&survey, &kept);
        let numbers = earlier::local_numbers(&mut snapshot, &named, shipment.source.id).await?;
        let doors = earlier::doors(&mut snapshot, &named, &survey, &decisions, shipment.source.id).await?;
        drop(survey);
        let mut ids =
            earlier::ids(&mut snapshot, &named, &decisions, SourceIds::new(shipment.source.id, &*self.chance)).await?;
        drop(snapshot);

        let mut report = Report {
            protected: decisions.services().filter(|(_, mode)| *mode == PlaceMode::Area).count() as u64,
            ..Report::default()
        };
        if !shipment.dry_run {
            for (name, id) in retire::what_is_protected_now(self, &decisions, shipment, run).await? {
                ids.know(kind::Service::NAME, &name, id.as_u128());
            }
        }
        let of = decisions.items() as u64;
        let mut seen = Seen::new();
        let before =
            Before { run, locations: &named.locations, numbers: &numbers, doors: &doors, decisions: &decisions };
        let mut items = package.records(&decisions, &mut ids)?;
        let mut batch = decoded(&mut items).await?;
        while !batch.is_empty() {
            // The database works in a thread of its own: while it does, the next batch is read.
            let written = self.import_batch(batch, shipment, &before, &mut seen, &mut report);
            let (written, next) = tokio::join!(written, decoded(&mut items));
            written?;
            progress(report.read, of);
            batch = next?;
        }
        if !shipment.dry_run {
            // Only now all of the file is there that they could lead to.
            let to_nothing = self.store.snapshot().await?.links_to_nothing(shipment.source.id).await?;
            if to_nothing > 0 {
                report.mended.insert(Mended::LinksToNothing.as_str(), to_nothing);
            }
            report.purged = self.purge_if_due().await.unwrap_or_else(|error| {
                tracing::error!(%error, "bytes of what is protected now could not be made to go; `kith purge` tries again");
                false
            });
        }
        Ok(report)
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
        before: &Before<'_>,
        seen: &mut Seen,
        report: &mut Report,
    ) -> Result<()> {
        let Before { run, locations: named, numbers: allowed, doors, decisions } = *before;
        let mut tx = self.store.begin().await?;
        if tx.was_overtaken(run.since, shipment.source.id, run.id).await? {
            return Err(super::Error::Overtaken);
        }
        if tx.source(shipment.source.id).await?.as_ref() != Some(shipment.source) {
            tx.put_source(shipment.source).await?;
        }
        let today = self.clock.now().london_date();
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
            let heard = decisions.heard_in(usize::try_from(report.read).unwrap_or(usize::MAX) + number);
            if !heard.is_empty() {
                let pointers = heard.iter().map(|at| format!("/{at}")).collect();
                report.notice_at(at(item.part, item.row), Mended::HeardAtRisk, pointers);
            }
            for notice in &item.notices {
                *counts.mended.entry(Mended::as_str(notice.mended)).or_default() += 1;
            }
            let planned = match item.result {
                Ok(_) if item.merged_into.is_some() => {
                    counts.merged += 1;
                    None
                }
                Ok(drafts) => {
                    let drafts: Vec<Draft> = drafts.into_iter().map(|draft| placed(draft, today)).collect();
                    let organization = item.foreign_id.filter(|_| item.is_organization);
                    numbered.push(Numbered { item: number, organization, drafts });
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
        // What is withheld whatever areas are told must be gone before it could tie anything.
        let mut left_out: HashMap<usize, Vec<String>> = HashMap::new();
        for Numbered { item, drafts, .. } in &mut numbered {
            left_out.insert(*item, doors.addresses(drafts));
        }
        for verdict in floors::settle(&mut tx, shipment.source.id, &mut numbered).await? {
            let Some(at) = rows[verdict.item] else { continue };
            verdict.mended.into_iter().for_each(|mended| report.notice(at, mended));
            if verdict.is_refused {
                counts.refused += 1;
                report.refuse(at, "", Code::NarrowsPlace, Code::NarrowsPlace.reason());
                rows[verdict.item] = None;
                numbered.retain(|numbered| numbered.item != verdict.item);
            }
        }
        let sharing = shares::with_private(&mut tx, &numbered).await?;
        // Only now it is known which areas are told.
        for Numbered { item, drafts, .. } in &mut numbered {
            let Some(at) = rows[*item] else { continue };
            let numbers: u64 = drafts.iter_mut().map(|draft| numbers::without_finer(draft, allowed)).sum();
            let passed = doors.texts(drafts);
            let (texts, names) = finer::without_finer(drafts, doors);
            let names = names + passed.names;
            let mut pointers = left_out.remove(item).unwrap_or_default();
            pointers.extend(passed.pointers);
            if !pointers.is_empty() {
                report.notice_at(at, Mended::TextWithheld, pointers);
            }
            (0..passed.changed).for_each(|_| report.notice(at, Mended::LetThroughChanged));
            if numbers + texts > 0 {
                *counts.mended.entry(Mended::PlaceWithheld.as_str()).or_default() += numbers + texts;
            }
            (0..names).for_each(|_| report.notice(at, Mended::NameWithheld));
            let shared = sharing.contains(item).then_some(Concern::SharedWithPrivate);
            personal::concerns(drafts).into_iter().chain(shared).for_each(|concern| report.ask(at, concern));
        }
        #[cfg(debug_assertions)]
        leak_addresses(&mut tx, &numbered, report).await?;
        let with_parts = holders_of_parts(&numbered);
        let mut planner = Planner {
            tx: &mut tx,
            source: shipment.source.id,
            now: self.clock.now(),
            seen,
            named,
            touched: settle::Touched::default(),
        };
        let outcomes = planner.write(numbered, rows.len()).await?;
        let touched = planner.touched;
        if !with_parts.is_empty() {
            let circles = links::circles(&mut tx, &with_parts).await?;
            if circles > 0 {
                *counts.mended.entry(Mended::CircleOfParts.as_str()).or_default() += circles;
            }
        }
        for (row, outcome) in rows.into_iter().zip(outcomes).filter_map(|(row, outcome)| Some((row?, outcome))) {
            match outcome {
                Outcome::Created => counts.created += 1,
                Outcome::Updated => counts.updated += 1,
                Outcome::Same => counts.same += 1,
                Outcome::Taken => {
                    counts.refused += 1;
                    report.refuse(
                        row,
                        "/id",
                        Code::Conflict,
                        "belongs to a record of another source, or to one that has been retired",
                    );
                }
            }
        }
        if counts.created + counts.updated > 0 && !shipment.dry_run {
            let lines = settle::lines(&mut tx, &touched).await?;
            let detail = serde_json::json!({ "source": shipment.source.id, "run": run.id, "read": counts.read, "created": counts.created, "updated": counts.updated });
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
}

/// The ids of records that say that something is a part of something.
fn holders_of_parts(offered: &[Numbered]) -> Vec<String> {
    let mut holders: Vec<String> = (offered.iter().flat_map(|numbered| &numbered.drafts))
        .filter_map(|draft| match draft {
            Draft::Link(offer) if offer.record.stated.relationship == Relationship::PartOf => {
                Some(offer.record.holder.id.to_string())
            }
            _ => None,
        })
        .collect();
    holders.sort_unstable();
    holders.dedup();
    holders
}

/// The next items, up to a batch of them; it steps aside after each.
async fn decoded(
    items: &mut impl Iterator<Item = std::result::Result<Item, crate::exchange::Error>>,
) -> Result<Vec<Item>> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.len() < BATCH
        && let Some(item) = items.next()
    {
        batch.push(item?);
        tokio::task::yield_now().await;
    }
    Ok(batch)
}

/// Where a test has addresses leak by the report or the log: says of each whether another listing has it.
#[cfg(debug_assertions)]
async fn leak_addresses(tx: &mut crate::store::Tx, offered: &[Numbered], report: &mut Report) -> Result<()> {
    use crate::domain::{location::Location, sabotage::on};
    let postcode = |location: &Location| location.addresses.first().map(|address| address.postal_code.clone());
    for draft in offered.iter().flat_map(|numbered| &numbered.drafts) {
        let Draft::Location(offer) = draft else { continue };
        if on("leak-log") {
            tracing::trace!(place = ?offer.record, "a place has come in");
        }
        if on("leak-duplicate") {
            let kept = tx.page::<Location>(None, 1_000).await?;
            if kept.iter().any(|entry| postcode(&entry.record) == postcode(&offer.record)) {
                *report.mended.entry("another listing is there").or_default() += 1;
            }
        }
    }
    Ok(())
}

/// The draft with areas that the gazetteer knows and that are wide enough; a protected service keeps
/// no other word on where it serves.
pub(super) fn placed(mut draft: Draft, today: NaiveDate) -> Draft {
    if let Draft::Service(offer) = &mut draft {
        let said = offer
            .record
            .assured_date
            .clone()
            .or_else(|| offer.record.last_modified.as_ref()?.get(..10).map(str::to_owned));
        offer.facts.claim_terms(&offer.record.attributes, said.as_deref());
        let coming = &mut offer.facts.coming;
        if coming.accepting.is_some() {
            coming.accepting_checked_on = coming.accepting_checked_on.take().or(said);
        }
        if offer.facts.mode == PlaceMode::Area {
            gate::keep_days(&mut offer.record, coming, today);
        }
        offer.facts.believe_on(today);
    }
    if let Draft::Link(offer) = &mut draft {
        offer.facts.overdue = is_overdue(&offer.record, today);
    }
    if let Draft::Organization(offer) = &mut draft
        && let Some(network) = &mut offer.facts.network
    {
        network.areas.retain(|code| Gazetteer::embedded().area(code).is_some());
    }
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
        let known: Vec<_> = stated.chain(named).collect();
        // What is narrower than may be told says nothing beside an area that holds it: the one around it would say which it is.
        let is_wide = |area: &Area| wide_enough(&area.code, floor).is_some_and(|told| told.0 == area.code);
        let is_held = |area: &Area| known.iter().any(|wide| is_wide(wide) && area.parents.contains(&wide.code));
        let told = known.iter().filter(|area| is_wide(area) || !is_held(area));
        let mut areas: Vec<AreaCode> = told.filter_map(|area| wide_enough(&area.code, floor)).collect();
        areas.sort_unstable();
        areas.dedup();
        offer.facts.areas = areas;
        if offer.facts.mode == PlaceMode::Area {
            offer.record.service_areas.clear();
        }
    }
    draft
}

/// The area itself, or the smallest around it that has so many addresses. A named town is never wide enough where there
/// is a floor, however large: a protected listing names authorities and what is larger.
fn wide_enough(code: &str, floor: u32) -> Option<AreaCode> {
    let area = Gazetteer::embedded().area(code)?;
    let around = area.parents.iter().filter_map(|parent| Gazetteer::embedded().area(parent));
    let mut fitting: Vec<_> = around.filter(|parent| parent.addresses >= floor).collect();
    fitting.sort_by_key(|parent| parent.addresses);
    let itself = area.addresses >= floor && (floor == 0 || area.kind != AreaKind::Town);
    let found = if itself { area } else { fitting.first().copied()? };
    Some(AreaCode(found.code.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protected_listing_never_names_a_town() {
        let widened = |code, floor| wide_enough(code, floor).map(|code| code.0);
        assert_eq!(widened("town:leeds", 0).as_deref(), Some("town:leeds"));
        assert_eq!(widened("town:leeds", FLOOR).as_deref(), Some("E08000035"), "however large the town");
        assert_eq!(widened("town:otley", FLOOR).as_deref(), Some("E08000035"));
        let scilly = Gazetteer::embedded().area(&widened("E06000053", FLOOR).unwrap()).unwrap();
        assert!(scilly.addresses >= FLOOR && scilly.kind != AreaKind::Authority, "{}", scilly.code);
    }
}
