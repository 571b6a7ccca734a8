//! What a person needs to decide, of a listing of the sample, as the member `kith` carries it.

use chrono::{Days, NaiveDate};

use super::listings::{Come, Listing, Mode};
use crate::domain::coming::{Attending, Coming, ContactWay, CostKind, HowToCome, Route, Spoken, SpokenLanguage, Wait};

/// What a listing says; `None` when it has left all of it unsaid.
///
/// `at` is where the listing stands in the sample: each was asked on another day.
pub fn coming(listing: &Listing, at: usize, today: NaiveDate) -> Option<Coming> {
    let come = listing.come.as_ref()?;
    // Within the time for which a statement on taking people is believed, unless the listing says otherwise.
    let asked = today - Days::new(listing.checked.map_or(1 + (at as u64 * 7) % 45, u64::from));
    Some(Coming {
        accepting: come.accepting,
        accepting_checked_on: come.accepting.map(|_| asked.to_string()),
        wait: (!come.wait.is_empty()).then(|| Wait {
            weeks_from: come.wait.first().copied(),
            weeks_to: come.wait.last().copied(),
            checked_on: Some(asked.to_string()),
        }),
        how_to_come: Some(how_to_come(listing, come)),
        contact_by: contact_by(listing, come),
        phone_hours: come.hours.clone(),
        languages: languages(listing, come),
        cost: come.cost.or(match (&listing.cost, listing.amount) {
            (_, Some(_)) => Some(CostKind::Paid),
            (Some(_), None) => Some(CostKind::Free),
            (None, None) => None,
        }),
        concessions: come.concessions.clone(),
        travel_help: come.travel.or_else(|| has_term(listing, &["fares-paid", "lift-offered"]).then_some(true)),
        attending: match (come.attending.is_empty(), listing.mode) {
            (false, _) => come.attending.clone(),
            (true, Mode::Exact | Mode::Area) => vec![Attending::InPerson],
            (true, Mode::Remote) => vec![Attending::OnlineVideo],
        },
        steward_asks: come.asks.clone(),
    })
}

fn has_term(listing: &Listing, ids: &[&str]) -> bool {
    listing.terms.iter().any(|term| ids.contains(&term.as_str()))
}

fn how_to_come(listing: &Listing, come: &Come) -> HowToCome {
    let routes = [
        (Route::TurnUp, &["turn-up"][..]),
        (Route::ContactFirst, &["contact-first"]),
        (Route::SelfReferral, &["self-referral"]),
        (Route::ProfessionalReferral, &["professional-referral", "gp-referral"]),
    ];
    HowToCome {
        routes: routes.into_iter().filter(|(_, ids)| has_term(listing, ids)).map(|(route, _)| route).collect(),
        who_may_refer: come.refers.clone(),
        form_url: come.form.as_ref().map(|_| format!("https://{}.example/refer", listing.org)),
        form_type: come.form.clone(),
        mailbox: listing.email.clone().filter(|_| come.mailbox),
        what_to_send: come.send.clone(),
        consent: come.consent.clone(),
        reply_within_days: come.reply,
        exclusions: come.not_for.clone(),
        professional_enquiries: come.enquiries,
    }
}

fn contact_by(listing: &Listing, come: &Come) -> Vec<ContactWay> {
    if !come.contact.is_empty() {
        return come.contact.clone();
    }
    let ways = [
        (ContactWay::Phone, listing.phone.is_some()),
        (ContactWay::Text, listing.text.is_some()),
        (ContactWay::Email, listing.email.is_some()),
        (ContactWay::Form, come.form.as_deref() == Some("web")),
    ];
    ways.into_iter().filter(|(_, there)| *there).map(|(way, _)| way).collect()
}

fn languages(listing: &Listing, come: &Come) -> Vec<SpokenLanguage> {
    let ranked = [
        (&listing.languages, Spoken::HeldIn),
        (&come.bilingual, Spoken::BilingualWorker),
        (&come.interpreter, Spoken::Interpreter),
    ];
    let spoken = |(codes, how): (&Vec<String>, Spoken)| {
        codes.iter().map(move |code| SpokenLanguage { language: code.clone(), how }).collect::<Vec<_>>()
    };
    ranked.into_iter().flat_map(spoken).collect()
}
