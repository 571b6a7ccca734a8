//! How one comes to be there: what a person needs to decide, where the standard has no word for it.
//!
//! It travels as the member `kith` of an HSDS service (an extension that other readers pass over) and is
//! kept beside the record. Everything is three-valued where a group may not have said: absent is *not
//! stated*, and is shown so, never guessed.

use chrono::NaiveDate;
use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::read::{Code, NAME, Read, Reader, TEXT, Words};
pub use super::vocabulary::values::{Attending, CostKind};

/// For how many days a statement on taking new people is believed.
pub const ACCEPTING_DAYS: u64 = 60;
/// In more days nobody replies: what a private listing says beyond that may be a code.
pub const MOST_DAYS: u32 = 365;

/// Declares an enum of words of our own: Rust name, word, label.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] #[oai(rename = $word)] $variant,)* }

        impl $name {
            /// The word used in the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What is shown, in plain English.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }

        impl Words for $name {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$variant, $word),)*];
        }
    };
}

words! {
    /// Whether new people are taken.
    Accepting {
        /// New people can come.
        Yes "yes" "Taking new people";
        /// There is a list.
        WaitingList "waiting_list" "There is a waiting list";
        /// Nobody new for now; it goes on for those who come already.
        Paused "paused" "Paused for new people";
        /// There is no room.
        Full "full" "Full at present";
    }
}

words! {
    /// A way in.
    Route {
        /// Just turn up.
        TurnUp "turn_up" "Just turn up";
        /// Get in touch first.
        ContactFirst "contact_first" "Get in touch first";
        /// Refer yourself.
        SelfReferral "self_referral" "You can refer yourself";
        /// A professional refers.
        ProfessionalReferral "professional_referral" "A professional refers you";
    }
}

words! {
    /// A means of getting in touch.
    ContactWay {
        /// By phone.
        Phone "phone" "Phone";
        /// By text message.
        Text "text" "Text message";
        /// By WhatsApp.
        Whatsapp "whatsapp" "WhatsApp";
        /// By e-mail.
        Email "email" "Email";
        /// By a form on the web.
        Form "form" "Web form";
        /// By post.
        Post "post" "Post";
        /// By video in British Sign Language.
        BslVideo "bsl_video" "BSL video call";
    }
}

words! {
    /// Whether a professional may ask on somebody's behalf.
    Enquiries {
        /// They may.
        Yes "yes" "Professionals may ask";
        /// They may not: the person asks.
        No "no" "Please let the person ask";
        /// By phone only.
        Phone "phone" "Professionals may ring";
    }
}

words! {
    /// How a language is there. The first is the best for who speaks it.
    Spoken {
        /// The group is held in it.
        HeldIn "held_in" "Held in it";
        /// A worker speaks it.
        BilingualWorker "bilingual_worker" "A worker speaks it";
        /// An interpreter can be had.
        Interpreter "interpreter" "With an interpreter";
    }
}

/// How one comes to be there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct Coming {
    /// Whether new people are taken; absent when not stated, or not said anew within 60 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepting: Option<Accepting>,
    /// The day on which that was said, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepting_checked_on: Option<String>,
    /// How long people wait at present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// The way in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how_to_come: Option<HowToCome>,
    /// How to get in touch, the best way first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub contact_by: Vec<ContactWay>,
    /// When the phone is answered, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_hours: Option<String>,
    /// Languages, and how each is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub languages: Vec<SpokenLanguage>,
    /// What it costs, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostKind>,
    /// Who pays less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concessions: Option<String>,
    /// Whether fares are paid or a lift is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travel_help: Option<bool>,
    /// How one takes part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub attending: Vec<Attending>,
    /// What the group's steward asks of those who send people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steward_asks: Option<StewardAsks>,
}

/// How long people wait, as somebody said on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Wait {
    /// The least, in weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weeks_from: Option<u32>,
    /// The most, in weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weeks_to: Option<u32>,
    /// The day on which it was said, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<String>,
}

/// The way in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct HowToCome {
    /// Ways in, the plainest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub routes: Vec<Route>,
    /// Who may refer, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_may_refer: Option<String>,
    /// The address of a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_url: Option<String>,
    /// What kind of form it is: `web`, `pdf`, `word`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_type: Option<String>,
    /// A mailbox of a role, never a person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<String>,
    /// What to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_to_send: Option<String>,
    /// Whose consent is needed, and for what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// Within how many days somebody replies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_within_days: Option<u32>,
    /// Who cannot come, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusions: Option<String>,
    /// Whether a professional may ask on somebody's behalf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub professional_enquiries: Option<Enquiries>,
}

