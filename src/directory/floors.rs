//! The floor under everything that was ever told of where a private place is.
//!
//! One set of areas is wide enough by itself (`import.rs`). But whoever keeps copies has all sets that a listing ever
//! told, and those of listings that hang together with it (`ties.rs`): what they have in common must be as wide. So before
//! areas are told, they are laid over all that was told before, with the same organisation, phone, domain, e-mail address
//! or link, over any number of steps; areas that would leave less than [`FLOOR`] addresses are not told, and nothing of the
//! new ones shows: the listing keeps its former ones. One that has none gets the smallest area around its own that
//! narrows nothing. A record that would first tie together what may not be laid over one another is refused.
//!
//! Sets that have nothing in common say of no one place that it lies in both, so they narrow nothing.

use std::collections::{BTreeSet, HashMap, HashSet};

use kith_index::gazetteer::{AreaKind, Extent, Gazetteer};

use super::{
    Result,
    plan::Numbered,
    ties::{contacts_of_organization, of_organization, of_service, subject},
};
use crate::{
    domain::{
        entry::{Entry, Origin},
        id::{Id, kind},
        link::SideKind,
        organization::Organization,
        place::{AreaCode, PlaceMode},
        read::Mended,
        service::Service,
    },
    exchange::{Draft, Offer},
    store::{Tie, Told, Tx},
};

/// The smallest area that a listing with a private place may be told with, in addresses.
pub const FLOOR: u32 = 50_000;
/// Records read at once, where a directory is from before there were ties.
const PAGE: u32 = 1_000;

/// All that was told of some listings and of what hangs together with them.
#[derive(Debug, Default)]
pub struct Floors {
    ties: HashMap<String, BTreeSet<String>>,
    subjects: HashMap<String, BTreeSet<String>>,
    told: HashMap<String, Vec<(Told, Extent)>>,
    new_ties: Vec<Tie>,
    new_told: Vec<Told>,
}

/// A listing that is to tell areas.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'w> {
    /// The listing; it must have been tied.
    pub subject: &'w str,
    /// Whether its place is private; else it has none.
    pub hidden: bool,
    /// The areas that it is to tell, each wide enough by itself.
    pub areas: &'w [AreaCode],
    /// Those that it tells now.
    pub former: &'w [AreaCode],
}

impl Floors {
    /// Adds what is known already.
    pub fn know(&mut self, ties: Vec<Tie>, told: Vec<Told>) {
        for Tie { subject, tie } in ties {
            self.subjects.entry(tie.clone()).or_default().insert(subject.clone());
            self.ties.entry(subject).or_default().insert(tie);
        }
        for told in told {
            let extent = extent(&told.areas);
            let of = self.told.entry(told.subject.clone()).or_default();
            if !of.iter().any(|(known, _)| *known == told) {
                of.push((told, extent));
            }
        }
    }

    /// Ties subjects of one record, unless that would bring together what may not be; whether it did.
    pub fn tie(&mut self, wanted: &[(String, Vec<String>)]) -> bool {
        let new = |(subject, tie): &(&String, &String)| !self.ties.get(*subject).is_some_and(|has| has.contains(*tie));
        let all = wanted.iter().flat_map(|(subject, ties)| ties.iter().map(move |tie| (subject, tie)));
        let new: Vec<Tie> =
            all.filter(new).map(|(subject, tie)| Tie { subject: subject.clone(), tie: tie.clone() }).collect();
        if new.is_empty() {
            return true;
        }
        let all = wanted.iter().map(|(subject, _)| subject.as_str());
        let all = self.around(all, new.iter().map(|tie| tie.tie.as_str()));
        // Those who were together before are not brought together by it.
        let mut told = all.iter().copied().filter(|subject| self.told.contains_key(*subject));
        let together = told.next().map(|one| self.around(std::iter::once(one), std::iter::empty()));
        let joins = together.is_some_and(|together| told.any(|subject| !together.contains(subject)));
        if joins && (self.asks(wanted, &all) || !self.is_wide(&all, None)) {
            return false;
        }
        self.new_ties.extend(new.iter().cloned());
        self.know(new, Vec::new());
        true
    }

