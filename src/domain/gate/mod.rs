//! What the texts of a listing whose place is private may say: a short list of what passes, and nothing else.
//!
//! A filter that looks for what tells a place ([`telltale`](super::telltale)) is got past by whoever finds a way to say it
//! that the filter does not know. So it is turned round: a sentence passes when each of its words is on a list of plain words
//! that tell no place ([`words`]), each figure in a shape that code knows ([`shapes`]), and nothing else is in it. What does not pass is left
//! out, with a notice; where nothing is left, the member is absent. Names and addresses of the web pass whole or not at all.
//! The names of the areas that the listing publishes pass, because they are told already. A person may let a text pass that
//! does not ([`Allowed::let_through`]); then the filter alone decides, until the text is another.
//!
//! It is asked twice: of what a file offers, so that nothing else is kept, and of what is published, so that nothing that was
//! kept before there was a gate reaches a reader.

mod address;
mod combination;
mod figures;
mod mutation;
mod phrases;
mod record;
mod sentence;
mod shapes;
mod words;

pub(in crate::domain) use self::mutation::changed;
pub use self::{
    address::{is_address, site_of},
    figures::{is_day, is_number, is_register, keep_days},
    phrases::all_phrases,
    record::{LeftOut, NAMELESS, is_language, organization, service, source, stand_in},
    sentence::{is_name, kept},
    words::{is_never, listed, listed_in_labels},
};
use super::{
    digest::digest,
    link::SideKind,
    listing::{Locate, UNITED_KINGDOM},
    place::AreaCode,
    plain,
};

/// What one record may say besides what is on the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allowed<'a> {
    /// Names of areas that the listing publishes, or that hold all of those ([`names_around`]).
    pub areas: &'a [String],
    /// Fingerprints of texts that somebody has read and let through ([`fingerprint`]).
    pub let_through: &'a [String],
}

/// The fingerprint of a text of a record of that kind, however it is broken into lines.
pub fn fingerprint(kind: SideKind, text: &str) -> String {
    // A source may call a service and an organisation the same: the kind tells whose text it is.
    format!("{} {}", kind.as_str(), digest(&[b"let through", plain::line(text).as_bytes()]))
}

/// The names of the areas that hold all of these: what a listing that publishes these has told already.
pub fn names_around(areas: &[AreaCode], gazetteer: &dyn Locate) -> Vec<String> {
    // By name: a county and its one authority are the same under two codes.
    let mut around = areas.iter().map(|area| {
        let codes = [vec![area.clone()], gazetteer.areas_around(area)].concat();
        let known = codes.iter().filter(|code| code.0 != UNITED_KINGDOM);
        known.filter_map(|code| gazetteer.area_name(code)).collect::<Vec<_>>()
    });
    let first = around.next().unwrap_or_default();
    around.fold(first, |all, of| all.into_iter().filter(|name| of.contains(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::{Allowed, is_address, is_name, kept};

    #[test]
    fn of_the_labelled_texts_nothing_that_tells_is_kept() {
        let texts = include_str!("../../../tests/fixtures/gate.tsv");
        let lines: Vec<(&str, &str)> =
            texts.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).collect();
        assert!(lines.len() >= 250);
        let shown = |label: &str, text: &str| match label {
            "tell-name" | "name" => is_name(text, &[]),
            "tell-domain" | "domain" => is_address(text),
            _ => !kept(text, &Allowed::default()).is_empty(),
        };
        let told: Vec<_> =
            lines.iter().filter(|(label, text)| label.starts_with("tell-") && shown(label, text)).collect();
        assert!(told.is_empty(), "{told:#?}");
    }
}
