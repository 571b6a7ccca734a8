//! Finds the items of a JSON text without reading them: only brackets, strings and commas are looked at.
//!
//! An item that is no good JSON inside thus does not stop the others.

use super::Error;

/// The items of a document, each with its row and its bytes.
#[derive(Clone)]
pub struct Items<'a> {
    bytes: &'a [u8],
    at: usize,
    row: u64,
    form: Form,
    /// How far lines have been counted, how many there were, and where the last began.
    counted: (usize, usize, usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One object, not yet given.
    Single,
    /// Inside a list; `true` when an item has been given, so that a comma must come.
    List(bool),
    /// One object a line.
    Lines,
    /// Nothing more comes.
    Done,
}

/// One item, not yet read.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// Its place in the list, or its line; from 1.
    pub row: u64,
    /// Its JSON.
    pub bytes: &'a [u8],
    /// Where in the file it begins.
    pub start: Position,
}

impl<'a> Items<'a> {
    /// The items of one document: an object is one item, unless it is a page; a list has many.
    pub fn of_document(bytes: &'a [u8]) -> Result<Self, Error> {
        let start = blank(bytes, 0);
        let (at, form) = match bytes.get(start) {
            Some(b'[') => (start + 1, Form::List(false)),
            Some(b'{') => match contents(bytes, start)? {
                Some(at) => (at + 1, Form::List(false)),
                None => (start, Form::Single),
            },
            _ => return Err(position(bytes, start).into_not_json()),
        };
        Ok(Self { bytes, at, row: 0, form, counted: (0, 1, 0) })
    }

    /// The items of a text with one object a line.
    pub fn of_lines(bytes: &'a [u8]) -> Result<Self, Error> {
        let start = blank(bytes, 0);
        if bytes.get(start) != Some(&b'{') {
            return Err(position(bytes, start).into_not_json());
        }
        Ok(Self { bytes, at: 0, row: 0, form: Form::Lines, counted: (0, 1, 0) })
    }

    /// Whether the items stand in a list inside a page.
    pub fn is_page(&self) -> bool {
        matches!(self.form, Form::List(_)) && self.bytes.trim_ascii_start().first() == Some(&b'{')
    }

    /// The item between two places. Lines are counted from the item before, so that a file is counted once.
    fn raw(&mut self, from: usize, to: usize) -> Raw<'a> {
        let (counted, mut line, mut line_start) = self.counted;
        for (at, _) in self.bytes[counted..from].iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            line += 1;
            line_start = counted + at + 1;
        }
        self.counted = (from, line, line_start);
        Raw { row: self.row, bytes: &self.bytes[from..to], start: Position { line, column: from - line_start + 1 } }
    }

    fn step(&mut self) -> Result<Option<Raw<'a>>, usize> {
        match self.form {
            Form::Done => Ok(None),
            Form::Single => {
                self.form = Form::Done;
                self.row = 1;
                let end = skip(self.bytes, self.at)?;
                Ok(Some(self.raw(self.at, end)))
            }
            Form::List(given) => {
                let mut at = blank(self.bytes, self.at);
                match self.bytes.get(at) {
                    Some(b']') => {
                        self.form = Form::Done;
                        return Ok(None);
                    }
                    Some(b',') if given => at = blank(self.bytes, at + 1),
                    _ if given => return Err(at),
                    _ => {}
                }
                self.at = skip(self.bytes, at)?;
                self.form = Form::List(true);
                self.row += 1;
                Ok(Some(self.raw(at, self.at)))
            }
            Form::Lines => {
                while self.at < self.bytes.len() {
                    let offset = self.at;
                    let end =
                        self.bytes[offset..].iter().position(|b| *b == b'\n').map_or(self.bytes.len(), |n| offset + n);
                    self.at = end + 1;
                    self.row += 1;
                    let start = blank(self.bytes, offset);
                    if start < end {
                        return Ok(Some(self.raw(start, end)));
                    }
                }
                self.form = Form::Done;
                Ok(None)
            }
        }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Raw<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step()
            .map_err(|at| {
                self.form = Form::Done;
                position(self.bytes, at).into_not_json()
            })
            .transpose()
    }
}

