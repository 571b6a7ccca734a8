//! How a group or a service works: what a first visit is like, what who leads it does and does not do, and what is claimed
//! of how it keeps people safe and heard.
//!
//! It is the member `practice` of our extension of a service. Nothing here is a mark of ours: each claim says who says so,
//! how sure that is, since when and until when. One without a source, or past its day, is never served as current.

use chrono::NaiveDate;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use super::{
    plain::Plain,
    read::{Code, NAME, Read, Reader, said},
    vocabulary::{
        Facet,
        values::{DialoguePrinciple, EvidenceLevel, Led, Principle},
        vocabulary,
    },
};

/// The longest answer on a card of a first visit, in characters.
pub const ANSWER: usize = 1_000;

/// For how many days a claim is believed that does not say until when.
pub const CLAIM_DAYS: u64 = 730;

said! {
    /// How a group or a service works. What is absent is not stated.
    Practice {
        one {
            /// What a first visit is like.
            first_visit: FirstVisit = object();
            /// Who leads it.
            led: Led = choice();
            /// What those who lead it do.
            does: String = text(ANSWER);
            /// What they do not do, and where they send people for it.
            does_not: String = text(ANSWER);
            /// What those who lead it have learned.
            training: String = text(ANSWER);
            /// Who supports and supervises them, and how often; roles, never names.
            supervision: String = text(ANSWER);
            /// Whether peers are paid for their work.
            peers_paid: bool = flag();
            /// By which code of ethics they work.
            code_of_ethics: String = text(ANSWER);
            /// Where that code can be read.
            code_of_ethics_url: String = web();
            /// Whom to tell when something is wrong, and what happens then.
            complaints: String = text(ANSWER);
            /// Whether a faith body runs it.
            faith_body: bool = flag();
            /// Whether it meets in a place of worship.
            place_of_worship: bool = flag();
            /// Whether prayer or teaching is part of it.
            prayer_or_teaching: bool = flag();
        }
        many {
            /// What is claimed of it under the principles of trauma-informed practice.
            markers: MarkerClaim = list();
        }
    }
}

said! {
    /// What a first visit is like, in the group's own words.
    FirstVisit {
        one {
            /// Who opens the door.
            who_opens: String = text(ANSWER);
            /// How many people come.
            how_many: String = text(ANSWER);
            /// Whether one must speak.
            must_i_speak: String = text(ANSWER);
            /// Whether one may leave, and what happens then.
            may_i_leave: String = text(ANSWER);
            /// Online: whether the camera must be on.
            camera: String = text(ANSWER);
            /// What happens when somebody is upset.
            if_upset: String = text(ANSWER);
            /// What stays in the room, and where that ends.
            confidentiality: String = text(ANSWER);
            /// What happens when somebody is at risk.
            safeguarding: String = text(ANSWER);
            /// Light, noise, smells, seats; how one gets in.
            access: String = text(ANSWER);
            /// Whether somebody can come along.
            companion: String = text(ANSWER);
            /// Whether a young person can come without a parent, and who is told.
            without_parent: String = text(ANSWER);
        }
        many {}
    }
}

/// A claim under one of the principles of trauma-informed practice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MarkerClaim {
    /// What is claimed: a term of the facet `marker`, or one of the seven principles of Open Dialogue: `immediate_help`,
    /// `social_network`, `flexibility`, `responsibility`, `continuity`, `tolerance_of_uncertainty`, `dialogue`.
    pub marker: String,
    /// Under which principle of trauma-informed practice the marker stands; absent for a principle of Open Dialogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principle: Option<Principle>,
    /// How sure that is.
    pub level: EvidenceLevel,
    /// Who says so: a role or a body, never a person's name; `the source of this listing` where the marker stands among its
    /// terms. Absent when not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The day on which it was said, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The last day on which it counts, `YYYY-MM-DD`; when not stated, two years after it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<String>,
    /// Whether it counts: it says who and when, and its last day has not passed. Nothing else may be shown as true now.
    #[serde(default)]
    pub current: bool,
}

/// The six principles, each with its markers.
const BY_PRINCIPLE: [(Principle, &[&str]); 6] = [
    (Principle::Safety, &["two-facilitators", "check-on-leave", "quiet-space", "safeguarding-route"]),
    (Principle::Trust, &["confidentiality-stated", "records-stated", "same-people"]),
    (Principle::Choice, &["no-pressure-to-speak", "more-than-one-way", "choice-of-worker-gender"]),
    (Principle::Collaboration, &["lived-experience-led", "feedback-answered"]),
    (Principle::Empowerment, &["strengths-based", "help-run-it"]),
    (
        Principle::CulturalConsideration,
        &["by-and-for", "language-arranged", "faith-food-dress", "racism-and-power-named"],
    ),
];

