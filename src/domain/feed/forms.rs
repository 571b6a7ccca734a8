//! The formats that the feed's schemas ask for, checked as strictly as a validator does.
//!
//! Reading is kinder (`read::forms`): what people can use is kept and shown on our own pages. In the feed a value that
//! is not what its schema says would fail the whole record, so it is left out there.

/// Whether a text is a URI (RFC 3986): a scheme and allowed characters, a host where it names the web.
pub fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if !is_authority(authority) {
                return false;
            }
            path
        }
        None if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => return false,
        None => rest,
    };
    named && is_made_of(path, b"/:@") && is_made_of(query, b"/:@?") && is_made_of(fragment, b"/:@?")
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    !host.is_empty() && is_made_of(host, b"") && is_made_of(user, b":") && port.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text holds only what stands anywhere in a URI, the characters in `more`, and percent-encoded bytes.
fn is_made_of(text: &str, more: &[u8]) -> bool {
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let fits = match byte {
            b'%' => (0..2).all(|_| rest.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte) || more.contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Whether a text is an e-mail address (RFC 5321): a plain mailbox at a host name, all in ASCII.
pub fn is_email(text: &str) -> bool {
    let Some((mailbox, host)) = text.split_once('@') else { return false };
    let atom = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    mailbox.len() <= 64 && text.len() <= 254 && mailbox.split('.').all(atom) && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::{is_email, is_uri};

    #[test]
    fn a_uri_has_a_scheme_and_only_its_characters() {
        for good in [
            "https://a.example/b?c=d#e",
            "http://a.example:8080",
            "urn:x:1",
            "https://a.example/%C3%A9",
            "mailto:a@b.example",
        ] {
            assert!(is_uri(good), "{good}");
        }
        for bad in [
            "a.example",
            "https:a.example",
            "https://",
            "https://a.example/café",
            "https://a.example/{x}",
            "https://a.example/[x]",
            "https://a.example/%2",
            "https://a.example:b/",
            "https://a.example/#b#c",
            "https://a .example",
            "1a:b",
            "",
        ] {
            assert!(!is_uri(bad), "{bad}");
        }
    }

    #[test]
    fn an_email_address_is_a_plain_mailbox_at_a_host() {
        for good in ["a@b.example", "first.last+x@b-c.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in
            ["a", "a@", "@b.example", ".a@b.example", "a..b@c.example", "a@b_c.example", "a@-b.example", "ä@b.example"]
        {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
