//! From what people type to terms: phrases, folded so that case, accents, apostrophes and plurals
//! do not matter.

use std::collections::{BTreeSet, HashMap};

use super::Term;

/// The most characters of a text that are read.
const MOST_CHARACTERS: usize = 256;
/// Letters of the shortest word that is put right: too many short words are one slip away from each other.
const SHORTEST_RESPELT: usize = 5;
/// Words of a text that are put right; each costs a look at all words of its length.
const MOST_RESPELT: usize = 16;

/// Something people type for a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// As it is written in the vocabulary; several words are separated by spaces or hyphens.
    pub text: String,
    /// The id of the term.
    pub term: String,
    /// It counts only in capitals: in lower case it may be another word.
    pub upper_only: bool,
}

/// A part of a text that stands for terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<'v, 't> {
    /// The part, as it was typed.
    pub typed: &'t str,
    /// The terms it stands for; more than one when it is ambiguous.
    pub terms: Vec<&'v Term>,
    /// Words that mean the same as it does; empty when it only leads to a term.
    pub same: Vec<&'v str>,
}

/// All phrases, found by their folded words.
#[derive(Debug)]
pub(super) struct Phrases {
    all: Vec<(Phrase, usize)>,
    by_words: HashMap<String, Vec<usize>>,
    longest: usize,
    /// The words of all phrases, each once and in the order of the alphabet, also by their letters.
    known: Vec<(String, Vec<char>)>,
}

impl Phrases {
    /// The phrases of these terms.
    pub(super) fn of(terms: &[Term]) -> Self {
        let mut phrases = Self { all: Vec::new(), by_words: HashMap::new(), longest: 0, known: Vec::new() };
        for (at, term) in terms.iter().enumerate() {
            // "Open Dialogue (network meetings)" is also found by what stands before the bracket.
            let before = |label: &str| label.split(" (").next().unwrap_or_default().to_owned();
            let labels = [term.label.clone(), before(&term.label), term.label_cy.clone(), before(&term.label_cy)];
            for text in labels.iter().chain(&term.synonyms).chain(&term.same).chain(&term.says).chain(&term.search_only)
            {
                phrases.add(text, false, term, at);
            }
            for text in &term.abbreviations {
                phrases.add(text, true, term, at);
            }
        }
        let known: BTreeSet<&str> = phrases.by_words.keys().flat_map(|line| line.split_ascii_whitespace()).collect();
        phrases.known = known.into_iter().map(|word| (word.to_owned(), word.chars().collect())).collect();
        phrases
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Phrase> {
        self.all.iter().map(|(phrase, _)| phrase)
    }

    pub(super) fn read<'v, 't>(&self, text: &'t str, terms: &'v [Term]) -> Vec<Reading<'v, 't>> {
        let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        let words = words(text);
        // A text all in capitals says nothing about which of its words are abbreviations.
        let shouted = words.len() > 2 && !text.chars().any(char::is_lowercase);
        let mut readings = Vec::new();
        let mut first = 0;
        while first < words.len() {
            let most = self.longest.min(words.len() - first);
            let found = (1..=most).rev().find_map(|count| {
                let part = &words[first..first + count];
                let capitals = !shouted && part.iter().all(|word| word.is_in_capitals());
                let terms = self.terms(part, capitals, terms);
                (!terms.is_empty()).then_some((count, terms))
            });
            let Some((count, terms)) = found else {
                first += 1;
                continue;
            };
            let last = &words[first + count - 1];
            let part = line(&words[first..first + count]);
            let means = |term: &&&Term| term.same.iter().chain(&term.says).any(|word| line(&self::words(word)) == part);
            let same = terms.iter().filter(means).flat_map(|term| term.same.iter().map(String::as_str)).collect();
            readings.push(Reading { typed: &text[words[first].from..last.from + last.typed.len()], terms, same });
            first += count;
        }
        readings
    }

    pub(super) fn respelt(&self, text: &str) -> Option<String> {
        let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(at, _)| at);
        let mut changed = false;
        let put_right = words(&text[..end]).into_iter().take(MOST_RESPELT).map(|word| {
            let letters: Vec<char> = word.folded.chars().collect();
            let is_known = self.known.binary_search_by(|(known, _)| known.cmp(&word.folded)).is_ok();
            if letters.len() < SHORTEST_RESPELT || is_known {
                return word.folded;
            }
            // The first of the alphabet, so that the same is always put right in the same way.
            let alike = |known: &[char]| known.len().abs_diff(letters.len()) < 2 && is_one_slip(&letters, known);
            let near = self.known.iter().find(|(_, known)| alike(known));
            changed |= near.is_some();
            near.map_or(word.folded, |(known, _)| known.clone())
        });
        let text = put_right.collect::<Vec<_>>().join(" ");
        changed.then_some(text)
    }