    /// Whether these would ask what was told of private ones: they have no place, told something small, and are to be tied to
    /// what is private. Whether it has anything in common with that must not be seen.
    fn asks(&self, wanted: &[(String, Vec<String>)], all: &HashSet<&str>) -> bool {
        let told = |subject: &str| self.told.get(subject).into_iter().flatten().map(|(told, _)| told);
        let is_own = |subject: &str| wanted.iter().any(|(own, _)| own == subject);
        let mut own = wanted.iter().flat_map(|(subject, _)| told(subject));
        own.any(|told| !told.hidden && told.areas.iter().any(is_small))
            && all.iter().any(|subject| !is_own(subject) && told(subject).any(|told| told.hidden))
    }

    /// The areas that may be told, and what was done about others.
    ///
    /// What has no place and hangs together with what is private tells nothing small, wherever it is: so that nobody who
    /// has its number learns by small areas which of them lies in what it told before.
    pub fn tell(&mut self, wish: Wish<'_>) -> (Vec<AreaCode>, Option<Mended>) {
        let component = self.around(std::iter::once(wish.subject), std::iter::empty());
        let beside_private = !wish.hidden
            && component
                .iter()
                .any(|subject| self.told.get(*subject).into_iter().flatten().any(|(told, _)| told.hidden));
        let is_widened = beside_private && wish.areas.iter().any(is_small);
        if !is_widened {
            return self.tell_as_wide(wish);
        }
        let mut wide: Vec<AreaCode> = Vec::with_capacity(wish.areas.len());
        for area in wish.areas {
            let held =
                if is_small(area) { around(std::slice::from_ref(area)).into_iter().next() } else { Some(area.clone()) };
            wide.extend(held.filter(|held| !wide.contains(held)));
        }
        let former: Vec<AreaCode> = wish.former.iter().filter(|area| !is_small(area)).cloned().collect();
        let (areas, mended) = self.tell_as_wide(Wish { areas: &wide, former: &former, ..wish });
        let mended = mended.or(Some(if areas.is_empty() { Mended::AreasLeftOut } else { Mended::AreasWidened }));
        (areas, mended)
    }

    fn tell_as_wide(&mut self, wish: Wish<'_>) -> (Vec<AreaCode>, Option<Mended>) {
        let Wish { areas, former, .. } = wish;
        if areas.is_empty() || self.may_tell(wish, areas) {
            return (areas.to_vec(), None);
        }
        // What it tells now, and nothing that depends on what it was to tell.
        if !former.is_empty() && self.may_tell(wish, former) {
            return (former.to_vec(), Some(Mended::AreasKept));
        }
        for wider in around(areas) {
            if self.may_tell(wish, std::slice::from_ref(&wider)) {
                return (vec![wider], Some(Mended::AreasWidened));
            }
        }
        (Vec::new(), Some(Mended::AreasLeftOut))
    }

    /// Whether areas may be told; they are, if so.
    fn may_tell(&mut self, wish: Wish<'_>, areas: &[AreaCode]) -> bool {
        let told = Told { subject: wish.subject.to_owned(), areas: areas.to_vec(), hidden: wish.hidden };
        if self.told.get(wish.subject).is_some_and(|of| of.iter().any(|(known, _)| *known == told)) {
            return true;
        }
        let component = self.around(std::iter::once(wish.subject), std::iter::empty());
        if !self.is_wide(&component, Some((extent(areas), wish.hidden))) {
            return false;
        }
        self.new_told.push(told.clone());
        self.know(Vec::new(), vec![told]);
        true
    }

