//! Which listings hang together by links: found in the store, resolved to records, joined for publishing.
//!
//! A link names its other side as its source does. It means the record of that name of its own source, or else the record
//! of that id here; what that is may change with every write, so it is looked up each time and never kept.

use std::collections::{BTreeMap, HashMap, HashSet, hash_map};

use super::{Result, document::Places, holds::Held, import::source_id};
use crate::{
    domain::{
        clock::Timestamp,
        entry::{Aggregate, Entry, Origin, Standing},
        gate::{self, Allowed},
        id::{Id, kind},
        link::{Bond, End, Link, Linked, Side, SideKind, Stated},
        location::Location,
        organization::Organization,
        place::PlaceMode,
        plain,
        service::Service,
        vocabulary::values::{Direction, LinkState, Relationship},
    },
    store::{Kept, Key, Snapshot},
};

/// The name of the source of what keepers enter by hand.
pub const KEEPER: &str = "keeper";
/// The most links that lead from a part to what it is a part of, one after the other.
const MOST_ROUNDS: usize = 1_000;

/// The records around some links.
#[derive(Default)]
struct Book {
    services: Records<Service>,
    organizations: Records<Organization>,
}

/// Records of a kind, by their id and by what their source calls them.
struct Records<T: Aggregate> {
    by_id: HashMap<Id<T::Kind>, Entry<T>>,
    by_origin: HashMap<Origin, Id<T::Kind>>,
}

impl<T: Aggregate> Default for Records<T> {
    fn default() -> Self {
        Self { by_id: HashMap::new(), by_origin: HashMap::new() }
    }
}

impl<T: Kept> Records<T> {
    async fn read(&mut self, read: &mut Snapshot, kind: SideKind, links: &[Entry<Link>]) -> Result<()> {
        let mut ids: HashSet<Id<T::Kind>> = HashSet::new();
        let mut names: HashMap<Id<kind::Source>, HashSet<String>> = HashMap::new();
        for link in links {
            if link.record.holder.kind == kind {
                ids.insert(link.record.holder.id.cast());
            }
            let other = &link.record.stated.other;
            if other.kind == kind {
                ids.extend(other.name.parse::<Id<T::Kind>>());
                names.entry(link.origin.source).or_default().insert(other.name.clone());
            }
        }
        let ids: Vec<_> = ids.into_iter().collect();
        self.add(read.get::<T>(&ids).await?);
        for (source, names) in names {
            let names: Vec<String> = names.into_iter().collect();
            self.add(read.by_foreign::<T>(source, &names).await?.into_values());
        }
        Ok(())
    }

    fn add(&mut self, entries: impl IntoIterator<Item = Entry<T>>) {
        for entry in entries {
            let id = entry.record.id();
            self.by_origin.insert(entry.origin.clone(), id);
            self.by_id.insert(id, entry);
        }
    }

    /// The records that a name can mean: of its own source first, then by its id here.
    fn named(&self, source: Id<kind::Source>, name: &str) -> impl Iterator<Item = Id<T::Kind>> {
        let origin = Origin { source, foreign_id: name.to_owned() };
        let by_id = name.parse::<Id<T::Kind>>().ok().filter(|id| self.by_id.contains_key(id));
        self.by_origin.get(&origin).copied().into_iter().chain(by_id)
    }
}

impl Book {
    async fn of(read: &mut Snapshot, links: &[Entry<Link>]) -> Result<Self> {
        let mut book = Self::default();
        book.services.read(read, SideKind::Service, links).await?;
        book.organizations.read(read, SideKind::Organization, links).await?;
        Ok(book)
    }

    /// What is hidden by a hold passes for withdrawn.
    fn veil(&mut self, held: &Held) {
        self.services.by_id.values_mut().for_each(|service| held.veil(service));
        self.organizations.by_id.values_mut().for_each(|organization| held.veil(organization));
    }

    /// What the other side of a link can be; the first is what it is.
    fn others(&self, link: &Entry<Link>) -> Vec<Side> {
        let other = &link.record.stated.other;
        let source = link.origin.source;
        match other.kind {
            SideKind::Service => self.services.named(source, &other.name).map(Side::service).collect(),
            SideKind::Organization => self.organizations.named(source, &other.name).map(Side::organization).collect(),
        }
    }

