//! Typed ids: `Id<Service>` and `Id<Location>` do not mix.
//!
//! HSDS wants `format: uuid`, but real feeds hold ids of the right shape whose version bits are
//! not RFC 9562's, so any 8-4-4-4-12 run of hexadecimal digits is an id. Ids made here are UUIDv7
//! (time-ordered), and v4 for listings whose place is only an area, because v7 shows the moment.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::clock::{Chance, Clock};

/// An id of one kind of entity. Compared, ordered and printed as a lower-case hyphenated UUID.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

/// The name of an entity kind, as HSDS spells it.
pub trait Kind: 'static {
    /// The standard's word, in snake case: `service_at_location`.
    const NAME: &'static str;
}

/// Declares the kinds. Keep this list in alphabetical order.
macro_rules! kinds {
    ($($(#[$doc:meta])* $marker:ident $name:literal;)*) => {
        /// The markers that `Id<...>` is typed with.
        pub mod kind {
            $($(#[$doc])* #[derive(Debug, Clone, Copy, PartialEq, Eq)] pub enum $marker {}
            impl super::Kind for $marker { const NAME: &'static str = $name; })*
        }
    };
}

kinds! {
    /// How a place can be used by disabled people.
    Accessibility "accessibility";
    /// A postal or physical address.
    Address "address";
    /// A taxonomy term on a record.
    Attribute "attribute";
    /// A named or role contact.
    Contact "contact";
    /// What a service costs.
    CostOption "cost_option";
    /// Who pays for something.
    Funding "funding";
    /// A reviewer's request that something be looked at.
    Hold "hold";
    /// A language in which something is offered.
    Language "language";
    /// What one listing is to another.
    Link "link";
    /// A place.
    Location "location";
    /// Who runs services.
    Organization "organization";
    /// What others call an organization.
    OrganizationIdentifier "organization_identifier";
    /// A phone number.
    Phone "phone";
    /// A group of services of one organization.
    Program "program";
    /// What one must bring.
    RequiredDocument "required_document";
    /// When something happens.
    Schedule "schedule";
    /// What is offered.
    Service "service";
    /// Whom or where a service serves.
    ServiceArea "service_area";
    /// A service at one place.
    ServiceAtLocation "service_at_location";
    /// How much of a service is free.
    ServiceCapacity "service_capacity";
    /// Who told us.
    Source "source";
    /// A scheme of terms.
    Taxonomy "taxonomy";
    /// One term of a taxonomy.
    TaxonomyTerm "taxonomy_term";
    /// What a capacity is counted in.
    Unit "unit";
    /// A further web page.
    Url "url";
}

impl<T> Id<T> {
    /// A new time-ordered id (UUIDv7).
    pub fn new(clock: &dyn Clock, chance: &dyn Chance) -> Self {
        let mut bytes = [0; 16];
        chance.fill(&mut bytes);
        let millis = u64::try_from(clock.now().millis()).unwrap_or(0).to_be_bytes();
        bytes[..6].copy_from_slice(&millis[2..]);
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(Uuid::from_bytes(bytes), PhantomData)
    }

    /// A new id that tells nothing, not even when it was made (UUIDv4).
    pub fn random(chance: &dyn Chance) -> Self {
        let mut bytes = [0; 16];
        chance.fill(&mut bytes);
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(Uuid::from_bytes(bytes), PhantomData)
    }

    /// The id that a name has inside a parent, for ever the same (UUIDv5).
    ///
    /// Used for children without an id of their own, so that a re-import finds the same child.
    pub fn named<P>(parent: Id<P>, name: &str) -> Self {
        Self(Uuid::new_v5(&parent.0, name.as_bytes()), PhantomData)
    }

    /// An id from its 128 bits.
    pub const fn from_u128(bits: u128) -> Self {
        Self(Uuid::from_u128(bits), PhantomData)
    }

    /// The 128 bits.
    pub const fn as_u128(&self) -> u128 {
        self.0.as_u128()
    }

    /// The same bits as an id of another kind. Only for entities that share an id by definition.
    pub const fn cast<U>(self) -> Id<U> {
        Id(self.0, PhantomData)
    }
}

/// The text is not 8-4-4-4-12 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a UUID")]
pub struct NotAnId;

impl<T> FromStr for Id<T> {
    type Err = NotAnId;

    /// Reads the hyphenated form only, so that one entity has one spelling.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != 36 {
            return Err(NotAnId);
        }
        Uuid::try_parse(text).map(|uuid| Self(uuid, PhantomData)).map_err(|_| NotAnId)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, kind};
    use crate::domain::clock::{FixedClock, SeededChance};

    #[test]
    fn ids_are_read_by_shape_and_printed_in_lower_case() {
        let id: Id<kind::Service> = "AC148810-D857-441C-9679-408F346DE14B".parse().unwrap();
        assert_eq!(id.to_string(), "ac148810-d857-441c-9679-408f346de14b");
        // The version and variant bits of many published ids are wrong.
        assert!("11111111-2222-0333-0444-555555555555".parse::<Id<kind::Service>>().is_ok());
        for bad in ["", "ac148810d857441c9679408f346de14b", "{ac148810-d857-441c-9679-408f346de14b}", "x"] {
            assert!(bad.parse::<Id<kind::Service>>().is_err(), "{bad}");
        }
    }

    #[test]
    fn new_ids_are_ordered_by_time_and_random_ones_hide_it() {
        let chance = SeededChance::new(7);
        let early = Id::<kind::Service>::new(&FixedClock::at("2026-05-06T09:30:00Z"), &chance);
        let late = Id::<kind::Service>::new(&FixedClock::at("2026-05-06T09:30:01Z"), &chance);
        assert!(early < late);
        assert_eq!(&early.to_string()[14..15], "7");
        assert_eq!(&Id::<kind::Service>::random(&chance).to_string()[14..15], "4");
    }
}
