//! An organization: who runs services, what others call it, who pays for it, its programmes.

use super::{
    contact::{Contact, Phone, Url},
    entry::{Aggregate, OrganizationFacts},
    id::{Id, kind},
    read::{DESCRIPTION, NAME, TEXT, record},
    taxonomy::Attribute,
};

record! {
    /// An organization, as HSDS 3.1 has it. Its locations are records of their own.
    Organization, kind::Organization;
    needed {
        /// The public name.
        name: String = required_text(NAME);
        /// What it does; empty when the source did not say.
        description: String = wanted_text(DESCRIPTION);
    }
    optional {
        /// Another name people know it by.
        alternate_name: String = text(NAME);
        /// Where to write to.
        email: String = email();
        /// Its web page.
        website: String = web();
        /// Its tax status (deprecated by the standard).
        tax_status: String = text(TEXT);
        /// Its tax number (deprecated by the standard).
        tax_id: String = text(NAME);
        /// In which form of law it stands.
        legal_status: String = text(TEXT);
        /// The web address of a picture that stands for it.
        logo: String = text(TEXT);
        /// A lasting identifier of it.
        uri: String = uri();
        /// The organization it belongs to.
        parent_organization_id: Id<kind::Organization> = key();
    }
    numbers {
        /// The year in which it was formed.
        year_incorporated = between(1.0, 9_999.0);
    }
    lists {
        /// Further web pages of it.
        additional_websites: Url;
        /// Who pays for it.
        funding: Funding;
        /// Whom to ask.
        contacts: Contact;
        /// Which numbers to ring.
        phones: Phone;
        /// Groups of its services.
        programs: Program;
        /// What others call it: numbers of registers.
        organization_identifiers: OrganizationIdentifier;
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart { "locations" }
}

impl Aggregate for Organization {
    type Kind = kind::Organization;
    type Facts = OrganizationFacts;

    fn id(&self) -> Id<kind::Organization> {
        self.id
    }
}

record! {
    /// A group of services that an organization runs under one name.
    Program, kind::Program;
    needed {
        /// Its name.
        name: String = required_text(NAME);
        /// What it does; empty when the source did not say.
        description: String = wanted_text(DESCRIPTION);
    }
    optional {
        /// The organization.
        organization_id: Id<kind::Organization> = key();
        /// Another name people know it by.
        alternate_name: String = text(NAME);
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// Who pays for an organization or a service.
    Funding, kind::Funding;
    needed {}
    optional {
        /// The organization.
        organization_id: Id<kind::Organization> = key();
        /// The service.
        service_id: Id<kind::Service> = key();
        /// Who pays, and what.
        source: String = text(TEXT);
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

record! {
    /// What a register or another body calls an organization.
    OrganizationIdentifier, kind::OrganizationIdentifier;
    needed {
        /// What kind of identifier it is, in words; empty when the source did not say.
        identifier_type: String = text_or_empty(NAME);
        /// The identifier.
        identifier: String = required_text(NAME);
    }
    optional {
        /// The organization.
        organization_id: Id<kind::Organization> = key();
        /// The register, by its code at org-id.guide: `GB-CHC`, `GB-COH`.
        identifier_scheme: String = text(NAME);
    }
    numbers {}
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}
