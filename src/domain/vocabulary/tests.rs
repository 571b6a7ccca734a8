//! What holds of the vocabulary, whoever edits its texts.

use std::collections::HashSet;

use poem_openapi::types::ToJSON;

use super::{
    Facet, STATUS, Term, WELSH_STATUS, is_at_risk,
    phrases::{line, words},
    vocabulary,
};
use crate::domain::crisis::Nation;

/// The ids that the words stand for, all readings together.
fn found(text: &str) -> Vec<&'static str> {
    vocabulary().by_phrase(text).into_iter().flat_map(|reading| reading.terms).map(|term| term.id.as_str()).collect()
}

#[test]
fn ids_are_plain_and_unique_over_all_facets_and_leave_room_in_a_mask() {
    let mut seen = HashSet::new();
    for term in &vocabulary().terms {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        assert!(term.id.split('-').all(plain), "{}", term.id);
        assert!(seen.insert(&term.id), "{} twice", term.id);
        assert_eq!(vocabulary().term(&term.id), Some(term));
    }
    assert!((180..215).contains(&seen.len()), "{}", seen.len());
    for facet in Facet::ALL {
        assert!(vocabulary().facet(facet).count() >= 10);
        assert_eq!(Facet::from_word(facet.as_str()), Some(facet));
    }
    assert!(vocabulary().terms.is_sorted_by_key(|term| Facet::ALL.iter().position(|facet| *facet == term.facet)));
}

#[test]
fn published_ids_stay_in_their_facets() {
    let published = [
        (Facet::Need, "any-trauma bereavement anxiety-low-mood loneliness homelessness addiction domestic-abuse"),
        (Facet::Need, "coercive-control sexual-violence csa cse stalking tech-abuse hba slavery elder-adult-abuse"),
        (Facet::Need, "childhood care-experience institutional service-harm ptsd cptsd dissociation voices self-harm"),
        (Facet::Need, "suicidal suicide-loss traumatic-loss baby-loss medical crime community-violence hate racism"),
        (Facet::Need, "conflict military work-exposure collective historical multiple"),
        (
            Facet::Support,
            "crisis-line crisis-space peer-group peer-1to1 mutual-aid facilitated-group therapy counselling",
        ),
        (Facet::Support, "talking-therapies secondary-mh idva-isva advocacy sarc refuge protected-housing navigation"),
        (Facet::Support, "practical recovery-college creative-nature place befriending family-carers worker-support"),
        (Facet::Approach, "open-dialogue pod intentional-peer-support emdr tfcbt ptmf hearing-voices twelve-step"),
        (Facet::Approach, "compassion body-based narrative restorative asset-based harm-reduction"),
        (Facet::Audience, "anyone women men trans-nonbinary lgbt young young-adult older parents carers racialised"),
        (Facet::Audience, "deaf-disabled migrant workers"),
        (
            Facet::WayIn,
            "turn-up contact-first self-referral professional-referral gp-referral court-police waiting-list",
        ),
        (Facet::WayIn, "newcomers-paused no-diagnosis anonymous"),
        (Facet::Marker, "two-facilitators check-on-leave quiet-space safeguarding-route confidentiality-stated"),
        (Facet::Marker, "records-stated same-people no-pressure-to-speak more-than-one-way choice-of-worker-gender"),
        (Facet::Marker, "lived-experience-led feedback-answered strengths-based help-run-it by-and-for"),
        (Facet::Marker, "language-arranged faith-food-dress racism-and-power-named"),
        (
            Facet::Access,
            "step-free accessible-toilet hearing-loop bsl-led bsl-interpreter interpreter-on-request easy-read",
        ),
        (Facet::Access, "quiet-room blue-badge-parking near-bus-stop fares-paid lift-offered creche children-welcome"),
        (Facet::Access, "assistance-dog companion-welcome"),
    ];
    for (facet, ids) in published {
        for id in ids.split(' ') {
            assert_eq!(vocabulary().term(id).map(|term| term.facet), Some(facet), "{id}");
        }
    }
}

