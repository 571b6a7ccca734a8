//! What pass 2 yields: drafts of entries, with their ids here and their names there.

use crate::domain::{
    entry::Aggregate,
    link::Link,
    location::Location,
    organization::Organization,
    read::{Notice, Record, Violation},
    service::Service,
    service_at_location::ServiceAtLocation,
    taxonomy::{Taxonomy, TaxonomyTerm},
};

/// One item of the source: an element of a list, a line, a row of a table.
#[derive(Debug, Clone)]
pub struct Item {
    /// Which file of the package it stands in, from 0.
    pub part: usize,
    /// Where it stands: the place in a list or the line, from 1; the row of a table with its header as row 1.
    pub row: u64,
    /// The source's id for what the item is about, if it states one.
    pub foreign_id: Option<String>,
    /// Whether it is about an organization; else about a service.
    pub is_organization: bool,
    /// The entries it makes, those first that others refer to; or all its faults.
    pub result: Result<Vec<Draft>, Vec<Violation>>,
    /// The row that this one repeats or completes; then `result` is empty.
    pub merged_into: Option<u64>,
    /// What was put right.
    pub notices: Vec<Notice>,
    /// How many members or cells were passed over to protect a place.
    pub withheld: u32,
}

impl Item {
    /// An item with faults.
    pub(super) fn refused(part: usize, row: u64, violations: Vec<Violation>) -> Self {
        Self {
            part,
            row,
            foreign_id: None,
            is_organization: false,
            result: Err(violations),
            merged_into: None,
            notices: Vec::new(),
            withheld: 0,
        }
    }
}

/// One entry to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Draft {
    /// A scheme of terms.
    Taxonomy(Offer<Taxonomy>),
    /// A term.
    TaxonomyTerm(Offer<TaxonomyTerm>),
    /// An organization.
    Organization(Box<Offer<Organization>>),
    /// A service.
    Service(Box<Offer<Service>>),
    /// A location.
    Location(Box<Offer<Location>>),
    /// A service at a location.
    ServiceAtLocation(Offer<ServiceAtLocation>),
    /// A link of the item's record to another.
    Link(Offer<Link>),
}

/// A record with what its source calls it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer<T: Aggregate> {
    /// The source's own id for it.
    pub foreign_id: String,
    /// The record, with ids of this directory.
    pub record: T,
    /// What we know beside it.
    pub facts: T::Facts,
    /// Members that the standard does not know, by pointer.
    pub extra: Record,
}
