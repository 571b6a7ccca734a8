//! From what the directory keeps to what a reader may see: [`Joined::public`] is the only function
//! that makes a [`PublicListing`], and nothing else is ever indexed, served or exported.

use super::{
    access::AccessFact,
    card::{
        Card, CardPhone, CardPlace, CardPlaceKind, LastChecked, Listing, ListingPlace, OrganizationName, Provenance,
        ServiceName,
    },
    coming::{Field, mark},
    entry::{Entry, Source, Standing},
    gate::{self, Allowed},
    hold::PublicHold,
    id::{Kind, kind},
    keys::{Keys, Shown},
    layer,
    link::{self, Linked, PublicLink},
    location::Location,
    marked::Marked,
    network::Network,
    organization::Organization,
    place::{AreaCode, PlaceMode, Position},
    plain::{self, Plain},
    practice::Practice,
    schedule::Schedule,
    service::Service,
    service_at_location::ServiceAtLocation,
    vocabulary::Facet,
    when,
};

mod facts;
mod places;

pub(super) use facts::kind_of;
use facts::{Facts, without_unclaimed, words_of};
use places::exact_place;

/// The longest summary on a card, in characters.
const SUMMARY: usize = 300;

/// The code of the whole United Kingdom: what a listing by phone or online serves when it names no area.
pub const UNITED_KINGDOM: &str = "K02000001";

/// Stands for the area of a listing whose place is private and that does not say whom it serves: nobody is told that it
/// serves them.
pub const AREA_NOT_STATED: &str = "not_stated";

/// `link_type` of an attribute whose value is the listing's kind.
pub const KIND_LINK: &str = "kith:kind";

/// The mark of listings that have a link.
pub const LINKED: &str = "linked";

/// What the gazetteer knows, as publishing needs it. `directory` hands it in.
pub trait Locate: Send + Sync {
    /// Where a postcode is, with its areas; `None` when it is not known.
    fn postcode(&self, postcode: &str) -> Option<Located>;
    /// The areas in which a point lies, smallest first.
    fn areas_at(&self, latitude: f64, longitude: f64) -> Vec<AreaCode>;
    /// The area itself and all areas that hold the whole of it; none when it is not known.
    fn areas_around(&self, code: &AreaCode) -> Vec<AreaCode>;
    /// The English name of an area.
    fn area_name(&self, code: &AreaCode) -> Option<String>;
}

/// A position with the areas it lies in.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// Where, and how sure.
    pub position: Position,
    /// The areas it lies in, smallest first.
    pub areas: Vec<AreaCode>,
}

/// One kept service or organisation, joined with all that a reader needs.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The service, unless the listing is an organisation.
    pub service: Option<Entry<Service>>,
    /// The organisation that runs it, or that it is.
    pub organization: Option<Entry<Organization>>,
    /// Its places with what is said of the service there. Empty for `area` and `remote` services.
    pub places: Vec<(Option<Entry<ServiceAtLocation>>, Entry<Location>)>,
    /// The organisation's published services, where the listing is an organisation.
    pub services: Vec<ServiceName>,
    /// Whether one of them has no place that must stay private.
    pub has_open_services: bool,
    /// Whether who runs it has, or ever had, anything that is open: what is private must not lead there.
    pub leads_to_open: bool,
    /// What its links are made of; `None` when it has none.
    pub linked: Option<Linked>,
    /// Whether somebody said that something here is wrong, and that is still to be seen to.
    pub reported: bool,
    /// That a reviewer has asked for it to be looked at.
    pub held: Option<PublicHold>,
    /// Who told us.
    pub source: Source,
}

