//! What listings show of their links, remembered in short beside the records: so a write remakes only those listings on
//! the other sides that show something else than before, and a network of thousands is made of the links that it shows.
//!
//! A row is of the published link as one side has it ([`PublicLink`]) and is made by the same function. It changes with the
//! records of either side, with what either states of it and with a hold: all of these name one of the two sides when they
//! are settled, and every row around that side is then made anew and compared.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Result, document::Places, holds::Held, links};
use crate::{
    domain::{
        card::ListingKind,
        digest::digest,
        entry::{Entry, Origin, Standing},
        id::{Id, kind},
        link::{self, Bond, LISTED, Link, Linked, PublicLink, Side, SideKind},
        organization::Organization,
        service::Service,
    },
    store::{BondRow, Kept, Snapshot, Tx},
};

mod due;
mod remember;

pub use self::remember::{LINKS_AT_ONCE, PAUSE, are_remembered};

/// A listing with more links than so many is made of the first of them.
const MANY: u64 = 200;
/// Listings whose rows are made at once.
const BATCH: usize = 500;

/// Rows by their two sides and the link.
type Rows = BTreeMap<(String, String, String), BondRow>;

/// What is different from the rows that are kept.
pub struct Difference {
    put: Vec<BondRow>,
    remove: Vec<BondRow>,
}

impl Difference {
    /// How many rows there are or should be otherwise.
    pub fn len(&self) -> usize {
        self.put.len() + self.remove.len()
    }

    /// The sides that show something else than before.
    fn sides(&self) -> impl Iterator<Item = Side> {
        self.put.iter().chain(&self.remove).filter_map(|row| side_of(&row.own))
    }

    /// Puts the rows right.
    async fn write(&self, tx: &mut Tx) -> Result<()> {
        tx.remove_bonds(&self.remove.iter().collect::<Vec<_>>()).await?;
        Ok(tx.put_bonds(&self.put.iter().collect::<Vec<_>>()).await?)
    }
}

/// Brings the rows around these sides up to date. Answers the other sides that show something else than before.
///
/// # Errors
/// When the store fails.
pub async fn settle(tx: &mut Tx, sides: &HashMap<Side, Origin>) -> Result<HashSet<Side>> {
    let all: Vec<_> = sides.iter().map(|(side, origin)| (*side, origin.clone())).collect();
    let mut changed = HashSet::new();
    for some in all.chunks(BATCH) {
        let mut some: HashMap<Side, Origin> = some.iter().cloned().collect();
        let former = formerly_meant(tx, &some).await?;
        let large = changed_on_their_own(tx, &mut some).await?;
        some.extend(former);
        let difference = difference(tx, &some).await?;
        changed.extend(difference.sides());
        difference.write(tx).await?;
        for (side, digest, later) in large {
            tx.say_bonds_made_of(&name(side), &digest).await?;
            if later {
                tx.say_bond_due(&name(side), "").await?;
            }
        }
    }
    changed.retain(|side| !sides.contains_key(side));
    Ok(changed)
}

/// The records that links have meant by their ids here until these came, which the links' own source calls so.
async fn formerly_meant(read: &mut Snapshot, sides: &HashMap<Side, Origin>) -> Result<HashMap<Side, Origin>> {
    let like_ids = sides.iter().filter_map(|(side, origin)| {
        let id: Id<()> = origin.foreign_id.parse().ok().filter(|id| *id != side.id)?;
        Some(((side.kind, origin.source, origin.foreign_id.clone()), Side { kind: side.kind, id }))
    });
    let like_ids: HashMap<_, Side> = like_ids.collect();
    if like_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names: HashSet<&String> = like_ids.keys().map(|(.., name)| name).collect();
    let links = read.links_naming(&names.into_iter().cloned().collect::<Vec<_>>()).await?;
    let meant = links.into_iter().filter_map(|link| {
        let other = link.record.stated.other;
        like_ids.get(&(other.kind, link.origin.source, other.name)).copied()
    });
    let meant: HashSet<Side> = meant.collect();
    sides_of(read, &meant).await
}

