//! Networks read from the published view: those of a type or an area, and the members of one.
//!
//! A network may have thousands of members and its own listing shows fifty, so members come from the graph of links, each
//! with what its own listing says of the link.

use std::collections::HashSet;

use bytes::Bytes;
use kith_index::{Read, gazetteer::Gazetteer};
use serde::Deserialize;

use super::{
    Directory, Error, Result,
    read::{Family, Walk},
};
use crate::domain::{
    card::ListingKind,
    entry::Standing,
    graph::{Edge, NodeAt},
    id::{Id, kind},
    link::{LinkTarget, StatedBy},
    member::{Member, MemberPage},
    network::Network,
    organization::Organization,
    read::{Code, Violation, foreign_id},
    vocabulary::values::{LinkState, NetworkType, Relationship},
};

/// How many networks are looked at at once.
const BATCH: usize = 200;
/// How many organizations are read at once from the store.
const KEPT_AT_ONCE: u32 = 1_000;
/// The most networks that one question looks at.
const MOST_LOOKED_AT: usize = 20_000;

/// Which networks are asked for.
#[derive(Default)]
pub struct Wanted {
    /// Any of these types.
    pub types: Vec<NetworkType>,
    /// Working in this area, or in one that holds it or lies in it: a code of the gazetteer.
    pub area: Option<String>,
}

/// Which members are asked for.
pub struct MembersAsked {
    /// Only links in these states; none for those that are agreed or claimed.
    pub states: Vec<LinkState>,
    /// Go on after this member.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// What is read of a listing.
#[derive(Deserialize)]
struct ListingOf {
    card: CardOf,
    #[serde(default)]
    links: Vec<LinkOf>,
}

#[derive(Deserialize)]
struct CardOf {
    kind: ListingKind,
    name: String,
    organization: Option<OrganizationOf>,
}

#[derive(Deserialize)]
struct OrganizationOf {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct LinkOf {
    relationship: Relationship,
    state: LinkState,
    stated_by: StatedBy,
    target: TargetOf,
    since: Option<String>,
    review_on: Option<String>,
}

#[derive(Deserialize)]
struct TargetOf {
    id: String,
}

#[derive(Deserialize)]
struct NetworkOf {
    network_type: Option<NetworkType>,
    #[serde(default)]
    areas: Vec<String>,
}

impl ListingOf {
    fn target(&self, id: &str) -> LinkTarget {
        let name = self.card.name.clone();
        LinkTarget { id: id.to_owned(), kind: self.card.kind, name, page_url: format!("/listing/{id}") }
    }
}

impl Wanted {
    /// Whether nothing is asked.
    pub fn is_anything(&self) -> bool {
        self.types.is_empty() && self.area.is_none()
    }

    /// The areas that fit, where one was asked for: it, those that hold it, and those in it.
    fn areas(&self) -> Result<Option<HashSet<String>>> {
        let Some(code) = &self.area else { return Ok(None) };
        let gazetteer = Gazetteer::embedded();
        if gazetteer.area(code).is_none() {
            return Err(Error::Invalid(vec![Violation::new("/area", Code::NotInList)]));
        }
        Ok(Some(gazetteer.areas_of_authority(code).into_iter().chain(gazetteer.within(code)).collect()))
    }

