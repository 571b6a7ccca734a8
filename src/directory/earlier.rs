//! What earlier imports have settled about the records that a package names.

use std::collections::{HashMap, HashSet};

use super::{Result, gate::Doors, retire};
use crate::{
    domain::{
        entry::{Entry, Standing},
        id::{Id, Kind, kind},
        link::{self, SideKind},
        location::Location,
        organization::Organization,
        place::PlaceMode,
        service::Service,
        service_at_location::ServiceAtLocation,
        taxonomy::{Taxonomy, TaxonomyTerm},
    },
    exchange::{Decisions, Kept, SourceIds, Survey, usual},
    store::{self, Decision, Key, Snapshot},
};

/// Ids looked up at once.
const LOOKUP: usize = 1_000;

/// What a package calls its records, each once.
#[derive(Debug, Default)]
pub struct Named {
    services: HashSet<String>,
    organizations: HashSet<String>,
    /// Services and who runs them, in the order of the package.
    runs: Vec<(String, String)>,
    /// Its locations, wherever they stand.
    pub locations: HashSet<String>,
    others: HashSet<(&'static str, String)>,
}

/// The names in a package.
pub fn named(survey: &Survey) -> Named {
    let mut named = Named::default();
    for sketch in survey.sketches() {
        for service in sketch.service.iter().chain(&sketch.services) {
            named.services.extend(service.foreign_id.clone());
            named.runs.extend(service.foreign_id.clone().zip(service.organization.clone()));
            named.organizations.extend(service.organization.clone());
            named.locations.extend(service.locations.iter().cloned());
        }
        if let Some(organization) = &sketch.organization {
            named.organizations.extend(organization.foreign_id.clone());
            named.locations.extend(organization.locations.iter().cloned());
        }
        named.others.extend(sketch.others.iter().cloned());
    }
    named
}

/// What earlier imports from the source have settled about them.
///
/// # Errors
/// When the store cannot be read.
pub async fn kept(snapshot: &mut Snapshot, named: &Named, source: Id<kind::Source>) -> Result<Kept> {
    let mut kept = Kept::default();
    for some in some(&named.services) {
        let known = snapshot.by_foreign::<Service>(source, &some).await?;
        kept.modes.extend(known.into_iter().map(|(name, entry)| (name, entry.facts.mode)));
        for (name, decided) in snapshot.decided(source, &some).await? {
            for decided in decided {
                match decided.decision {
                    Decision::Place => kept.opened.insert(name.clone()),
                    Decision::Hide => kept.hidden.insert(name.clone()),
                    Decision::Organization | Decision::Number | Decision::Text(_) => false,
                };
            }
        }
        for name in retired::<Service>(snapshot, source, &some).await? {
            kept.modes.entry(name).or_insert(PlaceMode::Area);
        }
    }
    for some in some(&named.locations) {
        let marks: Vec<String> = some.iter().map(|name| retire::mark(source, name)).collect();
        let known = snapshot.by_foreign::<Location>(source, &marks).await?;
        kept.locations.extend(
            some.iter().zip(&marks).filter(|(_, mark)| known.contains_key(*mark)).map(|(name, _)| name.clone()),
        );
        kept.locations.extend(retired::<Location>(snapshot, source, &some).await?);
    }
    kept.open.extend(open::<Service>(snapshot, source, named, |service| service.facts.mode != PlaceMode::Area).await?);
    kept.open.extend(open::<Organization>(snapshot, source, named, |own| !own.facts.protected).await?);
    for some in some(&named.organizations) {
        let known = snapshot.by_foreign::<Organization>(source, &some).await?;
        // A service may name one that its source has not told yet.
        let told = |name: &&String| known.contains_key(*name);
        let untold: HashMap<_, _> = some
            .iter()
            .filter(|name| !told(name))
            .flat_map(|name| usual::<kind::Organization>(source, name).map(|id| (id, name)))
            .collect();
        let ids: Vec<_> = known.values().map(|entry| entry.record.id).chain(untold.keys().copied()).collect();
        let services = snapshot.by_key::<Service, _>(Key::Organization, &ids).await?;
        // A service that is opened stays as it is kept until this import has read it.
        let opens = |service: &Entry<Service>| {
            service.origin.source == source && kept.opened.contains(&service.origin.foreign_id)
        };
        let protected: HashSet<_> = services
            .iter()
            .filter(|service| service.facts.mode == PlaceMode::Area && !opens(service))
            .filter_map(|service| service.record.organization_id)
            .collect();
        let decided = snapshot.decided(source, &some).await?.into_iter();
        let opened = decided.filter(|(_, of)| of.iter().any(|one| one.decision == Decision::Organization));
        let opened: HashSet<String> = opened.map(|(name, _)| name).collect();
        let marks: Vec<String> = some.iter().map(|name| retire::mark_of_organization(source, name)).collect();
        let marked = snapshot.by_foreign::<Location>(source, &marks).await?;
        // Who opened it knew of the services that it is known to run, and of no other.
        let running: HashSet<_> = services.iter().filter_map(|service| service.record.organization_id).collect();
        let runs = |name: &String| known.get(name).is_some_and(|entry| running.contains(&entry.record.id));
        let runs = |name: &String| runs(name) || named.runs.iter().any(|(_, run_by)| run_by == name);
        let is_open = |name: &String| opened.contains(name) && runs(name);
        let marked = some.iter().zip(&marks).filter(|(name, mark)| marked.contains_key(*mark) && !is_open(name));
        kept.organizations.extend(marked.map(|(name, _)| name.clone()));
        // Of its own services only: whoever names what another source has must not see what that runs.
        let private = services.iter().filter(|service| service.facts.mode == PlaceMode::Area && !opens(service));
        let own = private.filter(|service| service.origin.source == source);
        let runs = own.filter_map(|service| untold.get(&service.record.organization_id?));
        kept.organizations.extend(runs.map(|name| (*name).clone()));
        for (name, entry) in known {
            let is_opened = opened.contains(&name);
            if entry.facts.at_risk && !is_opened {
                kept.at_risk.insert(name.clone());
            }
            if (entry.facts.protected && !is_opened) || protected.contains(&entry.record.id) {
                kept.organizations.insert(name);
            }
        }
        kept.opened_organizations.extend(opened);
    }
    Ok(kept)
}

/// Services of which the safeguarding role has said that a local number may be shown, by the source's ids.
///
/// # Errors
/// When the store cannot be read.
pub async fn local_numbers(
    snapshot: &mut Snapshot,
    named: &Named,
    source: Id<kind::Source>,
) -> Result<HashSet<String>> {
    let mut allowed = HashSet::new();
    for some in some(&named.services) {
        let decided = snapshot.decided(source, &some).await?.into_iter();
        let numbers = decided.filter(|(_, of)| of.iter().any(|decided| decided.decision == Decision::Number));
        allowed.extend(numbers.map(|(name, _)| name));
    }
    Ok(allowed)
}

/// What the gate has to know: the texts that the safeguarding role let through, and which organisations have an open service, in the
/// files or from before.
///
/// # Errors
/// When the store cannot be read.
pub async fn doors(
    snapshot: &mut Snapshot,
    named: &Named,
    survey: &Survey,
    decisions: &Decisions,
    source: Id<kind::Source>,
) -> Result<Doors> {
    let mut doors = Doors::default();
    for sketch in survey.sketches().filter(|sketch| sketch.fault.is_none()) {
        for service in sketch.service.iter().chain(&sketch.services) {
            let is_open = service.foreign_id.as_ref().is_some_and(|id| decisions.mode(id) != PlaceMode::Area);
            doors.open.extend(service.organization.clone().filter(|_| is_open));
        }
    }
    for some in some(&named.organizations) {
        let known = snapshot.by_foreign::<Organization>(source, &some).await?;
        let ids: Vec<_> = known.values().map(|entry| entry.record.id).collect();
        let services = snapshot.by_key::<Service, _>(Key::Organization, &ids).await?;
        // What the files offer anew is what they say of it now.
        let stays = |service: &&Entry<Service>| {
            service.standing == Standing::Published
                && service.facts.mode != PlaceMode::Area
                && !(service.origin.source == source && named.services.contains(&service.origin.foreign_id))
        };
        let open: HashSet<_> =
            services.iter().filter(stays).filter_map(|service| service.record.organization_id).collect();
        doors.open.extend(known.into_iter().filter(|(_, entry)| open.contains(&entry.record.id)).map(|(name, _)| name));
    }
    for (kind, names) in [(SideKind::Service, &named.services), (SideKind::Organization, &named.organizations)] {
        for some in some(names) {
            for (name, decided) in snapshot.decided(source, &some).await? {
                let texts = decided.into_iter().filter_map(|decided| match decided.decision {
                    Decision::Text(fingerprint) if fingerprint.starts_with(kind.as_str()) => Some(fingerprint),
                    _ => None,
                });
                let texts: Vec<String> = texts.collect();
                if !texts.is_empty() {
                    doors.let_through.insert((kind, name), texts);
                }
            }
        }
    }
    Ok(doors)
}

/// The rule for ids, told which ids records have here already, and which other sources have taken.
///
/// # Errors
/// When the store cannot be read.
pub async fn ids<'c>(
    snapshot: &mut Snapshot,
    named: &Named,
    decisions: &Decisions,
    mut ids: SourceIds<'c>,
) -> Result<SourceIds<'c>> {
    for some in some(&named.services) {
        let known = snapshot.by_foreign::<Service>(ids.source(), &some).await?;
        let mut open = Vec::new();
        for name in some {
            let protected = decisions.mode(&name) == PlaceMode::Area;
            match known.get(&name) {
                // What was public and is protected now gets an id that does not lead back.
                Some(entry) if protected && entry.facts.mode != PlaceMode::Area => {}
                Some(entry) => ids.know(kind::Service::NAME, &name, entry.record.id.as_u128()),
                None if protected => {}
                None => open.push(name),
            }
        }
        avoid::<Service>(snapshot, &open, &mut ids).await?;
    }
    untold(snapshot, named, decisions, &mut ids).await?;
    for some in some(&named.organizations) {
        // An id that another source has taken is not made anew from the name of a protected one: who took it would see that it
        // was the right one.
        let told = some.iter().filter(|name| !decisions.withholds_organization(name)).cloned();
        avoid::<Organization>(snapshot, &told.collect::<Vec<_>>(), &mut ids).await?;
        // One that is or was protected has an id that does not lead back; one that was open before keeps the one that was told.
        for (name, entry) in snapshot.by_foreign::<Organization>(ids.source(), &some).await? {
            ids.know(kind::Organization::NAME, &name, entry.record.id.as_u128());
        }
    }
    for some in some(&named.locations) {
        avoid::<Location>(snapshot, &some, &mut ids).await?;
    }
    let of = |wanted: &str| {
        named.others.iter().filter(|(kind, _)| *kind == wanted).map(|(_, name)| name.clone()).collect::<HashSet<_>>()
    };
    for some in some(&of(kind::ServiceAtLocation::NAME)) {
        avoid::<ServiceAtLocation>(snapshot, &some, &mut ids).await?;
    }
    for some in some(&of(kind::TaxonomyTerm::NAME)) {
        avoid::<TaxonomyTerm>(snapshot, &some, &mut ids).await?;
    }
    for some in some(&of(kind::Taxonomy::NAME)) {
        avoid::<Taxonomy>(snapshot, &some, &mut ids).await?;
    }
    Ok(ids)
}

