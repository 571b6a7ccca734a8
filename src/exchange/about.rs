//! What an item says of itself: pass 1 hears it once, to know which places must not be read.
//!
//! Every member that holds words is heard, whether the standard knows it or not: what is *not* words is on a list, and all
//! else is. A name or a term says what something is by naming it ("Refuge manager"); a sentence does only where it says that
//! such a place is offered, so that "bring a letter from your refuge" tells nothing. Where somebody is, is not heard.

/// Names, terms and texts: what tells a kind of support.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The name; empty when not stated.
    pub name: String,
    /// The other name; empty when not stated.
    pub alternate_name: String,
    /// The description; empty when not stated.
    pub description: String,
    /// Names and codes of its terms.
    pub terms: Vec<String>,
    /// What else is called by a name: its programme, its places, who is asked there, and the words of its addresses of the web.
    pub names: Vec<Heard>,
    /// What else is told in sentences: whom it is for, how one applies, what it costs, of its places and its numbers.
    pub texts: Vec<Heard>,
}

/// What is said somewhere beside a name, a term or a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The member that says it, behind the one in which its record stands: `contacts/title`.
    pub at: String,
    /// What it says.
    pub text: String,
}

/// How what a member says is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Not at all: no words, or where something is.
    Nothing,
    /// As the name or the code of a term.
    Term,
    /// As a name.
    Name,
    /// As an address of the web or a mailbox.
    Address,
    /// As a name where it is no longer than one, else in sentences.
    Note,
    /// In sentences.
    Sentence,
}

/// A name has no more words than these; what is longer is read as a sentence.
const LONGEST_NAME: usize = 12;
/// Nor a note that stands for a name ("Refuge office").
const LONGEST_NOTE: usize = 3;
/// Words of a note that speak of somewhere else.
const ELSEWHERE: [&str; 10] = ["helpline", "line", "via", "from", "through", "by", "to", "for", "with", "or"];

/// Members that hold no words, or tell where something is.
const NO_WORDS: [&str; 48] = [
    "id",
    "latitude",
    "longitude",
    "address_1",
    "address_2",
    "address",
    "street",
    "attention",
    "assurer_email",
    "city",
    "region",
    "state_province",
    "postal_code",
    "postcode",
    "country",
    "extent_type",
    "number",
    "extension",
    "freq",
    "byday",
    "bymonthday",
    "byyearday",
    "weekday",
    "wkst",
    "dtstart",
    "until",
    "valid_from",
    "valid_to",
    "timezone",
    "count",
    "interval",
    "currency",
    "amount",
    "minimum_age",
    "maximum_age",
    "status",
    "link_entity",
    "link_type",
    "resource_type",
    "location_type",
    "address_type",
    "last_modified",
    "logo",
    "identifier",
    "date",
    "available",
    "maximum",
    "updated",
];
/// Members of which nothing is heard, nor of what is in them: where something is, what readers say of a service, the other
/// sides of links, and what training is about.
const DEAF: [&str; 11] = [
    "addresses",
    "physical_addresses",
    "postal_addresses",
    "geometry",
    "geo",
    "coordinates",
    "extent",
    "reviews",
    "from",
    "to",
    "resource",
];
/// Members that name what something is.
const NAMES: [&str; 20] = [
    "name",
    "alternate_name",
    "title",
    "department",
    "label",
    "code",
    "value",
    "taxonomy",
    "vocabulary",
    "identifier_type",
    "identifier_scheme",
    "unit",
    "type",
    "service_type",
    "category",
    "categories",
    "tags",
    "keywords",
    "kind",
    "service_area",
];
/// Members that are a term, and the ids of such terms are words at some sources.
const TERMS: [&str; 4] = ["taxonomy_term", "taxonomy", "taxonomys", "taxonomies"];
/// Members that add a few words to something.
const NOTES: [&str; 7] =
    ["description", "notes", "note", "option", "transportation", "previous_value", "replacement_value"];

/// Whether nothing of a member is heard, nor of what is in it.
pub fn is_deaf(member: &str) -> bool {
    DEAF.contains(&member)
}

/// Whether anything of what a member says is heard; what is not is not even decoded.
pub fn is_heard(parent: &str, member: &str) -> bool {
    says(parent, member) != Says::Nothing
}

/// How what a member says is read. `parent` is the member in which its record stands; empty for the item itself.
pub fn says(parent: &str, member: &str) -> Says {
    let is_term = TERMS.contains(&parent);
    let of_links = parent.starts_with("additional_");
    let ends = |ends: [&str; 4]| ends.iter().any(|end| member.ends_with(end));
    match member {
        "id" | "name" | "code" if is_term => Says::Term,
        "label" if parent == "attributes" => Says::Term,
        // A link's label may be the name of whom one is sent to, and its address is theirs.
        "label" if of_links => Says::Sentence,
        "url" if of_links => Says::Nothing,
        _ if is_deaf(member) || NO_WORDS.contains(&member) || ends(["_id", "_date", "_on", "_at"]) => Says::Nothing,
        _ if ["email", "url", "website", "uri"].contains(&member) || ends(["_email", "_url", "_website", "_uri"]) => {
            Says::Address
        }
        _ if NAMES.contains(&member) => Says::Name,
        "description" if parent.is_empty() => Says::Sentence,
        _ if NOTES.contains(&member) => Says::Note,
        _ => Says::Sentence,
    }
}

