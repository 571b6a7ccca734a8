//! Lines to ring, text or sign to now: compiled in, so that they answer with the database and the
//! view down.
//!
//! The lines are kept in `crisis.toml`. A number was "checked" only when a person rang it and wrote
//! the day down; until then every line says that it was not.

use std::sync::LazyLock;

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

/// What is said of a line that nobody has rung for this directory.
pub const NOT_CHECKED: &str = "not yet checked by a person";

/// Every line, in the order in which they are shown: danger to life first.
pub fn lines() -> &'static [CrisisLine] {
    static LINES: LazyLock<Vec<CrisisLine>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("crisis.toml")).expect("the compiled-in lines are read by a test");
        file.line
    });
    &LINES
}

/// The lines of one nation, by its code (`E92000001`) or word (`england`).
///
/// For any other code, the whole United Kingdom's among them, the lines that serve all four nations.
pub fn for_nation(code: &str) -> Vec<&'static CrisisLine> {
    let nation = Nation::from_code(code).or_else(|| Nation::from_word(code));
    let serves = |line: &&CrisisLine| {
        nation.map_or(line.nations.len() == Nation::ALL.len(), |nation| line.nations.contains(&nation))
    };
    lines().iter().filter(serves).collect()
}

/// A line that people in crisis can ring, text or sign to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub struct CrisisLine {
    /// Its id, for ever the same.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The number to ring, as its own site writes it; absent when it is not rung.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What to do when ringing, or how it is reached without ringing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_note: Option<String>,
    /// How to text it; absent when it takes no texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<CrisisText>,
    /// The address of its own site.
    pub url: String,
    /// When somebody answers, in words.
    pub hours: String,
    /// Whom it is for, in words.
    pub who_for: String,
    /// The nations it serves.
    pub nations: Vec<Nation>,
    /// Whose own pages state all this.
    pub source: String,
    /// The year in which those pages were last known to say so.
    pub stated_on: String,
    /// The day on which a person last rang or wrote to it for this directory; absent when nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<String>,
    /// How far it was checked, in words to show.
    #[serde(default = "not_checked")]
    pub note: String,
}

/// How a line is texted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub struct CrisisText {
    /// The number.
    pub number: String,
    /// The word to begin with, if one is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// What to do beforehand, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A nation of the United Kingdom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Nation {
    /// England.
    England,
    /// Scotland.
    Scotland,
    /// Wales.
    Wales,
    /// Northern Ireland.
    NorthernIreland,
}

impl Nation {
    /// All four.
    pub const ALL: [Self; 4] = [Self::England, Self::Scotland, Self::Wales, Self::NorthernIreland];

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::England => "england",
            Self::Scotland => "scotland",
            Self::Wales => "wales",
            Self::NorthernIreland => "northern_ireland",
        }
    }

    /// The gazetteer's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::England => "E92000001",
            Self::Scotland => "S92000003",
            Self::Wales => "W92000004",
            Self::NorthernIreland => "N92000002",
        }
    }

    /// The nation of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nation| nation.as_str() == word)
    }

    /// The nation of that gazetteer code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nation| nation.code() == code)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    line: Vec<CrisisLine>,
}

fn not_checked() -> String {
    NOT_CHECKED.to_owned()
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::{ParseFromJSON, ToJSON};

    use super::{CrisisLine, NOT_CHECKED, Nation, for_nation, lines};

    #[test]
    fn every_line_can_be_reached_and_says_whether_it_was_checked() {
        for line in lines() {
            assert!(line.phone.is_some() || line.text.is_some() || line.id == "999-bsl", "{}", line.id);
            assert!(
                line.url.starts_with("https://") && !line.hours.is_empty() && !line.who_for.is_empty(),
                "{}",
                line.id
            );
            let number = line.phone.iter().chain(line.text.iter().map(|text| &text.number));
            assert!(number.flat_map(|n| n.chars()).all(|c| c.is_ascii_digit() || c == ' '), "{}", line.id);
            assert_eq!(line.checked.is_none(), line.note == NOT_CHECKED, "{}", line.id);
            assert_eq!(lines().iter().filter(|other| other.id == line.id).count(), 1, "{}", line.id);
        }
    }

    #[test]
    fn each_nation_has_its_own_lines_after_999() {
        let ids = |code: &str| for_nation(code).iter().map(|line| line.id.as_str()).collect::<Vec<_>>();
        for nation in Nation::ALL {
            let ids = ids(nation.code());
            assert_eq!(ids[0], "999");
            assert!(["999-bsl", "samaritans", "shout"].iter().all(|id| ids.contains(id)), "{nation:?}");
        }
        assert!(ids("N92000002").contains(&"lifeline") && !ids("N92000002").contains(&"nhs-111-england"));
        assert!(ids("wales").contains(&"live-fear-free") && !ids("scotland").contains(&"live-fear-free"));
        assert!(ids("K02000001").iter().all(|id| !id.contains("england")) && ids("").contains(&"samaritans"));
    }

    #[test]
    fn the_published_shape_is_what_is_written_and_reads_back() {
        for line in lines() {
            let json = serde_json::to_value(line).unwrap();
            assert_eq!(line.to_json(), Some(json.clone()));
            assert_eq!(&CrisisLine::parse_from_json(Some(json)).unwrap(), line);
        }
    }
}