    fn terms<'v>(&self, part: &[Word<'_>], capitals: bool, terms: &'v [Term]) -> Vec<&'v Term> {
        let mut found: Vec<usize> = Vec::new();
        for &at in self.by_words.get(&line(part)).into_iter().flatten() {
            let (phrase, term) = &self.all[at];
            if (capitals || !phrase.upper_only) && !found.contains(term) {
                found.push(*term);
            }
        }
        found.into_iter().map(|at| &terms[at]).collect()
    }

    fn add(&mut self, text: &str, upper_only: bool, term: &Term, at: usize) {
        let words = words(text);
        let same = self.by_words.entry(line(&words)).or_default();
        if words.is_empty()
            || same.iter().any(|&known| self.all[known].1 == at && self.all[known].0.upper_only == upper_only)
        {
            return;
        }
        same.push(self.all.len());
        self.longest = self.longest.max(words.len());
        self.all.push((Phrase { text: text.to_owned(), term: term.id.clone(), upper_only }, at));
    }
}

/// A word of a text.
#[derive(Debug)]
pub(super) struct Word<'t> {
    typed: &'t str,
    from: usize,
    /// The word in small letters without accents, apostrophes and a plural `s`.
    pub(super) folded: String,
}

impl Word<'_> {
    fn is_in_capitals(&self) -> bool {
        let letters = self.typed.strip_suffix('s').unwrap_or(self.typed); // "ACEs"
        letters.chars().count() > 1 && letters.chars().all(char::is_uppercase)
    }
}

/// The words of a text: runs of letters and digits, with apostrophes inside.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let apart = |c: char| !(c.is_alphanumeric() || is_apostrophe(c));
    let mut words = Vec::new();
    for typed in text.split(apart).map(|part| part.trim_matches(is_apostrophe)).filter(|part| !part.is_empty()) {
        let from = typed.as_ptr().addr() - text.as_ptr().addr();
        words.push(Word { typed, from, folded: fold(typed) });
    }
    words
}

/// Folded words in one line, with a space before and after each: a line that contains another holds its words.
pub(super) fn line(words: &[Word<'_>]) -> String {
    let mut line = " ".to_owned();
    for word in words {
        line.push_str(&word.folded);
        line.push(' ');
    }
    line
}

/// Whether a letter too many, too few or another one, or two that changed places, is all that two words differ in.
pub(in crate::domain) fn is_one_slip(a: &[char], b: &[char]) -> bool {
    let before = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[before..], &b[before..]);
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&a[..a.len() - after], &b[..b.len() - after]) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => false,
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}')
}

fn fold(word: &str) -> String {
    let mut folded: String =
        word.chars().filter(|c| !is_apostrophe(*c)).flat_map(char::to_lowercase).map(without_accent).collect();
    if folded.chars().count() > 3 && folded.ends_with('s') && !folded.ends_with("ss") {
        folded.pop();
    }
    folded
}

