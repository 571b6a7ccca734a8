//! Looks for marked secrets in bytes, in every spelling that bytes are likely to be kept or said in.

use std::{collections::BTreeSet, fs, path::Path};

/// Every secret text has this in it, in some mixture of cases; nothing else does.
pub const ROOT: &str = "Zqk7Canary";
/// Every secret postcode.
pub const POSTCODE: &str = "KW17 2QZ";
/// Every secret position, in degrees.
pub const LATITUDE: f64 = 53.827_165_9;
/// Degrees east.
pub const LONGITUDE: f64 = -1.573_946_2;

/// A secret text that says where it was put.
pub fn mark(place: &str) -> String {
    format!("{ROOT} {place} {ROOT}{place}")
}

/// Bytes to look for, each with the name of its spelling.
pub struct Scan {
    /// Compared with the bytes as they are.
    exact: Vec<(String, String)>,
    /// Compared with the bytes in lower case.
    folded: Vec<(String, String)>,
}

impl Scan {
    /// Looks for texts, and for positions as numbers in text and in memory.
    pub fn of(texts: &[&str], degrees: &[f64]) -> Self {
        let mut scan = Self { exact: Vec::new(), folded: Vec::new() };
        for text in texts {
            for case in [(*text).to_owned(), text.to_lowercase(), text.to_uppercase()] {
                let each = |spell: fn(u8) -> String| case.bytes().map(spell).collect::<String>();
                let spellings = [
                    ("hex", each(|byte| format!("{byte:02x}"))),
                    ("percent", each(|byte| format!("%{byte:02x}"))),
                    ("JSON-escaped", each(|byte| format!("\\u{byte:04x}"))),
                ];
                scan.folded.extend(spellings.map(|(name, text)| (name.to_owned(), text)));
                scan.exact.extend((0..3).map(|shift| ("base64".to_owned(), base64_of(&case, shift))));
            }
            let lower = text.to_lowercase();
            let each = |spell: fn(u8) -> String| lower.bytes().map(spell).collect::<String>();
            let spellings = [
                ("plain", lower.clone()),
                ("without its blank", lower.replace(' ', "")),
                ("blank as plus", lower.replace(' ', "+")),
                ("blank as %20", lower.replace(' ', "%20")),
                ("blank as \\u0020", lower.replace(' ', "\\u0020")),
                ("UTF-16LE", each(|byte| format!("{}\0", byte as char))),
                ("UTF-16BE", each(|byte| format!("\0{}", byte as char))),
            ];
            scan.folded.extend(spellings.map(|(name, text)| (name.to_owned(), text)));
        }
        for number in degrees {
            let (e7, e6) = ((number * 1e7).round() as i32, (number * 1e6).round() as i32);
            // Six figures are about ten metres: a rounded secret is one still.
            scan.folded
                .push(("number".to_owned(), format!("{number:.7}")[..if *number < 0.0 { 8 } else { 7 }].to_owned()));
            scan.exact.push(("f64".to_owned(), latin1(&number.to_le_bytes())));
            scan.exact.push(("f64, turned round".to_owned(), latin1(&number.to_be_bytes())));
            scan.exact.push(("degrees times 10^7".to_owned(), latin1(&e7.to_le_bytes())));
            scan.exact.push(("degrees times 10^6".to_owned(), latin1(&e6.to_le_bytes())));
            scan.folded.push(("degrees times 10^7 in figures".to_owned(), e7.to_string()));
        }
        scan
    }

    /// Looks for every secret that these tests plant.
    pub fn of_secrets() -> Self {
        Self::of(&[ROOT, POSTCODE], &[LATITUDE, LONGITUDE])
    }

