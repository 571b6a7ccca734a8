//! Links between listings: what one says of another, and what of that readers are shown.
//!
//! A record states its links in the member `kith` of the standard's extension:
//!
//! ```json
//! {"kith": {"links": [
//!   {"relationship": "member_of", "to": {"organization_id": "circle"}, "note": "Since 2024"},
//!   {"relationship": "refers_to", "from": {"service_id": "clinic"}}]}}
//! ```
//! `to`: this record is the first side (it *is a member of* the circle); `from`: it is the second (the clinic *refers
//! people to* it). What a record states is a claim. Only when the records of both sides state the same, and are not of
//! one organization, is it agreed: the word `agreed` in a file is a claim like any other. One side that says `lapsed` ends it,
//! and so do a day of review that has passed and a side that does not run any more. Beside that each side may say how the
//! link works ([`Terms`]): what it does and does not do, how people are handed over, and with whose consent.

use std::collections::BTreeMap;

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::{
    card::ListingKind,
    entry::{Aggregate, LinkFacts},
    gate::is_day,
    id::{Id, kind},
    listing::{Locate, UNITED_KINGDOM},
    place::AreaCode,
    plain::{self, Plain},
    read::{Code, NAME, Read, Reader, foreign_id},
    vocabulary::values::{Direction, Handover, LinkState, Relationship},
};

mod acting;
mod end;
mod terms;

pub use acting::{ActingFor, Saying};
pub use end::{End, Reach};
pub use terms::Terms;

/// The most links that a whole listing shows.
pub const LISTED: usize = 50;
/// The most links that a card shows.
pub const ON_CARD: usize = 5;

/// A link as anyone may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct PublicLink {
    /// What the first side is to the second.
    pub relationship: Relationship,
    /// `to`: this listing is the first side; `from`: it is the second.
    pub direction: Direction,
    /// What this listing is to the other, in plain English: `is a member of`, `has as a member`.
    pub label: String,
    /// How far it is agreed. Only what both sides say, each for an organization of its own, is `agreed`.
    pub state: LinkState,
    /// Who says so.
    pub stated_by: StatedBy,
    /// The other side.
    pub target: LinkTarget,
    /// What else there is to know, in the words of who says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How people are handed over, as either side says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub handover: Vec<Handover>,
    /// Since when, `YYYY-MM-DD`: where both sides say, the later day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The day on which it is looked at again, `YYYY-MM-DD`: where both sides say, the earlier day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_on: Option<String>,
    /// What each side says of how it works; only in a whole listing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub sides: Vec<SideTerms>,
}

/// What one side of a link says of how it works.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
pub struct SideTerms {
    /// Which side: `this` listing or the `other`.
    pub by: StatedBy,
    /// What it says.
    pub terms: Terms,
}

impl PublicLink {
    /// The same as a card has it: without what each side says of how it works.
    #[must_use]
    pub fn brief(&self) -> Self {
        Self { sides: Vec::new(), ..self.clone() }
    }
}

/// Who states a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum StatedBy {
    /// This listing.
    This,
    /// The other listing.
    Other,
    /// Both.
    Both,
}

/// The other side of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct LinkTarget {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: ListingKind,
    /// Its name.
    pub name: String,
    /// Its page, relative to this server.
    pub page_url: String,
}

/// What kind of record a side is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SideKind {
    /// A service.
    Service,
    /// An organization.
    Organization,
}

impl SideKind {
    /// The word kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Organization => "organization",
        }
    }
}

/// A record that has links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Side {
    /// What it is.
    pub kind: SideKind,
    /// Its id.
    pub id: Id<()>,
}

impl Side {
    /// A service.
    pub const fn service(id: Id<kind::Service>) -> Self {
        Self { kind: SideKind::Service, id: id.cast() }
    }

    /// An organization.
    pub const fn organization(id: Id<kind::Organization>) -> Self {
        Self { kind: SideKind::Organization, id: id.cast() }
    }
}

/// A link as one record states it, kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Its id; never published.
    pub id: Id<kind::Link>,
    /// Whose record states it.
    pub holder: Side,
    /// What it states.
    pub stated: Stated,
}

impl Aggregate for Link {
    type Kind = kind::Link;
    type Facts = LinkFacts;

    fn id(&self) -> Id<kind::Link> {
        self.id
    }

    /// What was broken off is not mended by saying the same again.
    fn stay(offered: &mut LinkFacts, before: &LinkFacts) {
        offered.broken_off = before.broken_off;
    }
}

