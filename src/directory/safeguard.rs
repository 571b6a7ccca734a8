//! What only the safeguarding role decides: that a place may be told although its kind puts people at risk, or the words of an
//! organisation speak of such a kind, that one may
//! not although nothing in its record says so, that a local number may be shown, and that a text may be published whose words
//! are not on the list of what passes.
//!
//! A decision is kept by what the source calls the record. No import changes it, and it is there before the import reads
//! anything. Whoever calls these operations must hold a [`Safeguarding`].

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::{
    Directory, Error, Result, finer, floors,
    gate::Doors,
    import, numbers,
    plan::Numbered,
    retire::{self, Protected},
    settle::Touched,
};
use crate::{
    domain::{
        entry::{Entry, OrganizationFacts, Origin, ServiceFacts, Standing},
        gate,
        id::{Id, kind},
        link::SideKind,
        organization::Organization,
        place::PlaceMode,
        plain,
        read::Record,
        service::Service,
        telltale,
    },
    exchange::{Draft, Offer, cut_service},
    store::{Audit, Decided, Decision, Key, Tx},
};

/// The longest reason and the longest name of a role, in characters.
const LONGEST: usize = 500;
/// The longest text that somebody can have read and let through, in characters.
const LONGEST_TEXT: usize = 10_000;

/// Says that a decision is the safeguarding role's, who answers for it and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safeguarding {
    role: String,
    because: String,
}

impl Safeguarding {
    /// The role that decides and its reason; `None` when either is empty or too long, or the reason could tell a place: it
    /// is kept.
    pub fn of(role: &str, because: &str) -> Option<Self> {
        let [role, because] = [role, because].map(plain::line);
        let fits = |text: &String| !text.is_empty() && text.chars().count() <= LONGEST;
        let is_silent = ![&role, &because].into_iter().any(|text| telltale::tells_place(text));
        (fits(&role) && fits(&because) && is_silent).then_some(Self { role, because })
    }

    /// The same with a second role that has looked at it too; `None` as in [`Safeguarding::of`], or when it is the first again.
    pub fn seconded(self, by: &str) -> Option<Self> {
        let second = plain::line(by);
        let other = !second.is_empty() && second.to_lowercase() != self.role.to_lowercase();
        let role = format!("{}, with {second}", self.role);
        Self::of(&role, &self.because).filter(|_| other)
    }
}

impl Directory {
    /// Lets the place of a private listing be told, or says of an organisation that it is of no kind that puts people at risk,
    /// whatever it says of itself: its next import reads it. Its id stays. Not `open`: not any more, the next import judges it anew.
    ///
    /// Answers how many services of an organisation stay private by themselves; while there is one, the organisation does.
    ///
    /// # Errors
    /// [`Error::Missing`] when no service or organisation has the id, [`Error::NotPrivate`] when it is to be opened and is not
    /// private, [`Error::Gone`] when it was retired, [`Error::Store`].
    pub async fn open_place(&self, id: &str, open: bool, by: &Safeguarding) -> Result<usize> {
        let (mut tx, origin, decision, is_private, stay) = match self.service_to_decide(id).await {
            Ok((tx, entry)) => (tx, entry.origin, Decision::Place, entry.facts.mode == PlaceMode::Area, 0),
            Err(Error::Missing) => {
                let (mut tx, entry) = self.organization_to_decide(id).await?;
                let is_private = entry.facts.protected || entry.facts.at_risk;
                let stay = private_services(&mut tx, entry.record.id).await?;
                (tx, entry.origin, Decision::Organization, is_private, stay)
            }
            Err(error) => return Err(error),
        };
        if open {
            if !is_private {
                return Err(Error::NotPrivate);
            }
            if decision == Decision::Place {
                tx.undecide(&origin, &Decision::Hide).await?;
            }
            self.decide(&mut tx, &origin, decision, by).await?;
        } else {
            tx.undecide(&origin, &decision).await?;
        }
        let action = if open { "safeguard open" } else { "safeguard no open" };
        tx.commit(self.safeguarded(action, id, by), &[]).await?;
        Ok(stay)
    }

