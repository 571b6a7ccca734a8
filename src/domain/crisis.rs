//! Lines to ring, text or sign to now: compiled in, so that they answer with the database and the
//! view down.
//!
//! The lines are kept in `crisis.toml`. A number was "checked" only when a person rang it and wrote
//! the day down; until then every line says that it was not.

mod phrases;
mod spoken;
pub mod urgency;
mod weigh;

use std::sync::LazyLock;

use chrono::NaiveDate;
use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use self::urgency::{Concern, Urgency};

/// What is said of a line that nobody has rung for this directory.
pub const NOT_CHECKED: &str = "not yet checked by a person";

/// A number that nobody has rung for so many days is to be rung.
pub const CHECKED_FOR_DAYS: i64 = 45;

/// Every line, in the order in which they are shown: danger to life first.
pub fn lines() -> &'static [CrisisLine] {
    static LINES: LazyLock<Vec<CrisisLine>> = LazyLock::new(|| {
        let mut file: File = toml::from_str(include_str!("crisis.toml")).expect("a test reads the compiled-in lines");
        for line in &mut file.line {
            line.day_and_night = line.hours == DAY_AND_NIGHT;
        }
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

/// The lines to offer to somebody who typed this, for a nation's code or the whole country's, and how urgent it sounds.
///
/// Where no nation is known and the words sound urgent, the lines of every nation about what they say are there too.
pub fn offered_to(text: Option<&str>, code: &str) -> (Vec<&'static CrisisLine>, Urgency) {
    let urgency = text.map(Urgency::of).unwrap_or_default();
    let mut offered = for_nation(code);
    if Nation::from_code(code).is_none() {
        let fits = |line: &&CrisisLine| line.about.iter().any(|concern| urgency.about.contains(concern));
        let further: Vec<_> = lines().iter().filter(|line| fits(line) && !offered.contains(line)).collect();
        offered.extend(further);
    }
    let urgency = urgency.answered_by(offered.iter().copied());
    (offered, urgency)
}

/// The ids of the lines that nobody has rung for [`CHECKED_FOR_DAYS`] or ever, seen from a day.
pub fn to_check(today: NaiveDate) -> Vec<&'static str> {
    overdue(lines(), today)
}

fn overdue(lines: &[CrisisLine], today: NaiveDate) -> Vec<&str> {
    let is_fresh = |line: &&CrisisLine| {
        let day = line.checked.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
        day.is_some_and(|day| (today - day).num_days() < CHECKED_FOR_DAYS)
    };
    lines.iter().filter(|line| !is_fresh(line)).map(|line| line.id.as_str()).collect()
}

/// A line that people in crisis can ring, text or sign to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub struct CrisisLine {
    /// Its id, for ever the same.
    pub id: String,
    /// What it is for.
    #[serde(default)]
    pub about: Vec<Concern>,
    /// Whether it is reached in British Sign Language.
    #[serde(default)]
    pub bsl: bool,
    /// Whether it is for children and young people.
    #[serde(default)]
    pub for_children: bool,
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
    /// Whether somebody answers at every hour.
    #[serde(default)]
    pub day_and_night: bool,
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

/// The hours of a line that answers always.
const DAY_AND_NIGHT: &str = "Day and night";

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

    use super::{CHECKED_FOR_DAYS, CrisisLine, NOT_CHECKED, Nation, for_nation, lines, offered_to, overdue};

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
            assert!(!line.about.is_empty(), "{}", line.id);
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
    fn each_nation_has_lines_day_and_night_by_text_in_sign_language_and_for_children() {
        for nation in Nation::ALL {
            let lines = for_nation(nation.code());
            let any = |is: fn(&CrisisLine) -> bool| lines.iter().any(|line| is(line));
            assert!(any(|line| line.day_and_night && line.phone.is_some() && line.id != "999"), "{nation:?}");
            assert!(any(|line| line.text.is_some() && !line.id.starts_with("999")), "{nation:?}");
            assert!(any(|line| line.bsl) && any(|line| line.for_children), "{nation:?}");
        }
    }

    #[test]
    fn where_no_nation_is_known_the_lines_of_all_nations_about_it_are_offered() {
        let ids = |text: &str, code: &str| {
            offered_to(Some(text), code).0.iter().map(|line| line.id.clone()).collect::<Vec<_>>()
        };
        let everywhere = ids("he is going to kill me", "K02000001");
        for id in ["national-domestic-abuse", "live-fear-free", "scotland-domestic-abuse", "ni-domestic-sexual-abuse"] {
            assert!(everywhere.contains(&id.to_owned()), "{everywhere:?}");
        }
        assert!(!ids("he is going to kill me", "W92000004").contains(&"national-domestic-abuse".to_owned()));
        assert_eq!(ids("choir", "K02000001").len(), for_nation("").len());
        let (offered, urgency) = offered_to(Some("he is going to kill me"), "K02000001");
        assert!(urgency.lines.iter().all(|id| offered.iter().any(|line| line.id == *id)));
        assert!(offered_to(None, "K02000001").1.is_none());
    }

    #[test]
    fn a_line_that_nobody_has_rung_for_45_days_is_to_be_checked() {
        let mut line = lines()[0].clone();
        let checked = "2026-01-10".parse::<chrono::NaiveDate>().unwrap();
        let due = |line: &CrisisLine, days: i64| {
            !overdue(std::slice::from_ref(line), checked + chrono::Duration::days(days)).is_empty()
        };
        line.checked = None;
        assert!(due(&line, 0), "nobody ever rang it");
        line.checked = Some("2026-01-10".to_owned());
        assert!(!due(&line, 0) && !due(&line, CHECKED_FOR_DAYS - 1) && due(&line, CHECKED_FOR_DAYS));
        line.checked = Some("soon".to_owned());
        assert!(due(&line, 0), "what is no day is no check");
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
