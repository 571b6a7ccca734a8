//! Which kinds of support put people at risk when it is shown where they happen.
//!
//! The topic does not: a domestic abuse drop-in at a library is found by its address. A place where
//! people live in hiding must not be. The words here only ever narrow what is shown, so a doubtful
//! one is in; but "refugee" is not "refuge", and advice about accommodation is not accommodation.

use std::sync::LazyLock;

use super::{
    hiding::{gives, hides, may_hide},
    phrases::{line, words},
    seen::seen,
    weighed::weighs_enough,
};

/// Marks in a name or a term. Folded before they are compared: plurals and apostrophes do not matter.
const SIGNS: [&str; 38] = [
    "refuge",
    "refuge accommodation",
    "safe house",
    "safehouse",
    "safe home",
    "safe housing",
    "safe accommodation",
    "safe shelter",
    "protected housing",
    "secret address",
    "confidential address",
    "place of safety",
    "confidential house",
    "DV shelter",
    "DA shelter",
    "NASS housing",
    "tŷ diogel",
    "women's shelter",
    "battered women's shelter",
    "domestic abuse shelter",
    "domestic violence shelter",
    "domestic abuse accommodation",
    "domestic violence accommodation",
    "second stage accommodation",
    "trafficking accommodation",
    "trafficking shelter",
    "NRM accommodation",
    "asylum accommodation",
    "asylum housing",
    "asylum hotel",
    "asylum hostel",
    "NASS accommodation",
    "initial accommodation",
    "dispersal accommodation",
    "lloches",
    "loches",
    "llety diogel",
    "lety diogel",
];

/// Where both a topic and a kind of home are named, the home is one to hide.
const TOPICS: [&str; 12] = [
    "women's aid",
    "domestic abuse",
    "domestic violence",
    "trafficking",
    "trafficked",
    "modern slavery",
    "asylum seeker",
    "asylum seeking",
    "honour based",
    "forced marriage",
    "fleeing",
    "cam-drin domestig",
];
const HOMES: [&str; 7] =
    ["accommodation", "shelter", "hostel", "safe room", "dispersed unit", "supported housing", "llety"];

/// Read as something else, although a sign is in them.
const INNOCENT: [&str; 25] = [
    "refuge community cafe",
    "refuge cafe",
    "refuge choir",
    "knit for refuge",
    "friends of the refuge",
    "refuge fund",
    "siop y lloches",
    "lloches nos",
    "refuge shop",
    "refuge charity shop",
    "refuge volunteer",
    "refuge appeal",
    "refuge fundraiser",
    "wildlife refuge",
    "animal refuge",
    "cat refuge",
    "bird refuge",
    "mountain refuge",
    "ceiswyr lloches",
    "ceisiwr lloches",
    "cheiswyr lloches",
    "ceisio lloches",
    "cheisio lloches",
    "geisio lloches",
    "geiswyr lloches",
];

/// In running text the bare word is often only mentioned ("we can refer you to a refuge"); these say that there is one.
const DESCRIBED: [&str; 21] = [
    "refuge accommodation",
    "refuge space",
    "refuge place",
    "refuge provision",
    "refuge provider",
    "run a refuge",
    "runs a refuge",
    "provides refuge",
    "provide refuge",
    "provides a refuge",
    "offer refuge",
    "offers refuge",
    "have a refuge",
    "has a refuge",
    "safe house",
    "safe accommodation",
    "secret address",
    "address is secret",
    "address is confidential",
    "location is confidential",
    "give out our address",
];

/// These do, unless somebody gives to it or collects for it.
const MENTIONED: [&str; 15] = [
    "refuge service",
    "refuge project",
    "refuge for",
    "our refuge",
    "room in the refuge",
    "women's refuge",
    "women only refuge",
    "refuge with",
    "refuge run by",
    "refuge has",
    "refuge offers",
    "lloches i",
    "lloches â",
    "lloches gyda",
    "lloches ar gyfer",
];

/// The marks of a kind of support at risk, as they are looked for in names and terms.
pub fn at_risk_words() -> &'static [&'static str] {
    &SIGNS
}

/// Whether a name or a term names a kind of support whose place must not be shown.
///
/// For names of services and organisations and for names and codes of terms; a description is read by
/// [`describes_at_risk`].
pub fn is_at_risk(text: &str) -> bool {
    let signs = signs();
    let names = |line: &str| signs.names.found_in(line) || (signs.topics.found_in(line) && signs.homes.found_in(line));
    sentences(text).iter().any(|line| names(line) || hides(line))
}

/// Whether running text says that such a place is offered, not only that one exists.
pub fn describes_at_risk(text: &str) -> bool {
    let signs = signs();
    let offers = |line: &str| signs.names_a_refuge(line) || may_hide(line) || hides(line);
    let mut sentences = sentences(text);
    sentences.retain(|line| line.len() > 1);
    sentences.iter().any(|line| offers(line)) || weighs_enough(&sentences)
}

/// Whether a text beside a description says so in as many words: of whom something is for, or how one applies, much is said
/// in the words of what people flee from.
pub fn mentions_at_risk(text: &str) -> bool {
    let signs = signs();
    sentences(text).iter().any(|line| signs.names_a_refuge(line))
}