    /// Makes the place of a listing private, from now on and whatever its source says. One that was public is taken back:
    /// its id answers 410, its bytes go, and what may be told of it stands under a new id. Answers that id, unless the
    /// listing must wait for its next import.
    ///
    /// # Errors
    /// [`Error::Missing`] when no service has the id, [`Error::Gone`] when it was retired, [`Error::Store`].
    pub async fn hide_place(&self, id: &str, by: &Safeguarding) -> Result<Option<String>> {
        let (mut tx, entry) = self.service_to_decide(id).await?;
        tx.undecide(&entry.origin, &Decision::Place).await?;
        self.decide(&mut tx, &entry.origin, Decision::Hide, by).await?;
        let audit = self.safeguarded("safeguard hide", id, by);
        if entry.facts.mode == PlaceMode::Area {
            tx.commit(audit, &[]).await?;
            return Ok(Some(id.to_owned()));
        }
        let run_by: Vec<_> = entry.record.organization_id.into_iter().collect();
        let run_by = tx.get::<Organization>(&run_by).await?;
        let at_risk = run_by.iter().any(|organization| organization.facts.at_risk);
        let own = run_by.iter().filter(|organization| organization.origin.source == entry.origin.source);
        let protected = Protected {
            source: entry.origin.source,
            services: vec![entry.origin.foreign_id.clone()],
            locations: Vec::new(),
            organizations: own.map(|organization| organization.origin.foreign_id.clone()).collect(),
            facts: &|_| OrganizationFacts { protected: true, at_risk, ..OrganizationFacts::default() },
        };
        let taken = retire::take_back(&mut tx, self, &protected).await?;
        let mut touched = taken.map(|taken| taken.touched).unwrap_or_default();
        let stays = self.under_a_new_id(&mut tx, &entry, &mut touched).await?;
        match stays {
            Some(id) => tx.pass_on_hiding_reports(entry.record.id, id).await?,
            None if entry.standing == Standing::Withdrawn => {
                retire::leave_withdrawn(&mut tx, self, &entry).await?;
            }
            None => {}
        }
        retire::end(tx, self, &touched, entry.origin.source, audit).await?;
        self.purge_if_due().await?;
        Ok(stays.map(|id| id.to_string()))
    }

    /// Lets a local number of a private listing be shown, or not any more: its next import reads it.
    ///
    /// # Errors
    /// As [`Directory::open_place`].
    pub async fn show_number(&self, id: &str, shown: bool, by: &Safeguarding) -> Result<()> {
        let (mut tx, entry) = self.service_to_decide(id).await?;
        if entry.facts.mode != PlaceMode::Area {
            return Err(Error::NotPrivate);
        }
        if shown {
            self.decide(&mut tx, &entry.origin, Decision::Number, by).await?;
        } else {
            tx.undecide(&entry.origin, &Decision::Number).await?;
        }
        let action = if shown { "safeguard number" } else { "safeguard no number" };
        tx.commit(self.safeguarded(action, id, by), &[]).await?;
        Ok(())
    }

    /// Lets a text of a private listing be published as it was read, or not any more: its next import reads it. `text` is the whole
    /// of the member (a description, a name, an address of the web). Of what the filter finds nothing can be let through. Once its source
    /// changes the text it has to pass again, and the import's report says so.
    ///
    /// # Errors
    /// [`Error::Missing`] when no service or protected organisation has the id, [`Error::NotPrivate`] when its place is not private,
    /// [`Error::Gone`] when it was retired, [`Error::TellsPlace`] when the filter finds that the text tells a place, or it
    /// is empty or too long, [`Error::Store`].
    pub async fn let_text_through(&self, id: &str, text: &str, through: bool, by: &Safeguarding) -> Result<()> {
        let fits = !text.trim().is_empty() && text.chars().count() <= LONGEST_TEXT;
        if !fits || (through && telltale::tells_place(text)) {
            return Err(Error::TellsPlace);
        }
        let (mut tx, kind, origin) = match self.service_to_decide(id).await {
            Ok((_, entry)) if entry.facts.mode != PlaceMode::Area => return Err(Error::NotPrivate),
            Ok((tx, entry)) => (tx, SideKind::Service, entry.origin),
            Err(Error::Missing) => {
                let (tx, entry) = self.organization_to_decide(id).await?;
                if !entry.facts.protected {
                    return Err(Error::NotPrivate);
                }
                (tx, SideKind::Organization, entry.origin)
            }
            Err(error) => return Err(error),
        };
        let decision = Decision::Text(gate::fingerprint(kind, text));
        if through {
            self.decide(&mut tx, &origin, decision, by).await?;
        } else {
            tx.undecide(&origin, &decision).await?;
        }
        let action = if through { "safeguard text" } else { "safeguard no text" };
        tx.commit(self.safeguarded(action, id, by), &[]).await?;
        Ok(())
    }

    async fn service_to_decide(&self, id: &str) -> Result<(Tx, Entry<Service>)> {
        let id: Id<kind::Service> = id.parse().map_err(|_| Error::Missing)?;
        let mut tx = self.store.begin().await?;
        let entry = tx.get::<Service>(&[id]).await?.pop().ok_or(Error::Missing)?;
        if entry.standing == Standing::Retired { Err(Error::Gone) } else { Ok((tx, entry)) }
    }

