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

/// Files with their names, those in folders with `/` between.
#[derive(Debug, Default)]
pub struct Files(Vec<(String, Vec<u8>)>);

impl Files {
    /// Reads what is at a path. A mapping's further tables are read from beside a single file.
    pub fn at(path: &Path, mapping: Option<&Mapping>) -> Result<Self> {
        let unreadable = || format!("{} cannot be read", path.display());
        let mut files = Self::default();
        let mut room = Bounds::default().bytes;
        if fs::metadata(path).with_context(unreadable)?.is_dir() {
            for (name, path) in within(path).with_context(unreadable)? {
                files.read(name, &path, &mut room)?;
            }
            if files.0.is_empty() {
                bail!("{} holds no file of a known kind: {}", path.display(), KINDS.join(", "));
            }
            return Ok(files);
        }
        files.read(file_name(path), path, &mut room)?;
        if archive::is_archive(&files.0[0].1) {
            return Ok(Self(archive::unpack(&files.0[0].1, Bounds::default())?));
        }
        for further in mapping.iter().flat_map(|mapping| &mapping.join) {
            files.read(further.file.clone(), &path.with_file_name(&further.file), &mut room)?;
        }
        Ok(files)
    }

    /// The files as an import wants them. Of a folder with text of one kind, others are left aside.
    pub fn parts(&self) -> Vec<Part<'_>> {
        self.0.iter().map(|(name, bytes)| Part { name, bytes }).collect()
    }

    fn read(&mut self, name: String, path: &Path, room: &mut u64) -> Result<()> {
        if self.0.len() >= Bounds::default().files {
            bail!("there are too many files");
        }
        let unreadable = || format!("{} cannot be read", path.display());
        let mut bytes = Vec::new();
        let file = File::open(path).with_context(unreadable)?;
        let read = file.take(*room + 1).read_to_end(&mut bytes).with_context(unreadable)?;
        let Some(left) = u64::try_from(read).ok().and_then(|read| room.checked_sub(read)) else {
            bail!("{} is too large: {} bytes are read at once at most", path.display(), Bounds::default().bytes)
        };
        *room = left;
        self.0.push((name, bytes));
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
}
