//! The page that says how one could get from a listing to other support: chains of links that both sides say, with each
//! hand-over in words.

use askama::Template;

use super::{
    chrome::{Chrome, WELSH},
    facts::{self, own_page},
    form::AGE,
    view::{Card, Value},
    words,
};
use crate::{
    directory::pathways::PathwaysRequest,
    domain::{
        link::Terms,
        pathway::answer::{PathwayEnd, PathwayStep, PathwaysAnswer},
        read::Violation,
        vocabulary::values::SupportLayer,
        welsh,
    },
};

/// The page, before or after it was sent.
#[derive(Template)]
#[template(path = "pathway.html")]
pub struct PathwayPage {
    chrome: Chrome,
    name: String,
    action: String,
    back: String,
    layer: String,
    age: String,
    /// Whether the directory's own words are asked for in Welsh.
    welsh: bool,
    /// The field and what to do.
    faults: Vec<(&'static str, &'static str)>,
    answer: Option<Ways>,
}

struct Ways {
    heading: String,
    /// What is to be known of the listing where they begin.
    warnings: Vec<String>,
    ways: Vec<Vec<StepView>>,
    none: Option<String>,
    cut: bool,
}

/// A step in words.
struct StepView {
    to: Value,
    in_words: String,
    facts: Vec<String>,
    /// What is to be known of the listing that one comes to.
    warnings: Vec<String>,
    limits: Vec<String>,
}

impl PathwayPage {
    /// The page that asks where to, from the listing of a card.
    pub fn asking(card: Card, sample: bool) -> Self {
        let back = own_page(&card.page_url);
        Self {
            chrome: Chrome::new("How to get from here to other support", sample),
            name: card.name,
            action: format!("{back}/pathway"),
            back,
            layer: String::new(),
            age: String::new(),
            welsh: false,
            faults: Vec::new(),
            answer: None,
        }
    }

    /// The same with what was sent.
    #[must_use]
    pub fn sent(mut self, layer: String, age: String, lang: &str) -> Self {
        self.chrome = self.chrome.in_language(lang);
        Self { layer, age, welsh: lang == WELSH, ..self }
    }

    /// What the page asks of the directory for the listing of an id; an age that is no number is too old for any.
    pub fn request(&self, id: &str) -> PathwaysRequest {
        let age = self.age.trim();
        PathwaysRequest {
            from: Some(id.to_owned()),
            to_layer: Some(self.layer.clone()),
            age: (!age.is_empty()).then(|| age.parse().unwrap_or(u32::MAX)),
            lang: self.welsh.then(|| WELSH.to_owned()),
            ..PathwaysRequest::default()
        }
    }

    /// The same with what to put right.
    #[must_use]
    pub fn with(mut self, violations: &[Violation]) -> Self {
        let said = |violation: &Violation| match violation.pointer.as_str() {
            "/age" => ("age", AGE),
            _ => ("to_layer", "Choose where to"),
        };
        self.chrome.title = "Error: something to put right".to_owned();
        self.faults = violations.iter().map(said).collect();
        self
    }

    /// The same with the ways.
    #[must_use]
    pub fn answering(mut self, answer: &PathwaysAnswer) -> Self {
        let welsh = self.welsh;
        let label = |layer: SupportLayer| if welsh { layer.label_cy() } else { layer.label() };
        let to = answer.to_layer.map(|layer| label(layer).to_lowercase()).unwrap_or_default();
        self.answer = Some(Ways {
            heading: match (answer.pathways.len(), welsh) {
                (0, false) => format!("No way recorded from {}: {to}", self.name),
                (0, true) => format!("Dim ffordd wedi’i chofnodi o {}: {to}", self.name),
                (1, false) => format!("One way from {}: {to}", self.name),
                (1, true) => format!("Un ffordd o {}: {to}", self.name),
                (number, false) => format!("{number} ways from {}: {to}", self.name),
                (number, true) => format!("{number} ffordd o {}: {to}", self.name),
            },
            warnings: warnings(&answer.from),
            ways: answer.pathways.iter().map(|way| way.steps.iter().map(|one| step(one, welsh)).collect()).collect(),
            none: answer.none.as_ref().map(|none| none.in_words.clone()),
            cut: answer.cut,
        });
        self
    }

