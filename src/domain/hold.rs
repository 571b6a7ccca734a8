//! A reviewer's hold: somebody has asked for a listing or a term to be looked at, on one of a few grounds and until a day.
//!
//! A held listing says so, or is hidden where its wording may harm; a held term is not offered, and listings keep it. A hold
//! ends by itself, so that nothing stays hidden because nobody came back to it. What is published of all holds together
//! ([`Holds`]) is how many, on which grounds and for how long, and which terms: never who asked.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use super::{
    entry::Origin,
    id::{Id, kind},
    welsh::Language,
    words::words,
};

/// For how many days something is held where nobody says until when.
pub const USUAL_DAYS: u64 = 30;
/// For how many days something may be held at most, from the day on which it is asked.
pub const MOST_DAYS: u64 = 90;

words! {
    /// Why something is to be looked at.
    Ground "HoldGround" {
        /// Reading it may harm somebody: a listing is hidden until it has been looked at.
        UnsafeWording "unsafe_wording" "how it is worded may harm somebody" "gallai'r geiriad niweidio rhywun";
        /// Its words may hurt those whom they speak of.
        HurtfulWords "hurtful_words" "its words may hurt those whom they speak of" "gallai ei eiriau frifo'r rhai y maent yn sôn amdanynt";
        /// It may promise what it does not do.
        NotAsSaid "not_as_said" "it may not be what it says it is" "efallai nad yw'r hyn y mae'n dweud ei fod";
        /// It is not clear what it means, or whom it is for.
        Unclear "unclear" "it is not clear what it means or whom it is for" "nid yw'n glir beth mae'n ei olygu nac i bwy y mae";
        /// Those whom it speaks of have not been asked.
        NotAsked "not_asked" "those whom it speaks of have not been asked" "ni ofynnwyd i'r rhai y mae'n sôn amdanynt";
    }
}

words! {
    /// What is held.
    About "HoldAbout" {
        /// A service, a group, a resource.
        Service "service" "a listing" "cofnod";
        /// An organization or a network.
        Organization "organization" "an organisation" "sefydliad";
        /// A term of the vocabulary.
        Term "term" "a word of this directory" "gair yn y cyfeiriadur hwn";
    }
}

impl Ground {
    /// Whether a listing held on this ground is hidden meanwhile.
    pub const fn hides(self) -> bool {
        matches!(self, Self::UnsafeWording)
    }
}

/// What is held, as it stays the same for ever: a record by what its source calls it, a term by its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A service.
    Service(Origin),
    /// An organization.
    Organization(Origin),
    /// A term of the vocabulary.
    Term(String),
}

impl Subject {
    /// What it is.
    pub const fn about(&self) -> About {
        match self {
            Self::Service(_) => About::Service,
            Self::Organization(_) => About::Organization,
            Self::Term(_) => About::Term,
        }
    }
}

/// A hold as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its id; for the audit only.
    pub id: Id<kind::Hold>,
    /// What is held.
    pub subject: Subject,
    /// Why.
    pub ground: Ground,
    /// In which role somebody asked for it: for keepers, never published.
    pub role: String,
    /// The day since which it is held.
    pub since: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// The day on which it ended, once it has.
    pub ended: Option<NaiveDate>,
}

impl Hold {
    /// The last day of a hold asked for on a day, where nobody says; and the last that anybody may say.
    pub fn days_from(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let after = |days| today.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
        (after(USUAL_DAYS), after(MOST_DAYS))
    }

    /// As readers get it.
    pub fn public(&self) -> PublicHold {
        PublicHold {
            ground: self.ground,
            says: self.ground.label().to_owned(),
            since: self.since.to_string(),
            until: self.until.to_string(),
        }
    }

    /// Whether it is the hold of this id, or of the term of this id.
    pub fn is_called(&self, id: &str) -> bool {
        self.id.to_string() == id || self.subject == Subject::Term(id.to_owned())
    }

    /// For how many days it was held, or is to be.
    fn days(&self) -> u32 {
        let days = (self.ended.unwrap_or(self.until) - self.since).num_days();
        u32::try_from(days).unwrap_or_default()
    }
}

/// That a reviewer has asked for something to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(rename = "Hold")]
pub struct PublicHold {
    /// Why.
    pub ground: Ground,
    /// The same in plain English: `it is not clear what it means or whom it is for`.
    pub says: String,
    /// Since which day, `YYYY-MM-DD`.
    pub since: String,
    /// Until which day, `YYYY-MM-DD`: it ends by itself then, or sooner.
    pub until: String,
}

impl PublicHold {
    /// The same in the words of a language.
    #[must_use]
    pub fn told_in(self, language: Language) -> Self {
        match language {
            Language::English => self,
            Language::Welsh => Self { says: self.ground.label_cy().to_owned(), ..self },
        }
    }
}