/// What a record states of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    /// What the first side is to the second.
    pub relationship: Relationship,
    /// Which side the record is.
    pub direction: Direction,
    /// The other side.
    pub other: Named,
    /// As the source says: `lapsed`, or else a claim.
    pub state: LinkState,
    /// What else there is to know.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// How it works, as this side says.
    #[serde(skip_serializing_if = "Terms::is_empty", default)]
    pub terms: Terms,
}

impl Stated {
    /// What tells it from the other links of its record.
    pub fn name(&self) -> String {
        let words = [self.relationship.as_str(), self.direction.as_str(), self.other.kind.as_str()];
        format!("{}/{}", words.join("/"), self.other.name)
    }
}

/// A side as a source names it: by the source's own id, or, for a record of another source, by its id here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Named {
    /// What it is.
    pub kind: SideKind,
    /// Its id, in the one spelling.
    pub name: String,
}

/// The links in a record's extension.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StatedLinks {
    /// Each of them.
    pub links: Vec<Stated>,
}

impl Read for StatedLinks {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        Self { links: reader.list("links") }
    }
}

impl Read for Stated {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        let relationship: Relationship = reader.required_choice("relationship");
        let (direction, other) = match (reader.object("to"), reader.object("from")) {
            (Some(other), None) => (Direction::To, Some(other)),
            (None, Some(other)) => (Direction::From, Some(other)),
            (None, None) => (Direction::To, reader.fault("to", Code::Required)),
            (Some(_), Some(_)) => (Direction::To, reader.fault("from", Code::Conflict)),
        };
        Self {
            relationship,
            direction: if relationship.is_mutual() { Direction::To } else { direction },
            other: other.unwrap_or(Named { kind: SideKind::Service, name: String::new() }),
            state: match reader.choice("state") {
                Some(LinkState::Lapsed) => LinkState::Lapsed,
                _ => LinkState::Claimed,
            },
            note: reader.text("note", NAME),
            terms: Terms::read(reader),
        }
    }
}

impl Read for Named {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        let service = reader.text("service_id", NAME);
        let organization = reader.text("organization_id", NAME);
        // A network is an organization of the standard; a file may call it what it is.
        let network = reader.text("network_id", NAME);
        if network.is_some() && organization.is_some() {
            reader.fault::<()>("network_id", Code::Conflict);
        }
        let organization = organization.or(network);
        let (kind, name) = match (service, organization) {
            (Some(name), None) => (SideKind::Service, name),
            (None, Some(name)) => (SideKind::Organization, name),
            (None, None) => (SideKind::Service, reader.fault("service_id", Code::Required).unwrap_or_default()),
            (Some(_), Some(_)) => {
                (SideKind::Service, reader.fault("organization_id", Code::Conflict).unwrap_or_default())
            }
        };
        Self { kind, name: foreign_id(&name) }
    }
}

/// All that a listing's links are made of.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The listing itself, as one side.
    pub own: End,
    /// Each listing that a link leads to, with what either side states. Only what is public.
    pub bonds: Vec<Bond>,
    /// How many links it shows in all, where these are not all of them.
    pub total: Option<usize>,
}

/// Two listings, and what they state of one another.
#[derive(Debug, Clone)]
pub struct Bond {
    /// The other listing.
    pub other: End,
    /// What this listing's record states.
    pub own: Vec<Stated>,
    /// What the other's states.
    pub theirs: Vec<Stated>,
}

/// The days that either side says; with a private side only those that are bounded.
fn days<'s>(
    said: [Option<&'s Stated>; 2],
    silent: bool,
    of: fn(&Terms) -> Option<&String>,
) -> impl Iterator<Item = String> + 's {
    said.into_iter().flatten().filter_map(move |stated| of(&stated.terms).filter(|day| !silent || is_day(day)).cloned())
}

impl Linked {
    /// The links that readers are shown: agreed ones first, then claims, then what is over.
    pub fn public(&self, gazetteer: &dyn Locate) -> Vec<PublicLink> {
        let shown = self.bonds.iter().filter(|bond| {
            may_be_shown(&self.own.reach, &bond.other.reach, gazetteer) && !self.own.tells_whose(&bond.other)
        });
        let mut links: Vec<PublicLink> = shown.flat_map(|bond| self.of_bond(bond)).collect();
        links.sort_by(|a, b| {
            let key = |link: &PublicLink| (rank(link.state), link.relationship, link.direction);
            key(a).cmp(&key(b)).then_with(|| (&a.target.name, &a.target.id).cmp(&(&b.target.name, &b.target.id)))
        });
        links
    }

