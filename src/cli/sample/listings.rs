//! The sample's own short form, read from the `.toml` files beside this one.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::Value;

use crate::domain::coming::{Accepting, Attending, ContactWay, CostKind, Enquiries, StewardAsks};

/// The files, in the order in which their listings come out.
const FILES: [&str; 28] = [
    include_str!("places.toml"),
    include_str!("leeds_grief.toml"),
    include_str!("leeds_communities.toml"),
    include_str!("leeds_services.toml"),
    include_str!("leeds_evenings.toml"),
    include_str!("leeds_families.toml"),
    include_str!("leeds_lives.toml"),
    include_str!("hexham.toml"),
    include_str!("tynedale.toml"),
    include_str!("rhondda.toml"),
    include_str!("rhondda_more.toml"),
    include_str!("choices.toml"),
    include_str!("highlands.toml"),
    include_str!("northern_ireland.toml"),
    include_str!("border.toml"),
    include_str!("wales.toml"),
    include_str!("cities.toml"),
    include_str!("everywhere.toml"),
    include_str!("lines.toml"),
    include_str!("networks.toml"),
    include_str!("networks_more.toml"),
    include_str!("resources.toml"),
    include_str!("resources_more.toml"),
    include_str!("cards_leeds.toml"),
    include_str!("cards_leeds_more.toml"),
    include_str!("cards_dialogue.toml"),
    include_str!("cards_tyne.toml"),
    include_str!("cards_nations.toml"),
];

/// All of the sample.
#[derive(Debug, Default)]
pub struct Sample {
    /// Who runs the listings.
    pub organizations: Vec<Organization>,
    /// Where they happen.
    pub places: Vec<Place>,
    /// What is listed.
    pub listings: Vec<Listing>,
}

impl Sample {
    /// The sample as it was compiled in, read once.
    pub fn compiled_in() -> &'static Self {
        static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
            let mut sample = Sample::default();
            for text in FILES {
                let file: File = toml::from_str(text).expect("the compiled-in sample is read by a test");
                sample.organizations.extend(file.organization);
                sample.places.extend(file.place);
                sample.listings.extend(file.listing);
                for (slug, card) in file.card {
                    let listing = sample.listings.iter_mut().find(|listing| listing.slug == slug);
                    let listing = listing.expect("a test looks up the listing of every card");
                    listing.practice = Some(card);
                }
            }
            sample
        });
        &SAMPLE
    }

    /// The organisation of that slug.
    pub fn organization(&self, slug: &str) -> &Organization {
        self.organizations
            .iter()
            .find(|organization| organization.slug == slug)
            .expect("a test looks up every organisation")
    }

    /// The organisations without a listing: they are listed themselves.
    pub fn networks(&self) -> impl Iterator<Item = &Organization> {
        self.organizations
            .iter()
            .filter(|organization| self.listings.iter().all(|listing| listing.org != organization.slug))
    }

    /// The place of that slug.
    pub fn place(&self, slug: &str) -> &Place {
        self.places.iter().find(|place| place.slug == slug).expect("a test looks up every place")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    organization: Vec<Organization>,
    #[serde(default)]
    place: Vec<Place>,
    #[serde(default)]
    listing: Vec<Listing>,
    /// How listings of earlier files work, by slug, in the words of our extension.
    #[serde(default)]
    card: BTreeMap<String, Value>,
}

/// Who runs listings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Names it in the files and in its ids and web address.
    pub slug: String,
    /// Its name, which ends in "(sample)".
    pub name: String,
    /// What it is, in a sentence; of one that is listed by itself, a whole description.
    pub about: String,
    /// Its own number, for listings that have none.
    pub phone: Option<String>,
    /// Its own address, for listings that have none.
    pub email: Option<String>,
    /// Ids of house terms; only of one that is listed by itself.
    #[serde(default)]
    pub terms: Vec<String>,
    /// Slugs of where it is; only of one that is listed by itself.
    #[serde(default)]
    pub places: Vec<String>,
    /// What makes it a network, in the words of our extension; see `extension`.
    pub network: Option<Value>,
}

/// Where listings happen: an invented venue beside a real public place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Names it in the files and in its id.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The first line of its address; never with a house number.
    pub street: String,
    /// The town.
    pub city: String,
    /// The county.
    pub county: String,
    /// A postcode of a real sector.
    pub postcode: String,
    /// Degrees north and east, to three decimals.
    pub at: [f64; 2],
    /// How to get there.
    pub getting_there: String,
    /// What makes it possible to come in.
    pub access: Vec<String>,
}

