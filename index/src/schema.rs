//! Every field of the index in one table, and how a document fills them.

use tantivy::schema::{Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexSettings, IndexSortByField, Order, TantivyDocument, store::Compressor};

use crate::analysis::{ANALYSER, name_words};
use crate::{Document, Role};

/// Number of the index's shape; another number in a commit means: build anew.
pub const SCHEMA: u32 = 2;

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
    /// Term ids.
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

/// The schema and its handles.
pub(crate) fn schema() -> (Schema, Fields) {
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(ANALYSER).set_index_option(IndexRecordOption::WithFreqs),
    );
    let mut builder = Schema::builder();
    let fields = Fields {
        key: builder.add_u64_field(KEY, tantivy::schema::FAST),
        files: builder.add_custom_field("files", "kith", serde_json::Value::Null),
        listing: builder.add_text_field("listing", STRING),
        all: builder.add_text_field("all", words.clone()),
        name: builder.add_text_field("name", words),
        exact: builder.add_text_field("exact", STRING),
        term: builder.add_text_field("term", STRING),
        beyond: builder.add_text_field(BEYOND, TextOptions::default().set_fast("raw")),
        area: builder.add_text_field("area", STRING),
        organization: builder.add_text_field("organization", STRING),
        language: builder.add_text_field("language", STRING),
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

/// The engine's form of a document: `key` sorts it, `files` is its columns and bodies, `beyond` are its terms that have
/// no bit.
///
/// Only documents that searches may answer with get words, terms and areas; all but tombstones may be suggested.
pub(crate) fn engine_document(
    fields: &Fields,
    document: &Document,
    key: u64,
    files: &[u8],
    beyond: &[&str],
) -> TantivyDocument {
    let mut out = TantivyDocument::new();
    out.add_u64(fields.key, key);
    out.add_custom(fields.files, files);
    out.add_text(fields.listing, &document.listing);
    if document.role != Role::Tombstone {
        name_words(&document.name).0.iter().for_each(|word| out.add_text(fields.exact, word));
    }
    if document.role != Role::Hit {
        return out;
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
    beyond.iter().for_each(|term| out.add_text(fields.beyond, term));
    if let Some(organization) = &document.organization {
        out.add_text(fields.organization, organization);
    }
    out
}
