//! A table whose rows are found by key: its header, where its rows begin, and which rows have which key. Only key columns are
//! decoded to know that.

use std::{fmt, io::Cursor};

use csv::ByteRecord;

use super::{Error, encoding::Encoding};
use crate::domain::{id::Id, read::foreign_id};

/// A table that is read by key.
pub struct Indexed<'a> {
    /// Its columns, in order.
    pub columns: Vec<String>,
    bytes: &'a [u8],
    dialect: Dialect,
    /// Where each row begins.
    starts: Vec<u64>,
    /// Of each key column: its rows by what stands in it.
    keys: Vec<(&'static str, Vec<(Word, u32)>)>,
}

/// How a table is written.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// How its bytes are text.
    pub encoding: Encoding,
    /// What stands between cells.
    pub delimiter: u8,
    /// Whether cells may stand in double quotes.
    pub quotes: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { encoding: Encoding::Utf8, delimiter: b',', quotes: true }
    }
}

/// An id as a source wrote it, small for the usual case of a UUID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// A UUID.
    Uuid(u128),
    /// Anything else.
    Text(Box<str>),
}

impl Word {
    /// The word for an id in its one spelling.
    pub fn of(id: &str) -> Self {
        let uuid: Result<Id<()>, _> = id.parse();
        uuid.map_or_else(|_| Self::Text(id.into()), |id| Self::Uuid(id.as_u128()))
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(bits) => Id::<()>::from_u128(*bits).fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl<'a> Indexed<'a> {
    /// Reads the header and the key columns: `keys` says of the header which they are, and what they are called here. A column
    /// that is there twice is a fault, because nobody knows which one is meant.
    pub fn open(
        bytes: &'a [u8],
        dialect: Dialect,
        keys: impl FnOnce(&[String]) -> Result<Vec<(&'static str, usize)>, Error>,
    ) -> Result<Self, Error> {
        let mut reader = csv_reader(bytes, dialect);
        let mut record = ByteRecord::new();
        let mut columns = Vec::new();
        if reader.read_byte_record(&mut record).unwrap_or(false) {
            for cell in &record {
                columns.push(dialect.encoding.text(cell).ok_or(Error::Header)?.trim().to_owned());
            }
        }
        for (index, column) in columns.iter().enumerate() {
            if !column.is_empty() && columns[..index].contains(column) {
                let times = columns.iter().filter(|other| *other == column).count();
                return Err(Error::Column { column: column.clone(), times });
            }
        }
        let keys = keys(&columns)?;
        let mut keys: Vec<_> = keys.into_iter().map(|(key, column)| (key, column, Vec::new())).collect();
        let mut starts = Vec::new();
        loop {
            let start = reader.position().byte();
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                _ => break,
            }
            let row = u32::try_from(starts.len()).unwrap_or(u32::MAX);
            starts.push(start);
            for (_, index, rows) in &mut keys {
                let id = record.get(*index).and_then(|cell| dialect.encoding.text(cell));
                if let Some(id) = id.map(|id| foreign_id(&id)).filter(|id| !id.is_empty()) {
                    rows.push((Word::of(&id), row));
                }
            }
        }
        let keys = keys.into_iter().map(|(key, _, mut rows)| {
            rows.sort_unstable();
            (key, rows)
        });
        Ok(Self { keys: keys.collect(), columns, bytes, dialect, starts })
    }

    /// How many rows it has.
    pub fn len(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// The rows that have this word in a key column, in order.
    pub fn rows(&self, key: &str, word: &Word) -> impl Iterator<Item = u32> + Clone + use<'_, 'a> {
        let rows = self.keys.iter().find(|(name, _)| *name == key).map_or(&[][..], |(_, rows)| rows);
        let from = rows.partition_point(|(at, _)| at < word);
        let count = rows[from..].iter().take_while(|(at, _)| at == word).count();
        rows[from..from + count].iter().map(|(_, row)| *row)
    }

    /// All words of a key column, with their rows.
    pub fn words(&self, key: &str) -> &[(Word, u32)] {
        self.keys.iter().find(|(name, _)| *name == key).map_or(&[], |(_, rows)| rows)
    }

    /// Whether a row has this id.
    pub fn has(&self, id: &Word) -> bool {
        self.rows("id", id).next().is_some()
    }

    /// Which column has this name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// A reader of rows by number.
    pub fn reader(&self) -> Rows<'a> {
        Rows { reader: csv_reader(self.bytes, self.dialect), encoding: self.dialect.encoding }
    }

    /// Reads a row. What cannot be read as a row is an empty one.
    pub fn read(&self, rows: &mut Rows<'a>, row: u32, into: &mut ByteRecord) {
        into.clear();
        let Some(start) = self.starts.get(usize::try_from(row).unwrap_or(usize::MAX)) else { return };
        let mut position = csv::Position::new();
        position.set_byte(*start);
        if rows.reader.seek(position).is_err() || !rows.reader.read_byte_record(into).unwrap_or(false) {
            into.clear();
        }
    }
}

/// Reads rows of one table, one after the other or by number.
pub struct Rows<'a> {
    reader: csv::Reader<Cursor<&'a [u8]>>,
    /// How cells are text.
    pub encoding: Encoding,
}

fn csv_reader(bytes: &[u8], dialect: Dialect) -> csv::Reader<Cursor<&[u8]>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .quoting(dialect.quotes)
        // A jump to a row fills the buffer anew, so it is small.
        .buffer_capacity(1 << 10)
        .from_reader(Cursor::new(bytes))
}

#[cfg(test)]
mod tests {
    use csv::ByteRecord;

    use super::{Dialect, Error, Indexed, Word};

    #[test]
    fn rows_are_found_by_key_and_read_in_any_order() {
        let bytes = "id, service_id ,number\np1,S,\"a\nb\"\n,s,2\r\n\np3,S,3,more\n p4 , S ,4".as_bytes();
        let table = Indexed::open(bytes, Dialect::default(), |_| Ok(vec![("id", 0), ("service_id", 1)])).unwrap();
        assert_eq!((table.len(), table.rows("service_id", &Word::of("S")).collect::<Vec<_>>()), (4, vec![0, 2, 3]));
        assert!(table.has(&Word::of("p4")) && !table.has(&Word::of("")));
        let (mut rows, mut record) = (table.reader(), ByteRecord::new());
        for (row, number) in [(3, "4"), (0, "a\nb"), (1, "2"), (2, "3"), (2, "3")] {
            table.read(&mut rows, row, &mut record);
            assert_eq!(&record[2], number.as_bytes(), "{row}");
        }
        table.read(&mut rows, 9, &mut record);
        assert!(record.is_empty());
    }

    #[test]
    fn a_column_that_is_there_twice_is_told() {
        let told = Indexed::open(b"id,name, name\n", Dialect::default(), |_| Ok(Vec::new())).map(|_| ());
        assert_eq!(told, Err(Error::Column { column: "name".to_owned(), times: 2 }));
    }
}
