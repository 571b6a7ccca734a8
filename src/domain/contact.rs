//! Whom to ask and where to look: contacts, phone numbers, languages, further web pages.

use super::{
    id::{Id, kind},
    read::{NAME, TEXT, record},
    taxonomy::Attribute,
};

record! {
    /// A person or a role to ask.
    Contact, kind::Contact;
    needed {}
    optional {
        /// The organization.
        organization_id: Id<kind::Organization> = key();
        /// The service.
        service_id: Id<kind::Service> = key();
        /// The service at one place.
        service_at_location_id: Id<kind::ServiceAtLocation> = key();
        /// The place.
        location_id: Id<kind::Location> = key();
        /// The contact's name.
        name: String = text(NAME);
        /// The contact's role.
        title: String = text(NAME);
        /// The part of the organization.
        department: String = text(NAME);
        /// Where to write to.
        email: String = email();
    }
    numbers {}
    lists {
        /// Which numbers to ring.
        phones: Phone;
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// A phone number.
    Phone, kind::Phone;
    needed {
        /// The number, as the source wrote it.
        number: String = required_text(NAME);
    }
    optional {
        /// The place.
        location_id: Id<kind::Location> = key();
        /// The service.
        service_id: Id<kind::Service> = key();
        /// The organization.
        organization_id: Id<kind::Organization> = key();
        /// The contact.
        contact_id: Id<kind::Contact> = key();
        /// The service at one place.
        service_at_location_id: Id<kind::ServiceAtLocation> = key();
        /// What kind of line it is, in the words of RFC 6350: `voice`, `text`, `textphone`...
        phone_type "type": String = text(NAME);
        /// Who answers, and when.
        description: String = text(TEXT);
    }
    numbers {
        /// The extension.
        extension = between(0.0, 1e12);
    }
    lists {
        /// Which languages are spoken there.
        languages: Language;
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// A language in which something is offered.
    Language, kind::Language;
    needed {}
    optional {
        /// The service.
        service_id: Id<kind::Service> = key();
        /// The place.
        location_id: Id<kind::Location> = key();
        /// The phone.
        phone_id: Id<kind::Phone> = key();
        /// The language's name.
        name: String = text(NAME);
        /// Its code, ISO 639-1 or 639-3.
        code: String = text(NAME);
        /// How it is offered.
        note: String = text(TEXT);
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// A further web page of an organization or a service.
    Url, kind::Url;
    needed {
        /// Its address.
        url: String = required_web();
    }
    optional {
        /// The organization.
        organization_id: Id<kind::Organization> = key();
        /// The service.
        service_id: Id<kind::Service> = key();
        /// What is found there.
        label: String = text(NAME);
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}
