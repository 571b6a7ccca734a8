//! A location: a place with its addresses, and how it can be used by disabled people.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use super::{
    contact::{Contact, Language, Phone},
    entry::Aggregate,
    id::{Id, kind},
    read::{DESCRIPTION, NAME, TEXT, Words, record},
    schedule::Schedule,
    taxonomy::Attribute,
};

record! {
    /// A location, as HSDS 3.1 has it.
    Location, kind::Location;
    needed {
        /// Whether one can go there, write there, or meet there online.
        location_type: LocationType = required_choice();
    }
    optional {
        /// Where a virtual location is met.
        url: String = web();
        /// Who keeps what is said of it.
        organization_id: Id<kind::Organization> = key();
        /// Its name.
        name: String = text(NAME);
        /// Another name people know it by.
        alternate_name: String = text(NAME);
        /// What it is like.
        description: String = text(DESCRIPTION);
        /// How to get there.
        transportation: String = text(TEXT);
        /// An identifier of it elsewhere.
        external_identifier: String = text(NAME);
        /// What kind of identifier that is, such as `UPRN`.
        external_identifier_type: String = text(NAME);
    }
    numbers {
        /// Degrees north, WGS84.
        latitude = degrees();
        /// Degrees east, WGS84.
        longitude = degrees();
    }
    lists {
        /// Its addresses.
        addresses: Address;
        /// How it can be used by disabled people.
        accessibility: Accessibility;
        /// Which languages are spoken there.
        languages: Language;
        /// Whom to ask.
        contacts: Contact;
        /// Which numbers to ring.
        phones: Phone;
        /// When it is open.
        schedules: Schedule;
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

impl Aggregate for Location {
    type Kind = kind::Location;
    type Facts = ();

    fn id(&self) -> Id<kind::Location> {
        self.id
    }
}

record! {
    /// An address. What the standard needs and the source did not state is empty.
    Address, kind::Address;
    needed {
        /// The first line: building, number, street.
        address_1: String = wanted_text(TEXT);
        /// The town.
        city: String = wanted_text(NAME);
        /// The county.
        state_province: String = wanted_text(NAME);
        /// The postcode, as the source wrote it.
        postal_code: String = wanted_text(NAME);
        /// The country's two letters.
        country: String = wanted_text(NAME);
        /// Whether one can go there or only write there.
        address_type: AddressType = required_choice();
    }
    optional {
        /// The location.
        location_id: Id<kind::Location> = key();
        /// Whose attention to seek.
        attention: String = text(NAME);
        /// The second line.
        address_2: String = text(TEXT);
        /// The region.
        region: String = text(NAME);
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// How a location can be used by disabled people.
    Accessibility, kind::Accessibility;
    needed {}
    optional {
        /// The location.
        location_id: Id<kind::Location> = key();
        /// What there is.
        description: String = text(TEXT);
        /// More about it.
        details: String = text(TEXT);
        /// A page that says more.
        url: String = web();
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

/// What kind of place a location is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum LocationType {
    /// One can go there.
    Physical,
    /// One can write there.
    Postal,
    /// One can meet there online or by phone.
    Virtual,
}

impl Words for LocationType {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Physical, "physical"), (Self::Postal, "postal"), (Self::Virtual, "virtual")];
}

/// What kind of address this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum AddressType {
    /// One can go there.
    Physical,
    /// One can write there.
    Postal,
    /// One can meet there online or by phone.
    Virtual,
}

impl Words for AddressType {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Physical, "physical"), (Self::Postal, "postal"), (Self::Virtual, "virtual")];
}
