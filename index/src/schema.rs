//! Every field of the index in one table, and how a document fills them.

use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexSettings, IndexSortByField, Order, TantivyDocument, store::Compressor};

use crate::analysis::ANALYSER;
use crate::columns::Row;
use crate::{Document, Result, Role};

/// Number of the index's shape; another number in a commit means: build anew.
pub const SCHEMA: u32 = 7;

/// Name of the column of terms without a bit.
pub(crate) const BEYOND: &str = "beyond";

/// Name of the sort field: cell on the Hilbert curve, then the order of arrival.
pub(crate) const KEY: &str = "key";

/// Handles of the fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// Sort key of the segment; unique, never absent.
    pub key: Field,
    /// Columns and bodies of the document, taken by our own segment plugin.
    pub files: Field,
    /// Listing id: what deletes and reads by id name.
    pub listing: Field,
    /// Every word of the document, with frequencies: drives searches.
    pub all: Field,
    /// Words of names and terms: adds to the score.
    pub name: Field,
    /// Words of the listing's own name as they are written: suggestions.
    pub exact: Field,
    /// Term ids, and what [`denied`] makes of those denied.
    pub term: Field,
    /// Those of them that have no bit, as a column: to count them.
    pub beyond: Field,
    /// Area codes.
    pub area: Field,
    /// Organisation id.
    pub organization: Field,
    /// Language words.
    pub language: Field,
}

/// What stands among the terms of a document for a term that it says it has not. Never a term of its own: ids have no
/// space.
pub(crate) fn denied(term: &str) -> String {
    format!("no {term}")
}

/// What stands among the terms of a record that searches do not answer with, for a mark of it: nobody filters by that.
pub(crate) fn recorded(mark: &str) -> String {
    format!("record {mark}")
}

/// The schema and its handles.
pub(crate) fn schema() -> (Schema, Fields) {
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(ANALYSER).set_index_option(IndexRecordOption::WithFreqs),
    );
    // What scores the same in every document needs no lengths.
    let exact = TextFieldIndexing::default().set_tokenizer("raw").set_fieldnorms(false);
    let exact = TextOptions::default().set_indexing_options(exact.set_index_option(IndexRecordOption::Basic));
    let mut builder = Schema::builder();
    let fields = Fields {
        key: builder.add_u64_field(KEY, tantivy::schema::FAST),
        files: builder.add_custom_field("files", "kith", serde_json::Value::Null),
        listing: builder.add_text_field("listing", exact.clone()),
        all: builder.add_text_field("all", words.clone()),
        name: builder.add_text_field("name", words),
        exact: builder.add_text_field("exact", exact.clone()),
        term: builder.add_text_field("term", exact.clone()),
        beyond: builder.add_text_field(BEYOND, TextOptions::default().set_fast("raw")),
        area: builder.add_text_field("area", exact.clone()),
        organization: builder.add_text_field("organization", exact.clone()),
        language: builder.add_text_field("language", exact.clone()),
    };
    (builder.build(), fields)
}

/// Settings of the index: segments sorted by place, nothing in the engine's own document store.
pub(crate) fn settings() -> IndexSettings {
    IndexSettings {
        sort_by_field: Some(IndexSortByField { field: KEY.to_owned(), order: Order::Asc }),
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}

/// What is worked out of a document before the engine gets it.
pub(crate) struct Prepared<'a> {
    pub row: Row,
    /// Words of its name as they are written; none of a tombstone.
    pub exact: Vec<String>,
    /// Its terms that have no bit.
    pub beyond: Vec<&'a str>,
}

/// The engine's form of a document.
///
/// Only documents that searches may answer with get words, terms and areas; all but tombstones may be suggested.
pub(crate) fn engine_document(fields: &Fields, document: &Document, with: &Prepared) -> Result<TantivyDocument> {
    let mut out = TantivyDocument::new();
    out.add_u64(fields.key, with.row.key);
    out.add_custom(fields.files, &with.row.encode(document)?);
    out.add_text(fields.listing, &document.listing);
    with.exact.iter().for_each(|word| out.add_text(fields.exact, word));
    if document.role != Role::Hit {
        document.marks.iter().for_each(|mark| out.add_text(fields.term, recorded(mark)));
        return Ok(out);
    }
    for text in [&document.name, &document.names, &document.term_words] {
        out.add_text(fields.name, text);
        out.add_text(fields.all, text);
    }
    out.add_text(fields.all, &document.text);
    for (field, values) in
        [(fields.term, &document.terms), (fields.area, &document.areas), (fields.language, &document.languages)]
    {
        for value in values {
            out.add_text(field, value);
        }
    }
    document.marks.iter().for_each(|mark| out.add_text(fields.term, mark));
    document.denied.iter().for_each(|term| out.add_text(fields.term, denied(term)));
    with.beyond.iter().for_each(|term| out.add_text(fields.beyond, term));
    if let Some(organization) = &document.organization {
        out.add_text(fields.organization, organization);
    }
    Ok(out)
}
