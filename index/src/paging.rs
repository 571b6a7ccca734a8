//! Reading by page number in the order of ids.

use std::collections::HashSet;

use bytes::Bytes;

use crate::lookup::is_listed;
use crate::{Reader, Result};

/// A page of listings, and how many there are on all pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// How many listings there are in all.
    pub total: u64,
    /// Ids and records of those on the page.
    pub items: Vec<(String, Bytes)>,
}

impl Reader {
    /// Listings of these kinds (none: all) in ascending order of id: at most `limit`, after the first `skip`. Those
    /// named in `without` are neither given nor counted.
    ///
    /// `beginning` is where to begin in the order of ids, when it is known that no such listing stands before it. Takes
    /// time in proportion to `skip`, without reading what is skipped.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn page(
        &self,
        kinds: &[&str],
        without: &HashSet<String>,
        beginning: Option<&str>,
        skip: u64,
        limit: usize,
    ) -> Result<Page> {
        let total = self.count(kinds, without)?;
        let kinds = self.snapshot.kinds(kinds);
        let mut items = Vec::new();
        if limit == 0 || skip >= total {
            return Ok(Page { total, items });
        }
        let mut passed = 0;
        self.each_listing(beginning, |listing, documents| {
            let Some(&(segment, doc)) = documents.iter().find(|(segment, doc)| is_listed(segment, *doc, kinds)) else {
                return Ok(true);
            };
            if without.contains(listing) {
                return Ok(true);
            }
            passed += 1;
            if passed > skip {
                let record = segment.columns.entries.get(doc)?.record;
                items.push((listing.to_owned(), Bytes::copy_from_slice(record)));
            }
            Ok(items.len() < limit)
        })?;
        Ok(Page { total, items })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::test_support::payload;
    use crate::{Document, Index, Op, Role};

    fn put(listing: &str, kind: &str, role: Role) -> Op {
        let record = if role == Role::Tombstone { Vec::new() } else { listing.as_bytes().to_vec() };
        let document = |id: String, record: Vec<u8>| Document {
            id,
            listing: listing.to_owned(),
            kind: kind.to_owned(),
            role,
            record,
            ..Document::default()
        };
        let documents = vec![document(format!("{listing}/1"), record), document(format!("{listing}/2"), Vec::new())];
        Op::Put { listing: listing.to_owned(), documents }
    }

    #[test]
    fn pages_of_one_kind_are_whole_ordered_and_counted_over_segments() {
        let index = Index::in_memory(payload(&[])).unwrap();
        for (sequence, ops) in [
            vec![put("c", "group", Role::Hit), put("a", "group", Role::Record), put("b", "place", Role::Hit)],
            vec![put("e", "group", Role::Hit), put("d", "group", Role::Hit), put("f", "group", Role::Tombstone)],
            vec![put("g", "group", Role::Hit), Op::Remove { listing: "e".to_owned() }],
        ]
        .iter()
        .enumerate()
        {
            index.apply(ops, sequence as u64 + 1, 0).unwrap();
        }
        let reader = index.reader();
        let page = |without: &[&str], beginning, skip, limit| {
            let without: HashSet<String> = without.iter().map(|id| (*id).to_owned()).collect();
            let page = reader.page(&["group"], &without, beginning, skip, limit).unwrap();
            assert!(page.items.iter().all(|(id, record)| record == id.as_bytes()));
            (page.total, page.items.into_iter().map(|(id, _)| id).collect::<String>())
        };
        assert_eq!(page(&[], None, 0, 10), (4, "acdg".to_owned()));
        assert_eq!(page(&[], None, 1, 2), (4, "cd".to_owned()));
        assert_eq!(page(&[], None, 3, 2), (4, "g".to_owned()));
        assert_eq!(page(&[], None, 4, 2), (4, String::new()));
        assert_eq!(page(&["c", "b", "f", "x"], None, 1, 2), (3, "dg".to_owned()));
        assert_eq!(page(&[], Some("a"), 0, 1), (4, "c".to_owned()), "begins after where it is told to");
    }
}