/// A protected organization that its source has not told yet keeps the id by which its private service names it.
async fn untold(snapshot: &mut Snapshot, named: &Named, decisions: &Decisions, ids: &mut SourceIds<'_>) -> Result<()> {
    let protected: Vec<_> = named.runs.iter().filter(|(_, name)| decisions.withholds_organization(name)).collect();
    let mut has = HashMap::new();
    for some in protected.chunks(LOOKUP) {
        let names: Vec<String> = some.iter().map(|(service, _)| service.clone()).collect();
        let known = snapshot.by_foreign::<Service>(ids.source(), &names).await?;
        let of = |name: &String| known.get(name).filter(|entry| entry.facts.mode == PlaceMode::Area);
        let run_by: Vec<_> = names.iter().filter_map(|name| of(name)?.record.organization_id).collect();
        let told: HashSet<_> =
            snapshot.get::<Organization>(&run_by).await?.into_iter().map(|entry| entry.record.id).collect();
        for (service, name) in some {
            let id = of(service).and_then(|entry| entry.record.organization_id).filter(|id| !told.contains(id));
            // A service may have gone from one to another.
            if let Some(id) = id.filter(|id| has.entry(*id).or_insert(name) == &name) {
                ids.know(kind::Organization::NAME, name, id.as_u128());
            }
        }
    }
    Ok(())
}