impl About {
    /// Only what it is called.
    pub fn names_only(&self) -> Self {
        Self { name: self.name.clone(), alternate_name: self.alternate_name.clone(), ..Self::default() }
    }

    /// What an organization says of itself, its programmes, places and numbers. Whom one asks there and who pays for it tell
    /// nothing: once an organization is taken for one that is at risk no file opens it again.
    pub fn of_organization(&self) -> Self {
        const OWN: [&str; 4] = ["program", "location", "locations", "phones"];
        let is_own = |heard: &&Heard| heard.at.split_once('/').is_none_or(|(parent, _)| OWN.contains(&parent));
        let own = |heard: &[Heard]| heard.iter().filter(is_own).cloned().collect();
        Self { names: own(&self.names), texts: own(&self.texts), ..self.clone() }
    }

    /// Takes all that another says for names and sentences of its own.
    pub fn join(&mut self, other: Self) {
        let Self { name, alternate_name, description, terms, names, texts } = other;
        self.terms.extend(terms);
        let heard = |at: &str, text| Heard { at: at.to_owned(), text };
        self.names.extend([heard("name", name), heard("alternate_name", alternate_name)].into_iter().chain(names));
        // In an item that is broken nobody knows whose description it is.
        self.texts.extend([heard("description", description)].into_iter().chain(texts));
    }

    /// Hears what a member says. `parent` is the member in which its record stands; empty for the item itself.
    pub fn hear(&mut self, parent: &str, member: &str, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let own = match member {
            "name" => Some(&mut self.name),
            "alternate_name" => Some(&mut self.alternate_name),
            "description" => Some(&mut self.description),
            _ => None,
        };
        // What stands there twice is heard twice.
        if let Some(own) = own.filter(|own| parent.is_empty() && own.is_empty()) {
            text.clone_into(own);
            return;
        }
        let at = if parent.is_empty() { member.to_owned() } else { format!("{parent}/{member}") };
        let heard = |text: &str| Heard { at, text: text.to_owned() };
        match says(parent, member) {
            Says::Nothing => {}
            Says::Term => self.terms.push(text.rsplit(':').next().unwrap_or(text).to_owned()),
            Says::Name if text.split_whitespace().nth(LONGEST_NAME).is_none() => self.names.push(heard(text)),
            Says::Note if is_name(text) => self.names.push(heard(text)),
            Says::Address => self.names.push(heard(&words_of_address(text))),
            Says::Name | Says::Note | Says::Sentence => self.texts.push(heard(text)),
        }
    }
}

fn is_name(note: &str) -> bool {
    let elsewhere = |word: &str| ELSEWHERE.iter().any(|other| other.eq_ignore_ascii_case(word));
    note.split_whitespace().nth(LONGEST_NOTE).is_none() && !note.split_whitespace().any(elsewhere)
}

/// The words of an address of the web, apart; also those that are written as one there ("townrefuge").
pub fn words_of_address(address: &str) -> String {
    const GLUED: [&str; 2] = ["refuge", "safehouse"];
    let mut apart = address.replace(|c: char| !c.is_alphanumeric(), " ").to_lowercase();
    for word in GLUED {
        let mut from = 0;
        while let Some(at) = apart[from..].find(word).map(|at| from + at) {
            let end = at + word.len();
            // A refugee is no refuge.
            if !apart[end..].starts_with('e') {
                apart.replace_range(at..end, &format!(" {word} "));
            }
            // Behind the space that was put there, or the other letter.
            from = end + 1;
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::{About, Says, says, words_of_address};

    #[test]
    fn a_name_says_what_something_is_and_a_sentence_only_what_is_offered() {
        for (parent, member, expected) in [
            ("", "status", Says::Nothing),
            ("", "assured_date", Says::Nothing),
            ("addresses", "postal_code", Says::Nothing),
            ("addresses", "address_1", Says::Nothing),
            ("contacts", "title", Says::Name),
            ("taxonomy_term", "name", Says::Term),
            ("taxonomy_term", "term_uri", Says::Address),
            ("phones", "description", Says::Note),
            ("", "eligibility_description", Says::Sentence),
            ("required_documents", "document", Says::Sentence),
            ("additional_urls", "label", Says::Sentence),
            ("", "something_of_their_own", Says::Sentence),
        ] {
            assert_eq!(says(parent, member), expected, "{parent}/{member}");
        }
        let mut about = About::default();
        for text in
            ["Refuge office", "National Refuge helpline", "Letter from a refuge", "Rings in the house at night."]
        {
            about.hear("phones", "description", text);
        }
        about.hear("additional_urls", "url", "https://refuge.example/help");
        assert_eq!((about.names.len(), about.texts.len()), (1, 3), "{about:?}");
    }

    #[test]
    fn an_address_comes_apart_into_words_and_a_refugee_stays_one() {
        assert_eq!(
            words_of_address("https://townrefuge.org").split_whitespace().collect::<Vec<_>>()[1..],
            ["town", "refuge", "org"]
        );
        for (address, is_there) in [
            ("refuges@x.org", true),
            ("otleywomensrefuge.example", true),
            ("refugeecouncil.org", false),
            ("refugees", false),
            ("refuge", true),
            ("refugé", false),
            ("xrefugeérefuge", true),
        ] {
            let words = words_of_address(address);
            assert_eq!(words.split_whitespace().any(|word| word == "refuge"), is_there, "{address}: {words}");
        }
    }
}
