//! What tables tell of a service or an organisation, for pass 1: all words of its row and of whatever hangs on it, which may
//! say that where it is must not be shown.

use super::{
    super::{
        about::{About, is_deaf, is_heard},
        indexed::Word,
    },
    assemble::Reading,
    standard::{EVERYWHERE, Key, Nest},
};
use crate::domain::read::foreign_id;

/// How many rows are heard with one.
const MOST: usize = 2_000;
/// How deep rows hang on rows: a term on a number of a contact at a place.
const DEEPEST: usize = 6;

impl Reading<'_, '_> {
    /// What a row says of itself. Of a place that is what it is called and said to be, not where it is.
    pub(super) fn told(&mut self, file: usize, row: u32) -> About {
        let mut about = About::default();
        self.hear(file, row, "", &mut about, &mut 0, 0);
        about
    }

    fn hear(&mut self, file: usize, row: u32, parent: &str, about: &mut About, heard: &mut usize, depth: usize) {
        *heard += 1;
        let record = self.row(file, row);
        let table = &self.tables.files[file];
        for column in table.columns.iter().filter(|column| is_heard(parent, column)) {
            about.hear(parent, column, &self.text(file, &record, column).unwrap_or_default());
        }
        let id = self.text(file, &record, "id").map(|id| Word::of(&foreign_id(&id)));
        // Terms and the history of a record nest nothing of this kind, so that no row comes round to itself.
        let plain = matches!(table.object.name, "attribute" | "metadata" | "taxonomy_term" | "taxonomy");
        for nest in table.object.nests.iter().chain(EVERYWHERE.iter().filter(|_| !plain)) {
            if depth == DEEPEST || is_deaf(nest.member) {
                continue;
            }
            let Some(other) = self.tables.file(nest.object) else { continue };
            for row in self.hanging(file, other, nest, id.as_ref(), &record, MOST.saturating_sub(*heard)) {
                self.hear(other, row, nest.member, about, heard, depth + 1);
            }
        }
    }

    /// The rows of another table that hang on a row, at most so many.
    fn hanging(
        &mut self,
        file: usize,
        other: usize,
        nest: &Nest,
        id: Option<&Word>,
        record: &csv::ByteRecord,
        most: usize,
    ) -> Vec<u32> {
        match (nest.key, id) {
            (Key::Theirs(key), Some(id)) => {
                let mut rows: Vec<u32> = self.tables.files[other].rows(key, id).take(most).collect();
                rows.retain(|row| self.is_of(file, other, key, id, *row));
                rows
            }
            (Key::Theirs(_), None) => Vec::new(),
            (Key::Own(key), _) => {
                let named = self.text(file, record, key).map(|id| Word::of(&foreign_id(&id)));
                named.iter().flat_map(|id| self.tables.files[other].rows("id", id)).take(most.min(1)).collect()
            }
        }
    }
}
