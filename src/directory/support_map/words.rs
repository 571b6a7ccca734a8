//! What a support map says in its own words, in English and in Welsh. None of the Welsh has been
//! [checked](crate::domain::vocabulary::WELSH_STATUS).

use crate::{
    directory::pathways::label,
    domain::{
        graph::Edge,
        support_map::{GapCode, MapNote, NoteCode},
        vocabulary::values::SupportLayer,
        welsh::Language,
    },
};

/// The language of a map, and the name of its place.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The language.
    pub language: Language,
    /// The place's name in it.
    pub place: &'a str,
}

impl Words<'_> {
    /// One of the two.
    fn say<'t>(&self, english: &'t str, welsh: &'t str) -> &'t str {
        match self.language {
            Language::English => english,
            Language::Welsh => welsh,
        }
    }

    fn layer(&self, layer: SupportLayer) -> &'static str {
        match self.language {
            Language::English => layer.label(),
            Language::Welsh => layer.label_cy(),
        }
    }

    /// That it is linked with one that stands above, by this link.
    pub fn tied(&self, edge: &Edge, to: &str) -> String {
        format!("{} {to}", label(edge.relationship, edge.direction, self.language))
    }

    /// That both belong to a network.
    pub fn together(&self, to: &str, network: &str) -> String {
        match self.language {
            Language::English => format!("runs with {to} in {network}"),
            Language::Welsh => format!("yn gweithio gyda {to} yn {network}"),
        }
    }

    /// That it is linked with one that stands above by way of another.
    pub fn tied_by(&self, first: &Edge, via: &str, second: &Edge, to: &str) -> String {
        let (first, second) = (self.tied(first, via), self.tied(second, to));
        match self.language {
            Language::English => format!("{first}, which {second}"),
            Language::Welsh => format!("{first}; {via} {second}"),
        }
    }

    /// A note about a listing, or of a layer as a whole; `about` is the layer above, or the wider need.
    pub fn note(&self, code: NoteCode, about: &str) -> MapNote {
        let in_words = match code {
            NoteCode::Linked => about.to_owned(),
            NoteCode::ShownAbove => format!("{} {about}", self.say("Also above, under", "Hefyd uchod, o dan")),
            NoteCode::MeetsThisWeek => {
                self.say("Meets or is open within seven days", "Yn cwrdd neu ar agor o fewn saith diwrnod").to_owned()
            }
            NoteCode::NotAccepting => {
                self.say("Takes nobody new at present", "Nid yw'n croesawu pobl newydd ar hyn o bryd").to_owned()
            }
            NoteCode::BroaderNeed => format!(
                "{} {about}",
                self.say(
                    "Nothing is recorded for just this. What is shown is for the wider need:",
                    "Nid oes dim wedi'i gofnodi ar gyfer hyn yn union. Mae'r hyn a ddangosir ar gyfer yr angen ehangach:"
                )
            ),
            NoteCode::OnlyWithoutPlace => about.to_owned(),
        };
        MapNote { code, in_words }
    }

    /// That a layer has nothing that one could go to.
    pub fn without_place(&self, layer: SupportLayer) -> MapNote {
        let nothing = self.nothing_of(layer);
        let nothing = format!("{}{}", nothing[..1].to_uppercase(), &nothing[1..]);
        let in_words = match self.language {
            Language::English => format!(
                "{nothing} is recorded near enough to go to. What is shown comes by phone or online, or serves the area."
            ),
            Language::Welsh => format!(
                "{nothing} wedi'i gofnodi yn ddigon agos i fynd yno. Daw'r hyn a ddangosir dros y ffôn neu ar-lein, neu mae'n gwasanaethu'r ardal."
            ),
        };
        self.note(NoteCode::OnlyWithoutPlace, &in_words)
    }

    /// What a layer without anything lacks; other layers may have what the name of this one would promise.
    fn nothing_of(&self, layer: SupportLayer) -> &'static str {
        match layer {
            SupportLayer::Now => self.say("nothing", "nid oes dim"),
            SupportLayer::ThisWeek => {
                self.say("no drop-in or other first contact", "nid oes lle galw heibio na chyswllt cyntaf arall")
            }
            SupportLayer::Alongside => {
                self.say("no group of people who have been there", "nid oes grŵp o bobl sydd wedi bod yno")
            }
            SupportLayer::Specialist => {
                self.say("no treatment, counselling or advocacy", "nid oes triniaeth, cwnsela nac eiriolaeth")
            }
            SupportLayer::Community => {
                self.say("no place, network or activity", "nid oes lle, rhwydwaith na gweithgaredd")
            }
            SupportLayer::AroundYou => {
                self.say("nothing for family, friends and workers", "nid oes dim i deulu, ffrindiau a gweithwyr")
            }
        }
    }

    /// That it stands in a layer above.
    pub fn above(&self, layer: SupportLayer) -> MapNote {
        self.note(NoteCode::ShownAbove, self.layer(layer))
    }

    /// Why a layer is empty; `km` is how far was looked, where that was a circle.
    pub fn gap(&self, code: GapCode, layer: SupportLayer, km: Option<f64>) -> String {
        let (place, nothing, layer) = (self.place, self.nothing_of(layer), self.layer(layer));
        let within = match (km, self.language) {
            (Some(km), Language::English) => format!("within {km} km of {place}"),
            (Some(km), Language::Welsh) => format!("o fewn {km} km i {place}"),
            (None, Language::English) => format!("in {place}"),
            (None, Language::Welsh) => format!("yn {place}"),
        };
        match (code, self.language) {
            (GapCode::NothingWithin, Language::English) => {
                format!("{layer}: {nothing} is recorded {within}. What is below is further off.")
            }
            (GapCode::NothingWithin, Language::Welsh) => {
                format!("{layer}: {nothing} wedi'i gofnodi {within}. Mae'r hyn sydd isod ymhellach i ffwrdd.")
            }
            (GapCode::NothingForNeed, Language::English) => {
                format!("{layer}: {nothing} is recorded for this need {within}. What is below is for any need.")
            }
            (GapCode::NothingForNeed, Language::Welsh) => format!(
                "{layer}: {nothing} wedi'i gofnodi ar gyfer yr angen hwn {within}. Mae'r hyn sydd isod ar gyfer unrhyw angen."
            ),
            (GapCode::NobodyOfThatAge, Language::English) => format!(
                "{layer}: {nothing} is recorded for somebody of that age {within}. What is below is for other ages: they may know of more."
            ),
            (GapCode::NobodyOfThatAge, Language::Welsh) => format!(
                "{layer}: {nothing} wedi'i gofnodi ar gyfer rhywun o'r oedran hwnnw {within}. Mae'r hyn sydd isod ar gyfer oedrannau eraill."
            ),
            (GapCode::NothingThatFits, Language::English) => format!(
                "{layer}: {nothing} is recorded {within} that fits all that was asked for. What is below does not fit all of it."
            ),
            (GapCode::NothingThatFits, Language::Welsh) => format!(
                "{layer}: {nothing} wedi'i gofnodi {within} sy'n cyd-fynd â phopeth a ofynnwyd. Nid yw'r hyn sydd isod yn cyd-fynd â'r cyfan."
            ),
            (GapCode::NoneRecorded, Language::English) => format!(
                "{layer}: {nothing} is recorded that could be reached from {place}. That does not mean that there is nothing; the lines at the top answer day and night."
            ),
            (GapCode::NoneRecorded, Language::Welsh) => format!(
                "{layer}: {nothing} wedi'i gofnodi y gellid ei gyrraedd o {place}. Nid yw hynny'n golygu nad oes dim; mae'r llinellau ar y brig yn ateb ddydd a nos."
            ),
            (GapCode::NotReady, Language::English) => {
                format!(
                    "{layer}: the directory cannot be read at this moment. The lines at the top answer day and night."
                )
            }
            (GapCode::NotReady, Language::Welsh) => format!(
                "{layer}: ni ellir darllen y cyfeiriadur ar hyn o bryd. Mae'r llinellau ar y brig yn ateb ddydd a nos."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{GapCode, Language, SupportLayer, Words};

    #[test]
    fn a_layer_without_anything_says_what_it_lacks_and_not_that_there_is_nothing_at_all() {
        let mut told = HashSet::new();
        for language in [Language::English, Language::Welsh] {
            let words = Words { language, place: "LS12" };
            for layer in SupportLayer::ALL.iter().copied().filter(|layer| *layer != SupportLayer::Now) {
                let note = words.without_place(layer).in_words;
                assert!(note.starts_with(['N']) && note.ends_with('.'), "{note}");
                assert!(told.insert(note));
                let gap = words.gap(GapCode::NothingWithin, layer, Some(50.0));
                assert!(gap.contains(words.nothing_of(layer)) && gap.contains("50 km"), "{gap}");
            }
        }
        let words = Words { language: Language::English, place: "LS12" };
        // Groups of this week stand in other layers.
        assert_eq!(
            words.without_place(SupportLayer::ThisWeek).in_words,
            "No drop-in or other first contact is recorded near enough to go to. What is shown comes by phone or online, or serves the area."
        );
    }
}