    async fn organization_to_decide(&self, id: &str) -> Result<(Tx, Entry<Organization>)> {
        let id: Id<kind::Organization> = id.parse().map_err(|_| Error::Missing)?;
        let mut tx = self.store.begin().await?;
        let entry = tx.get::<Organization>(&[id]).await?.pop().ok_or(Error::Missing)?;
        if entry.standing == Standing::Retired { Err(Error::Gone) } else { Ok((tx, entry)) }
    }

    async fn decide(&self, tx: &mut Tx, of: &Origin, decision: Decision, by: &Safeguarding) -> Result<()> {
        let Safeguarding { role, because } = by.clone();
        Ok(tx.decide(of, &Decided { decision, because, role, at: self.clock.now() }).await?)
    }

    /// Who decided is told; why is kept with the decision.
    fn safeguarded(&self, action: &'static str, id: &str, by: &Safeguarding) -> Audit {
        Audit { at: self.clock.now(), actor: by.role.clone(), action, subject: Some(id.to_owned()), detail: json!({}) }
    }

    /// What may be told of a service whose place is private now, as an entry of its own.
    async fn under_a_new_id(
        &self,
        tx: &mut Tx,
        before: &Entry<Service>,
        touched: &mut Touched,
    ) -> Result<Option<Id<kind::Service>>> {
        let id = Id::random(&*self.chance);
        let Some(record) = cut_service(&before.record, id) else { return Ok(None) };
        let now = self.clock.now();
        let foreign_id = before.origin.foreign_id.clone();
        let facts =
            ServiceFacts { mode: PlaceMode::Area, areas: before.facts.areas.clone(), ..ServiceFacts::default() };
        let offer = Offer { foreign_id, record, facts, extra: Record::new() };
        let draft = import::placed(Draft::Service(Box::new(offer)), now.london_date());
        let mut items = [Numbered { item: 0, organization: None, drafts: vec![draft] }];
        let doors = Doors::default();
        doors.addresses(&mut items[0].drafts);
        let verdicts = floors::settle(tx, before.origin.source, &mut items).await?;
        let [Numbered { mut drafts, .. }] = items;
        drafts.iter_mut().for_each(|draft| {
            numbers::without_finer(draft, &HashSet::new());
        });
        doors.texts(&mut drafts);
        finer::without_finer(&mut drafts, &doors);
        let Some(Draft::Service(offer)) = drafts.into_iter().next() else { return Ok(None) };
        // Its next import says it anew, and why it cannot be shown.
        if verdicts.iter().any(|verdict| verdict.is_refused) {
            return Ok(None);
        }
        let entry = Entry {
            record: offer.record,
            facts: offer.facts,
            extra: Record::new(),
            standing: before.standing,
            origin: before.origin.clone(),
            revision: 1,
            created: now,
            changed: now,
        };
        touched.services.insert(id);
        touched.organizations.extend(entry.record.organization_id);
        tx.put(&[entry]).await?;
        Ok(Some(id))
    }
}

/// How many services of an organisation are private and not opened.
async fn private_services(tx: &mut Tx, of: Id<kind::Organization>) -> Result<usize> {
    let mut private: HashMap<Id<kind::Source>, Vec<String>> = HashMap::new();
    for service in tx.by_key::<Service, _>(Key::Organization, &[of]).await? {
        if service.facts.mode == PlaceMode::Area && service.standing != Standing::Retired {
            private.entry(service.origin.source).or_default().push(service.origin.foreign_id);
        }
    }
    let mut stay = 0;
    for (source, names) in private {
        let decided = tx.decided(source, &names).await?;
        let is_opened = |name| decided.get(name).is_some_and(|of| of.iter().any(|one| one.decision == Decision::Place));
        stay += names.iter().filter(|name| !is_opened(*name)).count();
    }
    Ok(stay)
}

#[cfg(test)]
mod tests {
    use super::Safeguarding;

    #[test]
    fn a_decision_has_a_role_and_a_reason_that_tells_no_place() {
        assert!(Safeguarding::of("safeguarding lead", "A public office with its own door").is_some());
        for (role, because) in
            [("", "A public office"), ("lead", " "), ("lead", "It is at LS6 2ZX"), ("lead", &"x".repeat(501))]
        {
            assert!(Safeguarding::of(role, because).is_none());
        }
        let lead = || Safeguarding::of("lead", "Read by two").unwrap();
        assert!(lead().seconded("deputy").is_some_and(|both| both.role == "lead, with deputy"));
        assert!(lead().seconded("Lead").is_none() && lead().seconded(" ").is_none());
    }
}
