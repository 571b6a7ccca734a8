//! What was public and is protected now: taken back before anything new of it is kept.
//!
//! A service that becomes protected gets a new id, and its old one answers 410. What was kept of its
//! places is blanked. That cannot make secret what was public; it ends our part in telling it.
//! What was withdrawn, by a keeper or by a report, stays so under the new id.
//!
//! Places shared with a protected service are remembered by a mark that does not lead back to the
//! source's record, so that a later file with only the open service of that place cannot tell it.

use std::collections::HashSet;

use serde_json::json;

use super::{
    Directory, Result,
    holds::Held,
    import::{Run, Shipment},
    links, settle,
};
use crate::{
    domain::{
        digest::digest,
        entry::{Aggregate, Entry, OrganizationFacts, Origin, ServiceFacts, Standing},
        gate::{self, Allowed},
        hold::Hold,
        id::{Id, Kind as _, kind},
        location::Location,
        organization::Organization,
        place::PlaceMode,
        read::{self, Read},
        service::Service,
        service_at_location::ServiceAtLocation,
        taxonomy::{Taxonomy, TaxonomyTerm},
    },
    exchange::{Decisions, cut},
    store::{Audit, Kept, Key, Tx},
};

/// What is protected now, by its source's ids.
pub struct Protected<'p> {
    /// The source.
    pub source: Id<kind::Source>,
    /// Services.
    pub services: Vec<String>,
    /// Places that are told of nobody.
    pub locations: Vec<String>,
    /// Organizations of which only the short list is kept.
    pub organizations: Vec<String>,
    /// What is known of such an organization from now on.
    pub facts: &'p (dyn Fn(&str) -> OrganizationFacts + Sync),
}

/// What was taken back.
pub struct TakenBack {
    /// Whatever shows something of it.
    pub touched: settle::Touched,
    /// How many services, organizations and locations.
    pub counts: [usize; 3],
    /// Services that were withdrawn, as they were.
    pub withdrawn: Vec<Entry<Service>>,
}

/// Takes back what earlier imports from this source kept of services and places that are protected now. Answers the new ids
/// of those that were withdrawn, by what their source calls them: whatever is written of them stays so.
///
/// # Errors
/// When the store fails; nothing is taken back then.
pub async fn what_is_protected_now(
    directory: &Directory,
    decisions: &Decisions,
    shipment: Shipment<'_>,
    run: Run,
) -> Result<Vec<(String, Id<kind::Service>)>> {
    let source = shipment.source.id;
    let names = |of: &mut dyn Iterator<Item = &str>| of.map(str::to_owned).collect::<Vec<_>>();
    let protected = Protected {
        source,
        services: names(&mut decisions.services().filter(|(_, mode)| *mode == PlaceMode::Area).map(|(name, _)| name)),
        locations: names(&mut decisions.withheld_locations()),
        organizations: names(&mut decisions.withheld_organizations()),
        facts: &|name| decisions.organization_facts(name),
    };
    if protected.services.is_empty() && protected.locations.is_empty() && protected.organizations.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = directory.store.begin().await?;
    if tx.source(source).await?.as_ref() != Some(shipment.source) {
        tx.put_source(shipment.source).await?;
    }
    let Some(taken) = take_back(&mut tx, directory, &protected).await? else { return Ok(Vec::new()) };
    let mut heirs = Vec::with_capacity(taken.withdrawn.len());
    for before in &taken.withdrawn {
        heirs.push((before.origin.foreign_id.clone(), leave_withdrawn(&mut tx, directory, before).await?));
    }
    let [services, organizations, locations] = taken.counts;
    let detail = json!({ "source": source, "run": run.id, "services": services, "organizations": organizations, "locations": locations });
    let audit =
        Audit { at: directory.clock.now(), actor: shipment.actor.to_owned(), action: "protect", subject: None, detail };
    end(tx, directory, &taken.touched, source, audit).await?;
    Ok(heirs)
}