/// The principle under which a marker stands.
fn principle_of(marker: &str) -> Option<Principle> {
    BY_PRINCIPLE.iter().find(|(_, markers)| markers.contains(&marker)).map(|(principle, _)| *principle)
}

/// Who says what stands among a listing's terms.
pub const BY_TERMS: &str = "the source of this listing";

impl Practice {
    /// With a claim for each of these markers of which none is made: terms of a listing are claims too, and its source says so
    /// on the day on which it looked last.
    pub fn claim_terms<'t>(&mut self, markers: impl Iterator<Item = &'t str>, on: Option<&str>) {
        for marker in markers {
            if !self.markers.iter().any(|claim| claim.marker == marker) {
                self.markers.push(MarkerClaim {
                    marker: marker.to_owned(),
                    principle: principle_of(marker),
                    level: EvidenceLevel::Stated,
                    source: Some(BY_TERMS.to_owned()),
                    on: on.map(str::to_owned),
                    expires_on: None,
                    current: false,
                });
            }
        }
    }

    /// Whether a marker is claimed and counts.
    pub fn has(&self, marker: &str) -> bool {
        self.markers.iter().any(|claim| claim.current && claim.marker == marker)
    }

    /// The same as it may be believed on a day: claims without a source or past their day are not current.
    pub fn believe_on(&mut self, today: NaiveDate) {
        for claim in &mut self.markers {
            claim.principle = principle_of(&claim.marker);
            claim.current = claim.source.is_some() && claim.lasts_until().is_some_and(|last| last >= today);
        }
    }

    /// The first day after which a claim that counts does not any more.
    pub fn believed_until(&self) -> Option<NaiveDate> {
        self.markers.iter().filter(|claim| claim.current).filter_map(MarkerClaim::lasts_until).min()
    }

    /// The principles of Open Dialogue that are claimed and count.
    pub fn dialogue(&self) -> impl Iterator<Item = DialoguePrinciple> + '_ {
        let claims = self.markers.iter().filter(|claim| claim.current);
        claims.filter_map(|claim| DialoguePrinciple::from_word(&claim.marker))
    }

    /// Leaves only what is a word of a closed list or a yes or no: free words could tell where a private place is.
    pub fn silence(&mut self) {
        *self = Self {
            led: self.led,
            peers_paid: self.peers_paid,
            faith_body: self.faith_body,
            prayer_or_teaching: self.prayer_or_teaching,
            ..Self::default()
        };
    }
}

impl MarkerClaim {
    /// What is claimed, in plain English.
    pub fn label(&self) -> &str {
        let principle = || DialoguePrinciple::from_word(&self.marker).map(DialoguePrinciple::label);
        let term = vocabulary().term(&self.marker).map(|term| term.label.as_str());
        term.or_else(principle).unwrap_or(&self.marker)
    }

    /// The last day on which it counts; `None` when it does not say when it was said.
    pub fn lasts_until(&self) -> Option<NaiveDate> {
        let said: NaiveDate = self.on.as_ref()?.parse().ok()?;
        match &self.expires_on {
            Some(day) => day.parse().ok(),
            None => said.checked_add_days(chrono::Days::new(CLAIM_DAYS)),
        }
    }
}

impl Read for MarkerClaim {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        let marker = reader.required_text("marker", NAME);
        let is_marker = vocabulary().term(&marker).is_some_and(|term| term.facet == Facet::Marker);
        if !marker.is_empty() && !is_marker && DialoguePrinciple::from_word(&marker).is_none() {
            reader.fault::<()>("marker", Code::UnknownTerm);
        }
        let (on, expires_on) = (reader.date("on"), reader.date("expires_on"));
        if let (Some(on), Some(last)) = (&on, &expires_on)
            && last < on
        {
            reader.fault::<()>("expires_on", Code::Conflict);
        }
        reader.apart("current"); // ours to say
        reader.apart("principle");
        Self {
            principle: principle_of(&marker),
            marker,
            level: reader.required_choice("level"),
            source: reader.text("source", NAME),
            on,
            expires_on,
            current: false,
        }
    }
}

