//! An organization: who runs services.

use super::{
    contact::{Contact, Phone},
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
        /// Whom to ask.
        contacts: Contact;
        /// Which numbers to ring.
        phones: Phone;
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