/// A listing as anyone may see it.
#[derive(Debug, Clone)]
pub struct PublicListing {
    /// The whole listing.
    pub listing: Listing,
    /// Whether a search may find it: not an organisation that has services.
    pub is_hit: bool,
    /// One card a place, each with what the index needs to place it; at least one.
    pub cards: Vec<(Card, Whereabouts)>,
    /// Ids of its terms: the house vocabulary's, and UUIDs of imported ones.
    pub term_ids: Vec<String>,
    /// Further words to filter and walk by, which are no terms.
    pub marks: Vec<String>,
    /// Labels and synonyms of its terms, for the words of a search.
    pub term_words: String,
    /// Alternate names and the organisation's name.
    pub names: String,
    /// Whether all of it went through the gate: a service with a private place, or an organisation that runs nothing else.
    pub is_private: bool,
}

/// A card's place as the index needs it.
#[derive(Debug, Clone, PartialEq)]
pub enum Whereabouts {
    /// A point, with the areas it lies in.
    Point(Position, Vec<AreaCode>),
    /// Only the areas served.
    Area(Vec<AreaCode>),
    /// By phone or online, for these areas.
    Remote(Vec<AreaCode>),
    /// Nothing is known.
    NotStated,
}

impl Whereabouts {
    /// The areas in which it lies or which it serves, with all that hold one of them: the whole country only where it is
    /// stated itself.
    fn around(self, gazetteer: &dyn Locate) -> Vec<AreaCode> {
        let (stated, mut around) = match self {
            Self::Point(_, areas) => (Vec::new(), areas),
            Self::Area(areas) | Self::Remote(areas) => {
                let around = areas.iter().flat_map(|area| gazetteer.areas_around(area)).collect();
                (areas, around)
            }
            Self::NotStated => Default::default(),
        };
        around.retain(|area| area.0 != UNITED_KINGDOM);
        [stated, around].concat()
    }
}

impl Joined {
    /// What a reader may see; `None` when the listing is not public.
    pub fn public(&self, gazetteer: &dyn Locate) -> Option<PublicListing> {
        self.plain().gated(gazetteer).published(gazetteer)
    }

    /// The same with every text plain: whatever is made of it needs no more care.
    fn plain(&self) -> Self {
        let mut joined = self.clone();
        if let Some(service) = &mut joined.service {
            service.record.make_plain("service");
            service.facts.coming.make_plain("coming");
            service.facts.practice.make_plain("practice");
            service.facts.resource.make_plain("resource");
        }
        if let Some(organization) = &mut joined.organization {
            organization.record.make_plain("organization");
            organization.facts.network.make_plain("network");
        }
        for (at, location) in &mut joined.places {
            location.record.make_plain("location");
            if let Some(at) = at {
                at.record.make_plain("service_at_location");
            }
        }
        joined.source.make_plain("source");
        joined
    }

    /// The same with nothing in a private listing, and in what is shown of its organisation, that does not pass the gate.
    fn gated(mut self, gazetteer: &dyn Locate) -> Self {
        let organization = self.organization.as_mut();
        match &mut self.service {
            Some(service) if service.facts.mode == PlaceMode::Area => {
                let areas = gate::names_around(&service.facts.areas, gazetteer);
                service.facts.coming.keep_what_can_be();
                gate::keep_days(&mut service.record, &mut service.facts.coming, service.changed.london_date());
                let let_through = service.facts.let_through.as_slice();
                gate::service(&mut service.record, &Allowed { areas: &areas, let_through });
                gate::source(&mut self.source, &areas);
                if let Some(own) = organization {
                    let allowed = Allowed { areas: &[], let_through: &own.facts.let_through };
                    if self.leads_to_open || !gate::organization(&mut own.record.clone(), &allowed).nothing() {
                        // Its page says more than this listing may, or leads to what does. So what stands here leads nowhere.
                        own.record = gate::stand_in(service.record.id);
                        service.record.organization_id = Some(own.record.id);
                    }
                }
            }
            None if !self.has_open_services => {
                if let Some(own) = organization.filter(|own| own.facts.protected) {
                    let allowed = Allowed { areas: &[], let_through: &own.facts.let_through };
                    gate::organization(&mut own.record, &allowed);
                    gate::source(&mut self.source, &[]);
                }
            }
            _ => {}
        }
        self
    }

