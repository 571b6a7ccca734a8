//! What tables tell of a service or an organisation beside its row's name and description, for pass 1: all that may say
//! that where it is must not be shown.

use csv::ByteRecord;

use super::super::about::{ADDRESSES, SENTENCES, words_of_address};
use super::{super::indexed::Word, assemble::Reading};

/// How many rows that hang on one are read.
const MOST: usize = 256;

impl Reading<'_, '_> {
    /// What else is called by a name, and what is told in sentences, of a row and of the places, programmes and numbers
    /// that hang on it. Of a place that is what it is called and said to be, not where it is.
    pub(super) fn told(&mut self, file: usize, record: &ByteRecord, id: Option<&Word>) -> (Vec<String>, Vec<String>) {
        let column = |name: &&str| self.text(file, record, name);
        let mut texts: Vec<String> = SENTENCES.iter().filter_map(column).collect();
        let mut names: Vec<String> = ADDRESSES.iter().filter_map(column).map(|it| words_of_address(&it)).collect();
        let mut named = Vec::new();
        let program = self.text(file, record, "program_id");
        named.extend(program.and_then(|id| self.named_row("program", &id)));
        let key = if self.tables.files[file].object.name == "organization" { "organization_id" } else { "service_id" };
        for (other, row) in id.map(|id| self.rows_of(id, key)).unwrap_or_default().into_iter().take(MOST) {
            let place = self.place_of(other, row);
            named.extend(place.and_then(|id| self.named_row("location", &id)));
            match self.tables.files[other].object.name {
                "location" => named.push((other, row)),
                "service_at_location" | "phone" => {
                    let record = self.row(other, row);
                    texts.extend(self.text(other, &record, "description"));
                }
                _ => {}
            }
        }
        for (other, row) in named {
            let record = self.row(other, row);
            names.extend(["name", "alternate_name"].iter().filter_map(|name| self.text(other, &record, name)));
            texts.extend(self.text(other, &record, "description"));
        }
        (names, texts)
    }

    fn named_row(&self, table: &str, id: &str) -> Option<(usize, u32)> {
        let file = self.tables.file(table)?;
        self.tables.files[file].rows("id", &Word::of(id)).next().map(|row| (file, row))
    }
}
