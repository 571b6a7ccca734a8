//! The search form: what can be asked, what was sent, and what to put right.
//!
//! It holds what a person looks for, so nothing here has `Debug` and no message repeats a value.

use std::{collections::HashSet, sync::Arc};

use askama::Template;

use super::{
    chrome::{Chrome, WELSH},
    filters, words,
};
use crate::{
    directory::{
        Error,
        request::{LONGEST_PLACE, LONGEST_WORDS, SearchRequest},
    },
    domain::read::{Code, Violation},
};

/// Distances that are offered, in kilometres, with the miles people here think in.
const DISTANCES: [(&str, &str); 5] = [
    ("2", "2 km (about 1 mile)"),
    ("5", "5 km (3 miles)"),
    ("10", "10 km (6 miles)"),
    ("25", "25 km (16 miles)"),
    ("50", "50 km (31 miles)"),
];

/// The most answers that one form can hold.
const MOST_ANSWERS: usize = 64;
/// What an age has to be.
pub(super) const AGE: &str = "Enter the age in years, such as 34, or leave it open";

/// The page that asks, empty or with what to put right.
#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage {
    chrome: Chrome,
    form: Fields,
}

impl HomePage {
    /// A page with these fields and their faults.
    pub fn new(form: Fields, sample: bool) -> Self {
        let title = if form.faults.is_empty() { "Find support" } else { "Error: something to put right" };
        Self { chrome: Chrome::asked_with(title, sample, &form.q).in_language(&form.lang), form }
    }
}

/// The form's fields as they were sent.
#[derive(Default)]
pub struct Fields {
    /// What is looked for.
    pub q: String,
    /// Where.
    pub near: String,
    /// How far, as a word of [`DISTANCES`]; empty when that is left open.
    pub within_km: String,
    /// The age of who would come; empty when it is not said.
    pub age: String,
    /// Whether only what is stated matches: any text for yes.
    pub strict: String,
    /// `cy` for Welsh beside English; empty for English alone.
    pub lang: String,
    /// What was answered to the questions of [`filters`], by their names.
    pub chosen: Vec<(String, String)>,
    /// The page of results; empty for the first.
    pub page: String,
    /// What to put right.
    pub faults: Vec<Fault>,
    /// The page that the form is on.
    pub on: On,
    /// Terms that are not offered for now.
    pub held: Arc<HashSet<String>>,
}

/// A page with the form.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum On {
    /// The search.
    #[default]
    Search,
    /// What is on tonight.
    Tonight,
    /// What is on this week.
    ThisWeek,
}

impl On {
    /// Where the form is sent to.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Search => "/",
            Self::Tonight => "/tonight",
            Self::ThisWeek => "/this-week",
        }
    }

    /// What its button says.
    pub const fn button(self) -> &'static str {
        match self {
            Self::Search => "Search",
            Self::Tonight => "Show tonight",
            Self::ThisWeek => "Show this week",
        }
    }
}

/// Something to put right.
pub struct Fault {
    /// The field's id in the page.
    pub field: &'static str,
    /// What to do.
    pub message: String,
    /// Places that may have been meant.
    pub candidates: Vec<Candidate>,
}

/// A place that may have been meant.
pub struct Candidate {
    /// What to send to get it.
    pub near: String,
    /// What to call it.
    pub label: String,
}

/// A distance that is offered.
pub struct Distance {
    /// The value sent.
    pub value: &'static str,
    /// What to call it.
    pub label: &'static str,
    /// Whether it was sent last.
    pub chosen: bool,
}

impl Fields {
    /// The fields of what was sent, name by name; names that the form does not have are passed over.
    ///
    /// `None` when a field that is there once was sent twice: which of them is meant cannot be known.
    pub fn of(sent: Vec<(String, String)>) -> Option<Self> {
        let mut fields = Self::default();
        let mut seen: Vec<&'static str> = Vec::new();
        for (name, value) in sent {
            let field = match name.as_str() {
                "q" => Some(("q", &mut fields.q)),
                "near" => Some(("near", &mut fields.near)),
                "within_km" => Some(("within_km", &mut fields.within_km)),
                "age" => Some(("age", &mut fields.age)),
                "strict" => Some(("strict", &mut fields.strict)),
                "lang" => Some(("lang", &mut fields.lang)),
                "page" => Some(("page", &mut fields.page)),
                _ => None,
            };
            match field {
                Some((once, _)) if seen.contains(&once) => return None,
                Some((once, field)) => {
                    seen.push(once);
                    *field = value;
                }
                // A list that was left open sends nothing but its name.
                None if value.is_empty() || fields.chosen.len() >= MOST_ANSWERS => {}
                None => fields.chosen.push((name, value)),
            }
        }
        fields.chosen.retain(|(name, _)| filters::questions().iter().any(|question| question.name == name));
        Some(fields)
    }