    fn of_bond<'a>(&self, bond: &'a Bond) -> Vec<PublicLink> {
        /// What either side says of one relationship.
        type Said<'a> = [Option<&'a Stated>; 2];
        let mut said: BTreeMap<(Relationship, Direction), Said<'_>> = BTreeMap::new();
        // Of what one side says twice the later counts, unless it said before that it is over.
        let say = |said: &mut Option<&'a Stated>, stated: &'a Stated| {
            if said.is_none_or(|before| before.state != LinkState::Lapsed) {
                *said = Some(stated);
            }
        };
        for stated in &bond.own {
            say(&mut said.entry((stated.relationship, stated.direction)).or_default()[0], stated);
        }
        for stated in &bond.theirs {
            let mutual = stated.relationship.is_mutual();
            let direction = if mutual { stated.direction } else { stated.direction.turned() };
            say(&mut said.entry((stated.relationship, direction)).or_default()[1], stated);
        }
        let one_organization = self.own.is_with(&bond.other);
        let silent = self.own.is_hidden() || bond.other.is_hidden();
        let runs = self.own.running && bond.other.running;
        let link = |((relationship, direction), said): ((Relationship, Direction), Said<'_>)| PublicLink {
            relationship,
            direction,
            label: match direction {
                Direction::To => relationship.label().to_owned(),
                Direction::From => relationship.label_from().to_owned(),
            },
            state: match said {
                _ if !runs => LinkState::Lapsed,
                _ if said.iter().flatten().any(|stated| stated.state == LinkState::Lapsed) => LinkState::Lapsed,
                // Nobody agrees with themselves.
                [Some(_), Some(_)] if !one_organization => LinkState::Agreed,
                _ => LinkState::Claimed,
            },
            stated_by: match said {
                [Some(_), Some(_)] => StatedBy::Both,
                [Some(_), None] => StatedBy::This,
                _ => StatedBy::Other,
            },
            target: LinkTarget {
                id: bond.other.id.to_string(),
                kind: bond.other.kind,
                name: bond.other.name.clone(),
                page_url: format!("/listing/{}", bond.other.id),
            },
            // Free words could say where a protected side is.
            note: said
                .iter()
                .flatten()
                .filter(|_| !silent)
                .filter_map(|stated| stated.note.as_deref().map(plain::line))
                .find(|note| !note.is_empty()),
            handover: {
                let mut ways: Vec<Handover> =
                    said.iter().flatten().flat_map(|stated| stated.terms.handover.iter().copied()).collect();
                ways.sort_unstable();
                ways.dedup();
                ways
            },
            since: days(said, silent, |terms| terms.starts_on.as_ref()).max(),
            review_on: days(said, silent, |terms| terms.review_on.as_ref()).min(),
            sides: [StatedBy::This, StatedBy::Other]
                .into_iter()
                .zip(said)
                .filter_map(|(by, stated)| {
                    let mut terms = stated?.terms.clone();
                    if silent {
                        terms.silence();
                    }
                    terms.make_plain("terms");
                    (!terms.is_empty()).then_some(SideTerms { by, terms })
                })
                .collect(),
        };
        said.into_iter().map(link).collect()
    }
}

/// Where links of a state stand among others.
pub const fn rank(state: LinkState) -> u8 {
    match state {
        LinkState::Agreed => 0,
        LinkState::Claimed => 1,
        LinkState::Lapsed => 2,
    }
}

/// Whether a link between two listings may be shown on either.
///
/// One whose place is private is never placed by its links: of the other side no place may be told, and the areas
/// told of it must hold all of the areas told of the private one, so that the two together say no more than it says itself.
fn may_be_shown(one: &Reach, other: &Reach, gazetteer: &dyn Locate) -> bool {
    #[cfg(debug_assertions)]
    if super::sabotage::on("links-shown") {
        return true;
    }
    match (one, other) {
        (Reach::Hidden(own), Reach::Hidden(theirs)) => holds(theirs, own, gazetteer) && holds(own, theirs, gazetteer),
        (Reach::Hidden(own), Reach::Remote(theirs)) | (Reach::Remote(theirs), Reach::Hidden(own)) => {
            holds(theirs, own, gazetteer)
        }
        (Reach::Hidden(_), Reach::Open) | (Reach::Open, Reach::Hidden(_)) => false,
        _ => true,
    }
}

/// Whether the wide areas, none for everywhere, hold all of the others.
fn holds(wide: &[AreaCode], areas: &[AreaCode], gazetteer: &dyn Locate) -> bool {
    if wide.is_empty() || wide.iter().any(|code| code.0 == UNITED_KINGDOM) {
        return true;
    }
    let inside = |code: &AreaCode| gazetteer.areas_around(code).iter().any(|around| wide.contains(around));
    !areas.is_empty() && areas.iter().all(inside)
}

#[cfg(test)]
mod tests;