impl Plain for MarkerClaim {
    fn make_plain(&mut self, _: &str) {
        self.source.make_plain("source");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{BY_PRINCIPLE, Facet, Practice, Principle, Read, vocabulary};
    use crate::domain::read::{self, Code};

    fn practice(value: Value) -> (Option<Practice>, Vec<(String, Code)>) {
        fn read_it<T: Read>(value: &Value) -> read::Outcome<T> {
            read::read_with(value.as_object().unwrap(), "", &mut read::Given, read::Unreadable::Refused)
        }
        let outcome = read_it::<Practice>(&value);
        (outcome.record, outcome.violations.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
    }

    #[test]
    fn a_claim_counts_only_with_its_source_and_until_its_day() {
        let (read, faults) = practice(json!({"markers": [
            {"marker": "two-facilitators", "level": "stated", "source": "the group", "on": "2026-01-01"},
            {"marker": "quiet-space", "level": "peer_reviewed", "source": "peers of another town", "on": "2026-01-01", "expires_on": "2026-06-30"},
            {"marker": "strengths-based", "level": "reported", "on": "2026-01-01", "current": true},
            {"marker": "by-and-for", "level": "external_mark", "source": "a quality mark"},
        ]}));
        assert_eq!(faults, []);
        let mut read = read.unwrap();
        assert!(read.markers.iter().all(|claim| !claim.current), "a file does not say what counts");
        let counting = |read: &Practice| read.markers.iter().map(|claim| claim.current).collect::<Vec<_>>();
        read.believe_on("2026-06-30".parse().unwrap());
        assert_eq!(counting(&read), [true, true, false, false]);
        assert_eq!(read.believed_until(), Some("2026-06-30".parse().unwrap()));
        read.believe_on("2026-07-01".parse().unwrap());
        assert_eq!(counting(&read), [true, false, false, false]);
        assert_eq!(read.believed_until(), Some("2028-01-01".parse().unwrap()));
    }

    #[test]
    fn every_marker_stands_under_one_principle() {
        let markers: Vec<&str> = vocabulary().facet(Facet::Marker).map(|term| term.id.as_str()).collect();
        let listed: Vec<&str> = BY_PRINCIPLE.iter().flat_map(|(_, markers)| markers.iter().copied()).collect();
        assert_eq!(markers, listed);
        let principles: Vec<Principle> = BY_PRINCIPLE.iter().map(|(principle, _)| *principle).collect();
        assert_eq!(principles, Principle::ALL);
        assert_eq!(super::principle_of("dialogue"), None);
    }

    #[test]
    fn a_principle_of_open_dialogue_is_claimed_as_a_marker_is() {
        let (read, faults) = practice(json!({"markers": [
            {"marker": "immediate_help", "level": "stated", "source": "the team", "on": "2026-01-01"},
            {"marker": "dialogue", "level": "stated", "on": "2026-01-01"},
            {"marker": "quiet-space", "level": "stated", "source": "the team", "on": "2026-01-01"},
        ]}));
        assert_eq!(faults, []);
        let mut read = read.unwrap();
        assert_eq!(read.dialogue().count(), 0, "nothing counts before a day is known");
        read.believe_on("2026-02-01".parse().unwrap());
        assert_eq!(read.dialogue().collect::<Vec<_>>(), [super::DialoguePrinciple::ImmediateHelp]);
        let labels: Vec<&str> = read.markers.iter().map(super::MarkerClaim::label).collect();
        assert_eq!(
            labels,
            ["Immediate help", "Dialogue, with every voice heard", "Quiet space, and the way out explained"]
        );
    }

    #[test]
    fn a_marker_among_the_terms_is_a_claim_of_the_source_unless_there_is_one() {
        let mut read =
            practice(json!({"markers": [{"marker": "quiet-space", "level": "reported", "on": "2026-01-01"}]}))
                .0
                .unwrap();
        let terms = ["quiet-space", "same-people", "same-people"];
        read.claim_terms(terms.into_iter(), Some("2026-01-10"));
        read.believe_on("2026-02-01".parse().unwrap());
        assert_eq!((read.markers.len(), read.has("same-people"), read.has("quiet-space")), (2, true, false));
        assert_eq!(read.markers[1].principle, Some(Principle::Trust));
        read.believe_on("2028-02-01".parse().unwrap());
        assert!(!read.has("same-people"), "it counts for two years");
        let mut undated = Practice::default();
        undated.claim_terms(terms.into_iter(), None);
        undated.believe_on("2026-02-01".parse().unwrap());
        assert!(!undated.has("same-people"), "nobody says when");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let (read, faults) = practice(json!({
            "led": "stars", "does": "x".repeat(1_001), "first_visit": {"how_many": 8},
            "markers": [{"marker": "certified", "level": "best"}, {"marker": "quiet-space", "level": "stated", "on": "2026-02-01", "expires_on": "2026-01-01"}],
        }));
        assert_eq!(read, None);
        let told: Vec<_> = faults.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect();
        assert_eq!(
            told,
            [
                ("/led", Code::NotInList),
                ("/does", Code::TooLong),
                ("/markers/0/marker", Code::UnknownTerm),
                ("/markers/0/level", Code::NotInList),
                ("/markers/1/expires_on", Code::Conflict),
            ]
        );
    }
}
