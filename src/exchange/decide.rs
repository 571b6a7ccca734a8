//! Between the passes: each service's place mode, and what is withheld for everyone.

use std::collections::{HashMap, HashSet};

use super::{
    Error,
    about::About,
    sketch::{Sketch, SketchOrganization, SketchService, protection},
};
use crate::domain::{
    entry::OrganizationFacts,
    link::{Named, SideKind},
    place::PlaceMode,
    read::Violation,
};

/// What pass 1 has found in a package, item by item: all but the texts, of which it only keeps what they tell of risk.
#[derive(Debug)]
pub struct Survey(Vec<(Sketch, Risks)>);

/// What an item's names, terms and descriptions tell.
#[derive(Debug, Default)]
struct Risks {
    /// The organization is called by a kind of support that puts people at risk.
    named: bool,
    /// The organization is of such a kind.
    organization: bool,
    /// The services are, in order: the item's own and those inside its organization. Where it was heard, if so.
    services: Vec<Option<String>>,
}

impl Survey {
    /// Walks over the sketches of one package, once. `at_risk` says where it was heard that something is of a kind of support
    /// that puts people at risk: a member beside name, terms and description, or nothing for these.
    pub fn of(
        sketches: impl IntoIterator<Item = Result<Sketch, Error>>,
        at_risk: &dyn Fn(&About) -> Option<String>,
    ) -> Result<Self, Error> {
        let survey = |sketch: Result<Sketch, Error>| {
            let mut sketch = sketch?;
            let mut risks = Risks::default();
            if let Some(organization) = &mut sketch.organization {
                let about = std::mem::take(&mut organization.about);
                (risks.named, risks.organization) =
                    (at_risk(&about.names_only()).is_some(), at_risk(&about.of_organization()).is_some());
            }
            let services = sketch.service.iter_mut().chain(&mut sketch.services);
            risks.services = services.map(|service| at_risk(&std::mem::take(&mut service.about))).collect();
            Ok((sketch, risks))
        };
        sketches.into_iter().map(survey).collect::<Result<_, _>>().map(Self)
    }

    /// The sketches, without texts.
    pub fn sketches(&self) -> impl Iterator<Item = &Sketch> {
        self.0.iter().map(|(sketch, _)| sketch)
    }
}

/// Decides from the survey of one package.
///
/// A service is `area` when its source says so, when it is of a kind of support that puts people at risk, when its
/// organization bears such a kind in its name, or when it was `area` in an earlier import, whatever the source says now.
/// Its places are then withheld from every item that shares them, and the places and free texts of its organization
/// wherever that appears. An organization that is itself of such a kind is treated likewise. No file opens what is of such
/// a kind; the safeguarding role does ([`Kept::opened`], [`Kept::opened_organizations`]), and hides what nothing in its
/// record would ([`Kept::hidden`]).
pub fn decide(survey: &Survey, kept: &Kept) -> Decisions {
    let mut decisions = Decisions {
        organizations: kept.organizations.clone(),
        at_risk: kept.at_risk.clone(),
        open: kept.open.clone(),
        ..Decisions::default()
    };
    let mut links = Vec::new();
    let mut houses = Vec::new();
    for (item, (sketch, risks)) in survey.0.iter().enumerate() {
        let mut plan = RowPlan { row: sketch.row, kind: RowKind::Organization };
        let told = sketch.organization.as_ref().and_then(|organization| organization.foreign_id.as_ref());
        // Who opened it has read what it says of itself.
        let is_opened = told.is_some_and(|id| kept.opened_organizations.contains(id));
        let by_name = !is_opened
            && sketch.organization.is_some()
            && (risks.named || told.is_some_and(|id| kept.at_risk.contains(id)));
        if by_name {
            decisions
                .at_risk
                .extend(sketch.organization.as_ref().and_then(|organization| organization.foreign_id.clone()));
        }
        let named = sketch.organization.as_ref().and_then(|organization| organization.foreign_id.clone());
        let named = named.filter(|_| sketch.fault.is_none());
        decisions.open.extend(named.map(|name| Named { kind: SideKind::Organization, name }));
        if let Some(organization) = &sketch.organization
            && !is_opened
            && (by_name || risks.organization)
        {
            decisions.locations.extend(organization.locations.iter().cloned());
            decisions.organizations.extend(organization.foreign_id.clone());
        }
        houses.extend(sketch.organization.as_ref().filter(|_| is_opened));
        let own = sketch.service.is_some();
        let services = sketch.service.iter().chain(&sketch.services).zip(&risks.services);
        for (index, (service, at_risk)) in services.enumerate() {
            let mode = mode(service, by_name || at_risk.is_some(), kept);
            let is_known = by_name || service.declared_mode == Some(PlaceMode::Area) || mode != PlaceMode::Area;
            if let Some(at) = at_risk.as_ref().filter(|at| !is_known && !at.is_empty()) {
                decisions.heard.entry(item).or_default().push(at.clone());
            }
            if own && index == 0 {
                plan.kind = RowKind::Service(mode);
            }
            // What cannot be read is nowhere to be found; but it may protect.
            if sketch.fault.is_some() && mode != PlaceMode::Area {
                continue;
            }
            match &service.foreign_id {
                Some(id) => {
                    let known = decisions.modes.entry(id.clone()).or_insert(mode);
                    if protection(mode) > protection(*known) {
                        *known = mode;
                    }
                    links.push((id, &service.organization, &service.locations));
                }
                None if mode == PlaceMode::Area => {
                    decisions.locations.extend(service.locations.iter().cloned());
                    decisions.organizations.extend(service.organization.clone());
                }
                None => {}
            }
        }
        if let Some(fault) = &sketch.fault {
            plan.kind = RowKind::Refused(fault.clone());
        }
        decisions.rows.push(plan);
    }
    let mut opened = HashSet::new();
    for (id, organization, locations) in links {
        if !kept.opened.contains(id)
            && organization.as_ref().is_some_and(|organization| decisions.at_risk.contains(organization))
        {
            decisions.modes.insert(id.clone(), PlaceMode::Area);
        }
        if decisions.mode(id) == PlaceMode::Area {
            decisions.locations.extend(locations.iter().cloned());
            decisions.organizations.extend(organization.clone());
        } else if kept.opened.contains(id) {
            opened.extend(locations);
        }
    }
    // An organisation that runs something private keeps its own places to itself, whoever opened it.
    let is_open = |organization: &&SketchOrganization| {
        organization.foreign_id.as_ref().is_some_and(|id| !decisions.organizations.contains(id))
    };
    opened.extend(houses.into_iter().filter(is_open).flat_map(|organization| &organization.locations));
    // Who opened something answers for its places, unless what is protected in this package is there as well.
    let before = kept.locations.iter().filter(|location| !opened.contains(location));
    decisions.locations.extend(before.cloned());
    decisions
}