    fn origin(&self, side: Side) -> Option<Origin> {
        match side.kind {
            SideKind::Service => self.services.by_id.get(&side.id.cast()).map(|entry| entry.origin.clone()),
            SideKind::Organization => self.organizations.by_id.get(&side.id.cast()).map(|entry| entry.origin.clone()),
        }
    }

    /// A side that readers may see.
    fn end(&self, side: Side, with_places: &HashSet<Id<kind::Organization>>) -> Option<End> {
        match side.kind {
            SideKind::Service => {
                let service = self.services.by_id.get(&side.id.cast())?;
                let has_places = service.record.organization_id.is_some_and(|id| with_places.contains(&id));
                end_of_service(service, has_places)
            }
            SideKind::Organization => end_of_organization(self.organizations.by_id.get(&side.id.cast())?),
        }
    }

    fn running_beside_hidden(&self) -> Vec<Id<kind::Organization>> {
        let is_hidden = self.services.by_id.values().any(|service| service.facts.mode == PlaceMode::Area)
            || self.organizations.by_id.values().any(|organization| organization.facts.protected);
        let remote = self.services.by_id.values().filter(|service| service.facts.mode == PlaceMode::Remote);
        remote.filter(|_| is_hidden).filter_map(|service| service.record.organization_id).collect()
    }

    /// Organizations of which a published place is told, among those that run a service without a place. They count only
    /// beside a service whose place is private, so without one they are not looked up.
    async fn with_places(&self, read: &mut Snapshot) -> Result<HashSet<Id<kind::Organization>>> {
        let running = self.running_beside_hidden();
        let locations = read.by_key::<Location, _>(Key::Organization, &running).await?;
        let public = locations.into_iter().filter(|location| location.standing == Standing::Published);
        Ok(public.filter_map(|location| location.record.organization_id).collect())
    }
}

/// A service as its links show it; of a private one the name that passes the gate.
fn end_of_service(entry: &Entry<Service>, has_places: bool) -> Option<End> {
    let mut end = End::of_service(entry, has_places)?;
    if entry.facts.mode == PlaceMode::Area {
        let areas = gate::names_around(&entry.facts.areas, &Places);
        let mut record = entry.record.clone();
        gate::service(&mut record, &Allowed { areas: &areas, let_through: &entry.facts.let_through });
        end.name = plain::line(&record.name);
    }
    Some(end)
}

/// The same of an organisation. One that runs something private is at the gate here also where it has open services, so
/// that its links do not depend on those.
pub fn end_of_organization(entry: &Entry<Organization>) -> Option<End> {
    let mut end = End::of_organization(entry)?;
    if entry.facts.protected {
        let mut record = entry.record.clone();
        gate::organization(&mut record, &Allowed { areas: &[], let_through: &entry.facts.let_through });
        end.name = plain::line(&record.name);
    }
    Some(end)
}

