//! Statements that are not believed for ever: whether a group takes new people counts for 60 days, a claim about how it
//! works until its day, a link until the day on which it was to be looked at again, and a hold until its last.
//!
//! A day changes what readers are shown, so it is a write like any other: records, log, audit. The
//! holder of the folder's lock does it, when it starts and when a day begins.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{Directory, Result, holds, settle};
use crate::{
    domain::{
        link::{Link, SideKind},
        service::Service,
    },
    store::{Audit, Tx},
};

/// Records in one transaction.
const BATCH: u32 = 500;
/// The most transactions of one run; the rest waits for the next.
const MOST_BATCHES: usize = 10_000;

/// Whether a link's day of review has passed.
pub fn is_overdue(link: &Link, today: NaiveDate) -> bool {
    link.stated.terms.review_on.as_ref().and_then(|day| day.parse().ok()).is_some_and(|day: NaiveDate| day < today)
}

impl Directory {
    /// Lets go of statements whose time is over. Answers how many services, links and holds said one.
    ///
    /// # Errors
    /// When the store fails; whole batches before that stay.
    pub async fn expire(&self) -> Result<usize> {
        let today = self.clock.now().london_date();
        let mut over = 0;
        for _ in 0..MOST_BATCHES {
            let mut tx = self.store.begin().await?;
            let (mut touched, services) = self.expire_services(&mut tx, today).await?;
            let links = self.expire_links(&mut tx, today, &mut touched).await?;
            let holds = holds::expire(&mut tx, today, BATCH, &mut touched).await?;
            if services + links + holds == 0 {
                break;
            }
            let lines = settle::lines(&mut tx, &touched).await?;
            let detail = serde_json::json!({ "services": services, "links": links, "holds": holds });
            let audit = Audit {
                at: self.clock.now(),
                actor: "the calendar".to_owned(),
                action: "expire",
                subject: None,
                detail,
            };
            tx.commit(audit, &lines).await?;
            over += services + links + holds;
        }
        Ok(over)
    }

    async fn expire_services(&self, tx: &mut Tx, today: NaiveDate) -> Result<(settle::Touched, usize)> {
        let ids = tx.believed_until_before(&today.to_string(), BATCH).await?;
        let mut services = tx.get::<Service>(&ids).await?;
        for service in &mut services {
            service.facts.believe_on(today);
            service.revision += 1;
            service.changed = self.clock.now();
        }
        tx.put(&services).await?;
        let touched = settle::Touched { services: HashSet::from_iter(ids), ..settle::Touched::default() };
        Ok((touched, services.len()))
    }

    /// The listings on the other sides are found when the write ends.
    async fn expire_links(&self, tx: &mut Tx, today: NaiveDate, touched: &mut settle::Touched) -> Result<usize> {
        let ids = tx.links_due_before(&today.to_string(), BATCH).await?;
        let mut links = tx.get::<Link>(&ids).await?;
        for link in &mut links {
            link.facts.overdue = true;
            link.revision += 1;
            link.changed = self.clock.now();
            let holder = link.record.holder;
            match holder.kind {
                SideKind::Service => touched.services.insert(holder.id.cast()),
                SideKind::Organization => touched.organizations.insert(holder.id.cast()),
            };
        }
        tx.put(&links).await?;
        Ok(links.len())
    }
}
