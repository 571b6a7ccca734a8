//! What an offered record means for what is kept: new, changed or the same.

use std::collections::{HashMap, HashSet};

use super::{Result, settle::Touched};
use crate::{
    domain::{
        clock::Timestamp,
        entry::{Aggregate, Entry, Origin, Standing},
        id::{Id, Kind, kind},
        location::Location,
        organization::Organization,
        service::Service,
        service_at_location::ServiceAtLocation,
        taxonomy::{Taxonomy, TaxonomyTerm},
    },
    exchange::{Draft, Offer},
    store::{Kept, Tx},
};

/// What became of one item of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Nothing is different.
    Same,
    /// Something it says is different from what was kept.
    Updated,
    /// What it is about was not kept before.
    Created,
    /// An id in it belongs to another source; nothing of it is kept.
    Taken,
}

/// The drafts of one item, with its number in the batch.
pub struct Numbered {
    /// Its number in the batch.
    pub item: usize,
    /// Its drafts.
    pub drafts: Vec<Draft>,
}

/// What has been offered in this run already, by kind and foreign id.
pub type Seen = HashSet<(&'static str, String)>;

/// Offers of a batch by kind of record.
#[derive(Default)]
struct Sorted {
    taxonomies: Vec<(usize, Offer<Taxonomy>)>,
    terms: Vec<(usize, Offer<TaxonomyTerm>)>,
    organizations: Vec<(usize, Offer<Organization>)>,
    services: Vec<(usize, Offer<Service>)>,
    locations: Vec<(usize, Offer<Location>)>,
    places: Vec<(usize, Offer<ServiceAtLocation>)>,
}

/// Writes what is new or different, and says what became of each item.
pub struct Planner<'t> {
    /// The writing transaction.
    pub tx: &'t mut Tx,
    /// Who offers.
    pub source: Id<kind::Source>,
    /// When.
    pub now: Timestamp,
    /// What was offered before in this run.
    pub seen: &'t mut Seen,
    /// What was written; grows.
    pub touched: Touched,
}