#[test]
fn every_term_can_be_shown_in_both_languages_and_points_only_at_terms() {
    let one_sentence = |text: &str| text.ends_with('.') && !text.contains(". ") && text.len() > 10;
    let (mut labels, mut welsh) = (HashSet::new(), HashSet::new());
    for term in &vocabulary().terms {
        assert!(labels.insert(&term.label), "{}: two terms cannot be told apart", term.id);
        assert!(!term.label_cy.is_empty() && welsh.insert(&term.label_cy), "{}", term.id);
        assert!(one_sentence(&term.description) && one_sentence(&term.description_cy), "{}", term.id);
        assert_ne!(term.description, term.description_cy, "{}", term.id);
        assert!(term.caution.as_deref().is_none_or(one_sentence), "{}", term.id);
        assert_eq!((term.status.as_str(), term.label_cy_status.as_str()), (STATUS, WELSH_STATUS));
        assert!(!term.synonyms.is_empty(), "{}", term.id);
        for other in term.related.iter().chain(&term.broader) {
            assert!(vocabulary().term(other).is_some_and(|other| other.id != term.id), "{} -> {other}", term.id);
        }
        let mut chain = HashSet::new();
        let mut wider: Option<&Term> = Some(term);
        while let Some(here) = wider {
            assert!(chain.insert(&here.id), "{} is wider than itself", term.id);
            assert_eq!(here.facet, term.facet, "{}", term.id);
            wider = here.broader.as_deref().and_then(|id| vocabulary().term(id));
        }
    }
    let narrower: Vec<&str> = vocabulary().narrower("bereavement").map(|term| term.id.as_str()).collect();
    assert_eq!(
        narrower,
        ["suicide-loss", "traumatic-loss", "baby-loss", "child-loss", "partner-loss", "bereaved-young"]
    );
}

#[test]
fn no_term_repeats_itself() {
    for term in &vocabulary().terms {
        let mut folded = HashSet::new();
        for word in term.synonyms.iter().chain(&term.search_only) {
            assert!(folded.insert(word.to_lowercase()), "{}: {word} twice", term.id);
        }
        for list in [&term.related, &term.abbreviations] {
            assert_eq!(list.iter().collect::<HashSet<_>>().len(), list.len(), "{}", term.id);
        }
        assert!(term.broader.iter().all(|wider| !term.related.contains(wider)), "{}", term.id);
    }
}

#[test]
fn a_term_of_some_nations_says_what_stands_in_the_others() {
    let mut some = Vec::new();
    for term in &vocabulary().terms {
        let others: Vec<Nation> = match term.nations.len() {
            0 => Vec::new(),
            _ => Nation::ALL.into_iter().filter(|nation| !term.nations.contains(nation)).collect(),
        };
        let told: Vec<Nation> = term.counterparts.iter().map(|counterpart| counterpart.nation).collect();
        assert_eq!(told, others, "{}", term.id);
        for counterpart in &term.counterparts {
            match counterpart.term.as_deref().map(|id| vocabulary().term(id)) {
                Some(stands) => {
                    let stands = stands.unwrap_or_else(|| panic!("{}", term.id));
                    assert_eq!(counterpart.text, stands.label, "{}", term.id);
                    let there = stands.nations.is_empty() || stands.nations.contains(&counterpart.nation);
                    assert!(there && stands.facet == term.facet, "{}: {} is not there", term.id, stands.id);
                }
                None => assert!(counterpart.text.ends_with('.') && counterpart.text.contains(' '), "{}", term.id),
            }
        }
        if !term.nations.is_empty() {
            some.push(term.id.as_str());
        }
    }
    for id in ["talking-therapies", "icb", "nhs-111-mental-health"] {
        assert!(some.contains(&id), "{id}");
    }
    let line = vocabulary().term("nhs-111-mental-health").unwrap();
    assert_eq!(line.nations, [Nation::England, Nation::Wales]);
    assert_eq!(vocabulary().term("talking-therapies").unwrap().nations, [Nation::England]);
}

