//! The plugin that writes, merges and (by its extensions) deletes our files with each segment.
//!
//! The engine sorts a segment by its key field, but does not tell a plugin from outside which document went where. So
//! keys are unique: sorting by key is the engine's order, on a first write and on a merge alike.
//!
//! `benches/bodies.rs` holds this against the engine's document store: fetching is quicker here, for nothing is copied
//! into a block or parsed, and the side columns come ready to read instead of being unpacked when a segment is opened.

use std::any::Any;
use std::io::Write;

use tantivy::directory::TerminatingWrite;
use tantivy::index::{Segment, SegmentComponent};
use tantivy::indexer::DocIdMapping;
use tantivy::schema::document::ErasedDocument;
use tantivy::schema::{Field, Schema, Value};
use tantivy::{
    DocId, PluginMergeContext, PluginWriter, PluginWriterContext, SegmentPlugin, TantivyDocument, TantivyError,
};

use crate::columns::{COLUMNS, MAGIC, ROW, RawColumns, WIDTHS};
use crate::entries::{ADDRESS, BODIES, Entries, RECORDS, Written};

/// Writes and merges `columns`, `bodies` and `records`.
pub(crate) struct SegmentFiles {
    /// The custom field that carries a document's row and entry.
    pub field: Field,
}

impl SegmentPlugin for SegmentFiles {
    fn extensions(&self) -> &[&str] {
        &[COLUMNS, BODIES, RECORDS]
    }

    fn create_writer(&self, _: &PluginWriterContext) -> tantivy::Result<Box<dyn PluginWriter>> {
        Ok(Box::new(Writer { field: self.field, rows: Vec::new(), bytes: 0 }))
    }

    fn merge(&self, context: PluginMergeContext) -> tantivy::Result<()> {
        let sources = context
            .readers
            .iter()
            .map(RawColumns::open)
            .collect::<crate::Result<Vec<_>>>()
            .map_err(|error| TantivyError::InternalError(error.to_string()))?;
        let mut order: Vec<(u64, usize, DocId)> = Vec::new();
        for (at, (reader, source)) in context.readers.iter().zip(&sources).enumerate() {
            order.extend(reader.doc_ids_alive().map(|doc| (source.key(doc), at, doc)));
        }
        order.sort_unstable();
        let entries: Vec<Entries> = sources.iter().map(RawColumns::entries).collect();
        write_files(
            context.target_segment,
            order.len(),
            |row, column| sources[order[row].1].cell(column, order[row].2),
            |row| entries[order[row].1].written(order[row].2),
        )
    }
}

/// Keeps the rows of a segment until it is written.
struct Writer {
    field: Field,
    rows: Vec<(u64, Box<[u8]>)>,
    bytes: usize,
}

impl PluginWriter for Writer {
    fn add_document(&mut self, _: DocId, document: &dyn ErasedDocument, _: &Schema) -> tantivy::Result<()> {
        let row = document
            .as_any()
            .downcast_ref::<TantivyDocument>()
            .and_then(|document| document.get_first(self.field))
            .and_then(|value| value.as_custom())
            .filter(|bytes| bytes.len() >= ROW)
            .ok_or_else(|| TantivyError::InvalidArgument("a document came without its columns".to_owned()))?;
        let key = u64::from_le_bytes(row[..8].try_into().expect("a row is longer than its key"));
        self.bytes += row.len() + size_of::<(u64, Box<[u8]>)>();
        self.rows.push((key, row.into()));
        Ok(())
    }

    fn serialize(mut self: Box<Self>, segment: &Segment, _: Option<&DocIdMapping>) -> tantivy::Result<()> {
        self.rows.sort_unstable_by_key(|(key, _)| *key);
        let rows = &self.rows;
        let start = |column: usize| WIDTHS[..column].iter().sum::<usize>();
        write_files(
            segment,
            rows.len(),
            |row, column| &rows[row].1[start(column)..start(column) + WIDTHS[column]],
            |row| Written::from_row(&rows[row].1[ROW..]),
        )
    }

