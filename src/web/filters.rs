//! The questions of the search form beside words and place: who would come, when it suits, what it must offer.
//!
//! Each has the name of the parameter of `/v1/search` that it sets, and is answered by words that the list offers.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use super::words;
use crate::{
    directory::request::SearchRequest,
    domain::{
        card::ListingKind,
        coming::Field,
        rhythm::{self, DayPart},
        vocabulary::{Facet, vocabulary},
    },
};

/// A question of the form.
pub struct Question {
    /// The name of the field, and of the parameter.
    pub name: &'static str,
    /// What is asked.
    pub label: &'static str,
    /// What an unanswered list says.
    pub open: &'static str,
    /// The answers that are offered.
    pub answers: Vec<Answer>,
    /// Whether several may be ticked; otherwise one is chosen from a list.
    pub several: bool,
}

/// An answer that is offered.
pub struct Answer {
    /// The word that is sent.
    pub word: String,
    /// What it is called.
    pub label: String,
}

/// A question as the form shows it, with what was answered.
pub struct Asked {
    /// The question.
    pub question: &'static Question,
    /// Whether each of its answers was given.
    pub given: Vec<bool>,
    /// Terms that are not offered for now.
    pub held: Arc<HashSet<String>>,
}

impl Asked {
    /// The answers that are offered, each with whether it was given. What was given stays, so that it can be taken back.
    pub fn answers(&self) -> impl Iterator<Item = (&Answer, bool)> + '_ {
        let answers = self.question.answers.iter().zip(self.given.iter().copied());
        answers.filter(|(answer, given)| *given || !self.held.contains(&answer.word))
    }
}

/// Languages that are offered: those that feeds here write most, by code.
const LANGUAGES: [&str; 22] = [
    "ar", "bn", "bfi", "zh", "fr", "gu", "ga", "ku", "ps", "fa", "pl", "pt", "pa", "ro", "gd", "so", "es", "ti", "uk",
    "ur", "cy", "en",
];

/// Every question, in the order of the form.
pub fn questions() -> &'static [Question] {
    static ALL: LazyLock<Vec<Question>> = LazyLock::new(|| {
        let terms = |facet| {
            let offered = vocabulary().facet(facet).filter(|term| term.id != "anyone");
            offered.map(|term| Answer { word: term.id.clone(), label: term.label.clone() }).collect::<Vec<_>>()
        };
        let field = |field: Field| {
            let offered = field.words().into_iter();
            offered.map(|(word, label)| Answer { word: word.to_owned(), label: label.to_owned() }).collect::<Vec<_>>()
        };
        let kinds = ListingKind::ALL.into_iter();
        let kinds = kinds.map(|kind| Answer { word: kind.as_str().to_owned(), label: words::kind(kind).to_owned() });
        let languages = LANGUAGES.into_iter();
        let languages = languages.map(|code| Answer { word: code.to_owned(), label: words::language(code).to_owned() });
        let one = |name, label, open, answers| Question { name, label, open, answers, several: false };
        let mut all = vec![
            one("audience", "Who would come?", "Anyone", terms(Facet::Audience)),
            one("kind", "What kind of help?", "Any kind", kinds.collect()),
            one("attending_type", "How would they take part?", "Any way", field(Field::Attending)),
            one("language", "In which language?", "Any language", languages.collect()),
            one("cost", "What may it cost?", "Any cost", field(Field::Cost)),
            one("accepting", "Are new people taken?", "Does not matter", field(Field::Accepting)),
        ];
        let days = rhythm::DAYS.into_iter().zip(words::DAYS);
        let days = days.map(|(word, label)| Answer { word: word.to_owned(), label: label.to_owned() });
        let parts = DayPart::ALL.into_iter().zip(words::PARTS_OF_DAY);
        let parts = parts.map(|((_, word), label)| Answer { word: word.to_owned(), label: label.to_owned() });
        all.insert(1, one("day", "On which day?", "Any day", days.collect()));
        all.insert(2, one("time_of_day", "At what time of day?", "Any time", parts.collect()));
        let access = terms(Facet::Access);
        all.push(Question { name: "access", label: "What must be there?", open: "", answers: access, several: true });
        all
    });
    &ALL
}