    /// The layers that are offered, each with whether it was chosen.
    fn layers(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> + '_ {
        let layers = SupportLayer::ALL.iter().filter(|layer| **layer != SupportLayer::Now);
        layers.map(|layer| (layer.as_str(), layer.label(), layer.as_str() == self.layer))
    }
}

fn step(step: &PathwayStep, welsh: bool) -> StepView {
    let mut facts: Vec<String> = step.handover.iter().map(|way| way.label.clone()).collect();
    if !step.sends_people {
        let together = if welsh {
            "Maen nhw’n perthyn i’w gilydd: gofynnwch i rywun yno wneud y cysylltiad"
        } else {
            "They belong together: ask somebody there to make the link"
        };
        facts.push(together.to_owned());
    }
    for (who, says) in [(&step.from.name, &step.says_from), (&step.to.name, &step.says_to)] {
        facts.extend(says.iter().flat_map(|says| said(who, says, welsh)));
    }
    let name = &step.to.name;
    facts.extend(step.reply_within_days.map(|days| match (days, welsh) {
        (0, false) => format!("{name} replies the same day"),
        (0, true) => format!("Mae {name} yn ateb yr un diwrnod"),
        (1, false) => format!("{name} replies within a day"),
        (1, true) => format!("Mae {name} yn ateb o fewn diwrnod"),
        (days, false) => format!("{name} replies within {days} days"),
        (days, true) => format!("Mae {name} yn ateb o fewn {days} diwrnod"),
    }));
    facts.extend(step.accepting.map(|accepting| {
        let in_welsh = welsh.then(|| welsh::mark_label(&format!("accepting:{}", accepting.as_str()))).flatten();
        in_welsh.unwrap_or_else(|| accepting.label().to_owned())
    }));
    let weeks = step.wait.as_ref().and_then(|wait| wait.weeks_to.or(wait.weeks_from));
    facts.extend(weeks.map(|weeks| {
        if welsh { format!("Mae hyd at {weeks} wythnos o aros") } else { format!("The wait is up to {weeks} weeks") }
    }));
    StepView {
        to: Value {
            text: step.to.name.clone(),
            href: Some(own_page(&step.to.page_url)),
            note: Some(words::kind(step.to.kind).to_lowercase()),
        },
        in_words: step.in_words.clone(),
        facts: facts.iter().map(|fact| words::capitalised(fact)).collect(),
        warnings: warnings(&step.to),
        limits: step.limits.iter().map(|limit| words::capitalised(&limit.in_words)).collect(),
    }
}

/// That something of a listing may be wrong or is held, as its own page says it.
fn warnings(end: &PathwayEnd) -> Vec<String> {
    let mut warnings = facts::doubts(end.being_checked == Some(true), end.held.as_ref());
    warnings.extend(facts::held_terms(&end.held_terms));
    warnings
}

/// What one side says of how the link works; what it does not do stands among the limits.
fn said<'t>(who: &'t str, says: &'t Terms, welsh: bool) -> impl Iterator<Item = String> + use<'t> {
    [
        ("says what it does", "yn dweud beth mae’n ei wneud", &says.does),
        ("on how you are handed over", "ar sut y cewch eich trosglwyddo", &says.handover_note),
        ("on what is told about you", "ar beth sy’n cael ei ddweud amdanoch chi", &says.information),
        ("on your consent", "ar eich caniatâd", &says.consent),
        ("on whom to tell if it does not work", "ar bwy i ddweud wrtho os nad yw’n gweithio", &says.escalation),
    ]
    .into_iter()
    .filter_map(move |(what, in_welsh, text)| {
        Some(format!("{who} {}: {}", if welsh { in_welsh } else { what }, text.as_deref()?))
    })
}
