//! Linking by hand: one side proposes, the other confirms, either ends it.
//!
//! Each operation takes the proof of who acts for which side, and writes what that side says: a row of the source
//! `keeper`, beside what sources say of the same link. What readers are shown of both is decided where all links are
//! published, so that one side alone agrees to nothing here either.

use std::collections::{HashMap, HashSet};

use super::{
    Directory, Error, Result,
    bonds::{self, sides_of},
    document::Places,
    holds::Held,
    links::{self, KEEPER, keepers, wholes},
    settle,
};
use crate::domain::{
    entry::{Entry, LinkFacts, Origin, Source, Standing},
    id::{Id, kind},
    link::{ActingFor, Link, Named, Saying, Side, SideKind, Stated},
    organization::Organization,
    place::PlaceMode,
    read::{Code, Violation},
    service::Service,
    vocabulary::values::{Direction, LinkState, Relationship},
};
use crate::store::{Audit, Snapshot, Tx};

/// The most links that are listed at once.
const MOST_LISTED: u32 = 10_000;
/// Records whose links are looked at at once, to list them.
const HOLDERS_AT_ONCE: usize = 500;

/// A link as a listing shows it: the listing, where it leads, what it is.
type ShownLink = (Side, Id<()>, Relationship, Direction);

/// What a side does with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It says that there is one; also to say it in other words, or anew.
    Propose,
    /// It says so too.
    Confirm,
    /// It says that it is over.
    Lapse,
}

/// Which link is meant, as the acting side has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meant {
    /// What the first side is to the second.
    pub relationship: Relationship,
    /// `To`: the acting side is the first.
    pub direction: Direction,
    /// The other side.
    pub other: Side,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Whether free words were left out, because one side's place must stay private.
    pub silenced: bool,
}

/// What one side says of a link, for keepers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidLink {
    /// The first side, by its id and name.
    pub first: (Id<()>, String),
    /// What the first is to the second.
    pub relationship: Relationship,
    /// The second side.
    pub second: (Id<()>, String),
    /// Whether it is the first side that says so.
    pub by_first: bool,
    /// Claimed or lapsed: agreed is what both sides say, and no word of one.
    pub state: LinkState,
    /// How readers see it, with what the other side says and whether either has paused; `None` where they do not see it.
    pub shown: Option<LinkState>,
    /// The source that says so.
    pub source: String,
}

/// A side as it is kept.
struct Party {
    origin: Origin,
    organization: Option<Id<kind::Organization>>,
    hidden: bool,
    published: bool,
    name: String,
}

impl Party {
    async fn of(read: &mut Snapshot, side: Side) -> Result<Option<Self>> {
        Ok(match side.kind {
            SideKind::Service => read.get::<Service>(&[side.id.cast()]).await?.pop().map(|entry| Self {
                origin: entry.origin,
                organization: entry.record.organization_id,
                hidden: entry.facts.mode == PlaceMode::Area,
                published: entry.standing == Standing::Published,
                name: entry.record.name,
            }),
            SideKind::Organization => read.get::<Organization>(&[side.id.cast()]).await?.pop().map(|entry| Self {
                origin: entry.origin,
                organization: Some(entry.record.id),
                hidden: entry.facts.protected,
                published: entry.standing == Standing::Published,
                name: entry.record.name,
            }),
        })
    }
}

impl Directory {
    /// The side that a listing is.
    ///
    /// # Errors
    /// [`Error::Missing`] when no listing has the id, [`Error::Store`].
    pub async fn side(&self, id: &str) -> Result<Side> {
        let id: Id<()> = id.to_ascii_lowercase().parse().map_err(|_| Error::Missing)?;
        let mut read = self.store.snapshot().await?;
        if !read.present::<Service>(&[id.cast()]).await?.is_empty() {
            return Ok(Side::service(id.cast()));
        }
        if !read.present::<Organization>(&[id.cast()]).await?.is_empty() {
            return Ok(Side::organization(id.cast()));
        }
        Err(Error::Missing)
    }

