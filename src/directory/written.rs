//! Parts of an answer that are the same each time, written once: the crisis lines of a nation, and all of a term's count but
//! its number. An answer copies them.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use rustc_hash::FxHashMap;

use crate::domain::{
    answer::TermCount,
    coming::marks,
    crisis::{self, CrisisLine, Nation},
    vocabulary::vocabulary,
    welsh::{self, Language},
};

/// Lists of crisis lines by nation, and whether they are in Welsh.
type ByNation = HashMap<(Option<Nation>, bool), Vec<u8>>;

/// How many results have a term, as it will stand in the answer.
pub enum Counted {
    /// A term that the house knows: what comes before the number, and the number.
    Known(&'static [u8], u32),
    /// Any other.
    Told(TermCount),
}

impl Counted {
    /// A count of a term that the house knows, in English.
    pub fn known(id: &str, count: u32) -> Option<Self> {
        static HEADS: LazyLock<FxHashMap<String, Vec<u8>>> = LazyLock::new(|| {
            let terms = vocabulary().terms.iter().map(|term| TermCount {
                id: term.id.clone(),
                label: term.label.clone(),
                facet: Some(term.facet),
                count: 0,
            });
            let marks = marks().into_iter().map(|(id, label)| TermCount { id, label, facet: None, count: 0 });
            terms.chain(marks).map(|count| (count.id.clone(), head(&count))).collect()
        });
        HEADS.get(id).map(|head| Self::Known(head, count))
    }

    /// Adds it to an answer.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Known(head, count) => {
                out.extend_from_slice(head);
                serde_json::to_writer(&mut *out, count).expect("a vector takes all bytes");
                out.push(b'}');
            }
            Self::Told(count) => serde_json::to_writer(out, count).expect("it has only text keys"),
        }
    }
}

/// A count up to its number, which comes last.
fn head(count: &TermCount) -> Vec<u8> {
    let mut json = serde_json::to_vec(count).expect("it has only text keys");
    json.truncate(json.len() - "0}".len());
    json
}

/// The crisis lines of a nation, or those that serve all, as a list in JSON.
fn crisis_lines(nation: Option<Nation>, language: Language) -> &'static [u8] {
    static LINES: LazyLock<ByNation> = LazyLock::new(|| {
        let nations = Nation::ALL.into_iter().map(Some).chain([None]);
        let each = nations.flat_map(|nation| [false, true].map(|is_welsh| (nation, is_welsh)));
        each.map(|(nation, is_welsh)| {
            let lines = crisis::for_nation(nation.map_or("", Nation::code)).into_iter();
            let lines: Vec<_> =
                lines.map(|line| if is_welsh { welsh::crisis_line(line) } else { line.clone() }).collect();
            ((nation, is_welsh), serde_json::to_vec(&lines).expect("lines can be written"))
        })
        .collect()
    });
    &LINES[&(nation, language == Language::Welsh)]
}

/// The lines offered to a reader, as a list in JSON: those of the nation as they are kept, or with the further ones that
/// urgent words bring where no nation is known.
pub fn offered_lines(lines: &[&CrisisLine], nation: Option<Nation>, language: Language) -> Cow<'static, [u8]> {
    if lines.len() == crisis::for_nation(nation.map_or("", Nation::code)).len() {
        return Cow::Borrowed(crisis_lines(nation, language));
    }
    let written = match language {
        Language::English => serde_json::to_vec(lines),
        Language::Welsh => serde_json::to_vec(&lines.iter().map(|line| welsh::crisis_line(line)).collect::<Vec<_>>()),
    };
    Cow::Owned(written.expect("lines can be written"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_is_what_would_be_written_now() {
        for term in &vocabulary().terms {
            let now = TermCount { id: term.id.clone(), label: term.label.clone(), facet: Some(term.facet), count: 407 };
            let mut written = Vec::new();
            Counted::known(&term.id, 407).unwrap().write(&mut written);
            assert_eq!(String::from_utf8(written).unwrap(), serde_json::to_string(&now).unwrap());
        }
        assert!(Counted::known("no-such-term", 1).is_none());
        assert!(marks().iter().all(|(id, _)| Counted::known(id, 1).is_some()));
    }

    #[test]
    fn every_nation_has_its_lines_in_both_languages() {
        for nation in Nation::ALL.into_iter().map(Some).chain([None]) {
            let ids = |language| {
                let lines: Vec<crisis::CrisisLine> = serde_json::from_slice(crisis_lines(nation, language)).unwrap();
                lines.into_iter().map(|line| line.id).collect::<Vec<_>>()
            };
            let expected: Vec<_> =
                crisis::for_nation(nation.map_or("", Nation::code)).iter().map(|line| line.id.clone()).collect();
            assert_eq!(ids(Language::English), expected);
            assert_eq!(ids(Language::Welsh), expected);
        }
    }

    #[test]
    fn lines_beyond_those_of_the_nation_are_written_for_who_is_offered_them() {
        let count = |lines: &[&CrisisLine], language| {
            let json = offered_lines(lines, None, language);
            serde_json::from_slice::<Vec<CrisisLine>>(&json).unwrap().len()
        };
        let (all, own) = (crisis::lines(), crisis::for_nation(""));
        let all: Vec<&CrisisLine> = all.iter().collect();
        assert!(all.len() > own.len());
        for language in [Language::English, Language::Welsh] {
            assert_eq!((count(&own, language), count(&all, language)), (own.len(), all.len()));
        }
    }
}
