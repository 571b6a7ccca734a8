//! Open listings that have a number, a mailbox or a site in common with one whose place is private: a keeper is asked to look.
//!
//! Nothing is done to them. Whoever hid an open listing for what it shares would say of the other that it is there. Compared is
//! only what readers are shown of the private listing (`ties.rs`): what is withheld of it is not kept, so that no report can say whether somebody has
//! guessed it. An import knows private listings that told areas before it, or in the same batch; [`open_ones`] knows all.

use std::collections::HashSet;

use super::{
    Result,
    plan::Numbered,
    ties::{contacts_of_organization, contacts_of_service},
};
use crate::{
    domain::{
        entry::Standing,
        id::{Id, kind},
        organization::Organization,
        place::PlaceMode,
        service::Service,
    },
    exchange::Draft,
    store::{Snapshot, Tx},
};

/// Records read at once.
const PAGE: u32 = 1_000;

/// The items of a batch with open records that share something with a private listing.
///
/// The ties of the batch must have been settled.
///
/// # Errors
/// When the store cannot be read.
pub async fn with_private(tx: &mut Tx, items: &[Numbered]) -> Result<HashSet<usize>> {
    if !tx.has_ties().await? {
        return Ok(HashSet::new());
    }
    let of = |draft: &Draft| match draft {
        Draft::Service(offer) if offer.facts.mode != PlaceMode::Area => contacts_of_service(&offer.record),
        Draft::Organization(offer) if !offer.facts.protected => contacts_of_organization(&offer.record),
        _ => Vec::new(),
    };
    let offered: Vec<(usize, Vec<String>)> =
        items.iter().map(|item| (item.item, item.drafts.iter().flat_map(of).collect())).collect();
    let all: HashSet<&String> = offered.iter().flat_map(|(_, ties)| ties).collect();
    let tied = tx.tied_by(&all.into_iter().cloned().collect::<Vec<_>>()).await?;
    let subjects: HashSet<&String> = tied.iter().map(|tie| &tie.subject).collect();
    let told = tx.told(&subjects.into_iter().cloned().collect::<Vec<_>>()).await?;
    let private: HashSet<&String> = told.iter().filter(|told| told.hidden).map(|told| &told.subject).collect();
    let shared: HashSet<&String> =
        tied.iter().filter(|tie| private.contains(&tie.subject)).map(|tie| &tie.tie).collect();
    Ok(offered.into_iter().filter(|(_, ties)| ties.iter().any(|tie| shared.contains(tie))).map(|(at, _)| at).collect())
}

/// All open services and organisations that share something with a private listing, by id, in order.
///
/// # Errors
/// When the store cannot be read.
pub async fn open_ones(read: &mut Snapshot) -> Result<Vec<String>> {
    let (mut private, mut running) = (HashSet::new(), HashSet::new());
    let mut after: Option<Id<kind::Service>> = None;
    loop {
        let page = read.page::<Service>(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.record.id);
        for entry in
            page.iter().filter(|entry| entry.standing == Standing::Published && entry.facts.mode == PlaceMode::Area)
        {
            private.extend(contacts_of_service(&entry.record));
            running.extend(entry.record.organization_id);
        }
    }
    if private.is_empty() && running.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = running.into_iter().collect();
    let own = read.get::<Organization>(&ids).await?;
    private.extend(own.iter().filter(|own| own.facts.protected).flat_map(|own| contacts_of_organization(&own.record)));
    let shares = |ties: Vec<String>| ties.iter().any(|tie| private.contains(tie));

    let mut found = Vec::new();
    let mut after: Option<Id<kind::Service>> = None;
    loop {
        let page = read.page::<Service>(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.record.id);
        let open =
            page.iter().filter(|entry| entry.standing == Standing::Published && entry.facts.mode != PlaceMode::Area);
        found.extend(
            open.filter(|entry| shares(contacts_of_service(&entry.record))).map(|entry| entry.record.id.to_string()),
        );
    }
    let mut after: Option<Id<kind::Organization>> = None;
    loop {
        let page = read.page::<Organization>(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.record.id);
        let open = page.iter().filter(|entry| entry.standing == Standing::Published && !entry.facts.protected);
        found.extend(
            open.filter(|entry| shares(contacts_of_organization(&entry.record)))
                .map(|entry| entry.record.id.to_string()),
        );
    }
    found.sort_unstable();
    Ok(found)
}