    /// Whether all that these told, and this, has much in common wherever it has anything in common.
    fn is_wide(&self, subjects: &HashSet<&str>, with: Option<(Extent, bool)>) -> bool {
        #[cfg(debug_assertions)]
        if crate::domain::sabotage::on("narrow-areas") {
            return true;
        }
        let told = subjects.iter().filter_map(|subject| self.told.get(*subject)).flatten();
        let extents: Vec<_> = told.map(|(told, extent)| (*extent, told.hidden)).chain(with).collect();
        Gazetteer::embedded().smallest_overlap(&extents).is_none_or(|addresses| addresses >= FLOOR)
    }

    /// All that hang together with these subjects, over any number of steps, and with whoever has these ties.
    fn around<'f>(
        &'f self,
        subjects: impl Iterator<Item = &'f str>,
        ties: impl Iterator<Item = &'f str>,
    ) -> HashSet<&'f str> {
        let mut found: HashSet<&str> = subjects.collect();
        let by = |tie: &str| self.subjects.get(tie).into_iter().flatten().map(String::as_str);
        let mut open: Vec<&str> = found.iter().copied().chain(ties.flat_map(by)).collect();
        found.extend(open.iter().copied());
        let mut seen: HashSet<&str> = HashSet::new();
        while let Some(subject) = open.pop() {
            for tie in self.ties.get(subject).into_iter().flatten().filter(|tie| seen.insert(tie)) {
                open.extend(by(tie).filter(|subject| found.insert(subject)));
            }
        }
        found
    }

    /// Reads what was told of all that hangs together with these, over any number of steps.
    async fn load(&mut self, tx: &mut Tx, wanted: &[(String, Vec<String>)]) -> Result<()> {
        let mut subjects: HashSet<String> = wanted.iter().map(|(subject, _)| subject.clone()).collect();
        let mut ties: HashSet<String> = HashSet::new();
        let mut next_subjects: Vec<String> = subjects.iter().cloned().collect();
        let mut next_ties: Vec<String> = wanted.iter().flat_map(|(_, ties)| ties.iter().cloned()).collect();
        while !next_subjects.is_empty() || !next_ties.is_empty() {
            let own = tx.ties_of(&next_subjects).await?;
            next_ties.extend(own.iter().map(|tie| tie.tie.clone()));
            next_ties.retain(|tie| ties.insert(tie.clone()));
            let shared = tx.tied_by(&next_ties).await?;
            next_subjects = shared.iter().map(|tie| tie.subject.clone()).collect();
            next_subjects.retain(|subject| subjects.insert(subject.clone()));
            next_ties.clear();
            self.know(own, Vec::new());
            self.know(shared, Vec::new());
        }
        let told = tx.told(&subjects.into_iter().collect::<Vec<_>>()).await?;
        self.know(Vec::new(), told);
        Ok(())
    }
}

/// What the floor made of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Its number in the batch.
    pub item: usize,
    /// What was done about its areas, once a service.
    pub mended: Vec<Mended>,
    /// Nothing of it may be kept: it would tie together what may not be.
    pub is_refused: bool,
}

