//! Holds: a reviewer asks for a listing or a term to be looked at, on one of a few grounds and until a day.
//!
//! A hold is kept by what a source calls its record, so that no import and no new id ends it. What a held listing shows is
//! decided where listings are joined ([`Held`]); what is held of the terms, and how many holds there are, is one more
//! published record ([`holds_ref`]), which readers get from the view like everything else.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use kith_index::Read;
use serde_json::json;

use super::{Directory, Error, Result, settle};
use crate::{
    domain::{
        entry::{Aggregate, Entry, Origin, Standing},
        hold::{Ground, HeldTerm, Hold, Holds, Subject},
        id::{Id, kind},
        link::{Side, SideKind},
        organization::Organization,
        plain,
        read::{Code, Violation},
        service::Service,
        telltale,
        vocabulary::vocabulary,
        welsh::Language,
    },
    store::{Audit, ListingKind, ListingRef, Snapshot, Tx},
};

/// The longest name of a role, in characters.
const LONGEST: usize = 100;

/// What readers are shown of all holds together.
pub fn holds_ref() -> ListingRef {
    ListingRef { id: "holds/all".to_owned(), kind: ListingKind::Holds }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct NewHold<'a> {
    /// The id of a listing or of a term.
    pub id: &'a str,
    /// Why, as a word of [`Ground`].
    pub because: &'a str,
    /// In which role; never a name. It is kept for keepers and not published.
    pub by: &'a str,
    /// The last day, `YYYY-MM-DD`, at most 90 days on; without one 30 days on.
    pub until: Option<&'a str>,
}

/// A hold, for keepers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldThing {
    /// The id of the listing or of the term; of the hold itself where there is no such record any more.
    pub id: String,
    /// Whether it is there: not where the record has gone, nor where this version of the vocabulary lacks the term.
    pub is_there: bool,
    /// What it is called.
    pub name: String,
    /// The hold.
    pub hold: Hold,
}

impl Directory {
    /// Holds a listing or a term. Readers of this process do not see a listing that is hidden by it from the moment this
    /// returns.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every fault, [`Error::Store`].
    pub async fn hold(&self, new: NewHold<'_>, actor: &str) -> Result<Hold> {
        let today = self.clock.now().london_date();
        let (usual, most) = Hold::days_from(today);
        let mut faults = Vec::new();
        let mut fault = |pointer: &str, code| faults.push(Violation::new(pointer, code));
        let ground: Option<Ground> = new.because.parse().ok();
        if ground.is_none() {
            fault("/because", Code::NotInList);
        }
        let role = plain::line(new.by);
        match role.chars().count() {
            0 => fault("/by", Code::Required),
            1..=LONGEST if telltale::tells_place(&role) => fault("/by", Code::TellsPlace),
            1..=LONGEST => {}
            _ => fault("/by", Code::TooLong),
        }
        let until = new.until.map(str::parse::<NaiveDate>);
        match &until {
            Some(Err(_)) => fault("/until", Code::NotADate),
            Some(Ok(day)) if *day < today => fault("/until", Code::Past),
            Some(Ok(day)) if *day > most => fault("/until", Code::TooFarAhead),
            Some(Ok(_)) | None => {}
        }
        let mut tx = self.store.begin().await?;
        let found = find(&mut tx, new.id).await?;
        match &found {
            Some((_, false)) => fault("/id", Code::UnknownListing),
            Some((subject, true)) if tx.hold_of(subject).await?.is_some() => fault("/id", Code::AlreadyHeld),
            Some((_, true)) => {}
            None => fault("/id", unknown(new.id)),
        }
        let (Some(ground), Some((subject, _)), true) = (ground, found, faults.is_empty()) else {
            return Err(Error::Invalid(faults));
        };
        let until = until.and_then(std::result::Result::ok).unwrap_or(usual);
        let id = Id::new(&*self.clock, &*self.chance);
        let hold = Hold { id, subject, ground, role, since: today, until, ended: None };
        self.settle_hold(tx, &hold, "hold add", new.id, actor).await?;
        Ok(hold)
    }