/// What is listed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Names it in its ids.
    pub slug: String,
    /// What it is.
    pub kind: Kind,
    /// The slug of who runs it.
    pub org: String,
    /// How its places may be told.
    #[serde(default)]
    pub mode: Mode,
    /// Codes of the areas it serves; for `area` and `remote`.
    #[serde(default)]
    pub serves: Vec<String>,
    /// Slugs of where it happens; for `exact`.
    #[serde(default)]
    pub places: Vec<String>,
    /// Its name.
    pub name: String,
    /// Its name in another language.
    pub alternate: Option<String>,
    /// What happens, in one paragraph.
    pub description: String,
    /// Who may come.
    pub who: Option<String>,
    /// How to come.
    pub how: Option<String>,
    /// A number to ring.
    pub phone: Option<String>,
    /// What to know before ringing.
    pub phone_note: Option<String>,
    /// A number to text.
    pub text: Option<String>,
    /// An address to write to.
    pub email: Option<String>,
    /// The youngest age, and the oldest if there is one.
    #[serde(default)]
    pub ages: Vec<u8>,
    /// What it costs, in words.
    pub cost: Option<String>,
    /// The most it costs, in pounds; absent when it is free.
    pub amount: Option<f64>,
    /// Codes of the languages it is held in.
    pub languages: Vec<String>,
    /// Which interpreters there are.
    pub interpreters: Option<String>,
    /// When it happens.
    #[serde(default)]
    pub when: Vec<Attend>,
    /// Ids of house terms.
    pub terms: Vec<String>,
    /// What a person needs to decide; absent when the group has not said.
    pub come: Option<Come>,
    /// The standard's word for whether it runs, if not `active`.
    pub status: Option<String>,
    /// What is different for a while; days in it are written as `dates::filled` reads them.
    pub alert: Option<String>,
    /// How many days ago somebody looked whether it is true, if not lately.
    pub checked: Option<u16>,
    /// How it works, in the words of our extension; see `extension`. Most say it in the files of cards.
    pub practice: Option<Value>,
    /// What makes it a resource for practice, in the words of our extension.
    pub resource: Option<Value>,
    /// The end of the address of its page on its organisation's site, if it has one of its own.
    pub page: Option<String>,
}

/// What a person needs to decide, as far as the rest of the listing does not say it already: ways in
/// follow from the terms, means of contact from the numbers, languages from `languages`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Come {
    /// Whether new people are taken.
    pub accepting: Option<Accepting>,
    /// The least and the most that people wait, in weeks.
    #[serde(default)]
    pub wait: Vec<u32>,
    /// Who may refer.
    pub refers: Option<String>,
    /// What kind of form there is: `web`, `pdf`, `word`.
    pub form: Option<String>,
    /// Whether `email` is a role's mailbox for referrals.
    #[serde(default)]
    pub mailbox: bool,
    /// What to send.
    pub send: Option<String>,
    /// Whose consent is needed, and for what.
    pub consent: Option<String>,
    /// Within how many days somebody replies.
    pub reply: Option<u32>,
    /// Who cannot come.
    pub not_for: Option<String>,
    /// Whether a professional may ask on somebody's behalf.
    pub enquiries: Option<Enquiries>,
    /// How to get in touch, the best way first, if not by phone, text and email in that order.
    #[serde(default)]
    pub contact: Vec<ContactWay>,
    /// When the phone is answered.
    pub hours: Option<String>,
    /// Codes of languages that a worker speaks.
    #[serde(default)]
    pub bilingual: Vec<String>,
    /// Codes of languages with an interpreter.
    #[serde(default)]
    pub interpreter: Vec<String>,
    /// What it costs, if neither free nor `amount`.
    pub cost: Option<CostKind>,
    /// Who pays less.
    pub concessions: Option<String>,
    /// Whether fares are paid or a lift is offered, if the terms do not say so.
    pub travel: Option<bool>,
    /// How one takes part, if not as the mode says.
    #[serde(default)]
    pub attending: Vec<Attending>,
    /// What the steward asks of those who send people.
    pub asks: Option<StewardAsks>,
}

/// When something happens, and how one attends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attend {
    /// By weeks or by months.
    #[serde(default)]
    pub freq: Freq,
    /// Every how many of them.
    #[serde(default = "one")]
    pub every: u8,
    /// In how many weeks the next one is, for what is not weekly.
    #[serde(default)]
    pub next: u8,
    /// Whether the next one is cancelled, so that the series begins after it.
    #[serde(default)]
    pub cancelled: bool,
    /// Days as iCalendar writes them: `TU,SA`, `2TH`, `-1TU`.
    pub on: String,
    /// From when, wall-clock time.
    pub from: String,
    /// Until when, wall-clock time.
    pub to: String,
    /// When, in words.
    pub say: String,
    /// How one attends, if not as the mode says.
    pub attending: Option<String>,
    /// The slug of the place it holds for, if not for all.
    pub place: Option<String>,
}

fn one() -> u8 {
    1
}

/// What a listing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// People who meet.
    Group,
    /// Something offered to people.
    Service,
    /// A line to ring.
    Helpline,
    /// A place to be.
    Place,
}

impl Kind {
    /// The value of `kith:kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Service => "service",
            Self::Helpline => "helpline",
            Self::Place => "place",
        }
    }
}

/// How the places of a listing may be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Its places are public.
    #[default]
    Exact,
    /// Only an area is public.
    Area,
    /// There is no place to go to.
    Remote,
}

impl Mode {
    /// The value of `kith:place_mode`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Area => "area",
            Self::Remote => "remote",
        }
    }

    /// How one attends when a schedule does not say.
    pub const fn attending(self) -> &'static str {
        match self {
            Self::Exact | Self::Area => "in_person",
            Self::Remote => "online",
        }
    }
}

/// By weeks or by months.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freq {
    /// By weeks.
    #[default]
    Weekly,
    /// By months.
    Monthly,
}

impl Freq {
    /// The standard's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
        }
    }
}