fn mode(service: &SketchService, at_risk: bool, kept: &Kept) -> PlaceMode {
    let declared = service.declared_mode.unwrap_or_default();
    if service.foreign_id.as_ref().is_some_and(|id| kept.opened.contains(id)) {
        return declared;
    }
    if service.foreign_id.as_ref().is_some_and(|id| kept.hidden.contains(id)) {
        return PlaceMode::Area;
    }
    let earlier = service.foreign_id.as_ref().and_then(|id| kept.modes.get(id)).copied().unwrap_or_default();
    let kind = if at_risk { PlaceMode::Area } else { PlaceMode::Exact };
    [earlier, declared, kind].into_iter().max_by_key(|mode| protection(*mode)).unwrap_or(PlaceMode::Area)
}

/// What earlier imports from the same source have settled.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Modes of services, by the source's id.
    pub modes: HashMap<String, PlaceMode>,
    /// Organizations of `area` services and others that were protected, by the source's id.
    pub organizations: HashSet<String>,
    /// Organizations that bore a kind at risk in their name, by the source's id.
    pub at_risk: HashSet<String>,
    /// Places that an earlier file shared with an `area` service, by the source's id.
    pub locations: HashSet<String>,
    /// Services whose places may be told by decision of the safeguarding role, by the source's id.
    pub opened: HashSet<String>,
    /// Organizations of which it has said that they are of no kind at risk, whatever they say of themselves, by the source's id.
    pub opened_organizations: HashSet<String>,
    /// Services whose places may not be told by its decision, by the source's id.
    pub hidden: HashSet<String>,
    /// Of what the file's links name, the records that are here and not protected.
    pub open: HashSet<Named>,
}

/// What pass 2 may read.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    rows: Vec<RowPlan>,
    modes: HashMap<String, PlaceMode>,
    locations: HashSet<String>,
    organizations: HashSet<String>,
    at_risk: HashSet<String>,
    open: HashSet<Named>,
    heard: HashMap<usize, Vec<String>>,
}

impl Decisions {
    /// In which members of an item, by its number in the package, it was heard that a service of it is of a kind that puts
    /// people at risk, where neither name, terms, description nor its source say so: a keeper may see it otherwise.
    pub fn heard_in(&self, item: usize) -> &[String] {
        self.heard.get(&item).map(Vec::as_slice).unwrap_or_default()
    }

    /// The mode of a service, by the source's id; `Exact` for one that the package does not have.
    pub fn mode(&self, service: &str) -> PlaceMode {
        self.modes.get(service).copied().unwrap_or_default()
    }

    /// All services of the package that state an id, with their modes.
    pub fn services(&self) -> impl Iterator<Item = (&str, PlaceMode)> {
        self.modes.iter().map(|(id, mode)| (id.as_str(), *mode))
    }

