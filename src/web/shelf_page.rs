//! The pages of all networks and of all resources for practice: a list, and a short form that narrows it.
//!
//! What is asked is sent in the body, as everywhere; it holds what a person looks for, so nothing here has `Debug`.

use askama::Template;

use super::{
    chrome::{Chrome, WELSH},
    facts::CardView,
    results_page::{Paging, paging_of},
    view::Answer,
    words,
};
use crate::{
    directory::request::{LONGEST_PLACE, LONGEST_WORDS, SearchRequest},
    domain::{
        card::ListingKind,
        crisis::Nation,
        marked::Marked,
        vocabulary::values::{DialoguePrinciple, NetworkType, PracticeLevel, ResourceFor, ResourceType},
    },
};

/// What the page lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Networks.
    Networks,
    /// Resources for practice.
    Resources,
}

/// A question that is answered from a list.
pub struct Question {
    /// The name of the field.
    pub name: &'static str,
    /// What is asked.
    pub label: &'static str,
    /// What an unanswered list says.
    pub open: &'static str,
    /// Each word that is offered, with its label, and whether it was chosen.
    pub answers: Vec<(&'static str, &'static str, bool)>,
}

/// What was sent.
#[derive(Default)]
pub struct Sent {
    q: String,
    near: String,
    page: String,
    welsh: bool,
    chosen: Vec<(Marked, String)>,
}

/// The page.
#[derive(Template)]
#[template(path = "shelf.html")]
pub struct ShelfPage {
    chrome: Chrome,
    shelf: Shelf,
    sent: Sent,
    welsh: bool,
    heading: String,
    notes: Vec<String>,
    cards: Vec<CardView>,
    paging: Option<Paging>,
    /// What to put right.
    fault: Option<String>,
}

impl Shelf {
    const fn kind(self) -> ListingKind {
        match self {
            Self::Networks => ListingKind::Network,
            Self::Resources => ListingKind::Resource,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Networks => "Networks",
            Self::Resources => "For those who support people",
        }
    }

    /// Its heading, and what it says of itself, in Welsh; not yet checked by a Welsh speaker.
    const fn said_in_welsh(self) -> (&'static str, &'static str) {
        match self {
            Self::Networks => (
                "Rhwydweithiau",
                "Grwpiau, gwasanaethau a sefydliadau sydd wedi cytuno i fod yno i bobl ei gilydd. Mae pob rhwydwaith yn dweud pwy yw ei aelodau, ac a yw’r ddwy ochr yn dweud hynny.",
            ),
            Self::Resources => (
                "I’r rhai sy’n cefnogi pobl",
                "Egwyddorion a rennir, rolau clir, hyfforddiant, goruchwyliaeth, moeseg, gwaith cysylltu, Deialog Agored, a chefnogaeth i weithwyr eu hunain. Nid oes lle i’r rhain, felly ni ofynnir am un.",
            ),
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Networks => "/networks",
            Self::Resources => "/resources",
        }
    }

    const fn intro(self) -> &'static str {
        match self {
            Self::Networks => {
                "Groups, services and organisations that have agreed to be there for one another's people. Each network says who its members are, and whether both sides say so."
            }
            Self::Resources => {
                "Shared principles, clear roles, training, supervision, ethics, linking work, Open Dialogue, and support for workers themselves. These have no place, so none is asked for."
            }
        }
    }

    /// Whether a place narrows it.
    fn has_place(self) -> bool {
        self == Self::Networks
    }

    fn fields(self) -> &'static [(Marked, &'static str, &'static str)] {
        match self {
            Self::Networks => &[(Marked::NetworkType, "What kind of network?", "Any kind")],
            Self::Resources => &[
                (Marked::ResourceType, "What about?", "Anything"),
                (Marked::Level, "How far does it reach?", "Any level"),
                (Marked::ForRole, "For whom?", "Anyone"),
                (Marked::Nation, "Where do you work?", "Anywhere"),
                (Marked::PeersPaidFor, "Are peer workers’ places paid for?", "Does not matter"),
            ],
        }
    }
}

/// A question in Welsh, with what an unanswered list says; not yet checked by a Welsh speaker.
const fn asked_in_welsh(field: Marked) -> Option<(&'static str, &'static str)> {
    Some(match field {
        Marked::NetworkType => ("Pa fath o rwydwaith?", "Unrhyw fath"),
        Marked::ResourceType => ("Am beth?", "Unrhyw beth"),
        Marked::Level => ("Pa mor bell mae’n cyrraedd?", "Unrhyw lefel"),
        Marked::ForRole => ("I bwy?", "Unrhyw un"),
        Marked::Nation => ("Ble rydych chi’n gweithio?", "Unrhyw le"),
        Marked::PeersPaidFor => ("A delir am leoedd gweithwyr cymheiriaid?", "Does dim ots"),
        Marked::Dialogue => return None,
    })
}