    /// Everything that stands against a step; empty when it can be taken.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn link_faults(&self, acting: ActingFor, step: Step, meant: Meant) -> Result<Vec<Violation>> {
        let mut read = self.store.snapshot().await?;
        faults(&mut read, acting.side(), step, meant).await
    }

    /// Writes what a side says of a link.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every fault, [`Error::Store`].
    pub async fn link(
        &self,
        acting: ActingFor,
        step: Step,
        meant: Meant,
        mut says: Saying,
        actor: &str,
    ) -> Result<Done> {
        let own = acting.side();
        let mut tx = self.store.begin().await?;
        let faults = faults(&mut tx, own, step, meant).await?;
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let mut silenced = false;
        for side in [own, meant.other] {
            if Party::of(&mut tx, side).await?.is_none_or(|party| party.hidden) {
                silenced |= says.silence();
            }
        }
        let stated = Stated {
            relationship: meant.relationship,
            direction: if meant.relationship.is_mutual() { Direction::To } else { meant.direction },
            other: Named { kind: meant.other.kind, name: meant.other.id.to_string() },
            state: if step == Step::Lapse { LinkState::Lapsed } else { LinkState::Claimed },
            note: says.note,
            terms: says.terms,
        };
        let entry = self.said(&mut tx, own, stated).await?;
        let subject = entry.record.id.to_string();
        tx.put(&[entry]).await?;
        let mut touched = settle::Touched::default();
        // Of one with many links the others are told by and by: this one hears of it with this write.
        let other = bonds::has_many(&mut tx, own).await?.then_some(meant.other);
        for side in [own].into_iter().chain(other) {
            match side.kind {
                SideKind::Service => touched.services.insert(side.id.cast()),
                SideKind::Organization => touched.organizations.insert(side.id.cast()),
            };
        }
        let lines = settle::lines(&mut tx, &touched).await?;
        let action = match step {
            Step::Propose => "link propose",
            Step::Confirm => "link confirm",
            Step::Lapse => "link lapse",
        };
        let detail = serde_json::json!({ "listings": lines.len() });
        let audit = Audit { at: self.clock.now(), actor: actor.to_owned(), action, subject: Some(subject), detail };
        tx.commit(audit, &lines).await?;
        Ok(Done { silenced })
    }

    /// What is said of links, of one listing or of all; at most ten thousand.
    ///
    /// # Errors
    /// [`Error::Missing`] when no listing has the id, [`Error::Store`].
    pub async fn said_links(&self, of: Option<&str>) -> Result<Vec<SaidLink>> {
        let side = match of {
            Some(id) => Some(self.side(id).await?),
            None => None,
        };
        let mut read = self.store.snapshot().await?;
        let sources = read.sources().await?;
        let found = match side {
            Some(side) => {
                let party = Party::of(&mut read, side).await?.ok_or(Error::Missing)?;
                links::of_side(&mut read, side, party.origin).await?
            }
            None => {
                let all = read.page::<Link>(None, MOST_LISTED).await?;
                links::resolved(&mut read, all).await?
            }
        };
        let shown = shown(&mut read, found.iter().map(|(link, _)| link.record.holder).collect()).await?;
        let mut said = Vec::with_capacity(found.len());
        for (link, other) in found.into_iter().filter(|(link, _)| link.standing == Standing::Published) {
            let Stated { relationship, direction, state, .. } = link.record.stated;
            let mut ends = Vec::with_capacity(2);
            for side in [link.record.holder, other] {
                let name = Party::of(&mut read, side).await?.map(|party| party.name).unwrap_or_default();
                ends.push((side.id, name));
            }
            let by_first = direction == Direction::To;
            if !by_first {
                ends.swap(0, 1);
            }
            let source = sources.iter().find(|source| source.id == link.origin.source);
            let [first, second] = <[_; 2]>::try_from(ends).expect("two were pushed");
            said.push(SaidLink {
                first,
                relationship,
                second,
                by_first,
                state: if link.facts.has_lapsed() { LinkState::Lapsed } else { state },
                shown: shown.get(&(link.record.holder, other.id, relationship, direction)).copied(),
                source: source.map(|source| source.name.clone()).unwrap_or_default(),
            });
        }
        Ok(said)
    }

    /// The entry of what a side says by a keeper.
    async fn said(&self, tx: &mut Tx, holder: Side, stated: Stated) -> Result<Entry<Link>> {
        let source = Source { id: keepers(), name: KEEPER.to_owned(), url: None, licence: None, attribution: None };
        if tx.source(source.id).await?.is_none() {
            tx.put_source(&source).await?;
        }
        let foreign_id = format!("{}/{}/{}", holder.kind.as_str(), holder.id, stated.name());
        let id: Id<kind::Link> = Id::named(holder.id, &format!("{KEEPER}/{foreign_id}"));
        let before = tx.get::<Link>(&[id]).await?.pop();
        let now = self.clock.now();
        let record = Link { id, holder, stated };
        Ok(Entry {
            // What is said now holds, whatever was broken off or overdue before.
            facts: LinkFacts { overdue: super::expire::is_overdue(&record, now.london_date()), ..LinkFacts::default() },
            record,
            extra: serde_json::Map::new(),
            standing: Standing::Published,
            origin: Origin { source: source.id, foreign_id },
            revision: before.as_ref().map_or(1, |before| before.revision + 1),
            created: before.map_or(now, |before| before.created),
            changed: now,
        })
    }
}