    /// Whether nothing of a place may be read.
    pub fn withholds_location(&self, location: &str) -> bool {
        #[cfg(debug_assertions)]
        if crate::domain::sabotage::on("shared-place") {
            return false;
        }
        self.locations.contains(location)
    }

    /// Whether only the short list of an organization may be read.
    pub fn withholds_organization(&self, organization: &str) -> bool {
        self.organizations.contains(organization)
    }

    /// Whether a record is known, from this package or from before, and not protected: then words about it may be kept.
    pub fn is_open(&self, named: &Named) -> bool {
        match named.kind {
            SideKind::Service => {
                self.modes.get(&named.name).map_or_else(|| self.open.contains(named), |mode| *mode != PlaceMode::Area)
            }
            SideKind::Organization => self.open.contains(named) && !self.withholds_organization(&named.name),
        }
    }

    /// Whether a service of the package has a public place.
    pub fn is_placed(&self, named: &Named) -> bool {
        named.kind == SideKind::Service && self.modes.get(&named.name) == Some(&PlaceMode::Exact)
    }

    /// What is known of an organization from now on.
    pub fn organization_facts(&self, organization: &str) -> OrganizationFacts {
        OrganizationFacts {
            protected: self.withholds_organization(organization),
            at_risk: self.at_risk.contains(organization),
            ..OrganizationFacts::default()
        }
    }

    /// Places withheld from everyone, by the source's ids: an entry kept of one from before must go.
    pub fn withheld_locations(&self) -> impl Iterator<Item = &str> {
        self.locations.iter().map(String::as_str)
    }

    /// Organizations of which only the short list is read, by the source's ids.
    pub fn withheld_organizations(&self) -> impl Iterator<Item = &str> {
        self.organizations.iter().map(String::as_str)
    }

    /// How many items the package has.
    pub fn items(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn plan(&self, index: usize, row: u64) -> Result<&RowKind, Error> {
        self.rows.get(index).filter(|plan| plan.row == row).map(|plan| &plan.kind).ok_or(Error::Changed { row })
    }
}

#[derive(Debug, Clone)]
struct RowPlan {
    row: u64,
    kind: RowKind,
}

/// What one item is.
#[derive(Debug, Clone)]
pub(super) enum RowKind {
    /// A service, with the mode it has by itself.
    Service(PlaceMode),
    /// An organization.
    Organization,
    /// Nothing that can be read.
    Refused(Violation),
}

#[cfg(test)]
mod tests {
    use super::{About, Kept, PlaceMode, Sketch, SketchService, Survey};
    use crate::exchange::SketchOrganization;

    fn service(row: u64, id: &str, name: &str, place: &str) -> Sketch {
        let service = SketchService {
            foreign_id: Some(id.to_owned()),
            about: About { name: name.to_owned(), ..About::default() },
            organization: Some("org".to_owned()),
            locations: vec![place.to_owned()],
            declared_mode: None,
        };
        Sketch { row, service: Some(service), ..Sketch::default() }
    }

    fn at_risk(about: &About) -> Option<String> {
        (about.name == "Refuge").then(String::new)
    }

    fn decide<const N: usize>(sketches: [Sketch; N], kept: &Kept) -> super::Decisions {
        super::decide(&Survey::of(sketches.map(Ok), &at_risk).unwrap(), kept)
    }

    #[test]
    fn a_service_at_risk_withholds_its_places_whichever_row_says_so() {
        // The same id twice: the first row alone would be public.
        let sketches = [service(1, "a", "House", "p"), service(2, "a", "Refuge", "q"), service(3, "b", "Choir", "p")];
        let decisions = decide(sketches, &Kept::default());
        assert_eq!((decisions.mode("a"), decisions.mode("b")), (PlaceMode::Area, PlaceMode::Exact));
        assert!(decisions.withholds_location("p") && decisions.withholds_location("q"));
        assert!(decisions.withholds_organization("org"));
    }

    #[test]
    fn no_import_widens_a_mode() {
        let kept = Kept { modes: [("a".to_owned(), PlaceMode::Area)].into(), ..Kept::default() };
        let mut again = service(1, "a", "House", "p");
        again.service.as_mut().unwrap().declared_mode = Some(PlaceMode::Exact);
        let decisions = decide([again], &kept);
        assert_eq!(decisions.mode("a"), PlaceMode::Area);
    }