/// Names that look like ids and are ids of another source's records get ids of their own.
async fn avoid<T: store::Kept>(snapshot: &mut Snapshot, names: &[String], ids: &mut SourceIds<'_>) -> Result<()> {
    let source = ids.source();
    let written: Vec<Id<T::Kind>> = names.iter().filter_map(|name| name.parse().ok()).collect();
    for entry in snapshot.get::<T>(&written).await?.into_iter().filter(|entry| entry.origin.source != source) {
        let name = entry.record.id().to_string();
        let [_, own] = usual::<T::Kind>(source, &name);
        ids.know(T::Kind::NAME, &name, own.as_u128());
    }
    Ok(())
}

/// Of what the package's links name, what is here and not protected: of its own source, or by its id here.
async fn open<T: store::Kept>(
    snapshot: &mut Snapshot,
    source: Id<kind::Source>,
    named: &Named,
    is_open: impl Fn(&Entry<T>) -> bool,
) -> Result<Vec<link::Named>> {
    let kind = if T::Kind::NAME == kind::Service::NAME { SideKind::Service } else { SideKind::Organization };
    let names: HashSet<String> =
        named.others.iter().filter(|(kind, _)| *kind == T::Kind::NAME).map(|(_, name)| name.clone()).collect();
    let mut open = Vec::new();
    for some in some(&names) {
        let own = snapshot.by_foreign::<T>(source, &some).await?;
        let ids: Vec<Id<T::Kind>> = some.iter().filter_map(|name| name.parse().ok()).collect();
        let by_id: HashMap<String, Entry<T>> =
            snapshot.get::<T>(&ids).await?.into_iter().map(|entry| (entry.record.id().to_string(), entry)).collect();
        let meant = |name: &String| own.get(name).or_else(|| by_id.get(name));
        let of_others =
            |name: &String| meant(name).is_some_and(|entry| entry.standing != Standing::Retired && is_open(entry));
        open.extend(some.iter().filter(|name| of_others(name)).map(|name| link::Named { kind, name: name.clone() }));
    }
    Ok(open)
}

/// Those of the names under whose usual id a retired row stands: what was protected stays so, also when what took
/// its place was never written.
async fn retired<T: store::Kept>(
    snapshot: &mut Snapshot,
    source: Id<kind::Source>,
    names: &[String],
) -> Result<Vec<String>> {
    let by_id: HashMap<Id<T::Kind>, &String> =
        names.iter().flat_map(|name| usual(source, name).map(|id| (id, name))).collect();
    let ids: Vec<_> = by_id.keys().copied().collect();
    let found = snapshot.get::<T>(&ids).await?.into_iter();
    let retired = found.filter(|entry| entry.standing == Standing::Retired && entry.origin.source == source);
    Ok(retired.filter_map(|entry| by_id.get(&entry.record.id()).map(|name| (*name).clone())).collect())
}

/// The names, so many at once, always in the same order.
fn some(names: &HashSet<String>) -> impl Iterator<Item = Vec<String>> {
    let mut names: Vec<String> = names.iter().cloned().collect();
    names.sort_unstable();
    let mut names = names.into_iter();
    std::iter::from_fn(move || Some(names.by_ref().take(LOOKUP).collect::<Vec<_>>()).filter(|some| !some.is_empty()))
}