    /// The search that was asked, with its first page when none was named.
    ///
    /// # Errors
    /// What to put right.
    pub fn request(&self) -> Result<SearchRequest, Vec<Fault>> {
        let stated = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut faults = Vec::new();
        let within_km =
            DISTANCES.iter().find(|(value, _)| *value == self.within_km).and_then(|(value, _)| value.parse().ok());
        if within_km.is_none() && !self.within_km.is_empty() {
            faults.push(fault("within_km", "Choose one of the distances in the list".to_owned()));
        }
        let page = self.page.parse().ok();
        if page.is_none() && !self.page.is_empty() {
            faults.push(fault("q", "That page of results cannot be shown; search again".to_owned()));
        }
        let age = self.age.trim().parse().ok();
        if age.is_none() && !self.age.trim().is_empty() {
            faults.push(fault("age", AGE.to_owned()));
        }
        let strict = (!self.strict.is_empty()).then_some(true);
        let (q, near) = (stated(&self.q), stated(&self.near));
        let lang = Some(self.lang.clone()).filter(|lang| lang == WELSH);
        let mut request = SearchRequest { q, near, within_km, page, age, strict, lang, ..SearchRequest::default() };
        let unknown = filters::set(&mut request, &self.chosen).into_iter();
        faults.extend(unknown.map(|name| fault(name, "Choose one of those in the list".to_owned())));
        faults.extend(request.faults().iter().map(in_words));
        if faults.is_empty() { Ok(request) } else { Err(faults) }
    }

    /// The same fields with what to put right.
    pub fn with(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
    }

    /// The same search, changed, for a button that sends it again from its first page.
    pub fn but(&self, q: &str, near: &str, within_km: &str) -> Self {
        let (age, strict, chosen) = (self.age.clone(), self.strict.clone(), self.chosen.clone());
        let lang = self.lang.clone();
        let (q, near, within_km) = (q.to_owned(), near.to_owned(), within_km.to_owned());
        Self {
            q,
            near,
            within_km,
            age,
            strict,
            lang,
            chosen,
            on: self.on,
            held: Arc::clone(&self.held),
            ..Self::default()
        }
    }

    /// Whether nothing can be shown without a place.
    pub fn needs_place(&self) -> bool {
        self.on != On::Search
    }

    /// The same search without its questions.
    pub fn widened(&self) -> Self {
        Self { on: self.on, lang: self.lang.clone(), held: Arc::clone(&self.held), ..Self::default() }.but(
            &self.q,
            &self.near,
            &self.within_km,
        )
    }

    /// Whether anything beside words and place was asked.
    pub fn narrowed(&self) -> bool {
        !(self.chosen.is_empty() && self.age.trim().is_empty() && self.strict.is_empty())
    }

    /// Whether the questions should be open to see: something was asked, or is to be put right.
    pub fn narrowing(&self) -> bool {
        let below = |fault: &Fault| !matches!(fault.field, "q" | "near" | "within_km");
        self.narrowed() || self.faults.iter().any(below)
    }

    /// The questions with what was answered.
    pub fn asked(&self) -> Vec<filters::Asked> {
        filters::asked(&self.chosen, &self.held)
    }

    /// What was asked beside words and place, in words; `None` when nothing was.
    pub fn in_words(&self) -> Option<String> {
        let age = self.age.trim();
        let age = (!age.is_empty()).then(|| format!("Age {age}"));
        let asked: Vec<String> = filters::in_words(&self.chosen).into_iter().chain(age).collect();
        (!asked.is_empty()).then(|| asked.join("; "))
    }

    /// What is wrong with a field.
    pub fn fault(&self, field: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.field == field)
    }

    /// The distances, with the one that was sent.
    pub fn distances(&self) -> impl Iterator<Item = Distance> + '_ {
        DISTANCES.into_iter().map(|(value, label)| Distance { value, label, chosen: value == self.within_km })
    }
}

