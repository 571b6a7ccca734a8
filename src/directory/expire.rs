//! Statements that are not believed for ever: whether a group takes new people counts for 60 days.
//!
//! A day changes what readers are shown, so it is a write like any other: records, log, audit. The
//! holder of the folder's lock does it, when it starts and when a day begins.

use std::collections::HashSet;

use super::{Directory, Result, settle};
use crate::{domain::service::Service, store::Audit};

/// Services in one transaction.
const BATCH: u32 = 500;
/// The most transactions of one run; the rest waits for the next.
const MOST_BATCHES: usize = 10_000;

impl Directory {
    /// Lets go of statements whose time is over. Answers how many services said one.
    ///
    /// # Errors
    /// When the store fails; whole batches before that stay.
    pub async fn expire(&self) -> Result<usize> {
        let today = self.clock.now().london_date();
        let mut over = 0;
        for _ in 0..MOST_BATCHES {
            let mut tx = self.store.begin().await?;
            let ids = tx.believed_until_before(&today.to_string(), BATCH).await?;
            if ids.is_empty() {
                break;
            }
            let mut services = tx.get::<Service>(&ids).await?;
            for service in &mut services {
                service.facts.coming = std::mem::take(&mut service.facts.coming).believed_on(today);
                service.revision += 1;
                service.changed = self.clock.now();
            }
            tx.put(&services).await?;
            let touched =
                settle::Touched { services: HashSet::from_iter(ids.iter().copied()), ..settle::Touched::default() };
            let lines = settle::lines(&mut tx, &touched).await?;
            let detail = serde_json::json!({ "services": services.len() });
            let audit = Audit {
                at: self.clock.now(),
                actor: "the calendar".to_owned(),
                action: "expire",
                subject: None,
                detail,
            };
            tx.commit(audit, &lines).await?;
            over += services.len();
        }
        Ok(over)
    }
}