/// A language, and how it is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Object)]
pub struct SpokenLanguage {
    /// ISO 639-1 or 639-3: `cy`, `pl`, `bfi` (British Sign Language), `isg` (Irish Sign Language).
    pub language: String,
    /// How it is there.
    pub how: Spoken,
}

/// What a steward asks of those who send people.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StewardAsks {
    /// People come by themselves, not by referral.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_referral_only: Option<bool>,
    /// A professional may ring before somebody comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub professionals_may_ring_first: Option<bool>,
    /// The group is not to stand in lists that people are sent from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_referral_lists: Option<bool>,
    /// How many newcomers a month the group can welcome well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newcomers_a_month: Option<u32>,
}

impl Coming {
    /// The same as it may be believed on a day: a statement on taking people lasts 60 days.
    #[must_use]
    pub fn believed_on(mut self, today: NaiveDate) -> Self {
        if self.accepting.is_some() && self.believed_until().is_none_or(|until| until < today) {
            self.accepting = None;
            self.accepting_checked_on = None;
        }
        self
    }

    /// The last day on which `accepting` is believed; `None` when it is not stated or has no day.
    pub fn believed_until(&self) -> Option<NaiveDate> {
        self.accepting?;
        let said: NaiveDate = self.accepting_checked_on.as_ref()?.parse().ok()?;
        said.checked_add_days(chrono::Days::new(ACCEPTING_DAYS))
    }
}

/// A value of a decision field as a filterable term: `cost:free`. *Not stated* is a value of its own.
pub fn mark(field: Field, word: Option<&str>) -> String {
    format!("{}:{}", field.as_str(), word.unwrap_or(NOT_STATED))
}

/// The word of what has not been stated.
pub const NOT_STATED: &str = "not_stated";

words! {
    /// The fields that can be filtered by, beside the vocabulary's facets.
    Field {
        /// Whether new people are taken.
        Accepting "accepting" "Taking new people";
        /// What it costs.
        Cost "cost" "Cost";
        /// How one takes part.
        Attending "attending_type" "How one takes part";
        /// Whom it is for, where only *not stated* is a term of ours.
        Audience "audience" "Whom it is for";
    }
}

impl Field {
    /// The words that may be asked for, each with its label; *not stated* apart.
    pub fn words(self) -> Vec<(&'static str, &'static str)> {
        fn all<W: Words>(label: impl Fn(&W) -> &'static str) -> Vec<(&'static str, &'static str)> {
            W::ALL.iter().map(|(value, word)| (*word, label(value))).collect()
        }
        match self {
            Self::Accepting => all(|value: &Accepting| value.label()),
            Self::Cost => all(|value: &CostKind| value.label()),
            Self::Attending => all(|value: &Attending| value.label()),
            Self::Audience => Vec::new(),
        }
    }
}

/// Every mark with its label, in the order in which they are offered.
pub fn marks() -> Vec<(String, String)> {
    let mut marks = Vec::new();
    for (field, _) in Field::ALL {
        marks.extend(field.words().into_iter().map(|(word, label)| (mark(*field, Some(word)), label.to_owned())));
        marks.push((mark(*field, None), format!("{}: not stated", field.label())));
    }
    marks
}

impl Coming {
    /// The marks of a listing that says this.
    pub fn marks(&self) -> Vec<String> {
        let mut marks = vec![
            mark(Field::Accepting, self.accepting.map(Accepting::as_str)),
            mark(Field::Cost, self.cost.map(CostKind::as_str)),
        ];
        if self.attending.is_empty() {
            marks.push(mark(Field::Attending, None));
        }
        marks.extend(self.attending.iter().map(|way| mark(Field::Attending, Some(way.as_str()))));
        marks
    }
}

impl Read for Coming {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        Self {
            accepting: reader.choice("accepting"),
            accepting_checked_on: reader.date("accepting_checked_on"),
            wait: reader.object("wait"),
            how_to_come: reader.object("how_to_come"),
            contact_by: reader.choices("contact_by"),
            phone_hours: reader.text("phone_hours", TEXT),
            languages: reader.list("languages"),
            cost: reader.choice("cost"),
            concessions: reader.text("concessions", TEXT),
            travel_help: reader.flag("travel_help"),
            attending: reader.choices("attending"),
            steward_asks: reader.object("steward_asks"),
        }
    }
}

impl Read for Wait {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        Self {
            weeks_from: reader.whole("weeks_from"),
            weeks_to: reader.whole("weeks_to"),
            checked_on: reader.date("checked_on"),
        }
    }
}