    /// What is found, each with its spelling and what stands around it.
    pub fn find(&self, bytes: &[u8]) -> Vec<String> {
        let text = latin1(bytes);
        let folded = text.to_ascii_lowercase();
        let found = |haystack: &str, (name, secret): &(String, String)| {
            let at = haystack.find(secret.as_str())?;
            let around: String =
                haystack.chars().skip(haystack[..at].chars().count().saturating_sub(60)).take(200).collect();
            Some(format!("{name}: ...{}...", around.escape_debug()))
        };
        let exact = self.exact.iter().filter_map(|secret| found(&text, secret));
        exact.chain(self.folded.iter().filter_map(|secret| found(&folded, secret))).collect()
    }

    /// How often anything is found.
    pub fn count(&self, bytes: &[u8]) -> usize {
        let text = latin1(bytes);
        let folded = text.to_ascii_lowercase();
        let times = |haystack: &str, secrets: &[(String, String)]| -> usize {
            let different: BTreeSet<&str> = secrets.iter().map(|(_, secret)| secret.as_str()).collect();
            different.into_iter().map(|secret| haystack.matches(secret).count()).sum()
        };
        times(&text, &self.exact) + times(&folded, &self.folded)
    }

    /// Fails when anything is found.
    pub fn clean(&self, what: &str, bytes: impl AsRef<[u8]>) {
        let found = self.find(bytes.as_ref());
        assert!(found.is_empty(), "{what} holds a secret: {found:#?}");
    }

    /// Every file in a folder and below it that holds a secret; and how many files were read.
    pub fn files(&self, folder: &Path) -> (Vec<String>, usize) {
        let (mut found, mut read) = (Vec::new(), 0);
        for (name, bytes) in files(folder) {
            read += 1;
            found.extend(
                self.find(&bytes).into_iter().chain(self.find(name.as_bytes())).map(|hit| format!("{name}: {hit}")),
            );
        }
        (found, read)
    }
}

/// Every file in a folder and below it: its path from the folder, and its bytes.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut files, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(bytes) = fs::read(&path) {
                files.push((path.strip_prefix(folder).unwrap().display().to_string(), bytes));
            }
        }
    }
    files.sort();
    files
}

/// The figures that are the same wherever the text stands in something that is base64: `shift` bytes come before it.
fn base64_of(text: &str, shift: usize) -> String {
    const FIGURES: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = std::iter::repeat_n(0, shift).chain(text.bytes()).collect();
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let whole =
        bits.chunks_exact(6).map(|six| char::from(FIGURES[six.iter().fold(0, |sum, bit| sum * 2 + usize::from(*bit))]));
    whole.skip((shift * 8).div_ceil(6)).collect()
}

/// One character a byte, so that text can be looked for among bytes that are none.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

#[test]
fn a_secret_is_found_in_every_spelling_and_nothing_else_is() {
    let scan = Scan::of_secrets();
    let text = "before zQK7canary after";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let turned: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let spelt: [(&str, &[u8]); 15] = [
        ("plain", text.as_bytes()),
        ("UTF-16LE", &utf16),
        ("UTF-16BE", &turned),
        ("base64", b"WnFrN0NhbmFyeQ=="),
        ("base64", b"YVpxazdDYW5hcnk="),
        ("base64", b"YWFacWs3Q2FuYXJ5"),
        ("hex", b"5a716B3743616E617279"),
        ("percent", b"%7A%71%6b%37%63%61%6E%61%72%79"),
        ("JSON-escaped", br"\u007A\u0071\u006b\u0037\u0063\u0061\u006e\u0061\u0072\u0079"),
        ("plain", b"at KW17 2qz."),
        ("without its blank", b"kw172qz"),
        ("blank as plus", b"near=KW17+2QZ"),
        ("number", b"[-1.573946, 53.82]"),
        ("f64", &53.827_165_9_f64.to_le_bytes()),
        ("degrees times 10^7", &538_271_659_i32.to_le_bytes()),
    ];
    for (name, bytes) in spelt {
        let found = scan.find(bytes);
        assert!(found.iter().any(|hit| hit.starts_with(name)), "{name}: {found:?}");
    }
    assert_eq!(scan.find(b"a canary, zqk, 53.82, KW17 2Q, -1.57"), [""; 0]);
}