/// What the form can put right of an error; `None` when the fault is not the form's.
pub fn faults_of(error: &Error) -> Option<Vec<Fault>> {
    match error {
        Error::Invalid(violations) => Some(violations.iter().map(in_words).collect()),
        Error::Place(problem) => {
            let message = match (problem.ambiguous, problem.candidates.is_empty()) {
                (true, _) => "There is more than one place of that name. Choose one, or add its county",
                (false, false) => "We do not know that place. Did you mean one of these? Or enter a postcode or a town",
                (false, true) => "We do not know that place. Enter a postcode such as LS6 2, a town or a county",
            };
            let candidates = problem.candidates.iter().map(|candidate| Candidate {
                near: candidate.near.clone(),
                label: match &candidate.within {
                    Some(within) => format!("{}, {within}", candidate.label),
                    None => candidate.label.clone(),
                },
            });
            Some(vec![Fault { candidates: candidates.collect(), ..fault("near", message.to_owned()) }])
        }
        _ => None,
    }
}

pub(super) fn fault(field: &'static str, message: String) -> Fault {
    Fault { field, message, candidates: Vec::new() }
}

/// A fault of the request, in the words of the form.
pub(super) fn in_words(violation: &Violation) -> Fault {
    match violation.pointer.as_str() {
        "/q" => {
            fault("q", format!("Use at most {} letters to say what would help", words::number(LONGEST_WORDS as u64)))
        }
        "/near" if violation.code == Code::Required => {
            fault("near", "Enter a place, such as a town or the first part of a postcode".to_owned())
        }
        "/near" => fault("near", format!("Use at most {LONGEST_PLACE} letters for the place")),
        "/age" => fault("age", AGE.to_owned()),
        "/within_km" => fault("near", "Enter a place, or leave the distance open".to_owned()),
        _ => fault("q", "That page of results cannot be shown; say more closely what would help, or where".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fields, faults_of};
    use crate::directory::{Candidate, Error, PlaceProblem};

    fn fields(q: &str, near: &str, within_km: &str, page: &str) -> Fields {
        Fields { page: page.to_owned(), ..Fields::default().but(q, near, within_km) }
    }

    fn wrong(fields: &Fields) -> Vec<&'static str> {
        fields.request().err().unwrap_or_default().iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn what_is_sent_becomes_a_request() {
        let Ok(request) = fields("  grief support ", "LS6 2", "5", "3").request() else { panic!() };
        assert_eq!((request.q.as_deref(), request.near.as_deref()), (Some("grief support"), Some("LS6 2")));
        assert_eq!((request.within_km, request.page), (Some(5.0), Some(3)));
        assert!(fields(" ", "", "", "").request().is_ok_and(|request| request.q.is_none() && !request.has_place()));
    }

    #[test]
    fn what_narrows_a_search_is_sent_kept_and_put_in_words() {
        let sent = [("age", "34"), ("audience", "men"), ("access", "step-free"), ("cost", ""), ("colour", "red")];
        let fields = Fields::of(sent.map(|(name, word)| (name.to_owned(), word.to_owned())).to_vec()).unwrap();
        let Ok(request) = fields.request() else { panic!() };
        assert_eq!((request.age, request.facets.len(), request.cost.len()), (Some(34), 2, 0));
        assert_eq!(fields.in_words().as_deref(), Some("Men; Step-free; Age 34"));
        assert!(fields.narrowed() && fields.but("grief", "", "").narrowed() && !fields.widened().narrowed());
        assert_eq!(wrong(&Fields { age: "x".to_owned(), ..Fields::default() }), ["age"]);
        assert_eq!(wrong(&Fields { age: "121".to_owned(), ..Fields::default() }), ["age"]);
        assert_eq!(wrong(&Fields::of(vec![("audience".to_owned(), "everyone".to_owned())]).unwrap()), ["audience"]);
    }

    #[test]
    fn each_fault_names_its_field_and_repeats_no_value() {
        assert_eq!(wrong(&fields("grief", "", "5", "")), ["near"]);
        assert_eq!(wrong(&fields(&"x".repeat(257), &"y".repeat(101), "7", "z")), ["within_km", "q", "q", "near"]);
        assert_eq!(wrong(&fields("", "", "", "501")), ["q"]);
        let faults = fields(&"secret".repeat(60), "", "", "").request().err().unwrap();
        assert!(faults.iter().all(|fault| !fault.message.contains("secret")));
    }

    #[test]
    fn places_that_may_be_meant_are_offered() {
        let candidate = Candidate {
            near: "Newport, Gwent".to_owned(),
            label: "Newport".to_owned(),
            within: Some("Gwent".to_owned()),
        };
        let faults = faults_of(&Error::Place(PlaceProblem { ambiguous: true, candidates: vec![candidate] })).unwrap();
        assert_eq!((faults[0].field, faults[0].candidates[0].label.as_str()), ("near", "Newport, Gwent"));
        assert!(faults_of(&Error::Missing).is_none());
    }
}
