//! Telling the other sides of a listing with many links that something of it has changed which they show, as its name:
//! some of them at a time.
//!
//! The write that changed it makes its own listing anew, and notes that it is due here. Each step is a transaction of its
//! own that says how far it has come, so that other writers need not wait for ten thousand members, and a crash repeats one
//! step at most. Whoever is written meanwhile shows the new name at once. What is to be seen no more, or must hide a place, is
//! never told by and by: it goes from all others with the write that says so.

use std::collections::{HashMap, HashSet};

use super::{Difference, between, compared, links, name, side_at, side_of, sides_of};
use crate::{
    directory::{
        Directory, Result,
        holds::Held,
        settle,
        shown::{organization_ref, service_ref},
    },
    domain::{
        entry::Origin,
        link::{Link, Side, SideKind},
    },
    store::{Audit, Snapshot, Tx},
};

/// The most links in one step: for each another listing may have to be made anew.
const AT_ONCE: u64 = 250;

impl Directory {
    /// Tells the next others of a side, after a link; at most so many links.
    pub(super) async fn tell_some(&self, mut tx: Tx, own: &str, after: &str, links: u64) -> Result<()> {
        let links = links.min(AT_ONCE);
        let (mut lines, mut last) = (Vec::new(), None);
        let side = side_of(own);
        let known = sides_of(&mut tx, &side.into_iter().collect()).await?;
        if let Some((side, origin)) = known.into_iter().next() {
            let names = [side.id.to_string(), origin.foreign_id.clone()];
            let next = tx.next_links(&names[0], &names, after, links).await?;
            last = next.last().copied().filter(|_| next.len() as u64 == links);
            let next = tx.get::<Link>(&next).await?;
            let ends = links::resolved(&mut tx, next).await?;
            let ends = ends.into_iter().map(|(link, other)| [link.record.holder, other]);
            let others = ends.filter(|ends| ends.contains(&side)).flatten().filter(|end| *end != side).collect();
            let difference = difference_between(&mut tx, side, &origin, &others).await?;
            let changed: HashSet<Side> = difference.sides().collect();
            difference.write(&mut tx).await?;
            let listings: Vec<_> = changed
                .into_iter()
                .map(|side| match side.kind {
                    SideKind::Service => service_ref(side.id.cast()),
                    SideKind::Organization => organization_ref(side.id.cast()),
                })
                .collect();
            lines = settle::lines_of(&mut tx, &listings, &settle::Touched::default()).await?;
        }
        match last {
            Some(link) => tx.say_bond_due(own, &link.to_string()).await?,
            None => tx.end_bond_due(own).await?,
        }
        let detail = serde_json::json!({ "listings": lines.len() });
        let subject = side.map(|side| side.id.to_string());
        let audit =
            Audit { at: self.clock.now(), actor: "the program".to_owned(), action: "tell links", subject, detail };
        tx.commit(audit, &lines).await?;
        Ok(())
    }
}

/// What the rows between a side and these others should be that they are not.
async fn difference_between(
    read: &mut Snapshot,
    side: Side,
    origin: &Origin,
    others: &HashSet<Side>,
) -> Result<Difference> {
    let names: Vec<String> = others.iter().copied().map(name).collect();
    let kept = read.bonds_between(&name(side), &names).await?;
    let held = Held::read(read).await?;
    let all = between(read, side, origin, others).await?;
    let mut linked = links::linked_by(read, &held, &HashMap::from([(side, origin.clone())]), all).await?;
    for linked in linked.values_mut() {
        linked.bonds.retain(|bond| others.contains(&side_at(&bond.other)));
    }
    Ok(compared(kept, linked))
}