/// Settles which areas the services of a batch tell, and remembers them. Items of which nothing is to be said have no
/// verdict.
///
/// # Errors
/// When the store fails.
pub async fn settle(tx: &mut Tx, source: Id<kind::Source>, items: &mut [Numbered]) -> Result<Vec<Verdict>> {
    let placeless = |offer: &Offer<Service>| offer.facts.mode != PlaceMode::Exact;
    let services = || items.iter().flat_map(|item| &item.drafts).filter_map(service);
    let names: Vec<String> = services().filter(|o| placeless(o)).map(|offer| offer.foreign_id.clone()).collect();
    let has_protected = items
        .iter()
        .flat_map(|item| &item.drafts)
        .any(|draft| matches!(draft, Draft::Organization(offer) if offer.facts.protected));
    if names.is_empty() && !has_protected {
        return Ok(Vec::new());
    }
    if !tx.has_ties().await? {
        look_back(tx).await?;
    }
    let former: HashMap<String, Entry<Service>> = tx.by_foreign(source, &names).await?;
    let run_by: Vec<_> = services().filter(|o| placeless(o)).filter_map(|o| o.record.organization_id).collect();
    let running: HashMap<_, _> =
        tx.get::<Organization>(&run_by).await?.into_iter().map(|entry| (entry.record.id, entry)).collect();

    let origin = |name: &str| Origin { source, foreign_id: name.to_owned() };
    let ties_of = |item: &Numbered| {
        let mut ties = Vec::new();
        for draft in &item.drafts {
            match draft {
                Draft::Organization(offer) => {
                    let origin = origin(&offer.foreign_id);
                    let protected = offer.facts.protected;
                    let offered = of_organization(&origin, &offer.record);
                    ties.push((subject(SideKind::Organization, &origin), offered, protected));
                }
                Draft::Service(offer) if placeless(offer) => {
                    let origin = origin(&offer.foreign_id);
                    let mut offered = of_service(&origin, &offer.record);
                    // By these it hangs together with its organisation, which hangs together with it already: so that it is
                    // known to be private who is reached by them (`shares.rs`).
                    let nested = item.drafts.iter().filter_map(organization);
                    let nested =
                        nested.filter(|own| Some(own.record.id) == offer.record.organization_id && own.facts.protected);
                    offered.extend(nested.flat_map(|own| contacts_of_organization(&own.record)));
                    ties.push((subject(SideKind::Service, &origin), offered, true));
                    if let Some(entry) = offer.record.organization_id.and_then(|id| running.get(&id)) {
                        let own = of_organization(&entry.origin, &entry.record);
                        ties.push((subject(SideKind::Organization, &entry.origin), own, true));
                    }
                }
                _ => {}
            }
        }
        // An organisation ties what hangs on it; one with open services only ties nothing.
        let is_needed = ties.iter().any(|(_, _, needed)| *needed);
        ties.into_iter().filter(|_| is_needed).map(|(subject, ties, _)| (subject, ties)).collect::<Vec<_>>()
    };
    let wanted: Vec<Vec<(String, Vec<String>)>> = items.iter().map(ties_of).collect();
    let mut floors = Floors::default();
    floors.load(tx, &wanted.concat()).await?;

    let mut verdicts = Vec::new();
    for (item, wanted) in items.iter_mut().zip(wanted) {
        let mut verdict = Verdict { item: item.item, mended: Vec::new(), is_refused: !floors.tie(&wanted) };
        if !verdict.is_refused {
            for draft in &mut item.drafts {
                let Draft::Service(offer) = draft else { continue };
                if !placeless(offer) {
                    continue;
                }
                let subject = subject(SideKind::Service, &origin(&offer.foreign_id));
                let hidden = offer.facts.mode == PlaceMode::Area;
                let before = former.get(&offer.foreign_id).filter(|entry| entry.facts.mode == offer.facts.mode);
                let former = before.map(|entry| entry.facts.areas.as_slice()).unwrap_or_default();
                let wish = Wish { subject: &subject, hidden, areas: &offer.facts.areas, former };
                let (areas, mended) = floors.tell(wish);
                offer.facts.areas = areas;
                verdict.mended.extend(mended);
            }
        }
        if verdict.is_refused || !verdict.mended.is_empty() {
            verdicts.push(verdict);
        }
    }
    tx.put_ties(&floors.new_ties).await?;
    tx.put_told(&floors.new_told).await?;
    Ok(verdicts)
}

fn organization(draft: &Draft) -> Option<&Offer<Organization>> {
    match draft {
        Draft::Organization(offer) => Some(offer),
        _ => None,
    }
}

fn service(draft: &Draft) -> Option<&Offer<Service>> {
    match draft {
        Draft::Service(offer) => Some(offer),
        _ => None,
    }
}

