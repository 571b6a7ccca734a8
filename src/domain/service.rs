//! A service: what is offered, by whom, for whom, at what cost, over which area, and how much of it is free.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use super::{
    contact::{Contact, Language, Phone, Url},
    entry::{Aggregate, ServiceFacts},
    id::{Id, kind},
    organization::{Funding, Program},
    read::{DESCRIPTION, NAME, TEXT, Words, record},
    schedule::Schedule,
    taxonomy::Attribute,
};

record! {
    /// A service, as HSDS 3.1 has it. Its organization and its places are records of their own.
    Service, kind::Service;
    needed {
        /// The public name.
        name: String = required_text(NAME);
        /// Whether it runs at present.
        status: ServiceStatus = required_choice();
    }
    optional {
        /// Who provides it.
        organization_id: Id<kind::Organization> = key();
        /// The programme it belongs to.
        program_id: Id<kind::Program> = key();
        /// That programme.
        program: Program = object();
        /// Another name people know it by.
        alternate_name: String = text(NAME);
        /// What it is, as the source wrote it; may hold HTML or Markdown.
        description: String = text(DESCRIPTION);
        /// Its web page.
        url: String = web();
        /// Where to write to.
        email: String = email();
        /// What interpretation there is.
        interpretation_services: String = text(TEXT);
        /// How one comes to be there.
        application_process: String = text(TEXT);
        /// What people pay, in words.
        fees_description: String = text(TEXT);
        /// How long people wait (deprecated by the standard, still in use).
        wait_time: String = text(TEXT);
        /// What people pay (deprecated by the standard in favour of `fees_description`).
        fees: String = text(TEXT);
        /// Who has found it to meet which standard of practice.
        accreditations: String = text(TEXT);
        /// For whom it is meant.
        eligibility_description: String = text(TEXT);
        /// The day on which what is said here was last checked, `YYYY-MM-DD`.
        assured_date: String = date();
        /// The mailbox of whoever checked it. Not for readers.
        assurer_email: String = email();
        /// Licences it holds (deprecated by the standard).
        licenses: String = text(TEXT);
        /// What is different for a short while.
        alert: String = text(TEXT);
        /// When the source last changed it, RFC 3339.
        last_modified: String = instant();
    }
    numbers {
        /// The youngest age it is for, in years.
        minimum_age = between(0.0, 150.0);
        /// The oldest age it is for, in years.
        maximum_age = between(0.0, 150.0);
    }
    lists {
        /// Further web pages of it.
        additional_urls: Url;
        /// When it happens.
        schedules: Schedule;
        /// Where the people live whom it serves.
        service_areas: ServiceArea;
        /// Whom to ask.
        contacts: Contact;
        /// Which numbers to ring.
        phones: Phone;
        /// Which languages are spoken.
        languages: Language;
        /// What it costs.
        cost_options: CostOption;
        /// Who pays for it.
        funding: Funding;
        /// What one must bring.
        required_documents: RequiredDocument;
        /// How much of it is free.
        capacities: ServiceCapacity;
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart { "organization" "service_at_locations" }
}

impl Aggregate for Service {
    type Kind = kind::Service;
    type Facts = ServiceFacts;

    fn id(&self) -> Id<kind::Service> {
        self.id
    }
}

record! {
    /// A geographic area that a service serves.
    ServiceArea, kind::ServiceArea;
    needed {}
    optional {
        /// The service.
        service_id: Id<kind::Service> = key();
        /// The service at one place.
        service_at_location_id: Id<kind::ServiceAtLocation> = key();
        /// The area's name.
        name: String = text(NAME);
        /// More about it.
        description: String = text(TEXT);
        /// The area itself, as `extent_type` says; a gazetteer code is `text`.
        extent: String = text(DESCRIPTION);
        /// How `extent` is written: `geojson`, `topojson`, `kml` or `text`.
        extent_type: String = text(NAME);
        /// A lasting identifier of the area.
        uri: String = text(TEXT);
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// What a service costs someone.
    CostOption, kind::CostOption;
    needed {}
    optional {
        /// The service.
        service_id: Id<kind::Service> = key();
        /// The first day of this price, `YYYY-MM-DD`.
        valid_from: String = date();
        /// The last day of this price, `YYYY-MM-DD`.
        valid_to: String = date();
        /// For whom, or when.
        option: String = text(TEXT);
        /// The currency's three letters.
        currency: String = text(NAME);
        /// What the amount is for.
        amount_description: String = text(TEXT);
    }
    numbers {
        /// The amount, in units of `currency`.
        amount = between(0.0, 1e9);
    }
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// A document that someone must bring.
    RequiredDocument, kind::RequiredDocument;
    needed {}
    optional {
        /// The service.
        service_id: Id<kind::Service> = key();
        /// Which document.
        document: String = text(TEXT);
        /// A page about it.
        uri: String = uri();
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// How much of a service is free: places, beds, hours.
    ServiceCapacity, kind::ServiceCapacity;
    needed {}
    optional {
        /// The service.
        service_id: Id<kind::Service> = key();
        /// What is counted.
        unit_id: Id<kind::Unit> = key();
        /// What is counted, whole.
        unit: Unit = object();
        /// More about it.
        description: String = text(TEXT);
        /// When this was last known, RFC 3339.
        updated: String = instant();
    }
    numbers {
        /// How many are free.
        available = between(0.0, 1e9);
        /// How many there are at most.
        maximum = between(0.0, 1e9);
    }
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// What a capacity is counted in.
    Unit, kind::Unit;
    needed {
        /// Its name: `bed`, `place`.
        name: String = required_text(NAME);
    }
    optional {
        /// The list of units that it is taken from.
        scheme: String = text(NAME);
        /// Its code in that list.
        identifier: String = text(NAME);
        /// A lasting identifier of it.
        uri: String = uri();
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

/// Whether a service runs at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
pub enum ServiceStatus {
    /// It runs.
    #[serde(rename = "active")]
    #[oai(rename = "active")]
    Active,
    /// It does not run at present.
    #[serde(rename = "inactive")]
    #[oai(rename = "inactive")]
    Inactive,
    /// It has ended.
    #[serde(rename = "defunct")]
    #[oai(rename = "defunct")]
    Defunct,
    /// It is closed for a while.
    #[serde(rename = "temporarily closed")]
    #[oai(rename = "temporarily closed")]
    TemporarilyClosed,
}

impl Words for ServiceStatus {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Active, "active"),
        (Self::Inactive, "inactive"),
        (Self::Defunct, "defunct"),
        (Self::TemporarilyClosed, "temporarily closed"),
    ];
}

impl ServiceStatus {
    /// The standard's word.
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}
