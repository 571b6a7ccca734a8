//! What exists: the records of the standard and our own, as values.
//!
//! No I/O, no clock, no HTTP. [`id`] types the ids, [`entry`] stands our facts around a record,
//! [`read`] is the one way in, [`listing`] is the one way out: only a [`listing::PublicListing`]
//! reaches a reader. [`write`](mod@write) gives a record back as its source may have it.

pub mod access;
pub mod answer;
pub mod card;
pub mod clock;
pub mod coming;
mod concepts;
pub mod contact;
pub mod crisis;
pub mod digest;
pub mod entry;
pub mod explanation;
pub mod feed;
pub mod fhir;
pub mod gate;
pub mod graph;
pub mod hold;
pub mod id;
pub mod keys;
pub mod layer;
pub mod ledger;
pub mod link;
pub mod listing;
pub mod location;
pub mod marked;
pub mod member;
pub mod network;
pub mod organization;
pub mod pathway;
pub mod place;
pub mod plain;
pub mod practice;
pub mod read;
pub mod report;
pub mod resilience;
pub mod resource;
pub mod rhythm;
#[cfg(debug_assertions)]
pub mod sabotage;
pub mod schedule;
pub mod schema;
pub mod service;
pub mod service_at_location;
pub mod support_map;
pub mod taxonomy;
pub mod telltale;
pub mod vocabulary;
pub mod welsh;
pub mod when;
mod words;
pub mod write;