impl Planner<'_> {
    /// Plans and writes a batch of `items` items.
    ///
    /// # Errors
    /// When the store fails; nothing of the batch is kept then.
    pub async fn write(&mut self, batch: Vec<Numbered>, items: usize) -> Result<Vec<Outcome>> {
        let mut sorted = Sorted::default();
        for Numbered { item, drafts } in batch {
            for draft in drafts {
                match draft {
                    Draft::Taxonomy(offer) => sorted.taxonomies.push((item, offer)),
                    Draft::TaxonomyTerm(offer) => sorted.terms.push((item, offer)),
                    Draft::Organization(offer) => sorted.organizations.push((item, *offer)),
                    Draft::Service(offer) => sorted.services.push((item, *offer)),
                    Draft::Location(offer) => sorted.locations.push((item, *offer)),
                    Draft::ServiceAtLocation(offer) => sorted.places.push((item, offer)),
                }
            }
        }
        let mut taken = HashSet::new();
        self.taken(&sorted.taxonomies, &mut taken).await?;
        self.taken(&sorted.terms, &mut taken).await?;
        self.taken(&sorted.organizations, &mut taken).await?;
        self.taken(&sorted.services, &mut taken).await?;
        self.taken(&sorted.locations, &mut taken).await?;
        self.taken(&sorted.places, &mut taken).await?;

        // What others refer to is written first.
        let mut outcomes = vec![Outcome::Same; items];
        self.put(sorted.taxonomies, &taken, &mut outcomes, false).await?;
        self.put(sorted.terms, &taken, &mut outcomes, false).await?;
        let organizations = self.put(sorted.organizations, &taken, &mut outcomes, true).await?;
        let names: Vec<String> = sorted.services.iter().map(|(_, offer)| offer.foreign_id.clone()).collect();
        let before = self.tx.by_foreign::<Service>(self.source, &names).await?;
        let services = self.put(sorted.services, &taken, &mut outcomes, true).await?;
        let locations = self.put(sorted.locations, &taken, &mut outcomes, false).await?;
        let places = self.put(sorted.places, &taken, &mut outcomes, false).await?;
        self.touched.organizations.extend(organizations.iter().map(|entry| entry.record.id));
        // A service that changed hands touches whom it left, too.
        let left = services.iter().filter_map(|entry| before.get(&entry.origin.foreign_id)?.record.organization_id);
        self.touched.organizations.extend(services.iter().filter_map(|entry| entry.record.organization_id).chain(left));
        self.touched.services.extend(services.iter().map(|entry| entry.record.id));
        self.touched.services.extend(places.iter().filter_map(|entry| entry.record.service_id));
        self.touched.locations.extend(locations.iter().map(|entry| entry.record.id));
        for item in taken {
            outcomes[item] = Outcome::Taken;
        }
        Ok(outcomes)
    }

    /// Items that offer a record under an id which another source's record has.
    async fn taken<T: Kept>(&mut self, offers: &[(usize, Offer<T>)], taken: &mut HashSet<usize>) -> Result<()> {
        let ids: Vec<Id<T::Kind>> = offers.iter().map(|(_, offer)| offer.record.id()).collect();
        let others: HashSet<_> = self
            .tx
            .get::<T>(&ids)
            .await?
            .into_iter()
            .filter(|entry| entry.origin.source != self.source)
            .map(|entry| entry.record.id())
            .collect();
        taken.extend(offers.iter().filter(|(_, offer)| others.contains(&offer.record.id())).map(|(item, _)| *item));
        Ok(())
    }

    /// Writes the offers that are new or different. `is_subject`: such a record is what its item is about.
    async fn put<T: Kept>(
        &mut self,
        offers: Vec<(usize, Offer<T>)>,
        taken: &HashSet<usize>,
        outcomes: &mut [Outcome],
        is_subject: bool,
    ) -> Result<Vec<Entry<T>>> {
        let mut fresh: Vec<(usize, Offer<T>)> = Vec::with_capacity(offers.len());
        for (item, offer) in offers.into_iter().filter(|(item, _)| !taken.contains(item)) {
            // The first in a file wins; the reader of the file has told where a later one differs.
            if self.seen.insert((T::Kind::NAME, offer.foreign_id.clone())) {
                fresh.push((item, offer));
            }
        }
        let names: Vec<String> = fresh.iter().map(|(_, offer)| offer.foreign_id.clone()).collect();
        let mut known: HashMap<String, Entry<T>> = self.tx.by_foreign(self.source, &names).await?;
        let mut written = Vec::new();
        for (item, offer) in fresh {
            let before = known.remove(&offer.foreign_id);
            let outcome = match &before {
                None if is_subject => Outcome::Created,
                None => Outcome::Updated,
                Some(entry)
                    if entry.record == offer.record && entry.facts == offer.facts && entry.extra == offer.extra =>
                {
                    Outcome::Same
                }
                Some(_) => Outcome::Updated,
            };
            outcomes[item] = outcomes[item].max(outcome);
            if outcome > Outcome::Same {
                written.push(self.entry(offer, before));
            }
        }
        self.tx.put(&written).await?;
        Ok(written)
    }

    /// What is kept from now on. A withdrawn entry stays withdrawn: only a keeper restores it.
    fn entry<T: Aggregate>(&self, offer: Offer<T>, before: Option<Entry<T>>) -> Entry<T> {
        Entry {
            record: offer.record,
            facts: offer.facts,
            extra: offer.extra,
            standing: before.as_ref().map_or(Standing::Published, |entry| entry.standing),
            origin: Origin { source: self.source, foreign_id: offer.foreign_id },
            revision: before.as_ref().map_or(1, |entry| entry.revision + 1),
            created: before.as_ref().map_or(self.now, |entry| entry.created),
            changed: self.now,
        }
    }
}
