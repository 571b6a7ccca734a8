//! What pages say of networks, of resources for practice, and of how links work.

use chrono::NaiveDate;

use super::{
    facts, links,
    view::{Card, Link, Listing, Row, Side, Value},
    words,
};
use crate::domain::{
    link::{StatedBy, Terms},
    network::{Network, RoleContact},
    resource::Resource,
    vocabulary::values::{Direction, Relationship},
};

/// Whether the link is that of a member to this network.
pub fn is_member(link: &Link) -> bool {
    matches!(link.relationship, Relationship::MemberOf | Relationship::PartOf) && link.direction == Direction::From
}

/// Facts of a network, in the order in which people ask for them.
pub fn network(network: &Network, card: &Card, today: NaiveDate) -> Vec<Row> {
    let mut rows = vec![
        Row { label: "What kind", values: network.network_type.iter().map(|kind| Value::text(kind.label())).collect() },
        Row { label: "What it is for", values: network.purpose.iter().map(Value::text).collect() },
        facts::place(card),
    ];
    let shared = network.principles.iter().map(|principle| Value::text(principle.label()));
    let shared: Vec<Value> = shared.chain(network.own_principles.iter().map(Value::text)).collect();
    rows.push(Row { label: "Shared principles", values: shared });
    if !network.roles.is_empty() {
        let role = |role: &crate::domain::network::NetworkRole| {
            let note = role.note.iter().cloned();
            let since = role.since.iter().map(|day| format!("since {}", words::day(day)));
            let note = note.chain(since).collect::<Vec<_>>().join("; ");
            let text = role.role.clone().unwrap_or_else(|| "A role that is not named".to_owned());
            Value { text, href: None, note: (!note.is_empty()).then_some(note) }
        };
        rows.push(Row { label: "People in roles", values: network.roles.iter().map(role).collect() });
    }
    rows.extend(network.since.iter().map(|day| Row { label: "Since", values: vec![Value::text(words::day(day))] }));
    rows.push(Row { label: "Whom to ask", values: network.contact.as_ref().map(contact).unwrap_or_default() });
    rows.push(Row { label: "Phone", values: card.phones.iter().map(facts::phone).collect() });
    rows.push(Row { label: "Email", values: facts::email(card).into_iter().collect() });
    rows.push(Row { label: "Website", values: facts::website(card).into_iter().collect() });
    rows.extend(review(network.review_on.as_deref(), today));
    rows
}

/// What kind of network it is and what for, in a list.
pub fn kind_of(network: &Network) -> Vec<Row> {
    let kind = network.network_type.map(|kind| Row { label: "What kind", values: vec![Value::text(kind.label())] });
    let purpose =
        network.purpose.as_ref().map(|purpose| Row { label: "What it is for", values: vec![Value::text(purpose)] });
    kind.into_iter().chain(purpose).collect()
}

fn contact(contact: &RoleContact) -> Vec<Value> {
    let role = contact.role.iter().map(Value::text);
    let email = contact.email.iter().map(|email| Value { text: email.clone(), href: links::mail(email), note: None });
    let phone = contact.phone.iter().map(|phone| Value { text: phone.clone(), href: links::tel(phone), note: None });
    role.chain(phone).chain(email).collect()
}

/// The day on which it is looked at again, and that this has passed.
fn review(day: Option<&str>, today: NaiveDate) -> Option<Row> {
    let day = day?;
    let is_past = day.parse::<NaiveDate>().is_ok_and(|day| day < today);
    let note = is_past.then(|| "that day has passed: ask whether all this still holds".to_owned());
    Some(Row { label: "To be looked at again", values: vec![Value { text: words::day(day), href: None, note }] })
}