/// Every link that these records state or that may mean them.
///
/// # Errors
/// When the store cannot be read.
async fn touching(read: &mut Snapshot, sides: &HashMap<Side, Origin>) -> Result<Vec<Entry<Link>>> {
    if sides.is_empty() || !read.has_links().await? {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = sides.keys().map(|side| side.id.to_string()).collect();
    let names: Vec<String> =
        sides.values().map(|origin| origin.foreign_id.clone()).chain(ids.iter().cloned()).collect();
    let mut links = read.links_stated_by(&ids).await?;
    links.extend(read.links_naming(&names).await?);
    links.sort_unstable_by_key(|link| link.record.id);
    links.dedup_by_key(|link| link.record.id);
    Ok(links)
}

/// The links that a record states or that mean it, each with its other side as the holder has it.
///
/// # Errors
/// When the store cannot be read.
pub async fn of_side(read: &mut Snapshot, side: Side, origin: Origin) -> Result<Vec<(Entry<Link>, Side)>> {
    let links = touching(read, &HashMap::from([(side, origin)])).await?;
    let mut found = resolved(read, links).await?;
    found.retain(|(link, other)| link.record.holder == side || *other == side);
    Ok(found)
}

/// Links with the other side of each; those whose other side is not known are left out.
///
/// # Errors
/// When the store cannot be read.
pub async fn resolved(read: &mut Snapshot, links: Vec<Entry<Link>>) -> Result<Vec<(Entry<Link>, Side)>> {
    let book = Book::of(read, &links).await?;
    let with_other = |link: Entry<Link>| book.others(&link).first().copied().map(|other| (link, other));
    Ok(links.into_iter().filter_map(with_other).collect())
}

/// The links, keepers' last, so that theirs count. Where a keeper says what a source says too, the source's counts only
/// where it says itself that it is over: a day of review that has passed is what the keeper has looked at.
fn without_repeated(mut links: Vec<Entry<Link>>, book: &Book) -> Vec<Entry<Link>> {
    let keepers = keepers();
    let key = |link: &Entry<Link>| {
        let Stated { relationship, direction, .. } = link.record.stated;
        let other = book.others(link).first().copied();
        (link.record.holder, other, relationship, direction)
    };
    let by_keepers: HashSet<_> = links.iter().filter(|link| link.origin.source == keepers).map(key).collect();
    links.retain(|link| {
        let is_over = link.record.stated.state == LinkState::Lapsed;
        link.origin.source == keepers || is_over || !by_keepers.contains(&key(link))
    });
    links.sort_by_key(|link| link.origin.source == keepers);
    links
}

/// The source of the links that keepers enter.
pub fn keepers() -> Id<kind::Source> {
    source_id(KEEPER)
}

/// Everything of which a record is a part, over others too, by links that hold or are claimed.
///
/// # Errors
/// When the store cannot be read.
pub async fn wholes(read: &mut Snapshot, of: Side, origin: Origin) -> Result<HashSet<Side>> {
    let mut found = HashSet::new();
    let mut begin = HashMap::from([(of, origin)]);
    // Each round finds something new or is the last; the bound is for a store that grows meanwhile.
    for _ in 0..MOST_ROUNDS {
        let links = touching(read, &begin).await?;
        let book = Book::of(read, &links).await?;
        let mut next = HashMap::new();
        for link in links.iter().filter(|link| link.standing == Standing::Published && !link.facts.has_lapsed()) {
            let Stated { relationship, direction, state, .. } = &link.record.stated;
            if *relationship != Relationship::PartOf || *state == LinkState::Lapsed {
                continue;
            }
            let Some(other) = book.others(link).first().copied() else { continue };
            let holder = link.record.holder;
            let (part, whole) = if *direction == Direction::To { (holder, other) } else { (other, holder) };
            if begin.contains_key(&part) && found.insert(whole) {
                next.extend(book.origin(whole).map(|origin| (whole, origin)));
            }
        }
        if next.is_empty() {
            break;
        }
        begin = next;
    }
    Ok(found)
}

/// How many links that these records state make something a part of itself, over others.
///
/// # Errors
/// When the store cannot be read.
pub async fn circles(read: &mut Snapshot, holders: &[String]) -> Result<u64> {
    let mut links = read.links_stated_by(holders).await?;
    links.retain(|link| {
        let Stated { relationship, state, .. } = link.record.stated;
        link.standing == Standing::Published && relationship == Relationship::PartOf && state != LinkState::Lapsed
    });
    let mut above: HashMap<Side, HashSet<Side>> = HashMap::new();
    let mut found = 0;
    for (link, other) in resolved(read, links.clone()).await? {
        let holder = link.record.holder;
        let (part, whole) =
            if link.record.stated.direction == Direction::To { (holder, other) } else { (other, holder) };
        if let hash_map::Entry::Vacant(unknown) = above.entry(whole) {
            let book = Book::of(read, &links).await?;
            unknown.insert(match book.origin(whole) {
                Some(origin) => wholes(read, whole, origin).await?,
                None => HashSet::new(),
            });
        }
        found += u64::from(above[&whole].contains(&part));
    }
    Ok(found)
}

/// What the links of these listings are made of; listings without a link are left out.
///
/// # Errors
/// When the store cannot be read.
pub async fn linked(read: &mut Snapshot, held: &Held, sides: &HashMap<Side, Origin>) -> Result<HashMap<Side, Linked>> {
    let links = touching(read, sides).await?;
    linked_by(read, held, sides, links).await
}

/// The same of these links alone.
///
/// # Errors
/// When the store cannot be read.
pub async fn linked_by(
    read: &mut Snapshot,
    held: &Held,
    sides: &HashMap<Side, Origin>,
    mut links: Vec<Entry<Link>>,
) -> Result<HashMap<Side, Linked>> {
    links.retain(|link| link.standing == Standing::Published);
    if links.is_empty() {
        return Ok(HashMap::new());
    }
    let mut book = Book::of(read, &links).await?;
    book.veil(held);
    let with_places = book.with_places(read).await?;
    let links = without_repeated(links, &book);
    let mut bonds: HashMap<Side, BTreeMap<Side, Bond>> = HashMap::new();
    for link in &links {
        let (holder, Some(other)) = (link.record.holder, book.others(link).first().copied()) else { continue };
        if holder == other {
            continue;
        }
        for (own, far, states) in [(holder, other, true), (other, holder, false)] {
            if !sides.contains_key(&own) {
                continue;
            }
            let Some(end) = book.end(far, &with_places) else { continue };
            let bond = bonds.entry(own).or_default().entry(far).or_insert_with(|| Bond {
                other: end,
                own: Vec::new(),
                theirs: Vec::new(),
            });
            let list = if states { &mut bond.own } else { &mut bond.theirs };
            let mut stated = link.record.stated.clone();
            if link.facts.has_lapsed() {
                stated.state = LinkState::Lapsed;
            }
            list.push(stated);
        }
    }
    let linked = |(own, bonds): (Side, BTreeMap<Side, Bond>)| {
        let end = book.end(own, &with_places)?;
        Some((own, Linked { own: end, bonds: bonds.into_values().collect(), total: None }))
    };
    Ok(bonds.into_iter().filter_map(linked).collect())
}

/// The links of which something is kept that no more may be, as they may be kept: those that services state that become
/// protected, emptied; and without its note each that the source's protected services and organizations, named so by it,
/// state or have stated of them.
///
/// # Errors
/// When the store cannot be read.
pub async fn silenced(
    read: &mut Snapshot,
    source: Id<kind::Source>,
    becoming: &[Id<kind::Service>],
    [services, organizations]: [&[String]; 2],
    now: Timestamp,
) -> Result<Vec<Entry<Link>>> {
    if !read.has_links().await? {
        return Ok(Vec::new());
    }
    let becoming: HashSet<Side> = becoming.iter().map(|id| Side::service(*id)).collect();
    let known = read.by_foreign::<Organization>(source, organizations).await?;
    let stating: HashSet<Side> = known.values().map(|entry| Side::organization(entry.record.id)).collect();
    let hidden = read.by_foreign::<Service>(source, services).await?;
    // Others, keepers among them, name them by their ids here.
    let by_id: HashSet<String> = hidden.values().map(|entry| entry.record.id.to_string()).collect();
    let by_id: HashSet<String> = by_id.into_iter().chain(stating.iter().map(|side| side.id.to_string())).collect();
    let holders: Vec<String> = becoming.iter().chain(&stating).map(|side| side.id.to_string()).collect();
    let mut links = read.links_stated_by(&holders).await?;
    links.extend(read.links_naming(&[services, organizations].concat()).await?);
    links.extend(read.links_naming(&by_id.iter().cloned().collect::<Vec<_>>()).await?);
    links.sort_unstable_by_key(|link| link.record.id);
    links.dedup_by_key(|link| link.record.id);
    links.retain_mut(|link| {
        let other = &link.record.stated.other;
        let named = match other.kind {
            SideKind::Service => services.contains(&other.name),
            SideKind::Organization => organizations.contains(&other.name),
        };
        let holder = link.record.holder;
        let ends = becoming.contains(&holder) && link.standing != Standing::Retired;
        let told = (named && link.origin.source == source) || stating.contains(&holder) || by_id.contains(&other.name);
        if ends {
            link.record.stated.other.name.clear();
            link.standing = Standing::Retired;
            link.origin.foreign_id = format!("retired/{}", link.record.id);
        }
        let spoke = link.record.stated.note.take().is_some() | link.record.stated.terms.silence();
        link.revision += 1;
        link.changed = now;
        ends || (told && spoke)
    });
    Ok(links)
}
