//! What in the record of an open listing may be somebody's own: a person's name, a home, a personal mobile number.
//!
//! For open listings such things are often meant ("ring Ann on..."), so nothing is left out: a keeper is asked to look.

use super::{has_house, number::national};

/// What a keeper is asked to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concern {
    /// A person's name as whom to ask.
    PersonNamed,
    /// An address like a home's.
    HomeLike,
    /// A mobile number.
    PersonalMobile,
    /// Something that a listing with a private place has, too.
    SharedWithPrivate,
}

impl Concern {
    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonNamed => "person_named",
            Self::HomeLike => "home_like",
            Self::PersonalMobile => "personal_mobile",
            Self::SharedWithPrivate => "shared_with_private",
        }
    }

    /// What it is, in words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::PersonNamed => "names a person as whom to ask",
            Self::HomeLike => "gives an address like that of a home",
            Self::PersonalMobile => "gives a mobile number, perhaps somebody's own",
            Self::SharedWithPrivate => {
                "has a number, a mailbox or a site that a listing with a private place has, too (SAFEGUARDING.md says what to do)"
            }
        }
    }
}

/// Words that say that a name is a role's, a team's or a body's.
const ROLES: [&str; 62] = [
    "team",
    "office",
    "service",
    "services",
    "manager",
    "coordinator",
    "co-ordinator",
    "helpline",
    "enquiries",
    "enquiry",
    "reception",
    "admin",
    "administrator",
    "group",
    "centre",
    "center",
    "support",
    "line",
    "desk",
    "lead",
    "leader",
    "secretary",
    "chair",
    "clerk",
    "trust",
    "council",
    "charity",
    "network",
    "project",
    "worker",
    "workers",
    "volunteer",
    "volunteers",
    "department",
    "hub",
    "duty",
    "contact",
    "general",
    "referrals",
    "referral",
    "steward",
    "stewards",
    "facilitator",
    "facilitators",
    "trustees",
    "committee",
    "club",
    "church",
    "hall",
    "association",
    "society",
    "society's",
    "swyddfa",
    "tîm",
    "llinell",
    "cydlynydd",
    "ymholiadau",
    "grŵp",
    "canolfan",
    "gwasanaeth",
    "ysgrifennydd",
    "arweinydd",
];
/// What stands before a person's name.
const TITLES: [&str; 11] = ["mr", "mrs", "ms", "miss", "mx", "dr", "rev", "revd", "sister", "father", "canon"];
/// How an address of a home begins, or what is in it.
const HOMES: [&str; 9] =
    ["flat ", "fflat ", "apartment ", "apt ", "c/o ", "d/o ", "care of ", "top floor flat", "maisonette"];

/// Whether a contact's name is a person's.
pub fn names_person(text: &str) -> bool {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    if lower.iter().any(|word| ROLES.contains(&word.as_str())) || words.iter().any(|w| w.contains(char::is_numeric)) {
        return false;
    }
    let titled = lower.first().is_some_and(|word| TITLES.contains(&word.as_str())) && words.len() > 1;
    // "ap", "ferch" and the like stand between names.
    let is_name = |word: &&str| word.starts_with(char::is_uppercase) && word.chars().skip(1).any(char::is_lowercase);
    let between = |word: &&str| ["ap", "ab", "ferch", "de", "van", "von", "le", "la", "al", "o"].contains(word);
    let initial = |word: &&str| word.chars().count() == 1 && word.starts_with(char::is_uppercase);
    let named = (2..=4).contains(&words.len())
        && words.iter().all(|word| is_name(word) || between(word) || initial(word))
        && words.last().is_some_and(|word| is_name(word) || initial(word));
    titled || named
}

/// Whether an address is that of a home, as far as its words tell. `has_name`: the place has a name of its own.
pub fn is_home(address: &str, has_name: bool) -> bool {
    let lower = address.to_lowercase();
    let begins =
        |sign: &str| lower.match_indices(sign).any(|(at, _)| at == 0 || !lower[..at].ends_with(char::is_alphanumeric));
    HOMES.iter().any(|sign| begins(sign)) || (!has_name && has_house(address))
}

/// Whether a number is that of a mobile.
pub fn is_mobile(number: &str) -> bool {
    // 070 and 076 are numbers that follow a person or a pager, and belong to no mobile.
    national(number).is_some_and(|figures| {
        figures.len() == 11 && figures.starts_with("07") && !["070", "076"].contains(&&figures[..3])
    })
}

#[cfg(test)]
mod tests {
    use super::{is_home, is_mobile, names_person};

    #[test]
    fn of_labelled_contacts_nearly_all_are_told_apart() {
        let texts = include_str!("../../../tests/fixtures/linter.tsv");
        let of = |label: &str| -> Vec<&str> {
            texts
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .filter(|(kind, _)| *kind == label)
                .map(|(_, t)| t)
                .collect()
        };
        let home = |text: &str| is_home(text, false);
        type Judge<'j> = (&'j str, &'j str, &'j dyn Fn(&str) -> bool);
        let judges: [Judge<'_>; 3] =
            [("person", "no-person", &names_person), ("home", "no-home", &home), ("mobile", "no-mobile", &is_mobile)];
        for (label, free, judge) in judges {
            let (telling, innocent) = (of(label), of(free));
            assert!(telling.len() >= 8 && innocent.len() >= 8, "{label}");
            let missed: Vec<_> = telling.iter().filter(|text| !judge(text)).collect();
            let alarms: Vec<_> = innocent.iter().filter(|text| judge(text)).collect();
            let found = telling.len() - missed.len();
            eprintln!(
                "C8, {label}: {} texts, recall {:.3}, precision {:.3}",
                telling.len() + innocent.len(),
                found as f64 / telling.len() as f64,
                found as f64 / (found + alarms.len()) as f64
            );
            assert!(missed.len() * 10 <= telling.len(), "{label}: missed {missed:?}");
            assert!(alarms.len() * 10 <= innocent.len(), "{label}: alarms {alarms:?}");
        }
    }

    #[test]
    fn a_place_with_a_name_is_no_home() {
        assert!(
            is_home("12 Mill Lane", false) && !is_home("12 Mill Lane", true) && is_home("Flat 3, Mill House", true)
        );
    }
}