/// Of organizations with many links leaves only those that have changed in what others show of them, or in what is stated
/// of their links. Whatever else changes their rows names one of the other sides. Answers what the rows are made of now, and
/// of which the others are told by and by ([`due`]): those are left out too.
async fn changed_on_their_own(tx: &mut Tx, sides: &mut HashMap<Side, Origin>) -> Result<Vec<(Side, String, bool)>> {
    let names: Vec<String> = sides.keys().copied().map(name).collect();
    let many = tx.bonds_over(&names, MANY).await?;
    // What has few rows now may have many again, of the same records: after a hold or a withdrawal.
    let few: Vec<String> = names.into_iter().filter(|name| !many.contains_key(name)).collect();
    tx.forget_what_bonds_are_made_of(&few).await?;
    let mut made_of = Vec::new();
    if many.is_empty() {
        return Ok(made_of);
    }
    let held = Held::read(tx).await?;
    // While rows are made anew nothing would tell which of them have changed.
    let remembered = remember::are_remembered(tx).await?;
    let large =
        sides.keys().copied().filter(|side| side.kind == SideKind::Organization && many.contains_key(&name(*side)));
    for side in large.collect::<Vec<_>>() {
        let Some(mut entry) = tx.get::<Organization>(&[side.id.cast()]).await?.pop() else { continue };
        held.veil(&mut entry);
        let ids = [side.id.to_string(), entry.origin.foreign_id.clone()];
        let heads = tx.link_heads(&ids[0], &ids).await?;
        let parts = [format!("{:?}", links::end_of_organization(&entry)), format!("{:?} {heads:?}", entry.origin)];
        let digest = digest(&[parts[0].as_bytes(), parts[1].as_bytes()]);
        let is_same = tx.bonds_made_of(&name(side)).await?.as_deref() == Some(&*digest);
        // What is to be seen no more, or has a place to hide, goes from all others with this write.
        let later = remembered && entry.standing == Standing::Published && !entry.facts.protected;
        if is_same || later {
            sides.remove(&side);
        }
        if !is_same {
            made_of.push((side, digest, later));
        }
    }
    Ok(made_of)
}

/// Whether others may be told by and by of what changes about a side.
///
/// # Errors
/// When the store cannot be read.
pub async fn has_many(read: &mut Snapshot, side: Side) -> Result<bool> {
    Ok(side.kind == SideKind::Organization && !read.bonds_over(&[name(side)], MANY).await?.is_empty())
}

/// What the rows around these sides should be that they are not.
///
/// # Errors
/// When the store cannot be read.
pub async fn difference(read: &mut Snapshot, sides: &HashMap<Side, Origin>) -> Result<Difference> {
    let names: Vec<String> = sides.keys().copied().map(name).collect();
    let kept = read.bonds_around(&names).await?;
    let held = Held::read(read).await?;
    Ok(compared(kept, links::linked(read, &held, sides).await?))
}

/// What the rows that are kept should be that they are not, where this is what all of them are made of.
fn compared(kept: Vec<BondRow>, all: HashMap<Side, Linked>) -> Difference {
    let key = |row: BondRow| ((row.own.clone(), row.other.clone(), row.link.clone()), row);
    let kept: Rows = kept.into_iter().map(key).collect();
    let mut fresh = Rows::new();
    for (own, linked) in all {
        for other in &linked.bonds {
            let far = side_at(&other.other);
            let here = Linked { own: linked.own.clone(), bonds: vec![other.clone()], total: None };
            let mirrored = Bond { other: linked.own.clone(), own: other.theirs.clone(), theirs: other.own.clone() };
            let there = Linked { own: other.other.clone(), bonds: vec![mirrored], total: None };
            let rows = [(own, far, here), (far, own, there)].into_iter().flat_map(|(one, two, linked)| {
                linked.public(&Places).into_iter().map(move |link| row(one, two, &link))
            });
            // Where both sides are settled each row is made twice.
            fresh.extend(rows.map(key));
        }
    }
    let remove = kept.iter().filter(|(key, _)| !fresh.contains_key(key)).map(|(_, row)| row.clone()).collect();
    let put = fresh.into_iter().filter(|(key, row)| kept.get(key) != Some(row)).map(|(_, row)| row).collect();
    Difference { put, remove }
}

/// What the links of these listings are made of; of one that has many, of the first that it shows.
///
/// # Errors
/// When the store cannot be read.
pub async fn linked(read: &mut Snapshot, held: &Held, sides: &HashMap<Side, Origin>) -> Result<HashMap<Side, Linked>> {
    if sides.is_empty() || !read.has_links().await? {
        return Ok(HashMap::new());
    }
    if !remember::are_remembered(read).await? {
        // The same of the records alone: dearer, and never otherwise.
        let all = links::linked(read, held, sides).await?;
        return Ok(all.into_iter().map(|(own, linked)| (own, first_of(linked))).collect());
    }
    let names: Vec<String> = sides.keys().copied().map(name).collect();
    let many = read.bonds_over(&names, MANY).await?;
    let (large, small): (HashMap<_, _>, HashMap<_, _>) = sides
        .iter()
        .map(|(side, origin)| (*side, origin.clone()))
        .partition(|(side, _)| many.contains_key(&name(*side)));
    let mut found = links::linked(read, held, &small).await?;
    for (side, origin) in large {
        let first = read.first_bonds(&name(side), LISTED as u64).await?;
        let others: HashSet<Side> = first.iter().filter_map(|name| side_of(name)).collect();
        let between = between(read, side, &origin, &others).await?;
        let mut of_it = links::linked_by(read, held, &HashMap::from([(side, origin)]), between).await?;
        if let Some(mut linked) = of_it.remove(&side) {
            linked.bonds.retain(|bond| others.contains(&side_at(&bond.other)));
            linked.total = many.get(&name(side)).and_then(|total| usize::try_from(*total).ok());
            found.insert(side, linked);
        }
    }
    Ok(found)
}

