//! Making all remembered rows anew, some at a time: where another program or gazetteer made them, and where a keeper asks.
//!
//! Each step is a transaction of its own that says how far it has come, so that a crash repeats one step at most, and
//! writers and the published view need not wait for all of it. Until the last step listings are made of their links alone
//! ([`are_remembered`]), and a write that finds no row for a link takes its other side for changed.

use std::{collections::HashMap, time::Duration};

use kith_index::gazetteer::Gazetteer;

use super::{difference, sides_of};
use crate::{
    directory::{Directory, Result},
    domain::{
        entry::Origin,
        id::Id,
        link::{Side, SideKind},
    },
    store::{Audit, Snapshot},
};

/// Raised whenever the same records make other rows.
const SHAPE: u32 = 3;
/// Links in one step; more only where one record states more.
pub const LINKS_AT_ONCE: u64 = 1_000;
/// Listings of which the former rows go in one step.
const FORGOTTEN_AT_ONCE: u32 = 1_000;
/// How long others may write between two steps.
pub const PAUSE: Duration = Duration::from_millis(20);

/// How far rows have been made.
enum Made {
    /// By something else, or not at all.
    Otherwise,
    /// Those of the records up to this id.
    UpTo(String),
    /// All.
    All,
}

impl Made {
    async fn read(read: &mut Snapshot) -> Result<Self> {
        let (made, by) = (read.bonds_made().await?.unwrap_or_default(), by());
        Ok(match made.strip_prefix(&*by).map(|rest| (rest.is_empty(), rest.strip_prefix(UP_TO))) {
            Some((true, _)) => Self::All,
            Some((false, Some(id))) => Self::UpTo(id.to_owned()),
            _ => Self::Otherwise,
        })
    }
}

/// What stands between who makes the rows and the last id whose are made.
const UP_TO: &str = " up to ";

/// What makes rows: this program with its gazetteer.
fn by() -> String {
    format!("{SHAPE} {}", Gazetteer::embedded().version())
}

/// Whether all rows are there, so that a listing may be made of the first of them.
///
/// # Errors
/// When the store cannot be read.
pub async fn are_remembered(read: &mut Snapshot) -> Result<bool> {
    Ok(matches!(Made::read(read).await?, Made::All))
}

impl Directory {
    /// Makes rows until all are made. While that lasts others read and write.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remember_links(&self) -> Result<()> {
        while self.remember_some(LINKS_AT_ONCE).await? {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// The same where there are no links, as in every new directory: one step.
    ///
    /// # Errors
    /// When the store fails.
    pub(in crate::directory) async fn remember_none(&self) -> Result<()> {
        if !self.store.snapshot().await?.has_links().await? {
            self.remember_links().await?;
        }
        Ok(())
    }

    /// Has all rows made anew, by the steps that follow.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_links(&self, actor: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.say_bonds_made("").await?;
        tx.commit(self.bonds_audit(actor, ""), &[]).await?;
        Ok(())
    }

    /// Tells the other sides of what has many links, or makes the rows of the next records that state links: at most so many
    /// links. Answers whether there may be more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remember_some(&self, links: u64) -> Result<bool> {
        let mut read = self.store.snapshot().await?;
        if are_remembered(&mut read).await? && read.next_bond_due().await?.is_none() {
            return Ok(false);
        }
        drop(read);
        let mut tx = self.store.begin().await?;
        // First, as it goes by the rows that are there.
        if let Some((own, after)) = tx.next_bond_due().await? {
            self.tell_some(tx, &own, &after, links).await?;
            return Ok(true);
        }
        let after = match Made::read(&mut tx).await? {
            Made::All => return Ok(false),
            Made::UpTo(id) => id,
            Made::Otherwise => {
                let rest = tx.clear_bonds(FORGOTTEN_AT_ONCE).await?;
                let made = if rest > 0 { String::new() } else { format!("{}{UP_TO}", by()) };
                tx.say_bonds_made(&made).await?;
                tx.commit(self.bonds_audit("the program", &made), &[]).await?;
                return Ok(true);
            }
        };
        // Every link is stated by a record, and the rows of both its sides are made with that one's.
        let mut counted = 0;
        let next = tx.link_holders(&after, u32::try_from(links).unwrap_or(u32::MAX)).await?;
        let next: Vec<String> = next
            .into_iter()
            .take_while(|(_, count)| {
                let is_first = counted == 0;
                counted += count;
                is_first || counted <= links
            })
            .map(|(id, _)| id)
            .collect();
        let made = match next.last() {
            Some(last) => format!("{}{UP_TO}{last}", by()),
            None => by(),
        };
        let holders = holders(&mut tx, &next).await?;
        difference(&mut tx, &holders).await?.write(&mut tx).await?;
        tx.say_bonds_made(&made).await?;
        tx.commit(self.bonds_audit("the program", &made), &[]).await?;
        Ok(!next.is_empty())
    }

    fn bonds_audit(&self, actor: &str, made: &str) -> Audit {
        let (at, actor) = (self.clock.now(), actor.to_owned());
        Audit { at, actor, action: "bonds", subject: None, detail: serde_json::json!({ "made": made }) }
    }
}

/// The records of these ids, of whatever kind.
async fn holders(read: &mut Snapshot, ids: &[String]) -> Result<HashMap<Side, Origin>> {
    let ids: Vec<Id<()>> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let kinds = [SideKind::Service, SideKind::Organization];
    sides_of(read, &ids.into_iter().flat_map(|id| kinds.map(|kind| Side { kind, id })).collect()).await
}