    /// Ends a hold before its day: by the id of the listing or the term, or, where there is none any more, as [`Self::held`]
    /// tells it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there is no such listing or term, or it is not held; [`Error::Store`].
    pub async fn end_hold(&self, id: &str, actor: &str) -> Result<Hold> {
        let refused = |code| Err(Error::Invalid(vec![Violation::new("/id", code)]));
        let mut tx = self.store.begin().await?;
        let found = find(&mut tx, id).await?;
        let hold = match &found {
            Some((subject, _)) => tx.hold_of(subject).await?,
            None => tx.open_holds().await?.into_iter().find(|hold| hold.is_called(id)),
        };
        let Some(hold) = hold else {
            return refused(if found.is_some() { Code::NotHeld } else { unknown(id) });
        };
        let hold = Hold { ended: Some(self.clock.now().london_date()), ..hold };
        self.settle_hold(tx, &hold, "hold end", id, actor).await?;
        Ok(hold)
    }

    /// Everything that is held now, the oldest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn held(&self) -> Result<Vec<HeldThing>> {
        let mut read = self.store.snapshot().await?;
        let mut all = Vec::new();
        for hold in read.open_holds().await? {
            let found = match &hold.subject {
                Subject::Term(id) => vocabulary().term(id).map(|term| (id.clone(), term.label.clone())),
                record => record_of(&mut read, record).await?.map(|(side, name)| (side.id.to_string(), name)),
            };
            let is_there = found.is_some();
            let (id, name) = found.unwrap_or_else(|| match &hold.subject {
                Subject::Term(id) => (id.clone(), String::new()),
                _ => (hold.id.to_string(), String::new()),
            });
            all.push(HeldThing { id, is_there, name, hold });
        }
        Ok(all)
    }

    /// What is published of all holds together; `None` while there is no published view.
    pub fn holds(&self) -> Option<Holds> {
        match self.view.get(&holds_ref().id) {
            Ok(Some(Read::Record(bytes))) => serde_json::from_slice(&bytes).ok(),
            Ok(Some(Read::Gone(_)) | None) => Some(Holds::default()),
            Err(_) => None,
        }
    }

    /// The terms that are held, in a language; nothing is read where none is.
    pub(super) fn told_of_held_terms(&self, language: Language) -> Vec<HeldTerm> {
        if self.view.held_terms().is_empty() {
            return Vec::new();
        }
        let terms = self.holds().unwrap_or_default().terms.into_iter();
        terms.map(|of| HeldTerm { held: of.held.told_in(language), ..of }).collect()
    }

    /// Writes a hold with what readers are shown from now on.
    async fn settle_hold(&self, mut tx: Tx, hold: &Hold, action: &'static str, id: &str, actor: &str) -> Result<()> {
        tx.put_hold(hold).await?;
        let mut touched = settle::Touched::default();
        touch(&mut tx, hold, &mut touched).await?;
        let lines = settle::lines(&mut tx, &touched).await?;
        let detail = json!({
            "about": hold.subject.about(), "ground": hold.ground, "role": hold.role, "until": hold.until.to_string(),
            "listings": lines.len(),
        });
        let subject = Some(id.to_owned());
        let audit = Audit { at: self.clock.now(), actor: actor.to_owned(), action, subject, detail };
        let committed = tx.commit(audit, &lines).await?;
        for line in lines.iter().filter(|line| line.digest.is_none()) {
            self.view.hide(&line.listing.id, committed.sequence);
        }
        Ok(())
    }
}

/// Ends holds whose last day has passed, at most `limit`; answers how many there were.
///
/// # Errors
/// When the store fails.
pub async fn expire(tx: &mut Tx, today: NaiveDate, limit: u32, touched: &mut settle::Touched) -> Result<usize> {
    let over = tx.holds_due_before(today, limit).await?;
    for hold in &over {
        // It held on its last day, whenever the calendar is looked at.
        let ended = Hold { ended: Some(hold.until), ..hold.clone() };
        tx.put_hold(&ended).await?;
        touch(tx, &ended, touched).await?;
    }
    Ok(over.len())
}