    fn mem_usage(&self) -> usize {
        self.bytes
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Writes the files of a segment of `rows` documents, taking cells and entries in the order they are to stand.
fn write_files<'a>(
    segment: &Segment,
    rows: usize,
    cell: impl Fn(usize, usize) -> &'a [u8],
    entry: impl Fn(usize) -> Option<Written<'a>>,
) -> tantivy::Result<()> {
    let open = |extension: &str| segment.open_write(SegmentComponent::Custom(extension.to_owned()));
    let mut columns = open(COLUMNS)?;
    columns.write_all(&MAGIC)?;
    columns.write_all(&(rows as u64).to_le_bytes())?;
    for column in 0..WIDTHS.len() {
        for row in 0..rows {
            columns.write_all(cell(row, column))?;
        }
    }
    let (mut bodies, mut records) = (open(BODIES)?, open(RECORDS)?);
    let (mut address, mut record_at) = (0_u64, 0_u64);
    for row in 0..rows {
        columns.write_all(&address.to_le_bytes()[..ADDRESS])?;
        // What is damaged becomes nothing at all: whoever reads it is told so.
        let Some(entry) = entry(row) else { continue };
        let (head, card, record) = entry.pieces(record_at);
        bodies.write_all(&head)?;
        address += head.len() as u64;
        for part in card {
            bodies.write_all(part)?;
            address += part.len() as u64;
        }
        records.write_all(record)?;
        record_at += record.len() as u64;
    }
    columns.write_all(&address.to_le_bytes()[..ADDRESS])?;
    columns.write_all(&record_at.to_le_bytes())?;
    records.terminate()?;
    bodies.terminate()?;
    columns.terminate()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::hilbert::{SERIAL_BITS, UNPLACED};
    use crate::schema::KEY;
    use crate::test_support::{Random, payload};
    use crate::{Document, Index, Op, Whereabouts};

    fn put(random: &mut Random, number: usize) -> Op {
        let (lat, lon) = (random.unit() * 180.0 - 90.0, random.unit() * 360.0 - 180.0);
        let whereabouts = if random.below(4) == 0 { Whereabouts::Remote } else { Whereabouts::Point { lat, lon } };
        let listing = format!("listing-{number}");
        let body = vec![number as u8; random.below(900)];
        let record = listing.clone().into_bytes();
        let document = Document {
            id: listing.clone(),
            listing: listing.clone(),
            whereabouts,
            body,
            record,
            ..Document::default()
        };
        Op::Put { listing, documents: vec![document] }
    }

    /// The engine keeps its order to itself; ours must be the same, or bodies would be shown under other names.
    #[test]
    fn columns_and_bodies_stand_in_the_order_of_the_engine_through_deletes_and_merges() {
        let index = Index::in_memory(payload(&[])).expect("an index");
        let mut random = Random::new(3);
        for round in 0..12 {
            let ops: Vec<Op> = (0..120)
                .map(|_| match random.below(5) {
                    0 => Op::Remove { listing: format!("listing-{}", random.below(500)) },
                    _ => {
                        let number = random.below(500);
                        put(&mut random, number)
                    }
                })
                .collect();
            index.apply(&ops, round, round).expect("applied");
            if round % 4 == 3 {
                index.optimise().expect("merged");
                assert_eq!(index.segment_sizes().len(), 1);
            }
            check(&index);
        }
    }

    fn check(index: &Index) {
        let reader = index.reader();
        for segment in &reader.snapshot.segments {
            let columns = &segment.columns;
            let keys = segment.reader.fast_fields().u64(KEY).expect("the key column");
            for doc in 0..segment.reader.max_doc() {
                assert_eq!(keys.first(doc), Some(columns.keys[doc as usize]));
            }
            let cells: Vec<u64> = columns.keys.iter().map(|key| (key & !UNPLACED) >> SERIAL_BITS).collect();
            assert!(cells[..columns.unplaced as usize].is_sorted());
            assert!(columns.keys[columns.unplaced as usize..].iter().all(|key| key & UNPLACED != 0));
        }
        for (listing, _) in reader.ids().expect("the ids") {
            let mut documents = 0;
            let each = reader.each_of(&listing, |segment, doc| {
                let entry = segment.columns.entries.get(doc)?;
                let number: usize = listing["listing-".len()..].parse().expect("a number");
                assert_eq!((entry.listing, entry.id, entry.record), (&*listing, &*listing, listing.as_bytes()));
                assert!(entry.body.iter().all(|&byte| byte == number as u8));
                documents += 1;
                Ok(())
            });
            each.expect("readable");
            assert_eq!(documents, 1);
        }
    }
}
