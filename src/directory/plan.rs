//! What an offered record means for what is kept: new, changed or the same.

use std::collections::{HashMap, HashSet};

use super::{Result, settle::Touched};
use crate::{
    domain::{
        clock::Timestamp,
        entry::{Aggregate, Entry, Origin, Standing},
        id::{Id, Kind, kind},
        link::{Link, Side, SideKind},
        location::Location,
        organization::Organization,
        service::Service,
        service_at_location::ServiceAtLocation,
        taxonomy::{Taxonomy, TaxonomyTerm},
    },
    exchange::{Draft, Offer},
    store::{Kept, Key, Tx},
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
    /// An id in it belongs to another source or to a retired record; nothing of it is kept.
    Taken,
}

/// The drafts of one item, with its number in the batch.
pub struct Numbered {
    /// Its number in the batch.
    pub item: usize,
    /// The source's id of the organization that the item is about; `None` for the item of a service.
    pub organization: Option<String>,
    /// Its drafts.
    pub drafts: Vec<Draft>,
}

/// Kinds of which a retired row may be filled again: their ids are no secrets.
const COME_BACK: [&str; 3] = [kind::ServiceAtLocation::NAME, kind::Taxonomy::NAME, kind::TaxonomyTerm::NAME];

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
    links: Vec<(usize, Offer<Link>)>,
}

/// What was written of one kind, and what stood there before.
struct Written<T: Aggregate> {
    now: Vec<Entry<T>>,
    before: Vec<Entry<T>>,
}