/// Names what shows something of a hold.
async fn touch(read: &mut Snapshot, hold: &Hold, touched: &mut settle::Touched) -> Result<()> {
    touched.holds = true;
    if let Some((side, _)) = record_of(read, &hold.subject).await? {
        match side.kind {
            SideKind::Service => touched.services.insert(side.id.cast()),
            SideKind::Organization => touched.organizations.insert(side.id.cast()),
        };
    }
    Ok(())
}

/// The record that is held, and its name; `None` where there is none any more, and for a term.
async fn record_of(read: &mut Snapshot, subject: &Subject) -> Result<Option<(Side, String)>> {
    let of = |origin: &Origin| (origin.source, [origin.foreign_id.clone()]);
    Ok(match subject {
        Subject::Service(origin) => {
            let (source, names) = of(origin);
            let found = read.by_foreign::<Service>(source, &names).await?.into_values().next();
            found.map(|entry| (Side::service(entry.record.id), entry.record.name))
        }
        Subject::Organization(origin) => {
            let (source, names) = of(origin);
            let found = read.by_foreign::<Organization>(source, &names).await?.into_values().next();
            found.map(|entry| (Side::organization(entry.record.id), entry.record.name))
        }
        Subject::Term(_) => None,
    })
}

/// What an id means, and whether it is public.
async fn find(read: &mut Snapshot, id: &str) -> Result<Option<(Subject, bool)>> {
    let Ok(uuid) = id.parse::<Id<kind::Service>>() else {
        return Ok(vocabulary().term(id).map(|term| (Subject::Term(term.id.clone()), true)));
    };
    if let Some(entry) = read.get::<Service>(&[uuid]).await?.pop() {
        return Ok(Some((Subject::Service(entry.origin), entry.standing == Standing::Published)));
    }
    let entry = read.get::<Organization>(&[uuid.cast()]).await?.pop();
    Ok(entry.map(|entry| (Subject::Organization(entry.origin), entry.standing == Standing::Published)))
}

fn unknown(id: &str) -> Code {
    if id.parse::<Id<()>>().is_ok() { Code::UnknownListing } else { Code::UnknownTerm }
}

/// What is held now of listings, as joining them needs it.
#[derive(Debug, Default)]
pub struct Held(HashMap<Subject, Hold>);

impl Held {
    /// Everything that is held now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn read(read: &mut Snapshot) -> Result<Self> {
        Ok(Self(read.open_holds().await?.into_iter().map(|hold| (hold.subject.clone(), hold)).collect()))
    }

    /// How a record is held.
    pub fn of<T: Holdable>(&self, entry: &Entry<T>) -> Option<&Hold> {
        if self.0.is_empty() { None } else { self.0.get(&T::subject(entry)) }
    }

    /// A record that is hidden by its hold passes for withdrawn.
    pub fn veil<T: Holdable>(&self, entry: &mut Entry<T>) {
        if entry.standing == Standing::Published && self.of(entry).is_some_and(|hold| hold.ground.hides()) {
            entry.standing = Standing::Withdrawn;
        }
    }
}

/// A record that can be held.
pub trait Holdable: Aggregate {
    /// What is held then.
    fn subject(entry: &Entry<Self>) -> Subject;
}

impl Holdable for Service {
    fn subject(entry: &Entry<Self>) -> Subject {
        Subject::Service(entry.origin.clone())
    }
}

impl Holdable for Organization {
    fn subject(entry: &Entry<Self>) -> Subject {
        Subject::Organization(entry.origin.clone())
    }
}

/// The ids of the terms that are not offered, of the bytes that are published of all holds.
pub fn terms_of(bytes: &[u8]) -> HashSet<String> {
    let holds: Holds = serde_json::from_slice(bytes).unwrap_or_default();
    holds.terms.into_iter().map(|held| held.term).collect()
}
