//! Going once over everything that searches may answer with, by side columns alone: for counts over a whole country.

use std::collections::HashSet;

use tantivy::schema::{IndexRecordOption, Term};
use tantivy::{DocId, DocSet, TERMINATED};

use crate::columns::{AREA, Columns, HIT, POINT, REMOTE, SIBLINGS, listing_key};
use crate::{Reader, Result};

/// A document that searches may answer with.
#[derive(Clone, Copy, Debug)]
pub struct Surveyed<'a> {
    /// Its number in this commit.
    pub number: (u32, u32),
    /// The key of its listing: [`key_of`].
    pub listing: u64,
    /// Its kind.
    pub kind: &'a str,
    /// Its terms: bit `n` is the term at `n` of the payload.
    pub terms: &'a [u64; 4],
    /// Where it is.
    pub place: SurveyedPlace,
    /// Whether other documents share its listing.
    pub has_siblings: bool,
}

/// Where a surveyed document is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SurveyedPlace {
    /// At a point, in degrees north and east.
    Point(f64, f64),
    /// Known by its areas only.
    Area,
    /// Reached from anywhere in its areas.
    Remote,
    /// Not stated.
    None,
}

/// The key of a listing's id, for [`Surveyed::listing`].
pub fn key_of(listing: &str) -> u64 {
    listing_key(listing)
}

impl Reader {
    /// Calls `with` for each live document that a search may answer with and that has not ended, those of listings in
    /// `withdrawn` left out. Takes time in proportion to how many there are.
    pub fn each_hit(&self, withdrawn: &HashSet<String>, mut with: impl FnMut(Surveyed<'_>)) {
        let withdrawn: HashSet<u64> = withdrawn.iter().map(|listing| listing_key(listing)).collect();
        let kinds = &self.snapshot.stored.kinds;
        for (number, segment) in (0_u32..).zip(&self.snapshot.segments) {
            let columns = &segment.columns;
            let wanted = |doc: &DocId| {
                let at = *doc as usize;
                columns.flags[at] & HIT != 0
                    && !columns.has_ended(*doc)
                    && (withdrawn.is_empty() || !withdrawn.contains(&columns.listings[at]))
            };
            for doc in segment.reader.doc_ids_alive().filter(wanted) {
                let at = doc as usize;
                with(Surveyed {
                    number: (number, doc),
                    listing: columns.listings[at],
                    kind: kinds.get(usize::from(columns.kinds[at])).map_or("", String::as_str),
                    terms: &columns.masks[at],
                    place: place(columns, at),
                    has_siblings: columns.flags[at] & SIBLINGS != 0,
                });
            }
        }
    }

    /// Calls `with` with the number of each live document that has an area's code: of a place those of the areas in which it
    /// lies, of others those that they serve. The code alone counts, not what holds it or lies within it.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn each_of_area(&self, code: &str, mut with: impl FnMut((u32, u32))) -> Result<()> {
        let term = Term::from_field_text(self.snapshot.fields.area, code);
        for (number, segment) in (0_u32..).zip(&self.snapshot.segments) {
            let areas = segment.reader.inverted_index(self.snapshot.fields.area)?;
            let Some(mut postings) = areas.read_postings(&term, IndexRecordOption::Basic)? else { continue };
            while postings.doc() != TERMINATED {
                if segment.is_alive(postings.doc()) {
                    with((number, postings.doc()));
                }
                postings.advance();
            }
        }
        Ok(())
    }
}

fn place(columns: &Columns, at: usize) -> SurveyedPlace {
    match columns.flags[at] & (POINT | AREA | REMOTE) {
        POINT => {
            let [lat, lon] = columns.positions[at];
            SurveyedPlace::Point(f64::from(lat) / 1e7, f64::from(lon) / 1e7)
        }
        AREA => SurveyedPlace::Area,
        REMOTE => SurveyedPlace::Remote,
        _ => SurveyedPlace::None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{SurveyedPlace, key_of};
    use crate::test_support::payload;
    use crate::{Document, Index, Op, Role, Whereabouts};

    #[test]
    fn what_lives_is_surveyed_with_its_place_and_found_by_its_areas() {
        let index = Index::in_memory(payload(&["grief", "choir"])).unwrap();
        let document = |listing: &str, whereabouts: Whereabouts, area: &str| Document {
            id: listing.to_owned(),
            listing: listing.to_owned(),
            kind: "group".to_owned(),
            terms: vec!["choir".to_owned()],
            areas: vec![area.to_owned()],
            whereabouts,
            ..Document::default()
        };
        let put = |document: Document| Op::Put { listing: document.listing.clone(), documents: vec![document] };
        let here = Whereabouts::Point { lat: 53.8, lon: -1.5 };
        let ops = [
            put(document("a", here, "E1")),
            put(document("b", Whereabouts::Area, "E1")),
            put(document("c", Whereabouts::Remote, "E2")),
            put(Document { ended: true, ..document("d", here, "E2") }),
            put(Document { role: Role::Record, ..document("e", here, "E2") }),
            put(document("f", here, "E1")),
        ];
        index.apply(&ops, 1, 0).unwrap();
        index.apply(&[Op::Remove { listing: "f".to_owned() }], 2, 0).unwrap();
        let reader = index.reader();
        let (mut seen, mut numbers) = (Vec::new(), Vec::new());
        reader.each_hit(&HashSet::from(["c".to_owned()]), |hit| {
            assert_eq!((hit.kind, hit.terms[0], hit.has_siblings), ("group", 2, false));
            seen.push((hit.listing, hit.place));
            numbers.push(hit.number);
        });
        seen.sort_by_key(|(listing, _)| *listing != key_of("a"));
        assert_eq!(seen, [(key_of("a"), SurveyedPlace::Point(53.8, -1.5)), (key_of("b"), SurveyedPlace::Area)]);
        let of_area = |code: &str| {
            let mut found = Vec::new();
            reader.each_of_area(code, |number| found.push(number)).unwrap();
            found
        };
        numbers.sort_unstable();
        let mut found = of_area("E1");
        found.sort_unstable();
        assert_eq!(found, numbers);
        assert_eq!((of_area("E2").len(), of_area("E3").len()), (2, 0), "it does not know what is withdrawn or ended");
    }
}