impl<T: Aggregate> Written<T> {
    /// The ids that these entries refer or referred to.
    fn both<I>(&self, id: impl Fn(&T) -> Option<I>) -> impl Iterator<Item = I> {
        self.now.iter().chain(&self.before).filter_map(move |entry| id(&entry.record))
    }
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
    /// Locations that the file names anywhere, by the source's ids.
    pub named: &'t HashSet<String>,
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
        let mut own_items = HashMap::new();
        for Numbered { item, organization, drafts } in batch {
            own_items.extend(organization.map(|organization| (organization, item)));
            for draft in drafts {
                match draft {
                    Draft::Taxonomy(offer) => sorted.taxonomies.push((item, offer)),
                    Draft::TaxonomyTerm(offer) => sorted.terms.push((item, offer)),
                    Draft::Organization(offer) => sorted.organizations.push((item, *offer)),
                    Draft::Service(offer) => sorted.services.push((item, *offer)),
                    Draft::Location(offer) => sorted.locations.push((item, *offer)),
                    Draft::ServiceAtLocation(offer) => sorted.places.push((item, offer)),
                    Draft::Link(offer) => sorted.links.push((item, offer)),
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
        let taxonomies = self.put(sorted.taxonomies, &taken, &mut outcomes, false).await?;
        let terms = self.put(sorted.terms, &taken, &mut outcomes, false).await?;
        // These say all that they are; an organization only nested in a service may be told in part.
        let whole_services = self.fresh(&sorted.services, &taken);
        let mut whole_organizations = self.fresh(&sorted.organizations, &taken);
        let told: HashMap<_, _> =
            sorted.organizations.iter().map(|(item, o)| (o.record.id, (&o.foreign_id, *item))).collect();
        whole_organizations.retain(|id, _| told.get(id).is_some_and(|(name, item)| own_items.get(*name) == Some(item)));
        // Of its links an item of its own says all, also of an organization that was nested in an earlier one.
        let of_items = sorted.organizations.iter().filter(|(item, o)| own_items.get(&o.foreign_id) == Some(item));
        let holders: HashMap<Side, usize> = of_items
            .map(|(item, offer)| (Side::organization(offer.record.id), *item))
            .chain(whole_services.iter().map(|(id, item)| (Side::service(*id), *item)))
            .collect();
        let offered_places: HashSet<_> = sorted.places.iter().map(|(_, offer)| offer.record.id).collect();
        let offered_locations: HashSet<_> = sorted.locations.iter().map(|(_, offer)| offer.record.id).collect();
        let organizations = self.put(sorted.organizations, &taken, &mut outcomes, true).await?;
        let services = self.put(sorted.services, &taken, &mut outcomes, true).await?;
        let locations = self.put(sorted.locations, &taken, &mut outcomes, false).await?;
        let places = self.put(sorted.places, &taken, &mut outcomes, false).await?;
        let links = self.put(sorted.links, &taken, &mut outcomes, false).await?;
        // What moved touches whom it left, too.
        self.touched.organizations.extend(organizations.both(|organization| Some(organization.id)));
        self.touched.organizations.extend(services.both(|service| service.organization_id));
        self.touched.services.extend(services.both(|service| Some(service.id)));
        self.touched.services.extend(places.both(|at| at.service_id));
        self.touched.places.extend(places.now.iter().map(|entry| entry.record.id));
        self.touched.taxonomies.extend(taxonomies.now.iter().map(|entry| entry.record.id));
        // A taxonomy is shown for its terms, also for one that has left it.
        self.touched.taxonomies.extend(terms.both(|term| term.taxonomy_id));
        self.touched.terms.extend(terms.now.iter().map(|entry| entry.record.id));
        self.touched.locations.extend(locations.both(|location| Some(location.id)));
        self.touched.organizations.extend(locations.both(|location| location.organization_id));
        links.now.iter().for_each(|link| self.touch(link.record.holder));
        self.withdraw_left_links(&holders, &mut outcomes).await?;
        self.withdraw_left_places(&whole_services, &offered_places, &mut outcomes).await?;
        self.withdraw_left_locations(&whole_organizations, &offered_locations, &mut outcomes).await?;
        for item in taken {
            outcomes[item] = Outcome::Taken;
        }
        Ok(outcomes)
    }

    /// Records that are offered for the first time in this run, with their items.
    fn fresh<T: Kept>(&self, offers: &[(usize, Offer<T>)], taken: &HashSet<usize>) -> HashMap<Id<T::Kind>, usize> {
        let mut fresh = HashMap::new();
        for (item, offer) in offers {
            if !taken.contains(item) && !self.seen.contains(&(T::Kind::NAME, offer.foreign_id.clone())) {
                fresh.entry(offer.record.id()).or_insert(*item);
            }
        }
        fresh
    }

    /// The listings on the other sides are found when the write ends.
    fn touch(&mut self, holder: Side) {
        match holder.kind {
            SideKind::Service => self.touched.services.insert(holder.id.cast()),
            SideKind::Organization => self.touched.organizations.insert(holder.id.cast()),
        };
    }

    /// Withdraws the links that records do not state any more.
    async fn withdraw_left_links(&mut self, holders: &HashMap<Side, usize>, outcomes: &mut [Outcome]) -> Result<()> {
        if !self.tx.has_links().await? {
            return Ok(());
        }
        let ids: Vec<String> = holders.keys().map(|side| side.id.to_string()).collect();
        let mut links = self.tx.links_stated_by(&ids).await?;
        links.retain(|link| holders.contains_key(&link.record.holder));
        for link in self.withdraw(links).await? {
            self.touch(link.record.holder);
            let item = holders[&link.record.holder];
            outcomes[item] = outcomes[item].max(Outcome::Updated);
        }
        Ok(())
    }

    /// Withdraws the places at which services are not any more.
    async fn withdraw_left_places(
        &mut self,
        services: &HashMap<Id<kind::Service>, usize>,
        offered: &HashSet<Id<kind::ServiceAtLocation>>,
        outcomes: &mut [Outcome],
    ) -> Result<()> {
        let ids: Vec<_> = services.keys().copied().collect();
        // What this batch offers stays: only others are read whole.
        let at = self.tx.ids_by_key::<ServiceAtLocation, _>(Key::Service, &ids).await?;
        let others: Vec<_> = at.into_iter().map(|(id, _)| id).filter(|id| !offered.contains(id)).collect();
        let at = self.tx.get::<ServiceAtLocation>(&others).await?;
        let left = self.withdraw(at).await?;
        for service in left.iter().filter_map(|entry| entry.record.service_id) {
            self.touched.services.insert(service);
            outcomes[services[&service]] = outcomes[services[&service]].max(Outcome::Updated);
        }
        Ok(())
    }

    /// Withdraws the locations that organizations do not have any more, unless a service is there.
    async fn withdraw_left_locations(
        &mut self,
        organizations: &HashMap<Id<kind::Organization>, usize>,
        offered: &HashSet<Id<kind::Location>>,
        outcomes: &mut [Outcome],
    ) -> Result<()> {
        let ids: Vec<_> = organizations.keys().copied().collect();
        let own = self.tx.ids_by_key::<Location, _>(Key::Organization, &ids).await?;
        let others: Vec<_> = own.into_iter().map(|(id, _)| id).filter(|id| !offered.contains(id)).collect();
        let mut locations = self.tx.get::<Location>(&others).await?;
        locations.retain(|entry| !self.named.contains(&entry.origin.foreign_id));
        let ids: Vec<_> = locations.iter().map(|entry| entry.record.id).collect();
        let at = self.tx.by_key::<ServiceAtLocation, _>(Key::Location, &ids).await?;
        let used: HashSet<_> = at
            .iter()
            .filter(|entry| entry.standing == Standing::Published)
            .filter_map(|entry| entry.record.location_id)
            .collect();
        locations.retain(|entry| !used.contains(&entry.record.id));
        let left = self.withdraw(locations).await?;
        for organization in left.iter().filter_map(|entry| entry.record.organization_id) {
            self.touched.organizations.insert(organization);
            outcomes[organizations[&organization]] = outcomes[organizations[&organization]].max(Outcome::Updated);
        }
        Ok(())
    }

    /// Withdraws those of these entries that are public, of this source and not offered in this run.
    async fn withdraw<T: Kept>(&mut self, mut entries: Vec<Entry<T>>) -> Result<Vec<Entry<T>>> {
        entries.retain(|entry| {
            entry.standing == Standing::Published
                && entry.origin.source == self.source
                && !self.seen.contains(&(T::Kind::NAME, entry.origin.foreign_id.clone()))
        });
        for entry in &mut entries {
            entry.standing = Standing::Withdrawn;
            entry.revision += 1;
            entry.changed = self.now;
        }
        self.tx.put(&entries).await?;
        Ok(entries)
    }

    /// Items that offer a record under an id which a record has that is not theirs.
    ///
    /// A retired place of a service, term or taxonomy is an empty row without a secret of its own: it may come back.
    async fn taken<T: Kept>(&mut self, offers: &[(usize, Offer<T>)], taken: &mut HashSet<usize>) -> Result<()> {
        let ids: Vec<Id<T::Kind>> = offers.iter().map(|(_, offer)| offer.record.id()).collect();
        let found: HashMap<_, _> =
            self.tx.get::<T>(&ids).await?.into_iter().map(|entry| (entry.record.id(), entry)).collect();
        let is_theirs = |offer: &Offer<T>, entry: &Entry<T>| {
            let comes_back = COME_BACK.contains(&T::Kind::NAME) && entry.standing == Standing::Retired;
            entry.origin.source == self.source && (entry.origin.foreign_id == offer.foreign_id || comes_back)
        };
        let others = offers
            .iter()
            .filter(|(_, offer)| found.get(&offer.record.id()).is_some_and(|entry| !is_theirs(offer, entry)));
        taken.extend(others.map(|(item, _)| *item));
        Ok(())
    }

    /// Writes the offers that are new or different. `is_subject`: such a record is what its item is about.
    async fn put<T: Kept>(
        &mut self,
        offers: Vec<(usize, Offer<T>)>,
        taken: &HashSet<usize>,
        outcomes: &mut [Outcome],
        is_subject: bool,
    ) -> Result<Written<T>> {
        let mut fresh: Vec<(usize, Offer<T>)> = Vec::with_capacity(offers.len());
        for (item, offer) in offers.into_iter().filter(|(item, _)| !taken.contains(item)) {
            // The first in a file wins; the reader of the file has told where a later one differs.
            if self.seen.insert((T::Kind::NAME, offer.foreign_id.clone())) {
                fresh.push((item, offer));
            }
        }
        let names: Vec<String> = fresh.iter().map(|(_, offer)| offer.foreign_id.clone()).collect();
        let mut known: HashMap<String, Entry<T>> = self.tx.by_foreign(self.source, &names).await?;
        let new: Vec<_> =
            fresh.iter().filter(|(_, o)| !known.contains_key(&o.foreign_id)).map(|(_, o)| o.record.id()).collect();
        let mut retired: HashMap<_, _> =
            self.tx.get::<T>(&new).await?.into_iter().map(|entry| (entry.record.id(), entry)).collect();
        let mut written = Written { now: Vec::new(), before: Vec::new() };
        for (item, mut offer) in fresh {
            let before = known.remove(&offer.foreign_id).or_else(|| retired.remove(&offer.record.id()));
            // Only a keeper restores a withdrawn subject; its parts go and come with the file.
            let standing = before.as_ref().filter(|_| is_subject).map_or(Standing::Published, |entry| entry.standing);
            if let Some(before) = before.as_ref().filter(|before| before.record == offer.record) {
                T::stay(&mut offer.facts, &before.facts);
            }
            let outcome = match &before {
                None if is_subject => Outcome::Created,
                None => Outcome::Updated,
                Some(entry)
                    if entry.record == offer.record
                        && entry.facts == offer.facts
                        && entry.extra == offer.extra
                        && entry.standing == standing =>
                {
                    Outcome::Same
                }
                Some(_) => Outcome::Updated,
            };
            outcomes[item] = outcomes[item].max(outcome);
            if outcome > Outcome::Same {
                written.now.push(self.entry(offer, standing, before.as_ref()));
                written.before.extend(before);
            }
        }
        self.tx.put(&written.now).await?;
        Ok(written)
    }

    /// What is kept from now on.
    fn entry<T: Aggregate>(&self, offer: Offer<T>, standing: Standing, before: Option<&Entry<T>>) -> Entry<T> {
        Entry {
            record: offer.record,
            facts: offer.facts,
            extra: offer.extra,
            standing,
            origin: Origin { source: self.source, foreign_id: offer.foreign_id },
            revision: before.map_or(1, |entry| entry.revision + 1),
            created: before.map_or(self.now, |entry| entry.created),
            changed: self.now,
        }
    }
}