/// The lists above, folded once.
struct Signs {
    names: Folded,
    topics: Folded,
    homes: Folded,
    innocent: Folded,
    described: Folded,
    mentioned: Folded,
}

impl Signs {
    fn names_a_refuge(&self, line: &str) -> bool {
        self.described.found_in(line) || (self.mentioned.found_in(line) && !gives(line))
    }
}

struct Folded(Vec<String>);

impl Folded {
    fn of(phrases: &[&str]) -> Self {
        Self(phrases.iter().map(|phrase| line(&words(phrase))).collect())
    }

    fn found_in(&self, line: &str) -> bool {
        self.0.iter().any(|phrase| line.contains(phrase))
    }
}

fn signs() -> &'static Signs {
    static SIGNS_FOLDED: LazyLock<Signs> = LazyLock::new(|| Signs {
        names: Folded::of(&SIGNS),
        topics: Folded::of(&TOPICS),
        homes: Folded::of(&HOMES),
        innocent: Folded::of(&INNOCENT),
        described: Folded::of(&DESCRIBED),
        mentioned: Folded::of(&MENTIONED),
    });
    &SIGNS_FOLDED
}

/// The text as readers see it, without markup and hidden characters, in folded lines, a sentence or clause each, without
/// what only looks like a sign.
fn sentences(text: &str) -> Vec<String> {
    let seen = seen(text);
    let folded = |sentence| {
        let folded = line(&words(sentence));
        signs().innocent.0.iter().fold(folded, |line, innocent| line.replace(innocent.as_str(), " "))
    };
    seen.split(['.', ';', '!', '?']).map(folded).collect()
}

#[cfg(test)]
mod tests {
    use super::{DESCRIBED, MENTIONED, at_risk_words, describes_at_risk, is_at_risk};

    #[test]
    fn what_readers_see_decides_whatever_markup_or_hidden_characters_stand_between() {
        for text in [
            "<p>We run a <strong>refuge</strong> for women.</p>",
            "We&nbsp;run&nbsp;a&nbsp;refuge",
            "We run<br>a<br/>refuge",
            "We provide <i>safe</i> <i>accommodation</i>.",
            "We run a ref\u{200d}uge for\u{ad} women.",
            "We run a ref&shy;uge for women.",
            "We run a R.E.F.U.G.E. for women.",
            "We run a \u{433}\u{435}fuge.",
            "\u{ff37}\u{ff45} run a \u{ff52}\u{ff45}\u{ff46}\u{ff55}\u{ff47}\u{ff45}.",
            "We run a re-fuge.",
        ] {
            assert!(describes_at_risk(text), "{text}");
        }
        for name in [
            "Safe&nbsp;House",
            "Ref<b>uge</b>",
            "Refu&#103;e",
            "Ref\u{ad}uge",
            "Safe\u{200b} House",
            "R E F U G E",
            "Re\u{2011}fuge",
            "S.A.F.E. House",
        ] {
            assert!(is_at_risk(name), "{name}");
        }
        assert!(!is_at_risk("<b>Refu</b>gee choir"));
    }

    #[test]
    fn refuges_and_safe_homes_are_known_by_their_names() {
        for name in [
            "Refuge",
            "Harbour Women\u{2019}s Refuge",
            "REFUGES for families",
            "Safe-House project",
            "Moorland safe accommodation service",
            "Valley Women's Aid: accommodation",
            "Emergency accommodation for people fleeing abuse",
            "Domestic violence shelters",
            "Modern slavery support - shelter",
            "Asylum accommodation (initial)",
            "Lloches i fenywod",
            "Llety diogel",
        ] {
            assert!(is_at_risk(name), "{name}");
        }
        assert!(at_risk_words().iter().all(|word| is_at_risk(word)));
    }

    #[test]
    fn the_topic_alone_and_words_that_only_look_alike_do_not_count() {
        for name in [
            "Refugee welcome café",
            "Refugees and asylum seekers drop-in",
            "Domestic abuse drop-in",
            "Women's Aid",
            "Housing advice",
            "Homeless shelter and hostel",
            "Crisis sanctuary",
            "Marsh wildlife refuge",
            "Cymorth i geiswyr lloches",
            "Ffoaduriaid a cheiswyr lloches",
            "Cyngor ar fewnfudo a cheisio lloches",
            "Safe haven café",
            "",
        ] {
            assert!(!is_at_risk(name), "{name}");
        }
    }

    #[test]
    fn a_description_must_say_that_there_is_one() {
        assert!(describes_at_risk("We are a charity. We run a refuge and an outreach team."));
        assert!(describes_at_risk(&format!("{} eight refuge spaces", "word ".repeat(500))));
        assert!(describes_at_risk("We run a SAFE-HOUSE") && describes_at_risk("We have a réfuge for women"));
        assert!(DESCRIBED.iter().chain(&MENTIONED).all(|phrase| describes_at_risk(phrase)));
        assert!(!describes_at_risk("A benefit in aid of the women's refuge."));
        assert!(is_at_risk("Women's refuge and charity shop") && !is_at_risk("The Refuge Shop"));
        assert!(!describes_at_risk("We can tell you how to find a refuge. Refugees are welcome."));
    }
}
