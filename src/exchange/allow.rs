//! All that is ever read of a protected service and of its organization. Every other member stays unread.
//!
//! There is no place, schedule or contact here, and nothing the standard does not know. Ids of children are missing too:
//! they would lead back to the source's own record.

use super::shape::{Members, Shape};

/// The short lists in the words of one form of the standard.
#[derive(Debug, Clone, Copy)]
pub struct Lists {
    /// The members of a protected service.
    pub service: Members<'static>,
    /// The members of an organization that runs a protected service.
    pub organization: Members<'static>,
    /// Members of any service and organization that are never read.
    pub never: Members<'static>,
}

/// The lists in the words of HSDS 3.
pub const HSDS3: Lists = Lists { service: SERVICE, organization: ORGANIZATION, never: &[] };

/// The lists in the words of HSDS 1 and Open Referral UK 1.0. What is read by them is put into the words of HSDS 3 and
/// passes the lists of those words then.
pub const LEGACY: Lists = Lists { service: LEGACY_SERVICE, organization: LEGACY_ORGANIZATION, never: LEGACY_NEVER };

const WORD: Shape<'static> = Shape::Word;

const LANGUAGE: Shape<'static> = Shape::Only(&[("name", WORD), ("code", WORD), ("note", WORD)]);

const PHONE: Shape<'static> = Shape::Only(&[
    ("number", WORD),
    ("extension", WORD),
    ("type", WORD),
    ("description", WORD),
    ("languages", Shape::Each(&LANGUAGE)),
]);

const COST_OPTION: Shape<'static> = Shape::Only(&[
    ("valid_from", WORD),
    ("valid_to", WORD),
    ("option", WORD),
    ("currency", WORD),
    ("amount", WORD),
    ("amount_description", WORD),
]);

const TERM: Shape<'static> =
    Shape::Only(&[("id", WORD), ("code", WORD), ("name", WORD), ("taxonomy", WORD), ("term_uri", WORD)]);

/// `value` is kept for our own link types only, and only where it is one of their words; see `compile`.
const ATTRIBUTE: Shape<'static> = Shape::Only(&[("link_type", WORD), ("value", WORD), ("taxonomy_term", TERM)]);

/// `extent` is kept only when it is a gazetteer code; see `compile`.
const SERVICE_AREA: Shape<'static> = Shape::Only(&[("name", WORD), ("extent", WORD), ("extent_type", WORD)]);

const IDENTIFIER: Shape<'static> =
    Shape::Only(&[("identifier_scheme", WORD), ("identifier_type", WORD), ("identifier", WORD)]);

/// Of a link what it is and to whom: its note is free text. Which of them may be shown is decided when they are published.
const LINKS: (&str, Shape<'static>) = {
    const SIDE: Shape<'static> = Shape::Only(&[("service_id", WORD), ("organization_id", WORD), ("network_id", WORD)]);
    const LINK: Shape<'static> = Shape::Only(&[
        ("relationship", WORD),
        ("to", SIDE),
        ("from", SIDE),
        ("state", WORD),
        ("handover", Shape::Each(&WORD)),
        ("reply_within_days", WORD),
        ("starts_on", WORD),
        ("review_on", WORD),
    ]);
    ("links", Shape::Each(&LINK))
};

/// Of our own extension only what is a word of a closed list, a number, a yes or no, or a day: free text could place it.
const COMING: Shape<'static> = Shape::Only(&[
    LINKS,
    ("accepting", WORD),
    ("accepting_checked_on", WORD),
    ("wait", Shape::Only(&[("weeks_from", WORD), ("weeks_to", WORD), ("checked_on", WORD)])),
    (
        "how_to_come",
        Shape::Only(&[("routes", Shape::Each(&WORD)), ("reply_within_days", WORD), ("professional_enquiries", WORD)]),
    ),
    ("contact_by", Shape::Each(&WORD)),
    ("languages", Shape::Each(&Shape::Only(&[("language", WORD), ("how", WORD)]))),
    ("cost", WORD),
    ("travel_help", WORD),
    ("attending", Shape::Each(&WORD)),
    (
        "steward_asks",
        Shape::Only(&[
            ("self_referral_only", WORD),
            ("professionals_may_ring_first", WORD),
            ("no_referral_lists", WORD),
            ("newcomers_a_month", WORD),
        ]),
    ),
    (
        "practice",
        Shape::Only(&[("led", WORD), ("peers_paid", WORD), ("faith_body", WORD), ("prayer_or_teaching", WORD)]),
    ),
]);

/// Of a network of protected organizations what it is and what it has agreed; where it works could narrow them.
const NETWORK: Shape<'static> =
    Shape::Only(&[("network_type", WORD), ("principles", Shape::Each(&WORD)), ("since", WORD), ("review_on", WORD)]);