    fn published(&self, gazetteer: &dyn Locate) -> Option<PublicListing> {
        let organization = self.organization.as_ref().filter(|entry| entry.standing == Standing::Published);
        let facts = match &self.service {
            Some(service) if service.standing == Standing::Published => Facts::of_service(service, organization),
            Some(_) => return None,
            None => Facts::of_organization(organization?),
        };
        let mode = self.service.as_ref().map_or(PlaceMode::Exact, |service| service.facts.mode);
        let mut links = self.linked.as_ref().map(|linked| linked.public(gazetteer)).unwrap_or_default();
        let total = self.linked.as_ref().and_then(|linked| linked.total).unwrap_or(links.len());
        let links_total = u32::try_from(total).ok().filter(|total| *total > 0);
        links.truncate(link::LISTED);
        let mut base = self.card(&facts, organization);
        base.links = links.iter().take(link::ON_CARD).map(PublicLink::brief).collect();
        base.links_total = links_total;
        let mut cards = Vec::new();
        let mut places = Vec::new();
        // A network works across its areas, wherever its papers are kept.
        let across = self.network().map(|network| network.areas.iter().cloned().map(AreaCode).collect::<Vec<_>>());
        match mode {
            PlaceMode::Exact if across.as_ref().is_some_and(|areas| !areas.is_empty()) => {
                cards.push(self.across(&base, across.unwrap_or_default(), gazetteer));
            }
            PlaceMode::Exact => {
                for (at, location) in
                    self.places.iter().filter(|(_, location)| location.standing == Standing::Published)
                {
                    let (place, whereabouts) = exact_place(&location.record, gazetteer);
                    let mut card = base.clone();
                    card.service_at_location_id = at.as_ref().map(|at| at.record.id);
                    card.location_id = Some(location.record.id);
                    if let Some(at) = at {
                        card.schedule_text = when::in_words(&at.record.schedules).or(card.schedule_text);
                        if card.attending_type.is_empty() {
                            card.attending_type = attending_types(&at.record.schedules);
                        }
                    }
                    card.place = place.clone();
                    cards.push((card, whereabouts));
                    let at = at.as_ref().map(|at| at.record.clone());
                    places.push(ListingPlace { service_at_location: at, location: location.record.clone(), place });
                }
            }
            PlaceMode::Area | PlaceMode::Remote => cards.push(self.served(&base, mode, gazetteer)),
        }
        // Who looks for help near a place is not shown what is for those who give it.
        let mut marks = Vec::new();
        if let Some(resource) = self.service.as_ref().and_then(|service| service.facts.resource.as_ref()) {
            cards.truncate(1);
            places.clear();
            let remote = mode == PlaceMode::Remote;
            let areas =
                cards.iter_mut().map(|(_, place)| std::mem::replace(place, Whereabouts::NotStated).around(gazetteer));
            marks.extend(resource.marks(&areas.flatten().collect::<Vec<_>>(), remote));
        }
        if cards.is_empty() {
            cards.push((base, Whereabouts::NotStated));
        }
        let (mut term_ids, mut term_words) = words_of(&facts.terms);
        marks.extend(layer::marks(cards[0].0.kind));
        if !links.is_empty() {
            marks.push(LINKED.to_owned());
        }
        if let Some(network) = self.network() {
            term_words.push_str(&network.words());
            marks.extend(network.marks());
        }
        if let Some(service) = &self.service {
            if let Some(resource) = &service.facts.resource {
                term_words.push_str(&resource.words());
            }
            let claimed = service.facts.practice.iter().flat_map(Practice::dialogue);
            marks.extend(claimed.map(|principle| Marked::Dialogue.mark(principle.as_str())));
            term_ids.extend(service.facts.coming.marks());
            if cards[0].0.who_for.is_empty() {
                term_ids.push(mark(Field::Audience, None));
            }
        }
        #[cfg(debug_assertions)]
        let (term_words, facts) = {
            let (card, whereabouts) = &mut cards[0];
            let told = super::sabotage::leak(self, card, whereabouts, gazetteer);
            places.extend(told.places);
            let names = format!("{} {}", facts.names, told.names);
            (format!("{term_words} {}", told.words), Facts { names, ..facts })
        };
        let mut listing = Listing {
            id: cards[0].0.id.clone(),
            card: cards[0].0.clone(),
            description: facts.description,
            coming: self.service.as_ref().map(|service| service.facts.coming.clone()),
            practice: self.service.as_ref().and_then(|service| service.facts.practice.clone()),
            resource: self.service.as_ref().and_then(|service| service.facts.resource.clone()),
            network: self.network().cloned(),
            service: self.service.as_ref().map(|service| public_service(service, mode)),
            organization: organization.map(|entry| {
                let mut record = entry.record.clone();
                without_unclaimed(&mut record.attributes, None);
                record
            }),
            places,
            services: self.services.clone(),
            links,
            last_modified: None, // known when it has been committed; not part of what is compared
        };
        keep_keys(&mut listing);
        let is_hit = self.service.is_some() || self.services.is_empty() || listing.network.is_some();
        let is_private = self.is_private();
        Some(PublicListing { listing, is_hit, cards, term_ids, marks, term_words, names: facts.names, is_private })
    }