    fn has(&self, network: &NetworkOf, areas: Option<&HashSet<String>>) -> bool {
        let is_type = self.types.is_empty()
            || network.network_type.is_some_and(|network_type| self.types.contains(&network_type));
        is_type && areas.is_none_or(|areas| network.areas.iter().any(|area| areas.contains(area)))
    }
}

impl Directory {
    /// Networks that are asked for, from after an id on, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an area that the gazetteer does not know, [`Error::NotReady`], [`Error::View`].
    pub fn networks(&self, wanted: &Wanted, after: Option<&str>, limit: usize) -> Result<Walk> {
        if wanted.is_anything() {
            return self.walk(Family::Networks, after, limit);
        }
        let areas = wanted.areas()?;
        let (mut items, mut next): (Vec<Bytes>, _) = (Vec::new(), after.map(str::to_owned));
        let mut last = None;
        for _ in 0..MOST_LOOKED_AT / BATCH {
            let page = self.walk(Family::Networks, next.as_deref(), BATCH)?;
            for json in page.items {
                let Ok(listing) = serde_json::from_slice::<ListingHead>(&json) else { continue };
                if !listing.network.is_some_and(|network| wanted.has(&network, areas.as_ref())) {
                    continue;
                }
                if items.len() == limit {
                    return Ok(Walk { items, next: last });
                }
                last = Some(listing.id);
                items.push(json);
            }
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        Ok(Walk { items, next })
    }

    /// The members of a network.
    ///
    /// # Errors
    /// [`Error::Missing`], also for what is no network, [`Error::Gone`], [`Error::NotReady`], [`Error::View`].
    pub fn members(&self, network: &str, asked: &MembersAsked) -> Result<MemberPage> {
        let network = network.to_ascii_lowercase();
        let own: ListingOf = read(&self.listing_of(Family::Networks, &network)?.json)?;
        // In this order: what is no more hidden is known by the graph and the reader that follow.
        let hidden = self.view.hidden();
        let graph = self.view.graph()?;
        let node = graph.node(&network);
        let shown = |edge: &Edge| match asked.states.as_slice() {
            [] => edge.state != LinkState::Lapsed,
            states => states.contains(&edge.state),
        };
        let mut edges: Vec<Edge> = node.into_iter().flat_map(|node| graph.members(node)).filter(shown).collect();
        // Nodes are numbered in the order of ids. Of what is a member in two ways the one that is agreed counts.
        edges.sort_by_key(|edge| edge.to);
        edges.dedup_by_key(|edge| edge.to);
        if !hidden.is_empty() {
            edges.retain(|edge| !hidden.contains(&graph.id(edge.to)));
        }
        let total = edges.len() as u64;
        let begin = asked.after.as_deref().map_or(0, |after| {
            edges.partition_point(|edge| graph.id(edge.to).as_str() <= after.to_ascii_lowercase().as_str())
        });
        let mut page = MemberPage {
            network: own.target(&network),
            total,
            items: Vec::with_capacity(asked.limit),
            next: None,
            as_of: self.as_of(),
        };
        let id = |node: NodeAt| graph.id(node);
        let mut rest = edges[begin..].iter();
        for edge in rest.by_ref().take(asked.limit) {
            // What was withdrawn since the graph was made is left out.
            if let Some(Read::Record(json)) = self.view.get(&id(edge.to))? {
                page.items.push(member(&read(&json)?, &id(edge.to), edge, &network));
            }
            page.next = Some(id(edge.to));
        }
        page.next = page.next.filter(|_| rest.next().is_some());
        Ok(page)
    }
}

/// The parts of a network that are asked for.
#[derive(Deserialize)]
struct ListingHead {
    id: String,
    network: Option<NetworkOf>,
}

/// A member as its own listing tells it: what it does not list among its fifty links is told as the network has it.
fn member(listing: &ListingOf, id: &str, edge: &Edge, network: &str) -> Member {
    let of_edge = |link: &&LinkOf| {
        link.target.id == network && link.relationship == edge.relationship && link.state == edge.state
    };
    let link = listing.links.iter().find(of_edge);
    Member {
        member: listing.target(id),
        relationship: edge.relationship,
        state: edge.state,
        stated_by: link.map(|link| match link.stated_by {
            StatedBy::This => StatedBy::Other,
            StatedBy::Other => StatedBy::This,
            StatedBy::Both => StatedBy::Both,
        }),
        since: link.and_then(|link| link.since.clone()),
        review_on: link.and_then(|link| link.review_on.clone()),
        organization: listing.card.organization.as_ref().map(|run_by| (run_by.id.clone(), run_by.name.clone())),
    }
}

fn read(json: &[u8]) -> Result<ListingOf> {
    // Published bytes that cannot be read are as good as none; `kith check` tells of them.
    serde_json::from_slice(json).map_err(|_| Error::Missing)
}

/// A network as it is kept, for keepers.
pub struct KeptNetwork {
    /// Its id.
    pub id: Id<kind::Organization>,
    /// Its name, as its source tells it.
    pub name: String,
    /// Whether readers may see it.
    pub standing: Standing,
    /// What makes it a network.
    pub network: Network,
}

impl Directory {
    /// All networks that are kept, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn kept_networks(&self) -> Result<Vec<KeptNetwork>> {
        let mut read = self.store.snapshot().await?;
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = read.page::<Organization>(after, KEPT_AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = Some(last.record.id);
            found.extend(page.into_iter().filter_map(|entry| {
                let (id, name, standing) = (entry.record.id, entry.record.name, entry.standing);
                Some(KeptNetwork { id, name, standing, network: entry.facts.network? })
            }));
        }
    }

    /// The organization that a source calls so.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn kept_as(&self, source: Id<kind::Source>, name: &str) -> Result<Option<Id<kind::Organization>>> {
        let mut read = self.store.snapshot().await?;
        let found = read.by_foreign::<Organization>(source, &[foreign_id(name)]).await?;
        Ok(found.into_values().next().map(|entry| entry.record.id))
    }
}