/// The members of an organization that runs a protected service.
pub const ORGANIZATION: Members<'static> = &[
    ("id", WORD),
    ("name", WORD),
    ("alternate_name", WORD),
    ("website", WORD),
    ("email", WORD),
    ("attributes", Shape::Each(&ATTRIBUTE)),
    ("organization_identifiers", Shape::Each(&IDENTIFIER)),
    ("kith", Shape::Only(&[LINKS, ("network", NETWORK)])),
];

/// The members of a protected service.
pub const SERVICE: Members<'static> = &[
    ("id", WORD),
    ("organization_id", WORD),
    ("name", WORD),
    ("alternate_name", WORD),
    ("description", WORD),
    ("url", WORD),
    ("email", WORD),
    ("status", WORD),
    ("interpretation_services", WORD),
    ("application_process", WORD),
    ("fees_description", WORD),
    ("eligibility_description", WORD),
    ("minimum_age", WORD),
    ("maximum_age", WORD),
    ("assured_date", WORD),
    ("alert", WORD),
    ("last_modified", WORD),
    ("organization", Shape::Only(ORGANIZATION)),
    ("phones", Shape::Each(&PHONE)),
    ("languages", Shape::Each(&LANGUAGE)),
    ("cost_options", Shape::Each(&COST_OPTION)),
    ("attributes", Shape::Each(&ATTRIBUTE)),
    ("service_areas", Shape::Each(&SERVICE_AREA)),
    ("kith", COMING),
];

/// Whether a list of members has one of this name.
pub fn has(members: Members<'_>, name: &str) -> bool {
    members.iter().any(|(member, _)| *member == name)
}

const LEGACY_PHONE: Shape<'static> = Shape::Only(&[
    ("number", WORD),
    ("extension", WORD),
    ("type", WORD),
    ("description", WORD),
    ("language", WORD),
    ("languages", Shape::Each(&LEGACY_LANGUAGE)),
]);

const LEGACY_LANGUAGE: Shape<'static> =
    Shape::Only(&[("language", WORD), ("name", WORD), ("code", WORD), ("note", WORD)]);

/// In this form a service's number stands with a contact; of the contact itself nothing is read.
const LEGACY_CONTACT: Shape<'static> = Shape::Only(&[("phones", Shape::Each(&LEGACY_PHONE))]);

const LEGACY_TAXONOMY: Shape<'static> = Shape::Only(&[("id", WORD), ("name", WORD), ("vocabulary", WORD)]);

const LEGACY_SERVICE_TAXONOMY: Shape<'static> = Shape::Only(&[("taxonomy", LEGACY_TAXONOMY)]);

const LEGACY_ELIGIBILITY: Shape<'static> = Shape::Only(&[
    ("eligibility", WORD),
    ("minimum_age", WORD),
    ("maximum_age", WORD),
    ("taxonomys", Shape::Each(&LEGACY_TAXONOMY)),
]);

/// Of `uri` and `extent` only a gazetteer code is kept; see `legacy`.
const LEGACY_AREA: Shape<'static> =
    Shape::Only(&[("service_area", WORD), ("name", WORD), ("extent", WORD), ("extent_type", WORD), ("uri", WORD)]);

const LEGACY_ORGANIZATION: Members<'static> = &[
    ("id", WORD),
    ("name", WORD),
    ("alternate_name", WORD),
    ("url", WORD),
    ("website", WORD),
    ("email", WORD),
    ("organization_identifiers", Shape::Each(&IDENTIFIER)),
];

/// What readers have said about a service.
const LEGACY_NEVER: Members<'static> = &[("reviews", Shape::Nothing)];

const LEGACY_SERVICE: Members<'static> = &[
    ("id", WORD),
    ("organization_id", WORD),
    ("name", WORD),
    ("alternate_name", WORD),
    ("description", WORD),
    ("url", WORD),
    ("email", WORD),
    ("status", WORD),
    ("interpretation_services", WORD),
    ("application_process", WORD),
    ("attending_access", WORD),
    ("fees", WORD),
    ("assured_date", WORD),
    ("organization", Shape::Only(LEGACY_ORGANIZATION)),
    ("contacts", Shape::Each(&LEGACY_CONTACT)),
    ("phones", Shape::Each(&LEGACY_PHONE)),
    ("languages", Shape::Each(&LEGACY_LANGUAGE)),
    ("cost_options", Shape::Each(&COST_OPTION)),
    ("eligibilitys", Shape::Each(&LEGACY_ELIGIBILITY)),
    ("eligibilities", Shape::Each(&LEGACY_ELIGIBILITY)),
    ("service_taxonomys", Shape::Each(&LEGACY_SERVICE_TAXONOMY)),
    ("service_taxonomies", Shape::Each(&LEGACY_SERVICE_TAXONOMY)),
    ("attributes", Shape::Each(&ATTRIBUTE)),
    ("service_areas", Shape::Each(&LEGACY_AREA)),
];