    #[test]
    fn an_organization_that_was_at_risk_is_so_under_any_later_name() {
        let kept = Kept { at_risk: ["org".to_owned()].into(), ..Kept::default() };
        let about = About { name: "Harbour".to_owned(), ..About::default() };
        let places = vec!["q".to_owned()];
        let organization = SketchOrganization { foreign_id: Some("org".to_owned()), about, locations: places };
        let renamed = Sketch { row: 1, organization: Some(organization), ..service(1, "a", "Choir", "p") };
        let decisions = decide([renamed, service(2, "b", "Tea", "r")], &kept);
        assert!(decisions.withholds_location("q") && decisions.withholds_organization("org"));
        assert_eq!((decisions.mode("a"), decisions.mode("b")), (PlaceMode::Area, PlaceMode::Area));
        assert!(decisions.organization_facts("org").at_risk && !decisions.organization_facts("other").at_risk);
    }

    #[test]
    fn a_place_withheld_before_stays_withheld() {
        let kept = Kept { locations: ["p".to_owned()].into(), ..Kept::default() };
        let decisions = decide([service(1, "b", "Choir", "p")], &kept);
        assert!(decisions.withholds_location("p") && decisions.mode("b") == PlaceMode::Exact);
    }

    #[test]
    fn a_service_of_an_organization_with_a_kind_at_risk_in_its_name_is_protected_whatever_its_source_says() {
        let about = About { name: "Refuge".to_owned(), ..About::default() };
        let organization = SketchOrganization { foreign_id: Some("org".to_owned()), about, locations: Vec::new() };
        let run_by = |declared| {
            let mut sketch = service(1, "a", "Counselling", "p");
            sketch.service.as_mut().unwrap().declared_mode = declared;
            // The organization may stand in a later item.
            let later = Sketch { row: 2, organization: Some(organization.clone()), ..Sketch::default() };
            decide([sketch, later], &Kept::default())
        };
        assert_eq!(run_by(None).mode("a"), PlaceMode::Area);
        assert!(run_by(None).withholds_location("p"));
        assert_eq!(run_by(Some(PlaceMode::Exact)).mode("a"), PlaceMode::Area);
    }

    #[test]
    fn only_the_safeguarding_role_opens_and_hides() {
        let set = |id: &str| std::collections::HashSet::from([id.to_owned()]);
        let opened = Kept {
            modes: [("a".to_owned(), PlaceMode::Area)].into(),
            locations: ["p".to_owned(), "q".to_owned()].into(),
            opened: set("a"),
            ..Kept::default()
        };
        let decisions = decide([service(1, "a", "Refuge", "p")], &opened);
        assert_eq!(decisions.mode("a"), PlaceMode::Exact);
        assert!(!decisions.withholds_location("p") && decisions.withholds_location("q"));
        // Its source may still say that the place is private; and a house that another refuge shares stays private.
        let mut declared = service(1, "a", "Refuge", "p");
        declared.service.as_mut().unwrap().declared_mode = Some(PlaceMode::Area);
        assert!(decide([declared], &opened).withholds_location("p"));
        let shared = decide([service(1, "a", "Refuge", "p"), service(2, "b", "Refuge", "p")], &opened);
        assert!(shared.withholds_location("p") && shared.mode("b") == PlaceMode::Area);

        let hidden = Kept { hidden: set("c"), ..Kept::default() };
        let decisions = decide([service(1, "c", "Choir", "p")], &hidden);
        assert!(decisions.mode("c") == PlaceMode::Area && decisions.withholds_location("p"));
    }

    /// An organization called `Refuge` with a place of its own.
    fn refuge(row: u64) -> Sketch {
        let about = About { name: "Refuge".to_owned(), ..About::default() };
        let organization =
            SketchOrganization { foreign_id: Some("org".to_owned()), about, locations: vec!["p".to_owned()] };
        Sketch { row, organization: Some(organization), ..Sketch::default() }
    }

    #[test]
    fn an_organization_at_risk_is_withheld_though_no_service_is() {
        let decisions = decide([refuge(1)], &Kept::default());
        assert!(decisions.withholds_organization("org") && decisions.withholds_location("p"));
    }

    #[test]
    fn an_organization_that_was_opened_is_open_with_its_services_until_one_is_private_by_itself() {
        let opened = Kept {
            locations: ["p".to_owned()].into(),
            opened_organizations: ["org".to_owned()].into(),
            ..Kept::default()
        };
        let decisions = decide([refuge(1), service(2, "a", "Tea", "q")], &opened);
        assert!(!decisions.withholds_organization("org") && !decisions.withholds_location("p"));
        assert!(decisions.mode("a") == PlaceMode::Exact && !decisions.organization_facts("org").at_risk);
        let decisions = decide([refuge(1), service(2, "a", "Refuge", "q")], &opened);
        assert!(decisions.withholds_organization("org") && decisions.withholds_location("p"));
        assert_eq!(decisions.mode("a"), PlaceMode::Area);
        // So is one that only an earlier file told.
        let earlier = Kept { organizations: ["org".to_owned()].into(), ..opened };
        let decisions = decide([refuge(1)], &earlier);
        assert!(decisions.withholds_organization("org") && decisions.withholds_location("p"));
    }
}
