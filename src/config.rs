//! Settings: defaults < file < environment (`KITH_...`) < flags, with every fault told at once.

use std::{collections::BTreeMap, fmt, fs, net::SocketAddr, path::PathBuf};

/// Names of all settings, each with what it is. In a file they stand as they are here, in the
/// environment as `KITH_` and capitals, as a flag with two dashes.
pub const SETTINGS: [(&str, &str); 5] = [
    ("listen", "the address to serve at"),
    ("data", "the data folder"),
    ("database", "the store's URL, when it is not the data folder's own SQLite file"),
    ("log", "what to log: error, warn, info, debug, trace, or a filter of them by module"),
    ("metrics", "a loopback address to serve metrics at; nowhere, when it is not set"),
];

/// The file that is read when no other is named and it is there.
pub const DEFAULT_FILE: &str = "kith.toml";

/// How a process runs.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// The address to serve at.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// The store's URL; it may hold a password, so it is never printed.
    pub database: Option<String>,
    /// What to log.
    pub log: String,
    /// The address to serve metrics at, on this machine only.
    pub metrics: Option<SocketAddr>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.database.as_ref().map(|_| "(hidden)");
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("data", &self.data)
            .field("database", &database)
            .field("log", &self.log)
            .field("metrics", &self.metrics)
            .finish()
    }
}

/// Everything wrong with the settings.
#[derive(Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings have faults:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for Faults {}

/// One layer: settings by name, as they were written.
pub type Layer = BTreeMap<String, String>;

impl Config {
    /// Reads all layers. `file` is a named settings file; without one, `kith.toml` if it is there.
    ///
    /// # Errors
    /// Every setting that is unknown or cannot be read, each with where it stands.
    pub fn read(
        file: Option<PathBuf>,
        environment: impl Iterator<Item = (String, String)>,
        flags: Layer,
    ) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut settled: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut lay = |layer: Layer, told: &dyn Fn(&str) -> String| {
            settled.extend(layer.into_iter().map(|(name, value)| {
                let told = told(&name);
                (name, (value, told))
            }));
        };
        lay(file_layer(file, &mut faults), &|name| format!("{name} in the settings file"));
        lay(environment_layer(environment, &mut faults), &|name| format!("KITH_{}", name.to_uppercase()));
        lay(flags, &|name| format!("--{name}"));

        let text = |name: &str, default: &str| settled.get(name).map_or(default, |(value, _)| value).to_owned();
        let mut fault = |name: &str, reason: &str| {
            faults.push(format!("{} {reason}", settled.get(name).map_or(name, |(_, told)| told)))
        };
        let listen = text("listen", "127.0.0.1:8080").parse().unwrap_or_else(|_| {
            fault("listen", "is not an address and port such as 127.0.0.1:8080");
            SocketAddr::from(([127, 0, 0, 1], 8080))
        });
        let metrics = settled.get("metrics").and_then(|(value, _)| {
            let address = value.parse().ok().filter(|address: &SocketAddr| address.ip().is_loopback());
            if address.is_none() {
                fault("metrics", "is not an address and port of this machine alone such as 127.0.0.1:9090");
            }
            address
        });
        let data = text("data", "kith-data");
        if data.trim().is_empty() {
            fault("data", "is empty");
        }
        let database = settled.get("database").map(|(value, _)| value.clone());
        if database
            .as_ref()
            .is_some_and(|url| !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)))
        {
            fault("database", "is neither sqlite:PATH nor postgres://...");
        }
        let log = text("log", "info");
        if log.parse::<tracing_subscriber::filter::EnvFilter>().is_err() {
            fault("log", "is no filter such as info or kith=debug");
        }
        if faults.is_empty() {
            Ok(Self { listen, data: PathBuf::from(data), database, log, metrics })
        } else {
            Err(Faults(faults))
        }
    }
}

fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|(known, _)| *known == name)
}

fn file_layer(file: Option<PathBuf>, faults: &mut Vec<String>) -> Layer {
    let named = file.is_some();
    let path = file.unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if !named && error.kind() == std::io::ErrorKind::NotFound => return Layer::new(),
        Err(error) => {
            faults.push(format!("the settings file cannot be read: {}", error.kind()));
            return Layer::new();
        }
    };
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            faults.push(format!("the settings file is no TOML from line {line} on"));
            return Layer::new();
        }
    };
    let mut layer = Layer::new();
    for (name, value) in table {
        match value {
            _ if !is_setting(&name) => faults.push(format!("{name} in the settings file is no setting")),
            toml::Value::String(text) => drop(layer.insert(name, text)),
            _ => faults.push(format!("{name} in the settings file is not a text")),
        }
    }
    layer
}

fn environment_layer(environment: impl Iterator<Item = (String, String)>, faults: &mut Vec<String>) -> Layer {
    let mut layer = Layer::new();
    for (variable, value) in environment {
        // KITH_TEST_... and KITH_RELEASE belong to the tests, KITH_BENCH_... to the benches.
        let ours = variable.strip_prefix("KITH_").filter(|name| {
            // A leak on purpose is for debug builds; a release build does not know the word.
            #[cfg(debug_assertions)]
            if *name == "SABOTAGE" {
                return false;
            }
            *name != "CONFIG" && !["TEST_", "RELEASE", "BENCH_"].iter().any(|other| name.starts_with(other))
        });
        match ours.map(str::to_lowercase) {
            Some(name) if is_setting(&name) => drop(layer.insert(name, value)),
            Some(_) => faults.push(format!("{variable} is no setting")),
            None => {}
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::{Config, Faults, Layer};

    fn layer(pairs: &[(&str, &str)]) -> Layer {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn environment(pairs: &'static [(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    }

    fn file(text: &str) -> (tempfile::TempDir, Option<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kith.toml");
        fs::write(&path, text).unwrap();
        (folder, Some(path))
    }

    #[test]
    fn later_layers_win() {
        let (_folder, path) = file("listen = \"127.0.0.1:1\"\ndata = \"a\"\nlog = \"warn\"");
        let config = Config::read(
            path,
            environment(&[("KITH_DATA", "b"), ("KITH_LISTEN", "127.0.0.1:2"), ("HOME", "x")]),
            layer(&[("listen", "127.0.0.1:3")]),
        )
        .unwrap();
        assert_eq!((config.listen.port(), config.data, config.log.as_str()), (3, PathBuf::from("b"), "warn"));
    }

    #[test]
    fn every_fault_is_told_at_once_with_where_it_stands() {
        let (_folder, path) = file("colour = \"red\"\nlog = 3");
        let Err(Faults(faults)) = Config::read(
            path,
            environment(&[("KITH_LISTEN", "nowhere"), ("KITH_COLOR", "x")]),
            layer(&[("database", "mysql://root:secret@db"), ("metrics", "192.0.2.1:9090")]),
        ) else {
            panic!("these settings are wrong")
        };
        assert_eq!(faults.len(), 6, "{faults:?}");
        let all = faults.join("\n");
        for part in [
            "colour in the settings file",
            "log in the settings file",
            "KITH_COLOR",
            "KITH_LISTEN is not",
            "--database is neither",
            "--metrics is not",
        ] {
            assert!(all.contains(part), "{part}");
        }
        assert!(!all.contains("secret"));
    }

    #[test]
    fn a_password_is_not_printed() {
        let config =
            Config::read(None, std::iter::empty(), layer(&[("database", "postgres://kith:secret@db/kith")])).unwrap();
        assert!(!format!("{config:?}").contains("secret"));
    }
}