/// Of links that are many the first that the listing shows, as the rows have them.
fn first_of(mut linked: Linked) -> Linked {
    let mut shown: Vec<(String, Side)> =
        linked.public(&Places).iter().filter_map(|link| Some((place(link), target_of(link)?))).collect();
    if shown.len() as u64 > MANY {
        linked.total = Some(shown.len());
        shown.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let first: HashSet<Side> = shown.into_iter().take(LISTED).map(|(_, side)| side).collect();
        linked.bonds.retain(|bond| first.contains(&side_at(&bond.other)));
    }
    linked
}

/// The links between a side and these others, whoever states them.
async fn between(read: &mut Snapshot, side: Side, origin: &Origin, others: &HashSet<Side>) -> Result<Vec<Entry<Link>>> {
    let known = sides_of(read, others).await?;
    let names = |origins: &HashMap<Side, Origin>| -> Vec<String> {
        let each = origins.iter().flat_map(|(side, origin)| [side.id.to_string(), origin.foreign_id.clone()]);
        each.collect()
    };
    let own = HashMap::from([(side, origin.clone())]);
    let ids = |sides: &HashMap<Side, Origin>| sides.keys().map(|side| side.id.to_string()).collect::<Vec<_>>();
    let mut found = read.links_between(&ids(&own), &names(&known)).await?;
    found.extend(read.links_between(&ids(&known), &names(&own)).await?);
    found.sort_unstable_by_key(|link| link.record.id);
    found.dedup_by_key(|link| link.record.id);
    Ok(found)
}

/// Those of these sides that there are, with what their sources call them.
///
/// # Errors
/// When the store cannot be read.
pub async fn sides_of(read: &mut Snapshot, sides: &HashSet<Side>) -> Result<HashMap<Side, Origin>> {
    let of = |kind| sides.iter().filter(move |side| side.kind == kind).map(|side| side.id);
    let services: Vec<Id<kind::Service>> = of(SideKind::Service).map(Id::cast).collect();
    let organizations: Vec<Id<kind::Organization>> = of(SideKind::Organization).map(Id::cast).collect();
    let services = read.get::<Service>(&services).await?.into_iter();
    let organizations = read.get::<Organization>(&organizations).await?.into_iter();
    let services = services.map(|entry| (Side::service(entry.record.id), entry.origin));
    Ok(services.chain(organizations.map(|entry| (Side::organization(entry.record.id), entry.origin))).collect())
}

/// A link as one side shows it.
fn row(own: Side, other: Side, link: &PublicLink) -> BondRow {
    let shown = serde_json::to_vec(link).expect("a link has only text keys");
    BondRow {
        own: name(own),
        other: name(other),
        link: format!("{}/{}", link.relationship.as_str(), link.direction.as_str()),
        place: place(link),
        digest: digest(&[&shown]),
    }
}

/// Where a link stands: agreed ones first, then by what they are; which of the same sort is an accident that stays the same.
fn place(link: &PublicLink) -> String {
    format!("{}{:02}{}{}", link::rank(link.state), link.relationship as u8, link.direction as u8, link.target.id)
}

/// The side that an end is.
fn side_at(end: &link::End) -> Side {
    Side { kind: kind_at(end.kind), id: end.id }
}

/// The side that a link leads to.
fn target_of(link: &PublicLink) -> Option<Side> {
    Some(Side { kind: kind_at(link.target.kind), id: link.target.id.parse().ok()? })
}

const fn kind_at(kind: ListingKind) -> SideKind {
    match kind {
        ListingKind::Organization | ListingKind::Network => SideKind::Organization,
        _ => SideKind::Service,
    }
}

fn name(side: Side) -> String {
    format!("{}/{}", side.kind.as_str(), side.id)
}

fn side_of(name: &str) -> Option<Side> {
    let (kind, id) = name.split_once('/')?;
    let kind = [SideKind::Service, SideKind::Organization].into_iter().find(|known| known.as_str() == kind)?;
    Some(Side { kind, id: id.parse().ok()? })
}

/// How many rows are otherwise than they should be.
///
/// # Errors
/// When the store cannot be read.
pub async fn all_differences(read: &mut Snapshot) -> Result<usize> {
    if !read.has_links().await? {
        return Ok(0);
    }
    let (mut found, mut after) = (0, None);
    while let Some(sides) = page::<Service>(read, &mut after, &Side::service).await? {
        found += difference(read, &sides).await?.len();
    }
    let mut after = None;
    while let Some(sides) = page::<Organization>(read, &mut after, &Side::organization).await? {
        found += difference(read, &sides).await?.len();
    }
    Ok(found)
}

/// The next records as sides, in the order of their ids; `None` at the end.
async fn page<T: Kept>(
    read: &mut Snapshot,
    after: &mut Option<Id<T::Kind>>,
    side: &impl Fn(Id<T::Kind>) -> Side,
) -> Result<Option<HashMap<Side, Origin>>> {
    let page = read.page::<T>(*after, BATCH as u32).await?;
    let Some(last) = page.last() else { return Ok(None) };
    *after = Some(last.record.id());
    Ok(Some(page.into_iter().map(|entry| (side(entry.record.id()), entry.origin)).collect()))
}
