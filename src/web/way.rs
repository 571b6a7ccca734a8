//! The way to a listing, whole: how to get in touch, what to send, who may ask for somebody, what the group asks.
//!
//! A card shows the beginning of this; its page shows all that is stated, and nothing that is not.

use super::{
    links,
    view::{Row, Value},
    words,
};
use crate::domain::coming::{Coming, HowToCome, Spoken, StewardAsks};

/// Rows of the page, in the order in which people need them.
pub fn rows(coming: &Coming) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |label: &'static str, values: Vec<Value>| {
        if !values.is_empty() {
            rows.push(Row { label, values });
        }
    };
    row("Get in touch", coming.contact_by.iter().map(|way| Value::text(way.label())).collect());
    row("Phone hours", coming.phone_hours.iter().map(Value::text).collect());
    if let Some(way) = &coming.how_to_come {
        row("Form", form(way).into_iter().collect());
        row("Mailbox", way.mailbox.iter().map(|address| mailbox(address)).collect());
        row("Consent", way.consent.iter().map(Value::text).collect());
    }
    if let Some(checked) = coming.wait.as_ref().and_then(|wait| wait.checked_on.as_deref()) {
        row("Wait as of", vec![Value::text(words::day(checked))]);
    }
    row("Spoken", coming.languages.iter().map(|spoken| in_words(&spoken.language, spoken.how)).collect());
    row("Who pays less", coming.concessions.iter().map(Value::text).collect());
    row("Travel", coming.travel_help.iter().map(|help| Value::text(travel(*help))).collect());
    row("The group asks", coming.steward_asks.iter().flat_map(asks).map(Value::text).collect());
    rows
}

fn form(way: &HowToCome) -> Option<Value> {
    let address = way.form_url.as_ref()?;
    let kind = way.form_type.as_deref().map(|kind| match kind {
        "pdf" => "a PDF to print or fill in".to_owned(),
        "word" => "a Word document".to_owned(),
        "web" => "on the web".to_owned(),
        other => other.to_owned(),
    });
    Some(Value { text: address.clone(), href: links::web(address), note: kind })
}

fn mailbox(address: &str) -> Value {
    Value { text: address.to_owned(), href: links::mail(address), note: Some("a shared mailbox".to_owned()) }
}

fn in_words(code: &str, how: Spoken) -> Value {
    Value { text: words::language(code).to_owned(), href: None, note: Some(how.label().to_lowercase()) }
}

const fn travel(help: bool) -> &'static str {
    if help { "Fares are paid or a lift is offered" } else { "No help with travel" }
}

fn asks(asks: &StewardAsks) -> Vec<String> {
    let said = |asked: Option<bool>, text: &str| (asked == Some(true)).then(|| text.to_owned());
    let newcomers = asks.newcomers_a_month.map(|n| match n {
        1 => "It can welcome one newcomer a month".to_owned(),
        n => format!("It can welcome {n} newcomers a month"),
    });
    [
        said(asks.self_referral_only, "People come by themselves, not by referral"),
        said(asks.professionals_may_ring_first, "A professional may ring before somebody comes"),
        said(asks.no_referral_lists, "Please do not put it on referral lists"),
        newcomers,
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::rows;
    use crate::domain::coming::Coming;

    #[test]
    fn only_what_is_stated_has_a_row() {
        assert!(rows(&Coming::default()).is_empty());
        let coming: Coming = serde_json::from_value(serde_json::json!({
            "contact_by": ["phone", "bsl_video"], "phone_hours": "Mondays",
            "how_to_come": {"form_url": "https://a.example/form", "form_type": "pdf", "mailbox": "not an address"},
            "languages": [{"language": "pl", "how": "held_in"}], "travel_help": false,
            "steward_asks": {"no_referral_lists": true, "self_referral_only": false, "newcomers_a_month": 3},
        }))
        .unwrap();
        let rows = rows(&coming);
        let labels: Vec<&str> = rows.iter().map(|row| row.label).collect();
        assert_eq!(labels, ["Get in touch", "Phone hours", "Form", "Mailbox", "Spoken", "Travel", "The group asks"]);
        assert_eq!(rows[2].values[0].href.as_deref(), Some("https://a.example/form"));
        assert_eq!((rows[3].values[0].href.as_deref(), rows[6].values.len()), (None, 2));
        assert_eq!(rows[4].values[0].note.as_deref(), Some("held in it"));
    }
}