/// The states of the links that these records show, by what they are and lead to.
async fn shown(read: &mut Snapshot, holders: HashSet<Side>) -> Result<HashMap<ShownLink, LinkState>> {
    let held = Held::read(read).await?;
    let mut shown = HashMap::new();
    for some in holders.into_iter().collect::<Vec<_>>().chunks(HOLDERS_AT_ONCE) {
        let sides = sides_of(read, &some.iter().copied().collect()).await?;
        for (holder, linked) in links::linked(read, &held, &sides).await? {
            for link in linked.public(&Places) {
                let Ok(other) = link.target.id.parse() else { continue };
                shown.insert((holder, other, link.relationship, link.direction), link.state);
            }
        }
    }
    Ok(shown)
}

async fn faults(read: &mut Snapshot, own: Side, step: Step, meant: Meant) -> Result<Vec<Violation>> {
    let mut faults = Vec::new();
    let parties = [Party::of(read, own).await?, Party::of(read, meant.other).await?];
    for (pointer, party) in ["/side", "/other"].into_iter().zip(&parties) {
        if party.as_ref().is_none_or(|party| !party.published) {
            faults.push(Violation::new(pointer, Code::UnknownListing));
        }
    }
    if own == meant.other {
        faults.push(Violation::new("/other", Code::SelfLink));
        return Ok(faults);
    }
    let [Some(here), Some(there)] = parties else { return Ok(faults) };
    if step == Step::Lapse {
        return Ok(faults);
    }
    if meant.relationship == Relationship::PartOf {
        let (part, whole, origin) = if meant.direction == Direction::To {
            (own, meant.other, there.origin)
        } else {
            (meant.other, own, here.origin.clone())
        };
        if wholes(read, whole, origin).await?.contains(&part) {
            faults.push(Violation::new("/relationship", Code::Circle));
        }
    }
    if step == Step::Confirm {
        if here.organization.is_some() && here.organization == there.organization {
            faults.push(Violation::new("/side", Code::OneOrganization));
        }
        let stated: HashSet<Side> = links::of_side(read, own, here.origin)
            .await?
            .into_iter()
            .filter(|(link, other)| *other == own && is_meant(link, meant))
            .map(|(link, _)| link.record.holder)
            .collect();
        if !stated.contains(&meant.other) {
            faults.push(Violation::new("/other", Code::NotStated));
        }
    }
    Ok(faults)
}

/// Whether the other side says this, and has not ended it.
fn is_meant(link: &Entry<Link>, meant: Meant) -> bool {
    let stated = &link.record.stated;
    let same_way = meant.relationship.is_mutual() || stated.direction == meant.direction.turned();
    link.standing == Standing::Published
        && !link.facts.has_lapsed()
        && stated.state != LinkState::Lapsed
        && stated.relationship == meant.relationship
        && same_way
}