impl Read for HowToCome {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        Self {
            routes: reader.choices("routes"),
            who_may_refer: reader.text("who_may_refer", TEXT),
            form_url: reader.web("form_url"),
            form_type: reader.text("form_type", NAME),
            mailbox: reader.email("mailbox"),
            what_to_send: reader.text("what_to_send", TEXT),
            consent: reader.text("consent", TEXT),
            reply_within_days: reader.whole("reply_within_days"),
            exclusions: reader.text("exclusions", TEXT),
            professional_enquiries: reader.choice("professional_enquiries"),
        }
    }
}

impl Coming {
    /// Leaves of numbers and languages those that can be meant: of the languages those that there are, each once and in order.
    /// What is left in any other way may be a code.
    pub fn keep_what_can_be(&mut self) {
        self.languages.retain(|spoken| super::gate::is_language(&spoken.language));
        self.languages.sort_by(|a, b| a.language.cmp(&b.language));
        self.languages.dedup_by(|a, b| a.language == b.language);
        let bound = |number: &mut Option<u32>, most: u32| *number = number.filter(|number| *number <= most);
        if let Some(how) = &mut self.how_to_come {
            bound(&mut how.reply_within_days, MOST_DAYS);
        }
        if let Some(wait) = &mut self.wait {
            bound(&mut wait.weeks_from, 104);
            bound(&mut wait.weeks_to, 104);
            wait.checked_on.take_if(|day| !super::gate::is_day(day));
        }
        self.accepting_checked_on.take_if(|day| !super::gate::is_day(day));
        if let Some(asks) = &mut self.steward_asks {
            bound(&mut asks.newcomers_a_month, 100);
        }
    }
}

impl Read for SpokenLanguage {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        let language = reader.required_text("language", NAME).to_lowercase();
        if !(2..=3).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            reader.fault::<()>("language", Code::NotInList);
        }
        Self { language, how: reader.required_choice("how") }
    }
}

impl Read for StewardAsks {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        Self {
            self_referral_only: reader.flag("self_referral_only"),
            professionals_may_ring_first: reader.flag("professionals_may_ring_first"),
            no_referral_lists: reader.flag("no_referral_lists"),
            newcomers_a_month: reader.whole("newcomers_a_month"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Accepting, Coming, marks};
    use crate::domain::read::{self, Code};

    fn read(value: serde_json::Value) -> (Option<Coming>, Vec<(String, Code)>) {
        let outcome =
            read::read_with::<Coming>(value.as_object().unwrap(), "", &mut read::Given, read::Unreadable::Refused);
        (outcome.record, outcome.violations.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
    }

    #[test]
    fn everything_may_be_left_unsaid() {
        let (coming, faults) = read(json!({}));
        assert_eq!((coming, faults), (Some(Coming::default()), Vec::new()));
        assert_eq!(serde_json::to_value(Coming::default()).unwrap(), json!({}));
        assert_eq!(Coming::default().marks(), ["accepting:not_stated", "cost:not_stated", "attending_type:not_stated"]);
    }

    #[test]
    fn all_faults_are_told_at_once_with_pointers() {
        let (coming, faults) = read(json!({
            "accepting": "maybe", "wait": {"weeks_from": -1}, "contact_by": ["phone", "pigeon"],
            "languages": [{"language": "the language of flowers", "how": "held_in"}], "travel_help": "yes"
        }));
        assert_eq!(coming, None);
        let pointers: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["/accepting", "/wait/weeks_from", "/contact_by/1", "/languages/0/language", "/travel_help"]
        );
    }

    #[test]
    fn a_statement_on_taking_people_is_believed_for_sixty_days() {
        let said = |day: &str| Coming {
            accepting: Some(Accepting::Yes),
            accepting_checked_on: Some(day.to_owned()),
            ..Coming::default()
        };
        let today = "2026-03-02".parse().unwrap();
        assert_eq!(said("2026-01-01").believed_on(today).accepting, Some(Accepting::Yes));
        assert_eq!(said("2025-12-31").believed_on(today), Coming::default());
        let without_a_day = Coming { accepting: Some(Accepting::Full), ..Coming::default() };
        assert_eq!(without_a_day.believed_on(today), Coming::default());
    }

    #[test]
    fn every_mark_has_a_label_and_is_there_once() {
        let mut ids: Vec<String> = marks()
            .into_iter()
            .map(|(id, label)| {
                assert!(!label.is_empty());
                id
            })
            .collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
        assert!(all < 40, "they share the index's 256 bits with the vocabulary");
    }
}
