//! Addresses of the web and of mail: what stands in them must be made of listed words.

use super::words::words;

/// What a name on the net may end in, and says nothing of where its bearer is. Those of nations and cities are not among them.
const ENDINGS: [&str; 24] = [
    "org.uk",
    "co.uk",
    "nhs.uk",
    "gov.uk",
    "ltd.uk",
    "me.uk",
    "uk",
    "org",
    "com",
    "net",
    "info",
    "eu",
    "io",
    "charity",
    "ngo",
    "support",
    "care",
    "help",
    "health",
    "community",
    "foundation",
    "online",
    "website",
    "example",
];
/// Hosts where anybody may have a mailbox.
const MAIL: [&str; 12] = [
    "nhs.net",
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.uk",
    "live.co.uk",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
    "protonmail.com",
    "btinternet.com",
];

/// Whether an address of the web or of mail has nothing in it but listed words. Its path, too.
pub fn is_address(address: &str) -> bool {
    let (_, mailbox, host, path) = parts(address);
    let mail = mailbox.is_some() && MAIL.contains(&host.as_str());
    mailbox.is_none_or(|name| is_label(&name)) && (mail || is_host(&host)) && is_path(path)
}

/// An address of the web without its path, where that is needed for it to pass; `None` when it does not.
pub fn site_of(address: &str) -> Option<String> {
    let (scheme, mailbox, host, path) = parts(address);
    if !(mailbox.is_none() && is_host(&host)) {
        return None;
    }
    let end = address.len() - path.len();
    (!is_path(path))
        .then(|| address[..end].to_owned())
        .or_else(|| Some(address.to_owned()))
        .filter(|_| scheme != "other")
}

/// Scheme, mailbox, host and path, as far as they are there.
fn parts(address: &str) -> (&str, Option<String>, String, &str) {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => (scheme, rest),
        Some((_, rest)) => ("other", rest),
        None => ("", address),
    };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (mailbox, host) = match host.rsplit_once('@') {
        Some((mailbox, host)) => (Some(mailbox.to_lowercase()), host),
        None => (None, host),
    };
    (scheme, mailbox, host.to_lowercase(), path)
}

fn is_host(host: &str) -> bool {
    let host = host.strip_prefix("www.").unwrap_or(host);
    let of = ENDINGS.iter().find_map(|ending| host.strip_suffix(ending)?.strip_suffix('.'));
    of.is_some_and(|labels| labels.split('.').all(is_label))
}

fn is_label(label: &str) -> bool {
    label.split(['-', '.', '_']).all(|part| words().makes_label(part))
}

/// `/get-help/referrals`: listed words, whole, and nothing asked.
fn is_path(path: &str) -> bool {
    let known = |word: &str| words().names(word) && word.len() > 1;
    path.is_empty()
        || path.strip_prefix('/').is_some_and(|path| {
            let path = path.strip_suffix('/').unwrap_or(path);
            path.is_empty() || path.split('/').all(|part| part.split('-').all(known))
        })
}

#[cfg(test)]
mod tests {
    use super::{is_address, site_of};

    #[test]
    fn an_address_is_made_of_listed_words() {
        for address in [
            "https://www.womensaid.org.uk",
            "https://safefamilies.example/get-help/",
            "help@safe-women.example",
            "womenshelp@gmail.com",
        ] {
            assert!(is_address(address), "{address}");
        }
        for address in [
            "https://www.leedswomensaid.org.uk",
            "holmfirthwomensaid.example",
            "otley@refuge.example",
            "https://refuge.otley.example",
            "https://refuge.example/otley",
            "https://refuge.example/?at=otley",
            "https://refuge.wales",
            "https://refuge7.example",
            "https://refuge.example:8080",
            "refuge",
            "",
            "@refuge.example",
        ] {
            assert!(!is_address(address), "{address}");
        }
        assert_eq!(site_of("https://refuge.example/otley").as_deref(), Some("https://refuge.example"));
        assert_eq!(site_of("https://refuge.example/help").as_deref(), Some("https://refuge.example/help"));
        assert_eq!((site_of("https://otley.example/help"), site_of("ftp://refuge.example")), (None, None));
    }
}
