//! The sample's own short form, read from the `.toml` files beside this one.

use serde::Deserialize;

/// The files, in the order in which their listings come out.
const FILES: [&str; 7] = [
    include_str!("places.toml"),
    include_str!("leeds_grief.toml"),
    include_str!("leeds_communities.toml"),
    include_str!("leeds_services.toml"),
    include_str!("hexham.toml"),
    include_str!("rhondda.toml"),
    include_str!("everywhere.toml"),
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
    /// The sample as it was compiled in.
    pub fn compiled_in() -> Self {
        let mut sample = Self::default();
        for text in FILES {
            let file: File = toml::from_str(text).expect("the compiled-in sample is read by a test");
            sample.organizations.extend(file.organization);
            sample.places.extend(file.place);
            sample.listings.extend(file.listing);
        }
        sample
    }

    /// The organisation of that slug.
    pub fn organization(&self, slug: &str) -> &Organization {
        self.organizations
            .iter()
            .find(|organization| organization.slug == slug)
            .expect("a test looks up every organisation")
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
}

/// Who runs listings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Names it in the files and in its ids and web address.
    pub slug: String,
    /// Its name, which ends in "(sample)".
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
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
    pub who: String,
    /// How to come.
    pub how: String,
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
    pub cost: String,
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