fn label_cy(field: Marked, word: &str) -> Option<&'static str> {
    match field {
        Marked::NetworkType => NetworkType::from_word(word).map(NetworkType::label_cy),
        Marked::ResourceType => ResourceType::from_word(word).map(ResourceType::label_cy),
        Marked::Level => PracticeLevel::from_word(word).map(PracticeLevel::label_cy),
        Marked::ForRole => ResourceFor::from_word(word).map(ResourceFor::label_cy),
        Marked::PeersPaidFor => match word {
            "yes" => Some("Gwneir"),
            "no" => Some("Na wneir"),
            _ => None,
        },
        Marked::Dialogue => DialoguePrinciple::from_word(word).map(DialoguePrinciple::label_cy),
        Marked::Nation => Nation::from_word(word).map(|nation| match nation {
            Nation::England => "Lloegr",
            Nation::Scotland => "Yr Alban",
            Nation::Wales => "Cymru",
            Nation::NorthernIreland => "Gogledd Iwerddon",
        }),
    }
}

fn label(field: Marked, word: &str) -> Option<&'static str> {
    match field {
        Marked::NetworkType => NetworkType::from_word(word).map(NetworkType::label),
        Marked::ResourceType => ResourceType::from_word(word).map(ResourceType::label),
        Marked::Level => PracticeLevel::from_word(word).map(PracticeLevel::label),
        Marked::ForRole => ResourceFor::from_word(word).map(ResourceFor::label),
        Marked::PeersPaidFor => match word {
            "yes" => Some("Yes"),
            "no" => Some("No"),
            _ => None,
        },
        Marked::Dialogue => DialoguePrinciple::from_word(word).map(DialoguePrinciple::label),
        Marked::Nation => Nation::from_word(word).map(|nation| match nation {
            Nation::England => "England",
            Nation::Scotland => "Scotland",
            Nation::Wales => "Wales",
            Nation::NorthernIreland => "Northern Ireland",
        }),
    }
}

impl Sent {
    /// The fields of a form; names that it does not have are passed over. `None` when one was sent twice.
    pub fn of(shelf: Shelf, sent: Vec<(String, String)>) -> Option<Self> {
        let mut fields = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in sent {
            let marked = shelf.fields().iter().map(|(field, ..)| *field).find(|field| field.as_str() == name);
            if marked.is_none() && !matches!(name.as_str(), "q" | "near" | "page" | "lang") {
                continue;
            }
            if seen.contains(&name) {
                return None;
            }
            match (name.as_str(), marked) {
                (_, Some(field)) if !value.is_empty() => fields.chosen.push((field, value)),
                (_, Some(_)) => {}
                ("q", _) => fields.q = value,
                ("near", _) => fields.near = value,
                ("lang", _) => fields.welsh = value == WELSH,
                _ => fields.page = value,
            }
            seen.push(name);
        }
        Some(fields)
    }

    /// The search that was asked; `None` when a word was sent that no list offers, or a page that is none.
    pub fn request(&self, shelf: Shelf) -> Option<SearchRequest> {
        let stated = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let page = self.page.parse().ok();
        if page.is_none() && !self.page.is_empty() {
            return None;
        }
        Some(SearchRequest {
            q: stated(&self.q),
            near: stated(&self.near).filter(|_| shelf.has_place()),
            kind: vec![shelf.kind().as_str().to_owned()],
            marked: self.chosen.iter().map(|(field, word)| (*field, vec![word.clone()])).collect(),
            // What the card does not say of a network or a resource stands in the whole listing.
            view: Some("full".to_owned()),
            page,
            lang: self.welsh.then(|| WELSH.to_owned()),
            ..SearchRequest::default()
        })
        .filter(|request| request.faults().is_empty())
    }

    /// The words that were sent.
    pub fn words(&self) -> &str {
        &self.q
    }
}