#[test]
fn old_words_are_neither_shown_nor_sent() {
    let loss = vocabulary().term("suicide-loss").unwrap();
    assert!(loss.search_only.contains(&"committed suicide".to_owned()));
    let found = vocabulary().by_phrase("committed suicide");
    assert!(found.iter().any(|reading| reading.terms.iter().any(|term| term.id == loss.id)));
    assert!(!serde_json::to_string(loss).unwrap().contains("committed"));
    for term in &vocabulary().terms {
        let texts = [&term.label, &term.label_cy, &term.description, &term.description_cy];
        let shown = texts.into_iter().chain(&term.caution).chain(&term.synonyms).chain(&term.abbreviations);
        let shown: Vec<String> = shown.map(|text| line(&words(text))).collect();
        for old in &term.search_only {
            let old = line(&words(old));
            assert!(shown.iter().all(|text| !text.contains(&old)), "{}:{old}", term.id);
        }
    }
}

#[test]
fn places_to_hide_stay_marked_and_no_label_in_either_language_claims_to_be_one() {
    let marked: Vec<&str> = vocabulary().terms.iter().filter(|t| t.at_risk).map(|t| t.id.as_str()).collect();
    assert!(["refuge", "protected-housing"].iter().all(|id| marked.contains(id)), "{marked:?}");
    for term in &vocabulary().terms {
        for text in [&term.id, &term.label, &term.label_cy] {
            assert_eq!(is_at_risk(text), term.at_risk, "{}: {text}", term.id);
        }
    }
}

#[test]
fn the_published_shape_is_what_is_written() {
    for term in &vocabulary().terms {
        assert_eq!(term.to_json(), Some(serde_json::to_value(term).unwrap()), "{}", term.id);
    }
}

/// What people type, and a term that must be among its readings.
const TYPED: &[(&str, &str)] = &[
    // Needs.
    ("trauma", "any-trauma"),
    ("grieving", "bereavement"),
    ("bereavement support", "bereavement"),
    ("my husband died", "partner-loss"),
    ("death of a child", "child-loss"),
    ("mental health", "mental-health"),
    ("struggling to cope", "mental-health"),
    ("iechyd meddwl", "mental-health"),
    ("anxiety", "anxiety-low-mood"),
    ("feeling low", "anxiety-low-mood"),
    ("gorbryder", "anxiety-low-mood"),
    ("addiction", "addiction"),
    ("drinking", "addiction"),
    ("husband drinks", "anothers-use"),
    ("gambling", "gambling"),
    ("betting", "gambling"),
    ("hapchwarae", "gambling"),
    ("eating disorder", "eating-distress"),
    ("anorexia", "eating-distress"),
    ("lonely", "loneliness"),
    ("unigrwydd", "loneliness"),
    ("homeless", "homelessness"),
    ("sofa surfing", "homelessness"),
    ("dad in prison", "family-imprisonment"),
    ("prison visits", "family-imprisonment"),
    ("children taken into care", "child-removal"),
    ("birth mother", "child-removal"),
    ("divorce", "separation"),
    ("relationship breakdown", "separation"),
    ("ysgariad", "separation"),
    ("complex needs", "multiple"),
    ("rough sleeping", "homelessness"),
    ("out of prison", "prison-leavers"),
    ("probation", "prison"),
    ("dual diagnosis", "dual-diagnosis"),
    ("in debt", "money-worries"),
    // Audiences.
    ("leaving prison", "prison-leavers"),
    ("prisoners' families", "prisoners-families"),
    ("prisoners families", "prisoners-families"),
    ("dads", "fathers"),
    ("fathers group", "fathers"),
    ("tadau", "fathers"),
    ("young carer", "young-carers"),
    ("gofalwyr ifanc", "young-carers"),
    ("primary school", "children-under-11"),
    ("under 11", "children-under-11"),
    ("11-17", "aged-11-17"),
    ("teenagers", "aged-11-17"),
    ("18 to 25", "aged-18-25"),
    ("18-25", "aged-18-25"),
    ("care leavers", "care-leavers"),
    ("learning disability", "learning-disabled"),
    ("autism", "neurodivergent"),
    ("ADHD", "neurodivergent"),
    ("neurodivergent", "neurodivergent"),
    ("Gypsy", "gypsy-roma-traveller"),
    ("travellers", "gypsy-roma-traveller"),
    ("Roma", "gypsy-roma-traveller"),
    ("GRT", "gypsy-roma-traveller"),
    ("sex workers", "sex-workers"),
    ("students", "students"),
    ("uni", "students"),
    ("Christian", "christian"),
    ("Muslim women", "muslim"),
    ("Jewish", "jewish"),
    ("Hindu", "hindu"),
    ("Sikh", "sikh"),
    ("Buddhist", "buddhist"),
    ("deaf", "deaf"),
    ("BSL", "deaf"),
    ("hard of hearing", "deaf"),
    ("disabled", "disabled"),
    ("wheelchair user", "disabled"),
    // Access.
    ("step-free", "step-free"),
    ("wheelchair access", "step-free"),
    ("disabled toilet", "accessible-toilet"),
    ("hearing loop", "hearing-loop"),
    ("BSL user-led", "bsl-led"),
    ("BSL interpreter", "bsl-interpreter"),
    ("interpreter", "interpreter-on-request"),
    ("easy read", "easy-read"),
    ("quiet room", "quiet-room"),
    ("blue badge", "blue-badge-parking"),
    ("bus stop", "near-bus-stop"),
    ("bus fares", "fares-paid"),
    ("need a lift", "lift-offered"),
    ("creche", "creche"),
    ("childcare", "creche"),
    ("bring my kids", "children-welcome"),
    ("guide dog", "assistance-dog"),
    ("bring a friend", "companion-welcome"),
    // What exists in some nations only.
    ("IAPT", "talking-therapies"),
    ("ICB", "icb"),
    ("integrated care board", "icb"),
    ("111 option 2", "nhs-111-mental-health"),
    ("111 pwyso 2", "nhs-111-mental-health"),
];

