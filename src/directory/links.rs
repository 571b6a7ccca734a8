//! Which listings hang together by links: found in the store, resolved to records, joined for publishing.
//!
//! A link names its other side as its source does. It means the record of that name of its own source, or else the record
//! of that id here; what that is may change with every write, so it is looked up each time and never kept.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Result;
use crate::{
    domain::{
        clock::Timestamp,
        entry::{Aggregate, Entry, Origin, Standing},
        id::{Id, kind},
        link::{Bond, End, Link, Linked, Side, SideKind},
        location::Location,
        organization::Organization,
        place::PlaceMode,
        service::Service,
        vocabulary::values::LinkState,
    },
    store::{Kept, Key, Snapshot},
};

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

    /// What the other side of a link can be; the first is what it is.
    fn others(&self, link: &Entry<Link>) -> Vec<Side> {
        let other = &link.record.stated.other;
        let source = link.origin.source;
        match other.kind {
            SideKind::Service => self.services.named(source, &other.name).map(Side::service).collect(),
            SideKind::Organization => self.organizations.named(source, &other.name).map(Side::organization).collect(),
        }
    }

    /// A side that readers may see.
    fn end(&self, side: Side, with_places: &HashSet<Id<kind::Organization>>) -> Option<End> {
        match side.kind {
            SideKind::Service => {
                let service = self.services.by_id.get(&side.id.cast())?;
                let has_places = service.record.organization_id.is_some_and(|id| with_places.contains(&id));
                End::of_service(service, has_places)
            }
            SideKind::Organization => End::of_organization(self.organizations.by_id.get(&side.id.cast())?),
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

/// Every link that these records state or that may mean them.
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

/// The listings that show something of these because a link leads from one to the other, or did.
///
/// # Errors
/// When the store cannot be read.
pub async fn neighbours(read: &mut Snapshot, sides: &HashMap<Side, Origin>) -> Result<HashSet<Side>> {
    let links = touching(read, sides).await?;
    let book = Book::of(read, &links).await?;
    let mut found = HashSet::new();
    for link in &links {
        let others = book.others(link);
        if sides.contains_key(&link.record.holder) || others.iter().any(|other| sides.contains_key(other)) {
            found.insert(link.record.holder);
            found.extend(others);
        }
    }
    Ok(found)
}

/// What the links of these listings are made of; listings without a link are left out.
///
/// # Errors
/// When the store cannot be read.
pub async fn linked(read: &mut Snapshot, sides: &HashMap<Side, Origin>) -> Result<HashMap<Side, Linked>> {
    let mut links = touching(read, sides).await?;
    links.retain(|link| link.standing == Standing::Published);
    if links.is_empty() {
        return Ok(HashMap::new());
    }
    let book = Book::of(read, &links).await?;
    let with_places = book.with_places(read).await?;
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
            if link.facts.overdue {
                stated.state = LinkState::Lapsed;
            }
            list.push(stated);
        }
    }
    let linked = |(own, bonds): (Side, BTreeMap<Side, Bond>)| {
        let end = book.end(own, &with_places)?;
        Some((own, Linked { own: end, bonds: bonds.into_values().collect() }))
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
    let holders: Vec<String> = becoming.iter().chain(&stating).map(|side| side.id.to_string()).collect();
    let mut links = read.links_stated_by(&holders).await?;
    links.extend(read.links_naming(&[services, organizations].concat()).await?);
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
        let told = (named && link.origin.source == source) || stating.contains(&holder);
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
