//! Reads the files of a commit against their checksums.
//!
//! The engine can do so as well, but through its mappings of the files: gigabytes of records that are seldom read would count
//! as the program's memory from then on. Here they are read like any file, piece by piece.

use std::collections::HashMap;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use crate::{Index, Result};

/// So many bytes are read at a time.
const PIECE: usize = 1 << 18;
/// At the very end of each file: the length of what stands before, and a number that says who wrote it.
const END: u64 = 8;
/// That number.
const MAGIC: u32 = 1337;
/// What stands before them is never longer.
const LONGEST: u64 = 50_000;

/// What the engine writes behind the bytes of a file.
#[derive(Deserialize)]
struct Footer {
    crc: u32,
}

impl Index {
    /// Reads every file of the last commit against its checksum; answers the names of damaged ones.
    ///
    /// # Errors
    /// When a file cannot be read at all.
    pub fn validate(&self) -> Result<Vec<String>> {
        // A merge that ends meanwhile removes files that were to be read: then once more, for the new ones.
        let mut tries = 0;
        let mut damaged = loop {
            match self.damaged() {
                Err(error) if error.kind() == ErrorKind::NotFound && tries < 5 => tries += 1,
                other => break other?,
            }
        };
        damaged.sort_unstable();
        Ok(damaged)
    }

    fn damaged(&self) -> std::io::Result<Vec<String>> {
        let Some(folder) = &self.folder else { return Ok(Vec::new()) };
        let segments = self.engine.load_metas().map_err(std::io::Error::other)?.segments;
        // Of deletions there may be a file for each commit; the one of the last counts.
        let mine: HashMap<String, Option<String>> = segments
            .iter()
            .map(|of| (of.id().uuid_string(), of.delete_opstamp().map(|stamp| format!("{stamp}.del"))))
            .collect();
        let is_mine = |file: &str| {
            let Some((deleted, rest)) = file.split_once('.').and_then(|(id, rest)| Some((mine.get(id)?, rest))) else {
                return false;
            };
            !rest.ends_with("del") || deleted.as_deref() == Some(rest)
        };
        let files = self.engine.directory().list_managed_files();
        let names = files.iter().filter_map(|file| file.to_str()).filter(|name| is_mine(name));
        let mut damaged = Vec::new();
        for name in names {
            if !is_whole(&folder.join(name))? {
                damaged.push(name.to_owned());
            }
        }
        Ok(damaged)
    }
}

/// Whether the bytes of a file have the checksum that stands behind them.
fn is_whole(path: &Path) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    let Some(end) = file.metadata()?.len().checked_sub(END) else { return Ok(false) };
    file.seek(SeekFrom::Start(end))?;
    let mut numbers = [[0; 4]; 2];
    file.read_exact(numbers.as_flattened_mut())?;
    let [length, magic] = numbers.map(u32::from_le_bytes);
    let length = u64::from(length);
    let (Some(bytes), MAGIC, ..=LONGEST) = (end.checked_sub(length), magic, length) else { return Ok(false) };
    file.seek(SeekFrom::Start(bytes))?;
    let Ok(footer) = serde_json::from_reader::<_, Footer>(file.by_ref().take(length)) else { return Ok(false) };
    file.rewind()?;
    let mut hasher = crc32fast::Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut left = bytes;
    while left > 0 {
        let room = left.min(PIECE as u64) as usize;
        file.read_exact(&mut piece[..room])?;
        hasher.update(&piece[..room]);
        left -= room as u64;
    }
    Ok(hasher.finalize() == footer.crc)
}

#[cfg(test)]
mod tests {
    use crate::test_support::payload;
    use crate::{Document, Index, Op};

    #[test]
    fn every_file_of_a_commit_is_read_that_of_deletions_too() {
        let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let put = |id: &str| {
            let id = || id.to_owned();
            let document =
                Document { id: id(), listing: id(), name: id(), text: "a choir".to_owned(), ..Document::default() };
            Op::Put { listing: id(), documents: vec![document] }
        };
        let index = Index::create(folder.path(), payload(&[])).unwrap();
        index.apply(&[put("a"), put("b"), put("c")], 1, 1).unwrap();
        // Each leaves a file of deletions, and only the last one counts.
        index.apply(&[Op::Remove { listing: "a".to_owned() }], 2, 2).unwrap();
        index.apply(&[Op::Remove { listing: "b".to_owned() }], 3, 3).unwrap();
        drop(index);
        // Files that are changed where they are mapped would end the test.
        let mut index = Index::open(folder.path()).unwrap();
        let files = || std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        for file in files() {
            std::fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
        }
        index.folder = Some(copy.path().to_owned());
        assert_eq!(index.validate().unwrap(), [""; 0]);
        let mut read: Vec<String> = Vec::new();
        for name in files().map(|file| file.file_name().unwrap().to_owned()) {
            let file = copy.path().join(&name);
            let whole = std::fs::read(&file).unwrap();
            let mut flipped = whole.clone();
            flipped.iter_mut().take(1).for_each(|byte| *byte ^= 1);
            let cut = &whole[..whole.len().saturating_sub(1)];
            let found = [&flipped, cut, &[]].map(|bytes| {
                std::fs::write(&file, bytes).unwrap();
                index.validate().unwrap()
            });
            std::fs::write(&file, &whole).unwrap();
            // Files of former commits may still be there, and are not read.
            if found.iter().any(|damaged| !damaged.is_empty()) {
                assert!(found.iter().all(|damaged| *damaged == [name.to_str().unwrap()]), "{name:?}: {found:?}");
                read.push(file.extension().unwrap().to_string_lossy().into_owned());
            }
        }
        read.sort_unstable();
        read.dedup();
        assert_eq!(read, ["bodies", "columns", "del", "fast", "fieldnorm", "idx", "pos", "records", "store", "term"]);
        assert_eq!(index.validate().unwrap(), [""; 0]);
    }
}