    /// Whether all of it goes through the gate.
    fn is_private(&self) -> bool {
        let runs_private = |own: &Entry<Organization>| own.facts.protected && !self.has_open_services;
        match &self.service {
            Some(service) => service.facts.mode == PlaceMode::Area,
            None => self.organization.as_ref().is_some_and(runs_private),
        }
    }

    /// What makes it a network, where the listing is one.
    fn network(&self) -> Option<&Network> {
        self.organization.as_ref().filter(|_| self.service.is_none())?.facts.network.as_ref()
    }

    /// The card without a place. `own` is the organisation, if readers may see it.
    fn card(&self, facts: &Facts, own: Option<&Entry<Organization>>) -> Card {
        let (who_for, terms) =
            facts.terms.iter().map(|term| term.label.clone()).partition(|term| term.facet == Some(Facet::Audience));
        let service = self.service.as_ref().map(|entry| &entry.record);
        let coming = self.service.as_ref().map(|entry| entry.facts.coming.clone()).unwrap_or_default();
        let own = own.map(|entry| &entry.record);
        let organization = own.filter(|_| service.is_some());
        let contact =
            |of_service: Option<&String>, of_organization: Option<&String>| of_service.or(of_organization).cloned();
        let phones = service.map(|s| &s.phones).filter(|phones| !phones.is_empty()).or(own.map(|o| &o.phones));
        Card {
            id: facts.id.clone(),
            service_at_location_id: None,
            location_id: None,
            kind: facts.kind,
            name: facts.name.clone(),
            organization: organization.map(|o| OrganizationName { id: o.id, name: o.name.clone() }),
            summary: plain::beginning(&facts.description, SUMMARY),
            who_for,
            terms,
            minimum_age: service.and_then(|s| s.minimum_age),
            maximum_age: service.and_then(|s| s.maximum_age),
            schedule_text: service.and_then(|s| when::in_words(&s.schedules)),
            next_session: None,
            access: service.map(|s| AccessFact::all_of(&s.attributes)).unwrap_or_default(),
            accepting: coming.accepting,
            wait: coming.wait,
            how_to_come: coming.how_to_come,
            contact_by: coming.contact_by,
            attending_type: if coming.attending.is_empty() {
                service.map(|s| attending_types(&s.schedules)).unwrap_or_default()
            } else {
                coming.attending.iter().map(|way| way.as_str().to_owned()).collect()
            },
            phones: phones.into_iter().flatten().map(card_phone).collect(),
            email: contact(service.and_then(|s| s.email.as_ref()), own.and_then(|o| o.email.as_ref())),
            url: contact(service.and_then(|s| s.url.as_ref()), own.and_then(|o| o.website.as_ref())),
            spoken: coming.languages,
            languages: service.map(languages).unwrap_or_default(),
            cost_kind: coming.cost,
            cost: service.and_then(cost),
            place: CardPlace {
                kind: CardPlaceKind::NotStated,
                label: "Where it is has not been stated".to_owned(),
                latitude: None,
                longitude: None,
                precision_km: None,
                areas: Vec::new(),
            },
            distance_km: None,
            ask: Vec::new(),
            serves: None,
            only_broader: None,
            explain: None,
            listing: None,
            other_places: None,
            links: Vec::new(),
            links_total: None,
            status: service.map(|s| s.status.as_str().to_owned()),
            alert: service.and_then(|s| s.alert.clone()),
            last_checked: service
                .and_then(|s| s.assured_date.clone())
                .map(|date| LastChecked { date, by_role: "source".to_owned() }),
            being_checked: self.reported.then_some(true),
            held: self.held.clone(),
            source: provenance(&self.source),
            page_url: format!("/listing/{}", facts.id),
            report_url: format!("/listing/{}/report", facts.id),
        }
    }
}