/// Remembers what a directory from before there were ties tells already. It was told: nothing of it is refused now.
async fn look_back(tx: &mut Tx) -> Result<()> {
    let mut after = None;
    loop {
        let page = tx.page::<Service>(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.record.id);
        let (mut ties, mut told) = (Vec::new(), Vec::new());
        for entry in page.iter().filter(|entry| entry.facts.mode != PlaceMode::Exact) {
            let subject = subject(SideKind::Service, &entry.origin);
            let hidden = entry.facts.mode == PlaceMode::Area;
            let own = of_service(&entry.origin, &entry.record).into_iter();
            ties.extend(own.map(|tie| Tie { subject: subject.clone(), tie }));
            if !entry.facts.areas.is_empty() {
                told.push(Told { subject, areas: entry.facts.areas.clone(), hidden });
            }
        }
        tx.put_ties(&ties.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()).await?;
        tx.put_told(&told).await?;
    }
    Ok(())
}

fn extent(areas: &[AreaCode]) -> Extent {
    Gazetteer::embedded().extent(areas.iter().map(|area| area.0.as_str()))
}

/// Whether an area is below the floor by itself.
fn is_small(area: &AreaCode) -> bool {
    Gazetteer::embedded().area(&area.0).is_none_or(|area| area.addresses < FLOOR)
}

