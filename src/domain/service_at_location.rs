//! A service at a location: this service, offered there.

use super::{
    contact::{Contact, Phone},
    entry::Aggregate,
    id::{Id, kind},
    read::{DESCRIPTION, record},
    schedule::Schedule,
    service::ServiceArea,
    taxonomy::Attribute,
};

record! {
    /// A service at one place, as HSDS 3.1 has it. The location is a record of its own.
    ServiceAtLocation, kind::ServiceAtLocation;
    needed {}
    optional {
        /// The service.
        service_id: Id<kind::Service> = key();
        /// The place.
        location_id: Id<kind::Location> = key();
        /// What is particular to the service there.
        description: String = text(DESCRIPTION);
    }
    numbers {}
    lists {
        /// Where the people live whom it serves from there.
        service_areas: ServiceArea;
        /// Whom to ask there.
        contacts: Contact;
        /// Which numbers to ring there.
        phones: Phone;
        /// When it happens there.
        schedules: Schedule;
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart { "location" "service" }
}

impl Aggregate for ServiceAtLocation {
    type Kind = kind::ServiceAtLocation;
    type Facts = ();

    fn id(&self) -> Id<kind::ServiceAtLocation> {
        self.id
    }
}