/// Leaves an empty, protected entry under a new id in place of a service that was taken back while it was withdrawn. Without
/// it the next record of that name would be a new one, and public.
///
/// # Errors
/// When the store fails.
pub async fn leave_withdrawn(tx: &mut Tx, directory: &Directory, before: &Entry<Service>) -> Result<Id<kind::Service>> {
    let id = Id::random(&*directory.chance);
    let now = directory.clock.now();
    let heir = Entry {
        record: bare::<Service>(&json!({ "id": id, "name": "name not kept", "status": "inactive" })),
        facts: ServiceFacts { mode: PlaceMode::Area, ..ServiceFacts::default() },
        extra: read::Record::new(),
        standing: Standing::Withdrawn,
        origin: before.origin.clone(),
        revision: 1,
        created: now,
        changed: now,
    };
    tx.put(&[heir]).await?;
    tx.pass_on_hiding_reports(before.record.id, id).await?;
    Ok(id)
}

/// Commits what was taken back from a source, with its terms that nobody bears any more, and hides it from readers at once.
///
/// # Errors
/// When the store fails.
pub async fn end(
    mut tx: Tx,
    directory: &Directory,
    touched: &settle::Touched,
    source: Id<kind::Source>,
    audit: Audit,
) -> Result<()> {
    let lines = settle::lines(&mut tx, touched).await?;
    if blank_terms(&mut tx, directory, Some(source)).await? > 0 {
        tx.want_purge().await?;
    }
    let committed = tx.commit(audit, &lines).await?;
    for line in lines.iter().filter(|line| line.digest.is_none()) {
        directory.view.hide(&line.listing.id, committed.sequence);
    }
    Ok(())
}

/// Blanks terms and taxonomies, of one source or of all, that no open listing bears; how many. They come back with a listing that does.
///
/// # Errors
/// When the store fails.
pub async fn blank_terms(tx: &mut Tx, directory: &Directory, of: Option<Id<kind::Source>>) -> Result<usize> {
    if !tx.bears_made().await? {
        return Ok(0);
    }
    let is_of = |origin: &Origin| of.is_none_or(|source| source == origin.source);
    // Taxonomies first: those of terms that go are known by the terms.
    let taxonomies = tx.taxonomies_of_nobody().await?;
    let mut taxonomies = tx.get::<Taxonomy>(&taxonomies).await?;
    taxonomies.retain(|entry| is_of(&entry.origin));
    let terms = tx.terms_of_nobody().await?;
    let mut terms = tx.get::<TaxonomyTerm>(&terms).await?;
    terms.retain(|entry| is_of(&entry.origin));
    let blanked = taxonomies.len() + terms.len();
    let emptied = |id| json!({ "id": id, "name": "withdrawn", "description": "" });
    blank(tx, directory, taxonomies, emptied).await?;
    blank(tx, directory, terms, emptied).await?;
    Ok(blanked)
}