/// The plain letter under the accents that English, Welsh, Gaelic and their neighbours write.
pub(in crate::domain) fn without_accent(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => 'o',
        'ś' | 'š' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary;

    #[test]
    fn words_that_mean_the_same_are_given_and_words_that_only_lead_to_a_term_are_not() {
        let same = |text| vocabulary().by_phrase(text).into_iter().flat_map(|reading| reading.same).collect::<Vec<_>>();
        assert!(same("grief support").contains(&"bereavement"));
        assert!(same("Domestic violence").contains(&"domestic abuse"));
        assert!(same("my son died").contains(&"bereaved") && same("I lost my nan").contains(&"grief"));
        assert!(same("I want to die").contains(&"suicidal"));
        assert!(same("funeral").is_empty() && same("cancer").is_empty());
    }

    /// What is understood, as `typed=term+term`.
    fn read(text: &str) -> Vec<String> {
        let readings = vocabulary().by_phrase(text);
        readings
            .iter()
            .map(|r| format!("{}={}", r.typed, r.terms.iter().map(|t| t.id.as_str()).collect::<Vec<_>>().join("+")))
            .collect()
    }

    #[test]
    fn everyday_words_lead_to_terms() {
        assert_eq!(read("grief support"), ["grief=bereavement"]);
        for typed in ["grief", "Grieving", "bereaved", "bereavement", "loss", "GALAR"] {
            assert_eq!(read(typed), [format!("{typed}=bereavement")]);
        }
        for nothing in ["support", "group", "help", "near me", "", "?!", "\u{301}"] {
            assert_eq!(read(nothing), [""; 0], "{nothing}");
        }
        assert_eq!(read("wife was murdered, any groups"), ["murdered=traumatic-loss"]);
        assert_eq!(read("trawma"), ["trawma=any-trauma"]);
        assert_eq!(read("my son died"), ["son died=bereavement+child-loss"]);
        assert_eq!(read("I want to die"), ["want to die=suicidal+crisis-line"]);
    }

    #[test]
    fn the_longest_phrase_wins_and_ambiguity_is_kept() {
        assert_eq!(read("bereaved by suicide near me"), ["bereaved by suicide=suicide-loss"]);
        assert_eq!(read("he died by suicide"), ["died by suicide=suicide-loss"]);
        assert_eq!(read("feeling suicidal"), ["feeling suicidal=suicidal"]);
        assert_eq!(read("hearing loss"), ["hearing loss=deaf"]);
        assert_eq!(read("hearing voices group Leeds"), ["hearing voices group=hearing-voices"]);
        let ambiguous = vocabulary().by_phrase("NHS staff burnout");
        assert_eq!(ambiguous.len(), 2);
        assert_eq!(read("someone to talk to weekly"), ["someone to talk to weekly=counselling"]);
    }

    #[test]
    fn case_accents_apostrophes_and_plurals_do_not_matter() {
        for typed in ["men's group", "mens group", "MEN\u{2019}S GROUPS"] {
            assert_eq!(read(typed), [format!("{typed}=men")]);
        }
        assert_eq!(read("crisis cafe"), read("crisis café").iter().map(|r| r.replace('é', "e")).collect::<Vec<_>>());
        assert_eq!(read("cor"), ["cor=creative-nature"]);
        assert_eq!(read("self harm"), ["self harm=self-harm"]);
        assert_eq!(read("c-ptsd"), ["c-ptsd=cptsd"]);
    }

    #[test]
    fn ambiguous_abbreviations_need_capitals() {
        assert_eq!(read("DID"), ["DID=dissociation"]);
        assert_eq!(read("what did she need"), [""; 0]);
        assert_eq!(read("IPS training"), ["IPS=employment-support+intentional-peer-support"]);
        assert_eq!(read("ACEs"), ["ACEs=childhood"]);
        assert_eq!(read("da"), [""; 0]);
        assert_eq!(read("pod of whales, can you ace it"), [""; 0]);
        assert_eq!(read("WHAT DID SHE NEED"), [""; 0], "shouting is no abbreviation");
        assert_eq!(read("ptsd"), ["ptsd=ptsd"]);
    }

    #[test]
    fn a_word_with_one_slip_is_put_right() {
        let respelt = |text| vocabulary().respelt(text);
        assert_eq!(respelt("Berevement near me").unwrap(), "bereavement near me");
        for (typed, meant) in [("anxeity", "anxiety"), ("suiside", "suicide"), ("councelling", "counselling")] {
            assert_eq!(respelt(typed).unwrap(), meant);
        }
        for kept in ["bereavement", "xyzzy", "", "ded"] {
            assert_eq!(respelt(kept), None, "{kept}");
        }
        assert!(respelt(&"berevement ".repeat(10_000)).unwrap().len() < 200);
    }

    #[test]
    fn long_and_odd_texts_are_read_in_bounds() {
        assert!(read(&"grief ".repeat(10_000)).len() <= 50);
        assert_eq!(read("🙂 grief 🙂 żałoba ''"), ["grief=bereavement"]);
    }
}