impl ShelfPage {
    /// The page that answers.
    pub fn answering(shelf: Shelf, sent: Sent, answer: Answer) -> Self {
        let (results, covers) = (&answer.results, &answer.covers_area);
        let total = results.total + covers.total;
        let noun = match (shelf, total) {
            (Shelf::Networks, 1) => "network",
            (Shelf::Networks, _) => "networks",
            (Shelf::Resources, 1) => "resource",
            (Shelf::Resources, _) => "resources",
        };
        let in_welsh = match shelf {
            Shelf::Networks => "rhwydwaith",
            Shelf::Resources => "adnodd",
        };
        let near = answer.place.as_ref().map(|place| &place.resolved);
        let there =
            near.map(|near| format!(" {} {near}", if sent.welsh { "ar gyfer" } else { "for" })).unwrap_or_default();
        let notes =
            answer.understood.respelt.iter().map(|respelt| {
                format!("Nothing was found for your words as they stand, so we looked for “{respelt}”.")
            });
        Self {
            chrome: Chrome::with_lines(shelf.title(), answer.sample, &answer.crisis)
                .urgent(&answer.crisis, &answer.urgency)
                .in_language(if sent.welsh { WELSH } else { "" }),
            shelf,
            welsh: sent.welsh,
            heading: match (total, sent.welsh) {
                (0, false) => format!("No {noun} found{there}"),
                (0, true) => format!("Dim {in_welsh} i’w gael{there}"),
                // One of a thing and many are called the same after a number.
                (_, true) => format!("{} {in_welsh}{there}", words::number(total)),
                (_, false) => format!("{} {noun}{there}", words::number(total)),
            },
            notes: notes.collect(),
            cards: results.items.iter().chain(&covers.items).map(CardView::new).collect(),
            paging: paging_of(results.page, results.per_page, results.total.max(covers.total)),
            sent,
            fault: None,
        }
    }

    /// The page with something to put right.
    pub fn wrong(shelf: Shelf, sent: Sent, place: bool, sample: bool) -> Self {
        let fault = if place {
            "We do not know that place, or there is more than one. Enter a postcode such as LS6 2, or a town with its county".to_owned()
        } else {
            format!(
                "Use at most {LONGEST_WORDS} letters for the words and {LONGEST_PLACE} for the place, and choose from the lists"
            )
        };
        Self {
            chrome: Chrome::asked_with("Error: something to put right", sample, &sent.q),
            shelf,
            welsh: sent.welsh,
            sent,
            heading: String::new(),
            notes: Vec::new(),
            cards: Vec::new(),
            paging: None,
            fault: Some(fault),
        }
    }

    /// The questions with what was answered.
    fn questions(&self) -> Vec<Question> {
        let said = |field: Marked, word: &str| if self.welsh { label_cy(field, word) } else { label(field, word) };
        let asked = |field: Marked| asked_in_welsh(field).filter(|_| self.welsh);
        let question = |(field, label_of, open): &(Marked, &'static str, &'static str)| Question {
            name: field.as_str(),
            label: asked(*field).map_or(*label_of, |(label, _)| label),
            open: asked(*field).map_or(*open, |(_, open)| open),
            answers: field
                .words()
                .into_iter()
                .filter_map(|word| {
                    let chosen = self.sent.chosen.iter().any(|(asked, chosen)| asked == field && chosen == word);
                    Some((word, said(*field, word)?, chosen))
                })
                .collect(),
        };
        self.shelf.fields().iter().map(question).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Marked, Sent, Shelf, asked_in_welsh, label, label_cy};

    fn sent(shelf: Shelf, pairs: &[(&str, &str)]) -> Option<Sent> {
        Sent::of(shelf, pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn every_answer_that_is_offered_can_be_asked_for() {
        for shelf in [Shelf::Networks, Shelf::Resources] {
            for (field, ..) in shelf.fields() {
                for word in field.words() {
                    assert!(label(*field, word).is_some() && label_cy(*field, word).is_some());
                    assert!(asked_in_welsh(*field).is_some());
                    let asked = sent(shelf, &[(field.as_str(), word), ("colour", "red")]).unwrap();
                    let request = asked.request(shelf).unwrap();
                    assert_eq!(request.marked, [(*field, vec![word.to_owned()])]);
                }
            }
        }
    }

    #[test]
    fn what_no_list_offers_is_refused_and_a_place_is_only_asked_of_networks() {
        assert!(sent(Shelf::Networks, &[("network_type", "gang")]).unwrap().request(Shelf::Networks).is_none());
        assert!(sent(Shelf::Networks, &[("page", "x")]).unwrap().request(Shelf::Networks).is_none());
        assert!(sent(Shelf::Networks, &[("q", "a"), ("q", "b")]).is_none());
        let near = |shelf| sent(shelf, &[("near", "Leeds")]).unwrap().request(shelf).unwrap().near;
        assert_eq!((near(Shelf::Networks).as_deref(), near(Shelf::Resources)), (Some("Leeds"), None));
        assert!(sent(Shelf::Networks, &[("level", "skilled")]).unwrap().chosen.is_empty());
        assert_eq!(label(Marked::Nation, "narnia"), None);
    }
}
