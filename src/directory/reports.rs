//! What readers say is wrong: taken from anyone, shown as "being checked", worked through by keepers.

use std::{collections::HashSet, net::IpAddr, time::Duration};

use chrono::NaiveDate;

use super::{Directory, Error, Result, holds::Held, settle};
use crate::{
    domain::{
        entry::Standing,
        id::{Id, kind},
        organization::Organization,
        place::PlaceMode,
        plain,
        read::{Code, Violation},
        report::{self, Because, Coded, Known, LONGEST, Reason, Report, State},
        service::Service,
        telltale,
    },
    store::{self, Audit, Tx},
};

/// The most open reports of one listing and one sort; what it is about is known by then.
const MOST_OPEN: usize = 50;
/// How long the store gets to begin.
const PATIENCE: Duration = Duration::from_secs(5);

/// What somebody reports. It prints nothing: no `Debug`.
pub struct NewReport {
    /// The listing's id.
    pub listing_id: String,
    /// What is wrong, as a word of [`Reason`].
    pub reason: String,
    /// Why somebody was not eligible, as a word of [`Barrier`](report::Barrier); with that reason only.
    pub barrier: Option<String>,
    /// The month since which somebody is waiting, `YYYY-MM`; with that reason only.
    pub since: Option<String>,
    /// In their own words, at most 500 characters; not with what is said by code.
    pub text: Option<String>,
}

/// The listing that is reported.
struct Target {
    id: Id<kind::Service>,
    known: Known,
    is_private: bool,
}