/// Blanks what is kept of what is protected; `None` when there is nothing to do.
///
/// # Errors
/// When the store fails.
pub async fn take_back(tx: &mut Tx, directory: &Directory, protected: &Protected<'_>) -> Result<Option<TakenBack>> {
    let Protected { source, services, locations: withheld, organizations, facts } = protected;
    let source = *source;
    let mut touched = settle::Touched::default();

    let known = tx.by_foreign::<Service>(source, services).await?;
    let public: Vec<Entry<Service>> =
        known.into_values().filter(|service| service.facts.mode != PlaceMode::Area).collect();
    let public_ids: Vec<_> = public.iter().map(|service| service.record.id).collect();
    let known = tx.by_foreign::<Organization>(source, organizations).await?;
    let running: Vec<_> = known.values().map(|entry| entry.record.id).collect();
    // Its own file may tell it, and its house, another day.
    let untold = organizations.iter().filter(|name| !known.contains_key(*name));
    let untold: Vec<String> = untold.map(|name| mark_of_organization(source, name)).collect();
    let open = open_of(tx, &running, &public_ids).await?;
    let mut told: Vec<Entry<Organization>> = known.into_values().collect();
    told.retain(|entry| !entry.facts.protected || (!open.contains(&entry.record.id) && gated(entry).is_some()));

    let mut location_ids: HashSet<Id<kind::Location>> =
        tx.by_foreign::<Location>(source, withheld).await?.values().map(|entry| entry.record.id).collect();
    location_ids
        .extend(tx.by_key::<Location, _>(Key::Organization, &running).await?.iter().map(|entry| entry.record.id));
    location_ids.extend(
        tx.by_key::<ServiceAtLocation, _>(Key::Service, &public_ids)
            .await?
            .iter()
            .filter_map(|at| at.record.location_id),
    );
    let location_ids: Vec<_> = location_ids.into_iter().collect();
    let locations: Vec<_> = tx
        .get::<Location>(&location_ids)
        .await?
        .into_iter()
        .filter(|entry| entry.standing != Standing::Retired)
        .collect();
    let at: Vec<_> = tx
        .by_key::<ServiceAtLocation, _>(Key::Location, &location_ids)
        .await?
        .into_iter()
        .filter(|at| at.standing != Standing::Retired)
        .collect();
    // Also those that only their service led to: another service of the place may name it later.
    let places = locations.iter().map(|location| location.origin.foreign_id.clone()).chain(withheld.iter().cloned());
    let marks = places.map(|name| mark(source, &name)).chain(untold);
    let marks = unmarked(tx, directory, source, marks.collect()).await?;
    let now = directory.clock.now();
    let silenced = links::silenced(tx, source, &public_ids, [services, organizations], now).await?;
    let is_blanked = [public.len(), told.len(), locations.len(), at.len(), silenced.len()].iter().any(|n| *n > 0);
    if !is_blanked && marks.is_empty() {
        return Ok(None);
    }
    tx.put(&marks).await?;
    tx.put(&silenced).await?;
    if is_blanked {
        tx.want_purge().await?;
    }

    touched.services.extend(public_ids);
    touched.organizations.extend(told.iter().map(|organization| organization.record.id));
    touched.services.extend(at.iter().filter_map(|at| at.record.service_id));
    touched.places.extend(at.iter().map(|at| at.record.id));
    touched.organizations.extend(public.iter().filter_map(|service| service.record.organization_id));
    touched.organizations.extend(locations.iter().filter_map(|location| location.record.organization_id));
    let counts = [public.len(), told.len(), locations.len()];
    // A hold that is told would lead from the new id to the old one; one that hides goes on hiding.
    let held = Held::read(tx).await?;
    let of_public = public.iter().filter_map(|service| held.of(service));
    let of_told = told.iter().filter_map(|organization| held.of(organization));
    for hold in of_public.chain(of_told).filter(|hold| !hold.ground.hides()) {
        tx.put_hold(&Hold { ended: Some(directory.clock.now().london_date()), ..hold.clone() }).await?;
        touched.holds = true;
    }
    let withdrawn = public.iter().filter(|service| service.standing == Standing::Withdrawn).cloned().collect();
    blank(tx, directory, public, |id| json!({ "id": id, "name": "withdrawn", "status": "inactive" })).await?;
    blank(tx, directory, locations, |id| json!({ "id": id, "location_type": "physical" })).await?;
    blank(tx, directory, at, |id| json!({ "id": id })).await?;
    shorten(tx, directory, told, &open, facts).await?;
    Ok(Some(TakenBack { touched, counts, withdrawn }))
}

/// What a withheld place is remembered by: a digest of what its source calls it.
pub fn mark(source: Id<kind::Source>, name: &str) -> String {
    format!("withheld/{}", digest(&[source.to_string().as_bytes(), name.as_bytes()]))
}

/// What an organisation that runs something private is remembered by until its source tells it: likewise.
pub fn mark_of_organization(source: Id<kind::Source>, name: &str) -> String {
    mark(source, &format!("{} {name}", kind::Organization::NAME))
}