/// A term that is not offered for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct HeldTerm {
    /// The term's id.
    pub term: String,
    /// Why, since when and until when.
    pub held: PublicHold,
}

/// How many holds there are or have been of one sort on one ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct HoldCount {
    /// What is held.
    pub about: About,
    /// Why.
    pub ground: Ground,
    /// The ground in plain English.
    pub says: String,
    /// How many hold now.
    pub open: u32,
    /// How many have ended.
    pub ended: u32,
    /// For how many days: the middle one of them, those that hold counted up to their last day.
    pub days: u32,
    /// The same of the longest.
    pub longest_days: u32,
}

/// What is published of all holds together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Object)]
#[serde(default)]
#[oai(rename = "HoldList")]
pub struct Holds {
    /// Terms that are not offered for now, by their ids. Listings that have them keep them, and words go on finding them.
    pub terms: Vec<HeldTerm>,
    /// All holds, counted. A listing that is held says so itself, or is hidden.
    pub counts: Vec<HoldCount>,
}

impl Holds {
    /// Of every hold that there is or was; `None` where there never was one.
    pub fn of(all: &[Hold]) -> Option<Self> {
        let is_open = |hold: &&Hold| hold.ended.is_none();
        let term = |hold: &Hold| match &hold.subject {
            Subject::Term(term) => Some(HeldTerm { term: term.clone(), held: hold.public() }),
            Subject::Service(_) | Subject::Organization(_) => None,
        };
        let mut terms: Vec<HeldTerm> = all.iter().filter(is_open).filter_map(term).collect();
        terms.sort_by(|one, other| one.term.cmp(&other.term));
        let mut sorts: BTreeMap<(About, Ground), Vec<&Hold>> = BTreeMap::new();
        for hold in all {
            sorts.entry((hold.subject.about(), hold.ground)).or_default().push(hold);
        }
        let count = |((about, ground), holds): ((About, Ground), Vec<&Hold>)| {
            let mut days: Vec<u32> = holds.iter().map(|hold| hold.days()).collect();
            days.sort_unstable();
            let open = holds.iter().copied().filter(is_open).count();
            HoldCount {
                about,
                ground,
                says: ground.label().to_owned(),
                open: u32::try_from(open).unwrap_or(u32::MAX),
                ended: u32::try_from(holds.len() - open).unwrap_or(u32::MAX),
                days: days[days.len() / 2],
                longest_days: days[days.len() - 1],
            }
        };
        let counts = sorts.into_iter().map(count).collect();
        (!all.is_empty()).then_some(Self { terms, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(subject: Subject, ground: Ground, days: [&str; 2], ended: Option<&str>) -> Hold {
        let [since, until] = days.map(|day| day.parse().unwrap());
        let ended = ended.map(|day| day.parse().unwrap());
        Hold { id: Id::from_u128(1), subject, ground, role: "a peer worker".to_owned(), since, until, ended }
    }

    #[test]
    fn what_is_published_of_holds_is_how_many_why_and_how_long_and_not_who_or_which() {
        let of = |name: &str| Subject::Service(Origin { source: Id::from_u128(2), foreign_id: name.to_owned() });
        let all = [
            hold(of("a"), Ground::Unclear, ["2026-05-01", "2026-05-31"], None),
            hold(of("b"), Ground::Unclear, ["2026-05-01", "2026-05-31"], Some("2026-05-05")),
            hold(of("c"), Ground::Unclear, ["2026-05-01", "2026-07-30"], None),
            hold(Subject::Term("forces".to_owned()), Ground::NotAsked, ["2026-05-01", "2026-05-02"], None),
            hold(
                Subject::Term("courses".to_owned()),
                Ground::NotAsked,
                ["2026-05-01", "2026-05-02"],
                Some("2026-05-01"),
            ),
        ];
        let holds = Holds::of(&all).unwrap();
        assert_eq!(holds.terms.iter().map(|held| held.term.as_str()).collect::<Vec<_>>(), ["forces"]);
        let counts: Vec<_> = holds.counts.iter().map(|c| (c.about, c.open, c.ended, c.days, c.longest_days)).collect();
        assert_eq!(counts, [(About::Service, 2, 1, 30, 90), (About::Term, 1, 1, 1, 1)]);
        let json = serde_json::to_string(&holds).unwrap();
        assert!(!json.contains("peer worker") && !json.contains("courses"), "{json}");
        assert_eq!(serde_json::from_str::<Holds>(&json).unwrap(), holds);
        assert_eq!(Holds::of(&[]), None);
    }

    #[test]
    fn a_hold_lasts_thirty_days_and_never_more_than_ninety() {
        let (usual, most) = Hold::days_from("2026-11-23".parse().unwrap());
        assert_eq!((usual.to_string(), most.to_string()), ("2026-12-23".to_owned(), "2027-02-21".to_owned()));
        assert_eq!(Ground::ALL.iter().filter(|ground| ground.hides()).count(), 1);
    }
}
