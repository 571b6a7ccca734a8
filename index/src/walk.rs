//! Walking over all listings that have a mark.

use tantivy::schema::{IndexRecordOption, Term};
use tantivy::{DocSet, TERMINATED};

use crate::schema::recorded;
use crate::{Reader, Result};

impl Reader {
    /// Calls `with` with the id and the record of each live listing that has a mark, in no order; hits and records that
    /// searches do not answer with.
    ///
    /// Takes time in proportion to how many there are. Knows nothing of withdrawals ahead of their commit.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn each_marked(&self, mark: &str, mut with: impl FnMut(&str, &[u8])) -> Result<()> {
        for segment in &self.snapshot.segments {
            let terms = segment.reader.inverted_index(self.snapshot.fields.term)?;
            for word in [mark.to_owned(), recorded(mark)] {
                let term = Term::from_field_text(self.snapshot.fields.term, &word);
                let Some(mut postings) = terms.read_postings(&term, IndexRecordOption::Basic)? else { continue };
                while postings.doc() != TERMINATED {
                    let doc = postings.doc();
                    if segment.is_alive(doc) {
                        let entry = segment.columns.entries.get(doc)?;
                        if !entry.record.is_empty() {
                            with(entry.listing, entry.record);
                        }
                    }
                    postings.advance();
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::test_support::payload;
    use crate::{Document, FacetGroup, Index, Op, Query, Role};

    #[test]
    fn marked_listings_are_found_as_long_as_they_live_and_records_are_no_hits() {
        let index = Index::in_memory(payload(&[])).unwrap();
        let put = |listing: &str, role: Role, mark: &str| {
            let document = |n: u32, record: &[u8]| Document {
                id: format!("{listing}/{n}"),
                listing: listing.to_owned(),
                kind: "group".to_owned(),
                role,
                marks: vec![mark.to_owned()],
                record: record.to_vec(),
                ..Document::default()
            };
            Op::Put { listing: listing.to_owned(), documents: vec![document(1, listing.as_bytes()), document(2, b"")] }
        };
        let ops = [put("a", Role::Hit, "linked"), put("b", Role::Record, "linked"), put("c", Role::Hit, "other")];
        index.apply(&ops, 1, 0).unwrap();
        let marked = || {
            let mut found = Vec::new();
            let take = |id: &str, record: &[u8]| {
                assert_eq!(id.as_bytes(), record);
                found.push(id.to_owned());
            };
            index.reader().each_marked("linked", take).unwrap();
            found.sort();
            found.concat()
        };
        assert_eq!(marked(), "ab");
        let query = Query { facets: vec![FacetGroup::from(vec!["linked".to_owned()])], limit: 9, ..Query::default() };
        let hits = index.reader().search(&query).unwrap();
        assert_eq!((hits.results.total + hits.covers.total, hits.counts), (1, Vec::new()));
        index.apply(&[Op::Remove { listing: "a".to_owned() }, put("b", Role::Hit, "none")], 2, 0).unwrap();
        assert_eq!(marked(), "");
    }
}