/// Empty, retired entries that remember what is withheld, for those marks that are not there yet.
async fn unmarked(
    tx: &mut Tx,
    directory: &Directory,
    source: Id<kind::Source>,
    marks: HashSet<String>,
) -> Result<Vec<Entry<Location>>> {
    let marks: Vec<String> = marks.into_iter().collect();
    let known = tx.by_foreign::<Location>(source, &marks).await?;
    let now = directory.clock.now();
    let fresh = marks.into_iter().filter(|mark| !known.contains_key(mark)).map(|foreign_id| Entry {
        record: bare::<Location>(
            &json!({ "id": Id::<kind::Location>::random(&*directory.chance), "location_type": "physical" }),
        ),
        facts: (),
        extra: read::Record::new(),
        standing: Standing::Retired,
        origin: Origin { source, foreign_id },
        revision: 1,
        created: now,
        changed: now,
    });
    Ok(fresh.collect())
}

/// A record with nothing but what the standard needs.
fn bare<T: Read>(record: &serde_json::Value) -> T {
    let (Some(record), _) = read::read::<T>(record.as_object().expect("a bare record is an object")) else {
        unreachable!("a bare record has all that the standard needs")
    };
    record
}

/// Those of these organizations that run an open service beside those that are protected now.
async fn open_of(
    tx: &mut Tx,
    of: &[Id<kind::Organization>],
    protected: &[Id<kind::Service>],
) -> Result<HashSet<Id<kind::Organization>>> {
    let mut services = tx.by_key::<Service, _>(Key::Organization, of).await?;
    services.retain(|service| {
        service.standing == Standing::Published
            && service.facts.mode != PlaceMode::Area
            && !protected.contains(&service.record.id)
    });
    Ok(services.iter().filter_map(|service| service.record.organization_id).collect())
}

/// The record of an organization without what does not pass the gate; `None` when all of it passes.
fn gated(entry: &Entry<Organization>) -> Option<Organization> {
    let mut record = entry.record.clone();
    let left = gate::organization(&mut record, &Allowed { areas: &[], let_through: &entry.facts.let_through });
    (!left.nothing()).then_some(record)
}

/// Writes organizations with no more than may be read of one that runs a protected service; of those that run nothing `open`
/// with no more than readers are shown.
async fn shorten(
    tx: &mut Tx,
    directory: &Directory,
    entries: Vec<Entry<Organization>>,
    open: &HashSet<Id<kind::Organization>>,
    facts: impl Fn(&str) -> OrganizationFacts,
) -> Result<()> {
    let mut shortened = Vec::with_capacity(entries.len());
    for mut entry in entries {
        (entry.record, entry.extra) = cut(&entry.record, &entry.extra).unwrap_or_else(|| {
            let id = entry.record.id.to_string();
            (bare(&json!({ "id": id, "name": "name not kept" })), read::Record::new())
        });
        if !entry.facts.protected {
            entry.facts = facts(&entry.origin.foreign_id);
        }
        if !open.contains(&entry.record.id)
            && let Some(record) = gated(&entry)
        {
            entry.record = record;
            entry.extra.clear();
        }
        entry.revision += 1;
        entry.changed = directory.clock.now();
        shortened.push(entry);
    }
    tx.put(&shortened).await?;
    Ok(())
}

/// Writes entries without their content, retired, under names that the source does not use.
async fn blank<T: Kept + Read>(
    tx: &mut Tx,
    directory: &Directory,
    entries: Vec<Entry<T>>,
    emptied: impl Fn(String) -> serde_json::Value,
) -> Result<()> {
    let mut blanked = Vec::with_capacity(entries.len());
    for mut entry in entries {
        let id = Aggregate::id(&entry.record).to_string();
        entry.record = bare(&emptied(id.clone()));
        entry.facts = T::Facts::default();
        entry.extra.clear();
        entry.standing = Standing::Retired;
        entry.origin.foreign_id = format!("retired/{id}");
        entry.revision += 1;
        entry.changed = directory.clock.now();
        blanked.push(entry);
    }
    tx.put(&blanked).await?;
    Ok(())
}