#[test]
fn the_words_people_type_find_what_they_mean() {
    for (typed, id) in TYPED {
        assert!(found(typed).contains(id), "{typed}: {:?}", found(typed));
    }
    // A phrase that names two things must not hide one of them.
    assert_eq!(found("Muslim women's group"), ["muslim", "women"]);
    assert_eq!(found("my husband hits me"), ["domestic-abuse"]);
    assert_eq!(found("dad whose kids were taken"), ["fathers", "child-removal"]);
    // Deaf people stand apart from disabled people, and so do autistic people.
    for (typed, other) in [("deaf", "disabled"), ("autism", "disabled"), ("students", "recovery-college")] {
        assert!(!found(typed).contains(&other), "{typed}");
    }
}

#[test]
fn ambiguous_abbreviations_give_every_reading_and_only_in_capitals() {
    for (typed, readings) in [
        ("IPS", &["intentional-peer-support", "employment-support"][..]),
        ("PSW", &["peer-1to1", "social-care"]),
        ("AA", &["mutual-aid", "twelve-step", "money-advice"]),
        ("LAC", &["care-experience", "care-leavers", "navigation"]),
        ("CFT", &["compassion", "secondary-mh"]),
        ("PCN", &["primary-care", "navigation", "family-carers"]),
        ("SV", &["sexual-violence", "community-violence"]),
        ("DA", &["domestic-abuse", "money-worries"]),
        ("SH", &["self-harm", "supported-housing"]),
        ("OD", &["open-dialogue", "addiction"]),
        ("ED", &["eating-distress", "secondary-mh"]),
        ("ASC", &["social-care", "neurodivergent"]),
        ("SEND", &["learning-disabled", "neurodivergent", "disabled"]),
        ("CODA", &["mutual-aid", "deaf"]),
        ("DID", &["dissociation"]),
        ("ACE", &["childhood"]),
        ("CAN", &["childhood"]),
        ("POD", &["pod"]),
    ] {
        let (found, expected): (HashSet<&str>, HashSet<&str>) =
            (found(typed).into_iter().collect(), readings.iter().copied().collect());
        assert_eq!(found, expected, "{typed}");
    }
    for typed in ["did", "can", "ace", "pod", "ed", "da", "send", "add", "pie", "tip", "arc", "as", "lac", "coda"] {
        assert_eq!(found(typed), [""; 0], "{typed}");
    }
}