/// Leaves out of a listing the keys of whatever it does not show itself.
fn keep_keys(listing: &mut Listing) {
    #[cfg(debug_assertions)]
    if super::sabotage::on("keys-shown") {
        return;
    }
    let Listing { service, organization, places, services, .. } = listing;
    let mut shown: Shown = services.iter().map(|service| (kind::Service::NAME, service.id.as_u128())).collect();
    // Who runs an open service is no secret: a private one has the key of a stand-in.
    let runs = service.as_ref().and_then(|service| service.organization_id);
    shown.extend(runs.map(|id| (kind::Organization::NAME, id.as_u128())));
    service.note(&mut shown);
    organization.note(&mut shown);
    for place in &*places {
        place.service_at_location.note(&mut shown);
        place.location.note(&mut shown);
    }
    service.keep(&shown);
    organization.keep(&shown);
    for place in places {
        place.service_at_location.keep(&shown);
        place.location.keep(&shown);
    }
}

/// The HSDS service as readers get it: without markers that nobody vouches for now, and for a hidden place with nothing that
/// could place it.
fn public_service(entry: &Entry<Service>, mode: PlaceMode) -> Service {
    let mut service = entry.record.clone();
    without_unclaimed(&mut service.attributes, entry.facts.practice.as_ref());
    service.assurer_email = None; // a person's address is for the keeper, not for readers
    if mode == PlaceMode::Area {
        service.contacts.clear();
        service.schedules.clear();
    }
    service
}

fn card_phone(phone: &super::contact::Phone) -> CardPhone {
    CardPhone {
        number: phone.number.clone(),
        phone_type: phone.phone_type.clone(),
        description: phone.description.clone(),
    }
}

fn attending_types(schedules: &[Schedule]) -> Vec<String> {
    let mut types: Vec<String> = Vec::new();
    for word in schedules.iter().filter_map(|schedule| schedule.attending_type.as_deref()) {
        if !types.iter().any(|known| known == word) {
            types.push(word.to_owned());
        }
    }
    types
}

fn languages(service: &Service) -> Vec<String> {
    service.languages.iter().filter_map(|language| language.code.clone().or_else(|| language.name.clone())).collect()
}

/// What it costs, in the source's words; `free` only where the source says so.
fn cost(service: &Service) -> Option<String> {
    if service.fees_description.is_some() {
        return service.fees_description.clone();
    }
    let option = service.cost_options.first()?;
    let amount = option.amount.map(|amount| if amount == 0.0 { "free".to_owned() } else { format!("£{amount:.2}") });
    let words = [option.option.as_deref(), option.amount_description.as_deref(), amount.as_deref()];
    Some(words.into_iter().flatten().collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
}

fn provenance(source: &Source) -> Provenance {
    Provenance {
        name: source.name.clone(),
        url: source.url.clone(),
        licence: source.licence.clone(),
        attribution: source.attribution.clone(),
    }
}
