//! What the tests with several programs need: the program at work, files to import, and ways to harm a view.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::json;

use crate::support::until;

/// Listings in the package that is imported under a knife.
pub const MANY: usize = 3_000;

/// The program at work; ended as a power cut would when dropped.
pub struct Running(Child);

impl Running {
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        command
            .args(arguments)
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// Waits for its end; answers its exit code and what it said on standard error.
    pub fn ended(mut self) -> (Option<i32>, String) {
        until("the program ends", || self.has_ended());
        let mut said = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.0.wait().unwrap().code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file with one group of that name in Leeds.
pub fn group(folder: &Path, id: &str, name: &str) -> PathBuf {
    let address = json!([{ "address_1": "Mill Lane", "city": "Leeds", "state_province": "West Yorkshire", "postal_code": "LS6 2AA", "country": "GB", "address_type": "physical" }]);
    let group = json!({ "id": id, "name": name, "status": "active", "description": "Tea and talk.",
        "organization": { "id": "hall", "name": "Mill Hall", "description": "A hall." },
        "attributes": [{ "taxonomy_term": { "code": "bereavement", "name": "Bereavement", "taxonomy": "kith" } }],
        "service_at_locations": [{ "location": { "id": "hall", "location_type": "physical", "addresses": address } }] });
    let path = folder.join(format!("{id}.json"));
    fs::write(&path, group.to_string()).unwrap();
    path
}

/// Many groups around Leeds and elsewhere, one a line.
pub fn many(folder: &Path) -> PathBuf {
    let path = folder.join("many.ndjson");
    let lines = (0..MANY).map(|number| {
        let position = (50.5 + (number % 61) as f64 / 15.0, -3.0 + (number % 47) as f64 / 20.0);
        json!({ "id": format!("g{number}"), "name": format!("Circle {number}"), "status": "active", "description": "Tea and talk, every week.",
            "organization": { "id": format!("o{}", number / 7), "name": format!("Hall {}", number / 7), "description": "A hall." },
            "service_at_locations": [{ "location": { "id": format!("l{number}"), "location_type": "physical", "latitude": position.0, "longitude": position.1 } }] })
    });
    fs::write(&path, lines.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    path
}

/// Ways in which a disk, or a person who tidies up, hurts a view.
pub fn harm(view: &Path, damage: usize) {
    if damage == 0 {
        return fs::remove_dir_all(view).unwrap();
    }
    let current = view.join("CURRENT");
    if damage == 1 {
        return fs::write(current, "g-99999999").unwrap();
    }
    let generation = view.join(fs::read_to_string(current).unwrap().trim());
    let largest = |ends: &str| {
        let paths = fs::read_dir(&generation).unwrap().map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.to_string_lossy().ends_with(ends))
            .max_by_key(|path| fs::metadata(path).unwrap().len())
            .unwrap()
    };
    match damage {
        2 => fs::write(largest("meta.json"), "{").unwrap(),
        3 => fs::remove_file(largest(".bodies")).unwrap(),
        5..=8 => {
            let path = largest([".bodies", ".columns", ".term", ".idx"][damage - 5]);
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x55;
            fs::write(&path, &bytes).unwrap();
        }
        _ => {
            let path = largest(".columns");
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        }
    }
}
