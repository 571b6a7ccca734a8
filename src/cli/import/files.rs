//! What a path on the command line holds: one file, the files of a folder, or those of an archive. Bounded in number and size.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::exchange::{
    Mapping, Part,
    archive::{self, Bounds},
};

/// How many folders deep files of a folder are looked for.
const DEEPEST: usize = 3;
/// Kinds of files that a folder is looked through for.
const KINDS: [&str; 4] = ["csv", "json", "ndjson", "jsonl"];

/// Most bytes of files that are read at once. Archives have bounds of their own: nobody sees what they hold.
const MOST_BYTES: u64 = 8 << 30;

/// Files with their names, those in folders with `/` between.
#[derive(Debug, Default)]
pub struct Files {
    files: Vec<(String, Vec<u8>)>,
    /// Whether they were named one by one, so that another may join them.
    by_name: bool,
    /// How many bytes more there may be.
    room: u64,
}

impl Files {
    /// Reads what is at a path. A mapping's further tables are read from beside a single file.
    pub fn at(path: &Path, mapping: Option<&Mapping>) -> Result<Self> {
        let unreadable = || format!("{} cannot be read", path.display());
        let mut files = Self { room: MOST_BYTES, ..Self::default() };
        if fs::metadata(path).with_context(unreadable)?.is_dir() {
            for (name, path) in within(path).with_context(unreadable)? {
                files.read(name, &path)?;
            }
            if files.files.is_empty() {
                bail!("{} holds no file of a known kind: {}", path.display(), KINDS.join(", "));
            }
            return Ok(files);
        }
        files.read(file_name(path), path)?;
        if archive::is_archive(&files.files[0].1) {
            let unpacked = archive::unpack(&files.files[0].1, Bounds::default())?;
            return Ok(Self { files: unpacked, ..Self::default() });
        }
        for further in mapping.iter().flat_map(|mapping| &mapping.join) {
            files.read(further.file.clone(), &path.with_file_name(&further.file))?;
        }
        files.by_name = mapping.is_none();
        Ok(files)
    }

    /// Takes in the file at a path, if it `fits` by itself and these were named one by one too: files of one import are
    /// looked at as a whole before any of them is read. One that cannot be read is left, to be told in its own turn.
    pub fn take_in(&mut self, path: &Path, fits: impl FnOnce(Part<'_>) -> bool) -> bool {
        let name = path.display().to_string();
        if !self.by_name || !path.is_file() || self.files.iter().any(|(known, _)| *known == name) {
            return false;
        }
        let (count, room) = (self.files.len(), self.room);
        let taken = self.read(name, path).is_ok()
            && self.files.last().is_some_and(|(name, bytes)| !archive::is_archive(bytes) && fits(Part { name, bytes }));
        if !taken {
            self.files.truncate(count);
            self.room = room;
        }
        taken
    }

    /// The files as an import wants them.
    pub fn parts(&self) -> Vec<Part<'_>> {
        self.files.iter().map(|(name, bytes)| Part { name, bytes }).collect()
    }

    fn read(&mut self, name: String, path: &Path) -> Result<()> {
        if self.files.len() >= Bounds::default().files {
            bail!("there are too many files");
        }
        let unreadable = || format!("{} cannot be read", path.display());
        let mut bytes = Vec::new();
        let file = File::open(path).with_context(unreadable)?;
        let read = file.take(self.room + 1).read_to_end(&mut bytes).with_context(unreadable)?;
        let Some(left) = u64::try_from(read).ok().and_then(|read| self.room.checked_sub(read)) else {
            bail!("{} is too large: {} bytes are read at once at most", path.display(), MOST_BYTES)
        };
        self.room = left;
        self.files.push((name, bytes));
        Ok(())
    }
}

/// The last part of a path, as text.
fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The files of a folder and of those in it, by name. Hidden ones are passed over, links are not followed out of the folder.
fn within(folder: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), folder.to_owned(), 0)];
    while let Some((prefix, folder, depth)) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (name, kind) = (entry.file_name().to_string_lossy().into_owned(), entry.file_type()?);
            let path = entry.path();
            let known = path
                .extension()
                .is_some_and(|extension| KINDS.contains(&extension.to_string_lossy().to_ascii_lowercase().as_str()));
            if name.starts_with('.') {
                continue;
            } else if kind.is_dir() && depth < DEEPEST {
                open.push((format!("{prefix}{name}/"), path, depth + 1));
            } else if kind.is_file() && known {
                found.push((format!("{prefix}{name}"), path));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Files;

    fn names(files: &Files) -> Vec<&str> {
        files.parts().iter().map(|part| part.name).collect()
    }

    #[test]
    fn a_folder_is_its_files_of_known_kinds_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "a.CSV", ".hidden.csv", "notes.txt", "data/c.csv", "1/2/3/4/d.csv"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let files = Files::at(folder.path(), None).unwrap();
        assert_eq!(names(&files), ["a.CSV", "b.json", "data/c.csv"]);
        assert_eq!(names(&Files::at(&folder.path().join("notes.txt"), None).unwrap()), ["notes.txt"]);
        assert!(Files::at(&folder.path().join("none"), None).is_err());
        fs::create_dir(folder.path().join("empty")).unwrap();
        assert!(Files::at(&folder.path().join("empty"), None).is_err());
    }

    #[test]
    fn files_that_are_named_one_by_one_are_taken_together_and_folders_and_archives_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (name, text) in [("a.json", "x"), ("b.json", "xx"), ("c.zip", "PK\x03\x04"), ("d.json", "")] {
            fs::write(path(name), text).unwrap();
        }
        let mut files = Files::at(&path("a.json"), None).unwrap();
        let room = files.room;
        assert!(files.take_in(&path("b.json"), |part| part.bytes == b"xx") && files.room == room - 2);
        for left in ["b.json", "c.zip", "none.json", ""] {
            assert!(!files.take_in(&path(left), |_| true), "{left}");
        }
        assert!(!files.take_in(&path("d.json"), |_| false) && files.room == room - 2);
        assert_eq!(names(&files), ["a.json", &path("b.json").display().to_string()]);
        assert!(!Files::at(folder.path(), None).unwrap().take_in(&path("a.json"), |_| true));
    }
}