/// Where the list of a page begins; `None` when the object is no page.
fn contents(bytes: &[u8], start: usize) -> Result<Option<usize>, Error> {
    let broken = |at: usize| position(bytes, at).into_not_json();
    let (mut at, mut list, mut page) = (blank(bytes, start + 1), None, false);
    while bytes.get(at) != Some(&b'}') {
        let end = skip(bytes, at).map_err(broken)?;
        let name = bytes[at..end].trim_ascii();
        at = blank(bytes, end);
        if bytes.get(at) != Some(&b':') {
            return Err(broken(at));
        }
        at = blank(bytes, at + 1);
        match name {
            // `content` and `totalElements` are Open Referral UK 1.0's.
            br#""contents""# | br#""content""# => {
                page = true;
                list = (bytes.get(at) == Some(&b'[')).then_some(at);
            }
            br#""total_items""# | br#""total_pages""# | br#""page_number""# | br#""totalElements""# => page = true,
            _ => {}
        }
        at = blank(bytes, skip(bytes, at).map_err(broken)?);
        match bytes.get(at) {
            Some(b',') => at = blank(bytes, at + 1),
            Some(b'}') => {}
            _ => return Err(broken(at)),
        }
    }
    let rest = blank(bytes, at + 1);
    if rest < bytes.len() {
        let Position { line, column } = position(bytes, rest);
        return Err(Error::Trailing { line, column });
    }
    if page && list.is_none() { Err(Error::NoContents) } else { Ok(list) }
}

/// The first byte from `at` on that is not blank.
pub(super) fn blank(bytes: &[u8], at: usize) -> usize {
    let at = at.min(bytes.len());
    at + bytes[at..].iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// The end of the value that begins at `at`; the place of the trouble when there is none.
pub(super) fn skip(bytes: &[u8], mut at: usize) -> Result<usize, usize> {
    let start = at;
    let mut depth = 0_usize;
    loop {
        match bytes.get(at).ok_or(at)? {
            b'"' => at = string(bytes, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1).ok_or(at)?;
                at += 1;
            }
            b',' | b':' if depth == 0 => return Err(at),
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth > 0 => at += 1,
            byte if byte.is_ascii_alphanumeric() || b"+-.".contains(byte) => {
                at += bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)).count();
            }
            _ => return Err(at),
        }
        if depth == 0 {
            return if at > start { Ok(at) } else { Err(at) };
        }
    }
}

/// The end of the string that begins at `at`.
pub(super) fn string(bytes: &[u8], start: usize) -> Result<usize, usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at).ok_or(start)? {
            b'"' => return Ok(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A line and a column in bytes, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    fn into_not_json(self) -> Error {
        Error::NotJson { line: self.line, column: self.column }
    }
}

/// Where a byte stands.
pub fn position(bytes: &[u8], at: usize) -> Position {
    let before = &bytes[..at.min(bytes.len())];
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    Position { line: before.iter().filter(|b| **b == b'\n').count() + 1, column: before.len() - line_start + 1 }
}

#[cfg(test)]
mod tests {
    use super::{Error, Items};

    fn texts(bytes: &str) -> Result<Vec<String>, Error> {
        Items::of_document(bytes.as_bytes())?
            .map(|item| item.map(|raw| String::from_utf8_lossy(raw.bytes).into_owned()))
            .collect()
    }

    #[test]
    fn items_of_a_list_a_page_and_a_single_object_are_found() {
        assert_eq!(texts(r#" [ {"a":"]}\""} , 7,{} ] "#).unwrap(), [r#"{"a":"]}\""}"#, "7", "{}"]);
        assert_eq!(
            texts(r#"{"total_items": 1, "contents" : [{"x":[1,{}]}], "empty": false}"#).unwrap(),
            [r#"{"x":[1,{}]}"#]
        );
        assert_eq!(texts(r#"{"id": 1}"#).unwrap(), [r#"{"id": 1}"#]);
        assert_eq!(texts(r#"{"totalElements": 1, "last": true, "content": [{}]}"#).unwrap(), ["{}"]);
        assert_eq!(texts("[]").unwrap(), [""; 0]);
    }

    #[test]
    fn a_broken_file_is_told_by_line_and_column() {
        assert_eq!(texts("id,name\n1,a"), Err(Error::NotJson { line: 1, column: 1 }));
        assert_eq!(texts("[{},\n {"), Err(Error::NotJson { line: 2, column: 3 }));
        assert_eq!(texts("[{} {}]"), Err(Error::NotJson { line: 1, column: 5 }));
        assert_eq!(texts("{}\n{}"), Err(Error::Trailing { line: 2, column: 1 }));
        assert_eq!(texts(r#"{"total_items": 0}"#), Err(Error::NoContents));
        assert_eq!(texts(r#"{"contents": {}}"#), Err(Error::NoContents));
        assert_eq!(texts(r#"{"totalElements": 0}"#), Err(Error::NoContents));
        assert_eq!(texts(r#"["abc"#), Err(Error::NotJson { line: 1, column: 2 }));
    }

    #[test]
    fn lines_are_counted_and_blank_ones_passed_over() {
        let rows: Vec<_> =
            Items::of_lines(b"{}\r\n\n oops\n{\"a\":1}").unwrap().map(|item| item.unwrap().row).collect();
        assert_eq!(rows, [1, 3, 4]);
        assert!(Items::of_lines(b"<html>").is_err());
    }
}