/// Areas that hold all of these, the smallest first. No towns: they are too small.
fn around(areas: &[AreaCode]) -> Vec<AreaCode> {
    let gazetteer = Gazetteer::embedded();
    let mut holding = areas.iter().map(|area| gazetteer.areas_of_authority(&area.0));
    let first = holding.next().unwrap_or_default();
    let all = holding.fold(first, |all, of| all.into_iter().filter(|code| of.contains(code)).collect());
    let known = all.iter().filter_map(|code| gazetteer.area(code));
    let mut wide: Vec<_> = known.filter(|area| area.kind != AreaKind::Town && area.addresses >= FLOOR).collect();
    wide.sort_by_key(|area| area.addresses);
    wide.into_iter().map(|area| AreaCode(area.code.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(codes: &[&str]) -> Vec<AreaCode> {
        codes.iter().map(|code| AreaCode((*code).to_owned())).collect()
    }

    fn tied(floors: &mut Floors, subject: &str, ties: &[&str]) -> bool {
        floors.tie(&[(subject.to_owned(), ties.iter().map(|tie| (*tie).to_owned()).collect())])
    }

    fn told(floors: &mut Floors, subject: &str, areas: &[&str], former: &[&str]) -> (Vec<AreaCode>, Option<Mended>) {
        floors.tell(Wish { subject, hidden: true, areas: &codes(areas), former: &codes(former) })
    }

    // Craven is all that these two have in common.
    const BOARD: &str = "E54000054";
    const COUNTY: &str = "E06000065";

    #[test]
    fn a_listing_keeps_its_areas_where_others_would_narrow_what_it_told() {
        let mut floors = Floors::default();
        assert!(tied(&mut floors, "a", &["a"]));
        assert_eq!(told(&mut floors, "a", &[BOARD], &[]), (codes(&[BOARD]), None));
        assert_eq!(told(&mut floors, "a", &[COUNTY], &[BOARD]), (codes(&[BOARD]), Some(Mended::AreasKept)));
        // Through another one in between, too, and however long ago.
        assert_eq!(told(&mut floors, "a", &["E12000003"], &[BOARD]), (codes(&["E12000003"]), None));
        assert_eq!(told(&mut floors, "a", &[COUNTY], &["E12000003"]), (codes(&["E12000003"]), Some(Mended::AreasKept)));
        // Narrower within what was told, and wide enough; and back again.
        assert_eq!(told(&mut floors, "a", &["E08000035"], &[BOARD]), (codes(&["E08000035"]), None));
        assert_eq!(told(&mut floors, "a", &[BOARD], &["E08000035"]), (codes(&[BOARD]), None));
        // Somewhere else altogether.
        assert_eq!(told(&mut floors, "a", &["E12000007"], &[BOARD]), (codes(&["E12000007"]), None));
    }

    #[test]
    fn what_hangs_together_over_any_number_of_steps_counts_as_one() {
        let mut floors = Floors::default();
        assert!(tied(&mut floors, "a", &["phone"]) && tied(&mut floors, "b", &["phone", "domain"]));
        assert!(tied(&mut floors, "c", &["domain"]) && tied(&mut floors, "d", &["other"]));
        assert_eq!(told(&mut floors, "a", &[BOARD], &[]).1, None);
        let (areas, mended) = told(&mut floors, "c", &[COUNTY], &[]);
        let county = codes(&["county:yorkshire"]);
        assert_eq!((areas, mended), (county, Some(Mended::AreasWidened)), "the smallest that holds both");
        assert_eq!(told(&mut floors, "d", &[COUNTY], &[]), (codes(&[COUNTY]), None));
        // And they cannot be tied later.
        assert!(!tied(&mut floors, "d", &["other", "phone"]) && !tied(&mut floors, "e", &["other", "domain"]));
        assert!(tied(&mut floors, "d", &["another"]) && tied(&mut floors, "d", &["other"]));
    }

    #[test]
    fn a_listing_without_a_place_narrows_what_is_private_and_nothing_else() {
        let mut floors = Floors::default();
        assert!(tied(&mut floors, "line", &["org"]) && tied(&mut floors, "other line", &["org"]));
        let tell = |floors: &mut Floors, subject, hidden, area: &str| {
            floors.tell(Wish { subject, hidden, areas: &codes(&[area]), former: &[] }).1
        };
        assert_eq!(tell(&mut floors, "line", false, "town:otley"), None);
        assert_eq!(tell(&mut floors, "other line", false, "E08000035"), None);
        assert!(tied(&mut floors, "refuge", &["org"]));
        assert_eq!(tell(&mut floors, "refuge", true, "E08000035"), Some(Mended::AreasLeftOut));
        assert_eq!(tell(&mut floors, "refuge", true, "E12000007"), None);
    }

    #[test]
    fn nobody_learns_by_small_areas_where_what_is_private_was_told() {
        // The refuge told Leeds once and tells its region now; whoever has its number asks town by town.
        let refuge = |floors: &mut Floors| {
            assert!(tied(floors, "refuge", &["phone"]));
            assert_eq!(told(floors, "refuge", &["E08000035"], &[]).1, None);
            assert_eq!(told(floors, "refuge", &["E12000003"], &["E08000035"]).1, None);
        };
        for (town, authority) in
            [("town:otley", "E08000035"), ("town:ilkley", "E08000032"), ("town:penistone", "E08000038")]
        {
            let mut floors = Floors::default();
            refuge(&mut floors);
            assert!(tied(&mut floors, "line", &["phone"]));
            let areas = codes(&["E08000039", town]);
            let (areas, mended) = floors.tell(Wish { subject: "line", hidden: false, areas: &areas, former: &[] });
            let wide = codes(&["E08000039", authority]);
            assert_eq!((areas, mended), (wide, Some(Mended::AreasWidened)), "{town}");
            // Nor by coming with its number later.
            let mut floors = Floors::default();
            refuge(&mut floors);
            assert!(tied(&mut floors, "line", &["line"]));
            let areas = codes(&[town]);
            assert_eq!(floors.tell(Wish { subject: "line", hidden: false, areas: &areas, former: &[] }).1, None);
            assert!(!tied(&mut floors, "line", &["line", "phone"]), "{town}");
        }
        // What is wide by itself may be tied.
        let mut floors = Floors::default();
        refuge(&mut floors);
        assert!(tied(&mut floors, "line", &["line"]));
        let areas = codes(&["E08000032"]);
        assert_eq!(floors.tell(Wish { subject: "line", hidden: false, areas: &areas, former: &[] }).1, None);
        assert!(tied(&mut floors, "line", &["line", "phone"]));
    }
}
