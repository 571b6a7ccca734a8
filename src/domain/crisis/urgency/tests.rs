//! Texts that are labelled, and the lines that answer them.

use std::collections::BTreeMap;

use super::{Concern, Urgency, UrgencyLevel};
use crate::domain::crisis::{self, Nation};

type Labelled = BTreeMap<String, BTreeMap<String, Vec<String>>>;

fn labelled() -> Labelled {
    toml::from_str(include_str!("../labelled.toml")).unwrap()
}

#[test]
fn labelled_texts_are_taken_for_what_they_are() {
    let (mut all, mut wrong) = (0, Vec::new());
    for (label, by_concern) in labelled() {
        let (level, unclear) = match label.as_str() {
            "now" => (UrgencyLevel::Now, false),
            "topic" => (UrgencyLevel::Topic, false),
            "unclear" => (UrgencyLevel::Topic, true),
            "none" => (UrgencyLevel::None, false),
            other => panic!("{other}"),
        };
        for (word, texts) in by_concern {
            let concern: Option<Concern> = serde_json::from_value(word.clone().into()).ok();
            let known = concern.is_some() || label == "none" || word == "any";
            assert!(known, "{word}");
            for text in texts {
                let found = Urgency::of(&text);
                all += 1;
                let fits = concern.is_none_or(|concern| found.about.contains(&concern));
                if (found.level, found.unclear) != (level, unclear) || !fits {
                    wrong.push(format!(
                        "{label} {concern:?}: {text}: {:?} {:?} {}",
                        found.level, found.about, found.unclear
                    ));
                }
            }
        }
    }
    assert!(all >= 500, "{all}");
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn case_accents_apostrophes_and_punctuation_do_not_matter() {
    for text in [
        "I WANT TO DIE!!!",
        "i  want…to die",
        "\u{2026}want to die?",
        "Dw i\u{2019}n mynd i ladd fy hun",
        "I don’t want to live",
        "I don't want to live",
    ] {
        assert_eq!(Urgency::of(text).level, UrgencyLevel::Now, "{text}");
    }
}

#[test]
fn lines_are_those_that_are_offered_with_the_emergency_services_first() {
    let lines = |text: &str, nation: Nation| {
        let offered = crisis::for_nation(nation.code());
        Urgency::of(text).answered_by(offered.into_iter()).lines
    };
    for nation in Nation::ALL {
        let now = lines("I want to die", nation);
        assert_eq!(now.len(), crisis::for_nation(nation.code()).len(), "all of them");
        assert_eq!(&now[..3], ["999", "999-bsl", "999-text"], "{nation:?}");
        assert!(now[3..6].iter().any(|id| id == "samaritans"), "{now:?}");
        let abuse = lines("domestic abuse support", nation);
        assert!(!abuse.is_empty() && !abuse.contains(&"999".to_owned()), "{nation:?}: {abuse:?}");
        for text in
            ["suicide bereavement group", "self-harm training", "rape crisis", "modern slavery support", "crisis cafe"]
        {
            assert!(!lines(text, nation).is_empty(), "{nation:?}: {text}");
        }
        assert_eq!(lines("choir", nation), [""; 0]);
    }
    assert_eq!(lines("he is outside with a knife", Nation::Wales)[3], "live-fear-free");
    assert_eq!(lines("he is outside with a knife", Nation::England)[3], "national-domestic-abuse");
}

#[test]
fn nothing_of_the_words_is_printed() {
    assert_eq!(format!("{:?}", Urgency::of("I want to die")), format!("{:?}", Urgency::of("choir")));
}

#[test]
fn long_texts_are_read_in_bounded_time() {
    let text = "i want to to to to to he * with a ".repeat(2_000);
    let started = std::time::Instant::now();
    Urgency::of(&text);
    assert!(started.elapsed() < std::time::Duration::from_secs(1));
}
