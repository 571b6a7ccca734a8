//! What goes into the index: flat, public facts about one listing at one place.

/// What a listing's place is, as far as the index needs it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Whereabouts {
    /// A published position, WGS84 degrees. The only kind that ever has a distance.
    Point {
        /// Latitude, -90 to 90.
        lat: f64,
        /// Longitude, -180 to 180.
        lon: f64,
    },
    /// Only the areas are known: matched by area code, never by distance.
    Area,
    /// Reached from anywhere in its areas (online, by telephone).
    Remote,
    /// Nothing is known about where it is.
    #[default]
    None,
}

/// Whether searches may answer with a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Found by searches, and read by id.
    #[default]
    Hit,
    /// Only read by id and listed.
    Record,
    /// Says that the listing is gone; found by id only.
    Tombstone,
}

/// One searchable (or only readable) document: a service at one place, an organisation, a tombstone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Id of this document, unique in the index: a service id, or `service/service_at_location`.
    pub id: String,
    /// Id of the listing; several documents may share it. Puts, removals and withdrawals name it.
    pub listing: String,
    /// Whether searches may answer with it.
    pub role: Role,
    /// A filterable word such as `group` or `organization`; at most 16 different ones in an index.
    pub kind: String,
    /// Id of the organisation that offers it.
    pub organization: Option<String>,
    /// The listing's name. Suggestions are made of it, for records as for hits; an empty one is never suggested.
    pub name: String,
    /// Organisation name and alternate names.
    pub names: String,
    /// Labels and synonyms of its terms.
    pub term_words: String,
    /// Summary and description as plain text.
    pub text: String,
    /// Ids of the terms it has.
    pub terms: Vec<String>,
    /// Further words to filter and walk by ([`crate::Reader::each_marked`]). They get no bit and are not counted.
    pub marks: Vec<String>,
    /// Ids of terms of which it says that it has them not: see [`crate::FacetGroup::unless_denied`].
    pub denied: Vec<String>,
    /// It has ended: it stands after all others, in every order.
    pub ended: bool,
    /// Languages it is offered in, as the caller's filter words.
    pub languages: Vec<String>,
    /// The youngest it is for, in years; `None` when it does not say.
    pub minimum_age: Option<f32>,
    /// The oldest it is for, in years, that year of life included; `None` when it does not say.
    pub maximum_age: Option<f32>,
    /// Parts of the week in which it happens, as bits that mean what the caller means by them; 0 when it does not say.
    pub when: u32,
    /// Where it is.
    pub whereabouts: Whereabouts,
    /// Codes of the areas the point lies in, or that an area or remote listing serves.
    pub areas: Vec<String>,
    /// Other searchable documents share this listing. Set by the index itself when one put holds several.
    pub siblings: bool,
    /// When the listing was last checked, Unix seconds; 0 when unknown.
    pub checked: i64,
    /// The card, answered with a hit; opaque, about 1 kB.
    pub body: Vec<u8>,
    /// The full listing, answered by id; empty on all but one document of a listing.
    pub record: Vec<u8>,
}

/// One change to the index.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Replaces every document of the listing by these.
    Put {
        /// The listing whose documents are replaced; each document must name it.
        listing: String,
        /// Its documents now.
        documents: Vec<Document>,
    },
    /// Removes every document of the listing.
    Remove {
        /// The listing to remove.
        listing: String,
    },
}

impl Op {
    /// The listing this change is about.
    pub fn listing(&self) -> &str {
        match self {
            Op::Put { listing, .. } | Op::Remove { listing } => listing,
        }
    }
}