/// Who sends, for the throttle: the proxy on this machine says last of `X-Forwarded-For` for whom it asks, and nobody else
/// is believed.
pub fn sender(peer: IpAddr, forwarded: Option<&[u8]>) -> IpAddr {
    let told = forwarded.filter(|_| peer.is_loopback()).and_then(|value| std::str::from_utf8(value).ok());
    told.and_then(|told| told.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
}

impl Directory {
    /// Forgets who has sent reports, ten minutes after they did. Whoever serves calls it now and then.
    pub fn forget_senders(&self) {
        self.throttle.forget(self.clock.now());
    }
}

impl NewReport {
    fn faults(&self, today: NaiveDate) -> (Option<Reason>, Vec<Violation>) {
        let reason: Option<Reason> = self.reason.parse().ok();
        let mut faults = Vec::new();
        if self.listing_id.parse::<Id<kind::Service>>().is_err() {
            faults.push(Violation::new("/listing_id", Code::NotAUuid));
        }
        if reason.is_none() {
            faults.push(Violation::new("/reason", Code::NotInList));
        }
        if let Some(text) = &self.text {
            if text.chars().count() > LONGEST {
                faults.push(Violation::new("/text", Code::TooLong));
            }
            if text.contains('\0') {
                faults.push(Violation::new("/text", Code::HasNul));
            }
        }
        if let Some(reason) = reason {
            let has_words = self.text.as_deref().is_some_and(|text| !text.trim().is_empty());
            let coded = Coded { barrier: self.barrier.as_deref(), since: self.since.as_deref(), has_words };
            faults.extend(coded.faults(reason, today));
        }
        (reason, faults)
    }
}

impl Directory {
    /// Takes a report. Readers see the listing labelled when the view has followed; one that the report takes away
    /// is gone for readers of this process when this returns.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every fault, [`Error::TooMany`], [`Error::Missing`], [`Error::Gone`], [`Error::Store`].
    pub async fn report(&self, new: &NewReport, from: Option<IpAddr>) -> Result<Report> {
        let now = self.clock.now();
        let day = now.london_date();
        let (reason, faults) = new.faults(day);
        let Some(reason) = reason.filter(|_| faults.is_empty()) else { return Err(Error::Invalid(faults)) };
        if !self.throttle.admits(from, now, &*self.chance) {
            return Err(Error::TooMany);
        }
        let mut tx = soon(self.store.begin()).await?;
        let target = self.target(&mut tx, &new.listing_id).await?;
        let earlier = tx.reports_of(&target.id.to_string()).await?;
        // Of each sort so many: however many say that it is closed, or by code how it went, there is room for who says
        // that it is not safe.
        let of_the_sort = |report: &&Report| report.state.is_open() && report.reason.sort() == reason.sort();
        if earlier.iter().filter(of_the_sort).count() >= MOST_OPEN {
            return Err(Error::TooMany);
        }
        let known = Known {
            was_cleared: earlier.iter().any(|report| report.state == State::NotChanged && !report.reason.is_coded()),
            hidden_today: usize::try_from(tx.hidden_by_reports_on(day).await?).unwrap_or(usize::MAX),
            ..target.known
        };
        // What would tell a private place is not collected, whoever offers it.
        let text = new.text.as_deref().map(plain::paragraphs).filter(|text| !text.is_empty());
        let words = text.filter(|text| !(target.is_private && telltale::tells_place(text)));
        let mut random = [0; 10];
        self.chance.fill(&mut random);
        let report = Report {
            code: report::code(random),
            listing: target.id.to_string(),
            reason,
            barrier: new.barrier.as_deref().and_then(|word| word.parse().ok()),
            since: new.since.clone(),
            words,
            state: State::Received,
            because: None,
            hides: report::takes_away(reason, known),
            day,
        };
        tx.put_report(&report).await?;
        if report.hides {
            self.stand(&mut tx, target.id, Standing::Withdrawn).await?;
        }
        self.settle_report(tx, target.id, "report", "a reader").await?;
        Ok(report)
    }

    /// The report of a code, as whoever has the code may know it.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Store`].
    pub async fn report_of(&self, code: &str) -> Result<Report> {
        soon(self.store.snapshot()).await?.report(&report::plain_code(code)).await?.ok_or(Error::Missing)
    }

    /// The reports that are to be seen to, the oldest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn open_reports(&self) -> Result<Vec<Report>> {
        Ok(self.store.snapshot().await?.open_reports().await?)
    }

    /// What the open reports of a listing propose to whoever keeps it, of what was said by code.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn proposals(&self, listing: &str) -> Result<Vec<String>> {
        Ok(report::proposals(&self.store.snapshot().await?.reports_of(listing).await?))
    }

    /// Says that a keeper looks at a report; `hide` takes the listing away meanwhile. That is the second signal which
    /// takes away what a report alone does not.
    ///
    /// # Errors
    /// [`Error::Missing`], also where it is closed, [`Error::Store`].
    pub async fn start_report(&self, code: &str, hide: bool, actor: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let mut report = open(&mut tx, code).await?;
        report.state = State::BeingChecked;
        let id = listing_of(&report)?;
        if hide {
            // What is withdrawn already stays so, and this report does not bring it back.
            match self.target(&mut tx, &report.listing).await {
                Ok(_) => {
                    report.hides = true;
                    self.stand(&mut tx, id, Standing::Withdrawn).await?;
                }
                Err(Error::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        tx.put_report(&report).await?;
        self.settle_report(tx, id, "report start", actor).await
    }

    /// Closes a report: what the reader wrote is forgotten, and a listing that reports took away comes back with the
    /// last of them, unless it is withdrawn for good.
    ///
    /// # Errors
    /// [`Error::Missing`], also where it is closed already, [`Error::Store`].
    pub async fn close_report(&self, code: &str, changed: bool, because: Because, actor: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let mut report = open(&mut tx, code).await?;
        report.words = None;
        report.state = if changed { State::Changed } else { State::NotChanged };
        report.because = Some(because);
        tx.put_report(&report).await?;
        let id = listing_of(&report)?;
        let all = tx.reports_of(&report.listing).await?;
        let still_hidden = all.iter().any(|other| other.hides && other.state.is_open());
        if report.hides && !still_hidden && because != Because::Withdrawn {
            match self.stand(&mut tx, id, Standing::Published).await {
                // It was retired meanwhile, to protect a place: that stays.
                Ok(()) | Err(Error::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        self.settle_report(tx, id, "report close", actor).await
    }

    /// The published listing of that id.
    async fn target(&self, tx: &mut Tx, id: &str) -> Result<Target> {
        let id: Id<kind::Service> = id.parse().map_err(|_| Error::Missing)?;
        let now = self.clock.now();
        let days_here =
            |created: crate::domain::clock::Timestamp| (now.london_date() - created.london_date()).num_days();
        let known = |days_here, is_checked| Known { days_here, is_checked, was_cleared: false, hidden_today: 0 };
        // What is hidden by a hold passes for withdrawn here as everywhere.
        let held = Held::read(tx).await?;
        if let Some(mut entry) = tx.get::<Service>(&[id]).await?.pop() {
            held.veil(&mut entry);
            let known = known(days_here(entry.created), entry.record.assured_date.is_some());
            let is_private = entry.facts.mode == PlaceMode::Area;
            return is_public(entry.standing, Target { id, known, is_private });
        }
        let mut entry = tx.get::<Organization>(&[id.cast()]).await?.pop().ok_or(Error::Missing)?;
        held.veil(&mut entry);
        let known = known(days_here(entry.created), false);
        let is_private = entry.facts.protected || entry.facts.at_risk;
        is_public(entry.standing, Target { id, known, is_private })
    }

    async fn stand(&self, tx: &mut Tx, id: Id<kind::Service>, standing: Standing) -> Result<()> {
        if !self.set::<Service>(tx, id, standing).await? {
            self.set::<Organization>(tx, id.cast(), standing).await?;
        }
        Ok(())
    }

    /// Commits, with what readers are shown from now on.
    async fn settle_report(&self, mut tx: Tx, id: Id<kind::Service>, action: &'static str, actor: &str) -> Result<()> {
        let mut touched = settle::Touched::default();
        if tx.get::<Service>(&[id]).await?.is_empty() {
            touched.organizations = HashSet::from([id.cast()]);
        } else {
            touched.services = HashSet::from([id]);
        }
        let lines = settle::lines(&mut tx, &touched).await?;
        let audit = Audit {
            at: self.clock.now(),
            actor: actor.to_owned(),
            action,
            subject: Some(id.to_string()),
            detail: serde_json::json!({ "listings": lines.len() }),
        };
        let committed = tx.commit(audit, &lines).await?;
        for line in lines.iter().filter(|line| line.digest.is_none()) {
            self.view.hide(&line.listing.id, committed.sequence);
        }
        Ok(())
    }
}

/// Whoever sends a report waits so long for the store and no longer.
async fn soon<T>(store: impl Future<Output = store::Result<T>>) -> Result<T> {
    match tokio::time::timeout(PATIENCE, store).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(store::Error::Busy(PATIENCE).into()),
    }
}

/// The report of a code that is still to be seen to.
async fn open(tx: &mut Tx, code: &str) -> Result<Report> {
    tx.report(&report::plain_code(code)).await?.filter(|report| report.state.is_open()).ok_or(Error::Missing)
}

fn listing_of(report: &Report) -> Result<Id<kind::Service>> {
    report.listing.parse().map_err(|_| Error::Missing)
}

fn is_public(standing: Standing, target: Target) -> Result<Target> {
    if standing == Standing::Published { Ok(target) } else { Err(Error::Gone) }
}

#[cfg(test)]
mod tests {
    use super::sender;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_for_whom_it_asks() {
        let from = |peer: &str, told: &[u8]| sender(peer.parse().unwrap(), Some(told)).to_string();
        assert_eq!(from("127.0.0.1", b"198.51.100.9, 192.0.2.1"), "192.0.2.1");
        assert_eq!(from("192.0.2.7", b"192.0.2.1"), "192.0.2.7");
        assert_eq!(from("::1", b"unknown"), "::1");
        assert_eq!(sender("192.0.2.7".parse().unwrap(), None).to_string(), "192.0.2.7");
    }
}
