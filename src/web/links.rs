//! Links that this site makes from a listing's words: `tel:`, `mailto:` and plain web addresses.
//! What is not plainly one of these stays text.

/// A `tel:` link for a number as people write it; `None` when it is not plainly a number.
pub fn tel(number: &str) -> Option<String> {
    // What follows the first letter is an extension or a remark.
    let plain = number.split(|c: char| c.is_alphabetic()).next().unwrap_or_default();
    let plain = if plain.trim_start().starts_with('+') { plain.replace("(0)", "") } else { plain.to_owned() };
    let mut digits = String::new();
    for c in plain.trim().chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() => digits.push(c),
            ' ' | '\u{a0}' | '(' | ')' | '-' | '\u{2011}' | '\u{2013}' | '.' | '/' => {}
            _ => return None,
        }
    }
    let count = digits.trim_start_matches('+').len();
    (3..=15).contains(&count).then(|| format!("tel:{digits}"))
}

/// A `mailto:` link; `None` when the text is not plainly one address.
pub fn mail(address: &str) -> Option<String> {
    let (name, host) = address.split_once('@')?;
    let fits = |part: &str, extra: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
    };
    (fits(name, ".+-_'") && fits(host, ".-") && host.contains('.')).then(|| format!("mailto:{address}"))
}

/// A web address with `http` or `https`; one that begins with `www.` gets a scheme. `None` for all else.
pub fn web(address: &str) -> Option<String> {
    let address = address.trim();
    if address.len() > 2000
        || address.chars().any(|c| c.is_whitespace() || c.is_control() || "\"'<>\\^`{|}".contains(c))
    {
        return None;
    }
    let scheme_end = address.find("://");
    match scheme_end.map(|end| address[..end].to_ascii_lowercase()).as_deref() {
        Some("http" | "https") => {
            let host = address[scheme_end? + 3..].split(['/', '?', '#']).next().unwrap_or_default();
            // A name before the host shows one address and leads to another.
            (!host.is_empty() && !host.contains('@')).then(|| address.to_owned())
        }
        None if address.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) => {
            Some(format!("https://{address}"))
        }
        _ => None,
    }
}

/// How sure a position must be for a pin, in kilometres.
const PIN_KM: f64 = 0.25;

/// A map of a public place on another site: a pin where the position is sure, else a search for its address there.
pub fn map(label: &str, position: Option<(f64, f64)>, precision_km: Option<f64>) -> String {
    match position {
        Some((latitude, longitude)) if precision_km.is_some_and(|km| km <= PIN_KM) => {
            format!("{MAP}/?mlat={latitude:.5}&mlon={longitude:.5}#map=17/{latitude:.5}/{longitude:.5}")
        }
        _ => {
            let mut address = String::with_capacity(label.len() + 16);
            for byte in label.bytes() {
                match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => address.push(char::from(byte)),
                    b' ' => address.push('+'),
                    _ => address.push_str(&format!("%{byte:02X}")),
                }
            }
            format!("{MAP}/search?query={address}")
        }
    }
}

/// A map that anyone can use without an account.
const MAP: &str = "https://www.openstreetmap.org";

#[cfg(test)]
mod tests {
    use super::{mail, map, tel, web};

    #[test]
    fn a_map_has_a_pin_only_where_the_position_is_sure() {
        let at = Some((53.818_2, -1.562_1));
        assert!(map("St Michael's", at, Some(0.1)).ends_with("/?mlat=53.81820&mlon=-1.56210#map=17/53.81820/-1.56210"));
        for (position, precision) in [(at, Some(1.5)), (at, None), (None, Some(0.1))] {
            let link = map("St Michael's \"Hall\", LS6", position, precision);
            assert!(link.ends_with("/search?query=St+Michael%27s+%22Hall%22%2C+LS6"), "{link}");
            assert_eq!(web(&link), Some(link));
        }
    }

    #[test]
    fn numbers_can_be_rung_as_people_write_them() {
        for (written, link) in [
            ("0113 496 0123", "tel:01134960123"),
            ("+44 (0)1632 960123", "tel:+441632960123"),
            ("(01632) 960-123 ext 4", "tel:01632960123"),
            ("116 123", "tel:116123"),
            ("999", "tel:999"),
        ] {
            assert_eq!(tel(written).as_deref(), Some(link), "{written}");
        }
        for not in [
            "",
            "12",
            "ask at the door",
            "0113;phone-context=x",
            "tel:999",
            "01632 960123, 01632 960124",
            "1234567890123456",
        ] {
            assert_eq!(tel(not), None, "{not}");
        }
    }

    #[test]
    fn only_plain_addresses_become_links() {
        assert_eq!(mail("hello@group.example").as_deref(), Some("mailto:hello@group.example"));
        for not in ["hello", "a@b", "a@b.example?bcc=x", "a b@c.example", "a@b@c.example", "@c.example"] {
            assert_eq!(mail(not), None, "{not}");
        }
        assert_eq!(web("HTTPS://group.example/a?b=c#d").as_deref(), Some("HTTPS://group.example/a?b=c#d"));
        assert_eq!(web("www.group.example").as_deref(), Some("https://www.group.example"));
        for not in [
            "javascript:alert(1)",
            "javascript://x/%0aalert(1)",
            "data:text/html,x",
            "//x.example",
            "group.example",
            "https://",
            "https://a@b.example/",
            "http://a b",
            "wwwé",
            "",
        ] {
            assert_eq!(web(not), None, "{not}");
        }
    }
}
