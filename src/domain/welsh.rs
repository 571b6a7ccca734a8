//! The directory's own words in Welsh: what is said of places, of decisions and of crisis lines.
//!
//! Terms and values have their Welsh beside their English, in the vocabulary; areas and towns in the gazetteer. What a
//! listing says in its own words stays as it says it. None of this has been [checked](super::vocabulary::WELSH_STATUS).

pub mod when;

use std::str::FromStr;

use super::{card::CardPlaceKind, coming::NOT_STATED, crisis::CrisisLine, listing::UNITED_KINGDOM};

/// The languages an answer's own words can be in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Welsh.
    Welsh,
}

impl Language {
    /// Its ISO 639-1 code, as the parameter `lang` takes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Welsh => "cy",
        }
    }
}

impl FromStr for Language {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::English, Self::Welsh].into_iter().find(|language| language.as_str() == word).ok_or(())
    }
}

/// The line that a card shows of a place that is no address; `areas` are code and name.
pub fn place_label(kind: CardPlaceKind, areas: &[(&str, &str)]) -> Option<String> {
    let name = |(code, name): &(&str, &str)| {
        if *code == UNITED_KINGDOM { "y Deyrnas Unedig gyfan".to_owned() } else { (*name).to_owned() }
    };
    let names = areas.iter().map(name).collect::<Vec<_>>().join(", ");
    Some(match (kind, names.is_empty()) {
        (CardPlaceKind::Exact, _) => return None,
        (CardPlaceKind::Remote, true) => "Dros y ffôn neu ar-lein".to_owned(),
        (CardPlaceKind::Remote, false) => format!("Dros y ffôn neu ar-lein, ar gyfer {names}"),
        (CardPlaceKind::Area, true) => "Gofynnwch a yw'n eich gwasanaethu; mae'r lleoliad yn breifat".to_owned(),
        (CardPlaceKind::Area, false) => format!("Yn gwasanaethu {names}; mae'r lleoliad yn breifat"),
        (CardPlaceKind::Across, true) => "Ar draws yr ardaloedd y mae'n eu henwi".to_owned(),
        (CardPlaceKind::Across, false) => format!("Ar draws {names}"),
        (CardPlaceKind::NotStated, _) => "Nid yw'r lleoliad wedi'i nodi".to_owned(),
    })
}

/// The label of a [mark](super::coming::mark).
pub fn mark_label(id: &str) -> Option<String> {
    let (field, word) = id.split_once(':')?;
    let field_label = match field {
        "accepting" => "Croesawu pobl newydd",
        "cost" => "Cost",
        "attending_type" => "Sut i gymryd rhan",
        "audience" => "Ar gyfer pwy",
        _ => return None,
    };
    let label = match (field, word) {
        (_, NOT_STATED) => return Some(format!("{field_label}: heb ei nodi")),
        ("accepting", "yes") => "Yn croesawu pobl newydd",
        ("accepting", "waiting_list") => "Mae rhestr aros",
        ("accepting", "paused") => "Wedi oedi ar gyfer pobl newydd",
        ("accepting", "full") => "Yn llawn ar hyn o bryd",
        ("cost", "free") => "Am ddim",
        ("cost", "donation") => "Drwy rodd",
        ("cost", "paid") => "Rhaid talu",
        ("attending_type", "in_person") => "Wyneb yn wyneb",
        ("attending_type", "online_video") => "Ar-lein, drwy fideo",
        ("attending_type", "online_text") => "Ar-lein, drwy ysgrifennu",
        ("attending_type", "phone") => "Dros y ffôn",
        ("attending_type", "text") => "Drwy neges destun",
        ("attending_type", "outdoors") => "Yn yr awyr agored",
        ("attending_type", "home_visit") => "Yn eich cartref",
        _ => return None,
    };
    Some(label.to_owned())
}

/// A crisis line as it is told in Welsh: its name, its hours and what to choose, where there is Welsh for them. Numbers
/// are the same.
pub fn crisis_line(line: &CrisisLine) -> CrisisLine {
    let mut line = line.clone();
    let name = match line.id.as_str() {
        "999" => "Gwasanaethau brys",
        "999-bsl" => "999 BSL: gwasanaethau brys drwy fideo mewn Iaith Arwyddion Prydain",
        "999-text" => "999 drwy neges destun",
        "nhs-111-wales" => "GIG 111 Cymru, iechyd meddwl brys",
        "samaritans" => "Y Samariaid",
        "call-wales" => "C.A.L.L., llinell gymorth iechyd meddwl Cymru",
        "live-fear-free" => "Byw Heb Ofn",
        "rape-crisis-england-wales" => "Llinell Gymorth 24/7 Treisio a Cham-drin Rhywiol",
        "modern-slavery" => "Llinell Gymorth Caethwasiaeth Fodern a Chamfanteisio",
        _ => "",
    };
    if !name.is_empty() {
        line.name = name.to_owned();
    }
    let same = |text: &str| {
        Some(match text {
            "Day and night" => "Ddydd a nos",
            "Every day, 5pm to midnight" => "Bob dydd, 5pm tan hanner nos",
            "Every day; its website says the hours" => "Bob dydd; mae'r oriau ar y wefan",
            "Its website says the hours" => "Mae'r oriau ar y wefan",
            "Choose option 2" => "Dewiswch opsiwn 2",
            "By video, in the app or on the website" => "Drwy fideo, yn yr ap neu ar y wefan",
            _ => return None,
        })
    };
    if let Some(hours) = same(&line.hours) {
        line.hours = hours.to_owned();
    }
    if let Some(note) = line.phone_note.as_deref().and_then(same) {
        line.phone_note = Some(note.to_owned());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{coming::marks, crisis};

    #[test]
    fn every_mark_has_a_welsh_label_of_its_own() {
        let mut labels = Vec::new();
        for (id, english) in marks() {
            let welsh = mark_label(&id).unwrap_or_else(|| panic!("{id}"));
            assert_ne!(welsh, english, "{id}");
            assert!(!labels.contains(&welsh), "{welsh}");
            labels.push(welsh);
        }
        assert_eq!((mark_label("cost:7"), mark_label("bereavement")), (None, None));
    }

    #[test]
    fn crisis_lines_keep_their_numbers_and_those_of_wales_have_welsh_names() {
        for line in crisis::lines() {
            let welsh = crisis_line(line);
            assert_eq!(
                (&welsh.phone, &welsh.text, &welsh.url, &welsh.id),
                (&line.phone, &line.text, &line.url, &line.id)
            );
            let of_wales = line.nations.len() == 1 && line.nations[0].code() == "W92000004";
            assert!(!of_wales || welsh.name != line.name && welsh.hours == "Ddydd a nos", "{}", line.id);
        }
    }

    #[test]
    fn a_place_is_told_by_its_areas_and_an_address_is_left_alone() {
        let areas = [("W06000015", "Caerdydd"), (UNITED_KINGDOM, "Y Deyrnas Unedig")];
        let label = place_label(CardPlaceKind::Area, &areas).unwrap();
        assert_eq!(label, "Yn gwasanaethu Caerdydd, y Deyrnas Unedig gyfan; mae'r lleoliad yn breifat");
        assert_eq!(place_label(CardPlaceKind::Exact, &areas), None);
    }
}
