//! Which tables HSDS tabular has, 3.x and 1.x, and how their rows hang together when a service is compiled of them.

/// A table of the standard.
#[derive(Debug, PartialEq)]
pub struct Object {
    /// The object's name in the standard, in the singular.
    pub name: &'static str,
    /// What its rows nest, beside the `attributes` and `metadata` that every object has.
    pub nests: &'static [Nest],
}

/// A member of an object that is rows of another table.
#[derive(Debug, PartialEq)]
pub struct Nest {
    /// The member's name.
    pub member: &'static str,
    /// The other table's object.
    pub object: &'static str,
    /// How the rows find each other.
    pub key: Key,
}

/// How rows of two tables find each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Key {
    /// The nested rows name the id of the row that they are in.
    Theirs(&'static str),
    /// The row names the id of the one row that is in it.
    Own(&'static str),
}

/// What every object may nest.
pub const EVERYWHERE: &[Nest] =
    &[many("attributes", "attribute", "link_id"), many("metadata", "metadata", "resource_id")];

/// Columns that hold numbers, in whichever table.
pub const NUMBERS: &[&str] = &[
    "latitude",
    "longitude",
    "minimum_age",
    "maximum_age",
    "extension",
    "timezone",
    "count",
    "interval",
    "amount",
    "year_incorporated",
    "available",
    "maximum",
];

/// Tables that only HSDS 1 has: with one of them in it, a package is in the words of that.
pub const LEGACY: &[&str] = &[
    "physical_address",
    "postal_address",
    "regular_schedule",
    "holiday_schedule",
    "service_taxonomy",
    "eligibility",
    "payment_accepted",
    "accessibility_for_disabilities",
];

const fn many(member: &'static str, object: &'static str, key: &'static str) -> Nest {
    Nest { member, object, key: Key::Theirs(key) }
}

const fn one(member: &'static str, object: &'static str, key: &'static str) -> Nest {
    Nest { member, object, key: Key::Own(key) }
}

const fn leaf(name: &'static str) -> Object {
    Object { name, nests: &[] }
}

/// All tables.
pub const OBJECTS: &[Object] = &[
    Object {
        name: "organization",
        nests: &[
            many("additional_websites", "url", "organization_id"),
            many("funding", "funding", "organization_id"),
            many("contacts", "contact", "organization_id"),
            many("phones", "phone", "organization_id"),
            many("locations", "location", "organization_id"),
            many("programs", "program", "organization_id"),
            many("organization_identifiers", "organization_identifier", "organization_id"),
        ],
    },
    Object {
        name: "service",
        nests: &[
            one("program", "program", "program_id"),
            many("additional_urls", "url", "service_id"),
            many("phones", "phone", "service_id"),
            many("schedules", "schedule", "service_id"),
            many("service_areas", "service_area", "service_id"),
            many("service_at_locations", "service_at_location", "service_id"),
            many("languages", "language", "service_id"),
            many("funding", "funding", "service_id"),
            many("cost_options", "cost_option", "service_id"),
            many("required_documents", "required_document", "service_id"),
            many("capacities", "service_capacity", "service_id"),
            many("contacts", "contact", "service_id"),
            many("regular_schedules", "regular_schedule", "service_id"),
            many("holiday_schedules", "holiday_schedule", "service_id"),
            many("eligibilitys", "eligibility", "service_id"),
            many("service_taxonomys", "service_taxonomy", "service_id"),
            many("payments_accepted", "payment_accepted", "service_id"),
        ],
    },
    Object {
        name: "service_at_location",
        nests: &[
            one("location", "location", "location_id"),
            many("service_areas", "service_area", "service_at_location_id"),
            many("contacts", "contact", "service_at_location_id"),
            many("phones", "phone", "service_at_location_id"),
            many("schedules", "schedule", "service_at_location_id"),
            many("regular_schedules", "regular_schedule", "service_at_location_id"),
            many("holiday_schedules", "holiday_schedule", "service_at_location_id"),
        ],
    },
    Object {
        name: "location",
        nests: &[
            many("languages", "language", "location_id"),
            many("addresses", "address", "location_id"),
            many("contacts", "contact", "location_id"),
            many("accessibility", "accessibility", "location_id"),
            many("phones", "phone", "location_id"),
            many("schedules", "schedule", "location_id"),
            many("physical_addresses", "physical_address", "location_id"),
            many("postal_addresses", "postal_address", "location_id"),
            many("accessibility_for_disabilities", "accessibility_for_disabilities", "location_id"),
            many("regular_schedules", "regular_schedule", "location_id"),
            many("holiday_schedules", "holiday_schedule", "location_id"),
        ],
    },
    Object { name: "phone", nests: &[many("languages", "language", "phone_id")] },
    Object { name: "contact", nests: &[many("phones", "phone", "contact_id")] },
    Object { name: "service_capacity", nests: &[one("unit", "unit", "unit_id")] },
    Object { name: "attribute", nests: &[one("taxonomy_term", "taxonomy_term", "taxonomy_term_id")] },
    Object { name: "taxonomy_term", nests: &[one("taxonomy_detail", "taxonomy", "taxonomy_id")] },
    Object { name: "service_taxonomy", nests: &[one("taxonomy", "taxonomy", "taxonomy_id")] },
    leaf("program"),
    leaf("address"),
    leaf("schedule"),
    leaf("funding"),
    leaf("service_area"),
    leaf("required_document"),
    leaf("language"),
    leaf("accessibility"),
    leaf("taxonomy"),
    leaf("metadata"),
    leaf("meta_table_description"),
    leaf("cost_option"),
    leaf("organization_identifier"),
    leaf("unit"),
    leaf("url"),
    leaf("physical_address"),
    leaf("postal_address"),
    leaf("regular_schedule"),
    leaf("holiday_schedule"),
    leaf("eligibility"),
    leaf("payment_accepted"),
    leaf("accessibility_for_disabilities"),
];

/// The table of a name as files and packages write it: `service`, `Services.csv`, `service-at-locations`.
pub fn object(name: &str) -> Option<usize> {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let stem = plain(name.strip_suffix(".csv").or_else(|| name.strip_suffix(".CSV")).unwrap_or(name));
    OBJECTS.iter().position(|object| {
        let one = plain(object.name);
        let ies = one.strip_suffix('y').map(|stem| format!("{stem}ies"));
        stem == one
            || stem.strip_suffix('s') == Some(&one)
            || stem.strip_suffix("es") == Some(&one)
            || Some(&stem) == ies.as_ref()
            // What HSDS 1 called its own: `services_at_location`, `payments_accepted`, `services_taxonomy`.
            || one.find("at").is_some_and(|_| object.name == "service_at_location" && stem == "servicesatlocation")
            || (object.name == "payment_accepted" && stem == "paymentsaccepted")
    })
}

/// The columns by which rows of a table are found: its id and the keys that others nest it by.
pub fn keys(object: usize) -> Vec<&'static str> {
    let name = OBJECTS[object].name;
    let mut keys = vec!["id"];
    let nests = OBJECTS.iter().flat_map(|object| object.nests).chain(EVERYWHERE).filter(|nest| nest.object == name);
    for nest in nests {
        if let Key::Theirs(key) = nest.key
            && !keys.contains(&key)
        {
            keys.push(key);
        }
    }
    // Beside these, what tells that a row belongs to a place.
    for key in ["location_id", "service_at_location_id"] {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::{OBJECTS, keys, object};

    #[test]
    fn tables_are_known_by_each_of_their_names() {
        for (written, name) in [
            ("services.csv", "service"),
            ("Service.CSV", "service"),
            ("organizations", "organization"),
            ("addresses.csv", "address"),
            ("accessibility.csv", "accessibility"),
            ("taxonomies.csv", "taxonomy"),
            ("service_capacities", "service_capacity"),
            ("services_at_location.csv", "service_at_location"),
            ("physical_addresses.csv", "physical_address"),
            ("meta_table_descriptions.csv", "meta_table_description"),
        ] {
            assert_eq!(object(written).map(|index| OBJECTS[index].name), Some(name), "{written}");
        }
        assert_eq!((object("groups.csv"), object(".csv"), object("s")), (None, None, None));
    }

    #[test]
    fn every_nested_table_exists_and_is_found_by_its_keys() {
        for nest in OBJECTS.iter().flat_map(|object| object.nests) {
            assert!(OBJECTS.iter().any(|object| object.name == nest.object), "{}", nest.object);
        }
        let phone = OBJECTS.iter().position(|object| object.name == "phone").unwrap();
        assert_eq!(
            keys(phone),
            ["id", "organization_id", "service_id", "service_at_location_id", "location_id", "contact_id"]
        );
    }
}