/// Facts of a resource, in the order in which people ask for them.
pub fn resource(resource: &Resource, listing: &Listing, today: NaiveDate) -> Vec<Row> {
    let card = &listing.card;
    let mut rows = in_short(resource);
    let paid = |paid: bool| {
        Value::text(if paid { "Peer workers' places are paid for" } else { "Peer workers pay as others do" })
    };
    rows.extend(resource.peers_paid_for.map(|said| Row { label: "Peer workers", values: vec![paid(said)] }));
    let mut whom = facts::who_for(card);
    whom.label = "Who can use it";
    let eligible = listing.service.as_ref().and_then(|service| service.eligibility_description.as_ref());
    whom.values.extend(eligible.map(Value::text));
    if !whom.values.is_empty() {
        rows.push(whom);
    }
    rows.push(facts::cost(card));
    rows.extend(facts::attending(card));
    rows.push(Row { label: "Website", values: facts::website(card).into_iter().collect() });
    rows.push(Row { label: "Email", values: facts::email(card).into_iter().collect() });
    rows.push(Row { label: "Phone", values: card.phones.iter().map(facts::phone).collect() });
    rows.extend(facts::languages(card));
    rows.extend(review(resource.review_on.as_deref(), today));
    rows
}

/// What it is about, how far it reaches and for whom.
pub fn in_short(resource: &Resource) -> Vec<Row> {
    vec![
        Row { label: "About", values: resource.resource_type.iter().map(|about| Value::text(about.label())).collect() },
        Row { label: "Level", values: resource.level.iter().map(|level| Value::text(level.label())).collect() },
        Row { label: "For", values: resource.for_roles.iter().map(|role| Value::text(role.label())).collect() },
    ]
}

/// How a link works, as either side says; only what is stated.
pub fn how_it_works(link: &Link) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |label: &'static str, values: Vec<Value>| {
        if !values.is_empty() {
            rows.push(Row { label, values });
        }
    };
    let of = |by: StatedBy| link.sides.iter().find(|side: &&Side| side.by == by).map(|side| &side.terms);
    let (here, there) = (of(StatedBy::This), of(StatedBy::Other));
    let said = |terms: Option<&Terms>, text: fn(&Terms) -> Option<&String>| {
        terms.and_then(text).map(Value::text).into_iter().collect::<Vec<_>>()
    };
    let either = |text: fn(&Terms) -> Option<&String>| {
        let noted = |terms: Option<&Terms>, by: &str| {
            let text = terms.and_then(text)?;
            Some(Value { text: text.clone(), href: None, note: Some(by.to_owned()) })
        };
        [noted(here, "as this one says"), noted(there, "as they say")].into_iter().flatten().collect::<Vec<_>>()
    };
    row("What this one does", said(here, |terms| terms.does.as_ref()));
    row("What this one does not do", said(here, |terms| terms.does_not.as_ref()));
    row("What they do", said(there, |terms| terms.does.as_ref()));
    row("What they do not do", said(there, |terms| terms.does_not.as_ref()));
    let ways = link.handover.iter().map(|way| Value::text(way.label()));
    row("How you get there", ways.chain(either(|terms| terms.handover_note.as_ref())).collect());
    row("What is told about you", either(|terms| terms.information.as_ref()));
    row("Your consent", either(|terms| terms.consent.as_ref()));
    let reply = |terms: Option<&Terms>, who: &str| {
        let days = terms.and_then(|terms| terms.reply_within_days)?;
        Some(Value::text(match days {
            0 => format!("{who}: the same day"),
            1 => format!("{who}: within a day"),
            days => format!("{who}: within {days} days"),
        }))
    };
    row("When they answer", [reply(here, "This one"), reply(there, "They")].into_iter().flatten().collect());
    row("Whom to tell if something is wrong", either(|terms| terms.escalation.as_ref()));
    row("Who supports the workers", either(|terms| terms.supervision.as_ref()));
    row("Since", link.since.iter().map(|day| Value::text(words::day(day))).collect());
    row("To be looked at again", link.review_on.iter().map(|day| Value::text(words::day(day))).collect());
    rows
}

#[cfg(test)]
mod tests {
    use super::review;

    #[test]
    fn a_day_of_review_that_has_passed_says_so() {
        let row = |today: &str| review(Some("2026-10-19"), today.parse().unwrap()).unwrap().values.remove(0);
        assert_eq!((row("2026-10-19").text.as_str(), row("2026-10-19").note), ("19 October 2026", None));
        assert!(row("2026-10-20").note.unwrap().contains("has passed"));
        assert!(review(None, "2026-10-20".parse().unwrap()).is_none());
    }
}
