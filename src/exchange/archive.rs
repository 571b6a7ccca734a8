//! Zip archives, taken apart within bounds: an archive may be made to be endless.

use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive};

use super::Error;

/// How much an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Files.
    pub files: usize,
    /// Bytes of all files together, unpacked.
    pub bytes: u64,
    /// How many times larger all files together may be than the archive; small ones may be [`FLOOR`] bytes.
    pub ratio: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { files: 2_000, bytes: 1 << 30, ratio: 100 }
    }
}

/// So many bytes are let through whatever the ratio: a few blank tables pack very small.
pub const FLOOR: u64 = 1 << 20;

/// Whether bytes begin as a zip archive does.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The files of an archive with their names, in the archive's order. Folders and what operating systems leave there
/// (names that begin with a dot or `__`) are passed over.
///
/// # Errors
/// [`Error::Archive`] when it is broken, encrypted, packed in another way than deflate, or beyond its bounds. What is
/// unpacked is counted as it comes, whatever the archive says of its own size.
pub fn unpack(bytes: &[u8], bounds: Bounds) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let fault = |reason| Error::Archive { reason };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| fault("cannot be read"))?;
    if archive.len() > bounds.files {
        return Err(fault("holds too many files"));
    }
    let packed = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let most = bounds.bytes.min(packed.saturating_mul(bounds.ratio).max(FLOOR));
    let mut room = most;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(|_| fault("holds a file that cannot be read, or is locked"))?;
        let name = file.name().map_err(|_| fault("holds a file without a readable name"))?.into_owned();
        let hidden = name.split(['/', '\\']).any(|part| part.starts_with('.') || part.starts_with("__"));
        if file.is_dir() || hidden {
            continue;
        }
        if !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(fault("is packed in another way than deflate"));
        }
        if files.iter().any(|(known, _)| *known == name) {
            return Err(fault("holds two files of one name"));
        }
        let mut unpacked = Vec::new();
        let read = file.by_ref().take(room + 1).read_to_end(&mut unpacked).map_err(|_| fault("holds a broken file"))?;
        room = u64::try_from(read).ok().and_then(|read| room.checked_sub(read)).ok_or_else(|| {
            fault(if most < bounds.bytes { "unpacks to far more than its size" } else { "is too large" })
        })?;
        files.push((name, unpacked));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    use super::{Bounds, Error, FLOOR, is_archive, unpack};

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in files {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn told(result: Result<Vec<(String, Vec<u8>)>, Error>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn files_come_out_with_their_names_and_leavings_do_not() {
        let bytes = archive(&[("data/services.csv", b"id\n1\n"), ("__MACOSX/x.csv", b"no"), ("data/.DS_Store", b"no")]);
        assert!(is_archive(&bytes) && !is_archive(b"id,name"));
        assert_eq!(unpack(&bytes, Bounds::default()).unwrap(), [("data/services.csv".to_owned(), b"id\n1\n".to_vec())]);
    }

    #[test]
    fn an_archive_beyond_its_bounds_is_refused_before_it_fills_memory() {
        let large = vec![b'x'; usize::try_from(FLOOR).unwrap() * 2];
        let bomb = archive(&[("a.csv", &large), ("b.csv", &large)]);
        assert_eq!(told(unpack(&bomb, Bounds::default())), "the archive unpacks to far more than its size");
        let small = Bounds { bytes: 10, ..Bounds::default() };
        assert_eq!(told(unpack(&archive(&[("a", b"12345678901")]), small)), "the archive is too large");
        let few = Bounds { files: 1, ..Bounds::default() };
        assert_eq!(told(unpack(&archive(&[("a", b"1"), ("b", b"2")]), few)), "the archive holds too many files");
    }

    #[test]
    fn a_broken_archive_is_told_and_never_panics() {
        let whole = archive(&[("a.csv", b"id,name\n1,Choir\n1,Choir\n")]);
        for cut in 0..whole.len() {
            assert!(unpack(&whole[..cut], Bounds::default()).is_err(), "{cut}");
        }
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] ^= 0x55;
            let _ = unpack(&bent, Bounds::default());
        }
    }
}