/// What was answered to a question of that name; empty when nothing was.
pub fn answered<'a>(chosen: &'a [(String, String)], name: &str) -> impl Iterator<Item = &'a str> {
    chosen.iter().filter(move |(asked, _)| asked == name).map(|(_, word)| word.as_str())
}

/// The questions with what was answered, without the terms that are held.
pub fn asked(chosen: &[(String, String)], held: &Arc<HashSet<String>>) -> Vec<Asked> {
    let given = |question: &Question| {
        question.answers.iter().map(|answer| answered(chosen, question.name).any(|word| word == answer.word)).collect()
    };
    let asked = |question| Asked { question, given: given(question), held: Arc::clone(held) };
    questions().iter().map(asked).collect()
}

/// The labels of what was answered, in the order of the form.
pub fn in_words(chosen: &[(String, String)]) -> Vec<String> {
    let all = asked(chosen, &Arc::default());
    let given = all.iter().flat_map(Asked::answers).filter(|(_, given)| *given);
    given.map(|(answer, _)| answer.label.clone()).collect()
}

/// Sets what was answered in a request. Words that no list offers are named by their questions.
pub fn set(request: &mut SearchRequest, chosen: &[(String, String)]) -> Vec<&'static str> {
    let mut unknown = Vec::new();
    for question in questions() {
        let mut words: Vec<String> = answered(chosen, question.name).map(str::to_owned).collect();
        if words.iter().any(|word| !question.answers.iter().any(|answer| answer.word == *word)) {
            unknown.push(question.name);
            continue;
        }
        if words.is_empty() {
            continue;
        }
        match question.name {
            "kind" => request.kind = words,
            "attending_type" => request.attending_type = words,
            // Sources write a code or the name.
            "language" => {
                let names: Vec<String> = words.iter().map(|code| words::language(code).to_owned()).collect();
                words.extend(names);
                request.language = words;
            }
            "day" => request.day = words,
            "time_of_day" => request.time_of_day = words,
            "cost" => request.cost = words,
            "accepting" => request.accepting = words,
            facet => request.facets.extend(Facet::from_word(facet).map(|facet| (facet, words))),
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use super::{asked, in_words, questions, set};
    use crate::{directory::request::SearchRequest, domain::vocabulary::Facet};

    fn chosen(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect()
    }

    #[test]
    fn every_answer_that_is_offered_can_be_searched_for() {
        for question in questions() {
            assert!(!question.answers.is_empty(), "{}", question.name);
            for answer in &question.answers {
                let mut request = SearchRequest::default();
                let unknown = set(&mut request, &chosen(&[(question.name, &answer.word)]));
                assert!(unknown.is_empty() && request != SearchRequest::default(), "{} {}", question.name, answer.word);
                assert!(request.faults().is_empty(), "{} {}", question.name, answer.word);
            }
        }
    }

    #[test]
    fn answers_become_the_parameters_of_their_names() {
        let mut request = SearchRequest::default();
        let answers = chosen(&[("access", "step-free"), ("audience", "men"), ("access", "creche"), ("language", "pl")]);
        assert!(set(&mut request, &answers).is_empty());
        let expected = [
            (Facet::Audience, vec!["men".to_owned()]),
            (Facet::Access, vec!["step-free".to_owned(), "creche".to_owned()]),
        ];
        assert_eq!((request.facets, request.language), (expected.to_vec(), vec!["pl".to_owned(), "Polish".to_owned()]));
        assert_eq!(in_words(&answers).len(), 4);
        assert_eq!(
            asked(&answers, &Arc::default())
                .iter()
                .flat_map(|asked| asked.given.iter())
                .filter(|given| **given)
                .count(),
            4
        );
    }

    #[test]
    fn what_is_held_is_not_offered_unless_it_was_chosen() {
        let held = Arc::new(HashSet::from(["forces".to_owned()]));
        let offers = |answers: &[(String, String)]| {
            let all = asked(answers, &held);
            all.iter().flat_map(super::Asked::answers).any(|(answer, _)| answer.word == "forces")
        };
        assert!(!offers(&[]) && offers(&chosen(&[("audience", "forces")])));
    }

    #[test]
    fn what_no_list_offers_is_a_fault_of_its_question() {
        let mut request = SearchRequest::default();
        assert_eq!(set(&mut request, &chosen(&[("audience", "everyone"), ("cost", "dear")])), ["audience", "cost"]);
        assert!(request == SearchRequest::default());
    }
}
