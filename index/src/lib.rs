//! Search over public listings: words, a place, facets with exact counts. No HTTP, no SQL, usable alone.
//!
//! An [`Index`] lives in a folder. Its owner applies changes; each commit carries a [`Payload`] that says how far it has
//! come. A [`Reader`] is one commit: it searches ([`Reader::search`]), completes names ([`Reader::suggest`]) and reads by
//! id ([`Reader::get`]).
//!
//! ```
//! use kith_index::{Document, Index, Near, Op, Payload, Query, SCHEMA, Whereabouts, Words};
//!
//! # fn main() -> kith_index::Result<()> {
//! let index = Index::in_memory(Payload {
//!     directory: "example".into(), epoch: "1".into(), schema: SCHEMA, gazetteer: "none".into(),
//!     sequence: 0, public_sequence: 0, terms: vec!["bereavement".into()],
//! })?;
//! let document = Document {
//!     id: "a".into(), listing: "a".into(), kind: "group".into(), name: "Tuesday circle".into(),
//!     text: "For people who are grieving.".into(), terms: vec!["bereavement".into()],
//!     whereabouts: Whereabouts::Point { lat: 53.82, lon: -1.58 }, body: b"{}".to_vec(), ..Document::default()
//! };
//! index.apply(&[Op::Put { listing: "a".into(), documents: vec![document] }], 1, 1)?;
//! let hits = index.reader().search(&Query {
//!     words: Words::parse("grieve"), near: Some(Near { lat: 53.8, lon: -1.55, km: 5.0 }),
//!     limit: 20, counts: true, ..Query::default()
//! })?;
//! assert_eq!(hits.results.total, 1);
//! assert_eq!(hits.counts, [("bereavement".into(), 1)]);
//! # Ok(())
//! # }
//! ```

pub mod gazetteer;

mod ages;
mod analysis;
mod areas;
mod asked;
mod batch;
mod checksums;
mod columns;
mod cover;
mod crowd;
mod document;
mod entries;
mod error;
mod explain;
mod families;
mod hilbert;
mod ladder;
mod lookup;
mod merging;
mod names;
mod near;
mod opened;
mod paging;
mod parts;
mod plan;
mod postings;
mod query;
mod rank;
mod reader;
mod scan;
mod schema;
mod segment_files;
mod single;
mod snapshot;
mod spelling;
mod stop;
mod suggest;
mod survey;
mod synonyms;
mod tally;
mod tops;
mod walk;
mod weights;
mod words;
mod writer;

#[cfg(test)]
mod test_support;

pub use document::{Document, Op, Role, Whereabouts};
pub use error::{Error, Result};
pub use explain::{WordMatch, WordPlace};
pub use lookup::Read;
pub use near::{Near, distance_m};
pub use paging::Page;
pub use query::{Asks, Block, Code, FacetGroup, Hit, Hits, Query, Relaxed, Sort, Understood, UnderstoodWord};
pub use reader::{Asking, DEEPEST, Reader};
pub use schema::SCHEMA;
pub use snapshot::{MOST_BITS, Payload};
pub use stop::Stop;
pub use suggest::{MOST_SUGGESTIONS, Suggestion};
pub use survey::{Surveyed, SurveyedPlace, key_of};
pub use synonyms::{Synonym, Synonyms};
pub use weights::{WEIGHTS, Weight};
pub use words::{MOST_CHARACTERS, MOST_WORDS, Words};
pub use writer::Index;
