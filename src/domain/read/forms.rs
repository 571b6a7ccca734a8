//! The written forms of single values: dates, times, web addresses, e-mail addresses.
//!
//! Pure functions from text to its one spelling here, or nothing. They know no record and no fault.

use chrono::{NaiveDate, NaiveDateTime};

use crate::domain::clock::Timestamp;

/// The longest web or e-mail address, in bytes.
const LONGEST_ADDRESS: usize = 2_000;

/// A day as `YYYY-MM-DD`; also the day at the head of a date with a time.
pub fn date(text: &str) -> Option<String> {
    let day = text.get(..10)?;
    let rest = &text[10..];
    if !(rest.is_empty() || rest.starts_with(['T', ' '])) || !day.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().map(|_| day.to_owned())
}

/// An instant as RFC 3339; one without an offset is taken as UTC.
pub fn instant(text: &str) -> Option<String> {
    if text.parse::<Timestamp>().is_ok() {
        return Some(text.to_owned());
    }
    let naive = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))?;
    Some(naive.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// A time of day as `HH:MM[:SS][Z|+hh:mm]`; `9:00am`, `9 pm` and `0900` become `09:00`, `21:00` and `09:00`.
pub fn time(text: &str) -> Option<String> {
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        return time(&format!("{}:{}", &text[..2], &text[2..]));
    }
    let lower = text.to_ascii_lowercase();
    let (body, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(body), _) => (body.trim_end(), Some(0)),
        (_, Some(body)) => (body.trim_end(), Some(12)),
        _ => (lower.as_str(), None),
    };
    let (clock, zone) = match body.find(['z', '+', '-']) {
        Some(at) if half.is_none() => body.split_at(at),
        _ => (body, ""),
    };
    let mut parts = clock.split([':', '.']);
    let mut hour = number(parts.next()?, 1, 23)?;
    let minute = match parts.next() {
        Some(part) => number(part, 2, 59)?,
        None if half.is_some() => 0,
        None => return None,
    };
    let second = parts.next().map(|part| number(part, 2, 59).ok_or(())).transpose().ok()?;
    if parts.next().is_some() {
        return None;
    }
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + half;
    }
    let second = second.map(|second| format!(":{second:02}")).unwrap_or_default();
    Some(format!("{hour:02}:{minute:02}{second}{}", self::zone(zone)?))
}

/// `""`, `Z`, or an offset as `+hh:mm`.
fn zone(text: &str) -> Option<String> {
    let Some(sign) = text.chars().next() else { return Some(String::new()) };
    if text == "z" {
        return Some("Z".to_owned());
    }
    let digits = text[1..].replace(':', "");
    if digits.len() != 4 || !digits.is_ascii() || !matches!(sign, '+' | '-') {
        return None;
    }
    let (hours, minutes) = (number(&digits[..2], 2, 14)?, number(&digits[2..], 2, 59)?);
    Some(format!("{sign}{hours:02}:{minutes:02}"))
}

/// A run of at least `least` and at most two digits, up to `most`.
fn number(text: &str, least: usize, most: u32) -> Option<u32> {
    let fits = (least..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|value| fits && *value <= most)
}

/// A web address with its scheme; one that starts with a host name gets `https://`.
pub fn web(text: &str) -> Option<String> {
    if text.len() > LONGEST_ADDRESS
        || text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c))
    {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        let from = text.find("://")? + 3;
        return has_host(&text[from..]).then(|| text.to_owned());
    }
    (!text.contains("://") && has_host(text)).then(|| format!("https://{text}"))
}

/// Whether the text starts with a public host name: labels with a dot between, perhaps a port.
fn has_host(text: &str) -> bool {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (host, port) = text[..end].split_once(':').map_or((&text[..end], None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        (1..=63).contains(&label.chars().count())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !label.starts_with('-')
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.split('.').all(label)
        && last.chars().any(char::is_alphabetic)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// An identifier of the form `scheme:rest`; one of the web must be a web address.
pub fn uri(text: &str) -> Option<String> {
    let scheme = text.split(':').next().filter(|scheme| scheme.len() < text.len())?;
    let plain = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b));
    if !plain
        || !scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        || scheme.contains('.')
        || scheme.starts_with("http")
    {
        return web(text);
    }
    let clean = text.len() <= LONGEST_ADDRESS && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    clean.then(|| text.to_owned())
}

/// An e-mail address: one `@`, a mailbox before it and a host name after it.
pub fn email(text: &str) -> Option<String> {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (mailbox, host) = text.split_once('@')?;
    let clean = |c: char| !c.is_whitespace() && !c.is_control() && !"@<>,;:\\\"()[]".contains(c);
    let fits = (1..=64).contains(&mailbox.len()) && text.len() <= 254;
    (fits && text.replacen('@', "", 1).chars().all(clean) && !host.contains(['/', '?', '#']) && has_host(host))
        .then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{date, email, instant, time, uri, web};

    #[test]
    fn times_get_one_spelling_and_keep_their_zone() {
        for (written, kept) in [
            ("10:00", "10:00"),
            ("10:00:00", "10:00:00"),
            ("10:00Z", "10:00Z"),
            ("9:00am", "09:00"),
            ("9 PM", "21:00"),
            ("12.30pm", "12:30"),
            ("12am", "00:00"),
            ("0900", "09:00"),
            ("1730", "17:30"),
            ("09:00+01:00", "09:00+01:00"),
            ("09:00:30+0100", "09:00:30+01:00"),
        ] {
            assert_eq!(time(written).as_deref(), Some(kept), "{written}");
        }
        for bad in [
            "",
            "9",
            "930",
            "2460",
            "24:00",
            "10:60",
            "13pm",
            "10:5",
            "ten",
            "10:00:00:00",
            "10:00 to 12:00",
            "10:00+",
            "é0:00",
        ] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_exist_in_the_calendar() {
        assert_eq!(date("2024-02-29").as_deref(), Some("2024-02-29"));
        assert_eq!(date("1990-09-11 00:00:00").as_deref(), Some("1990-09-11"));
        for bad in ["2023-02-29", "29/02/2024", "2024-2-9", "2024-02-291", "ééééé-02"] {
            assert_eq!(date(bad), None, "{bad}");
        }
        assert_eq!(instant("2024-09-25T14:23:06").as_deref(), Some("2024-09-25T14:23:06.000Z"));
        assert_eq!(instant("yesterday"), None);
    }

    #[test]
    fn a_web_address_names_a_public_host() {
        assert_eq!(web("http://example.com:8080/a?b#c").as_deref(), Some("http://example.com:8080/a?b#c"));
        assert_eq!(web("www.example.org/a").as_deref(), Some("https://www.example.org/a"));
        for bad in [
            "http://none",
            "http://20 heron road",
            "http://HTTP://a.example",
            "ftp://a.example",
            "javascript:alert(1)",
            "a@b.example",
            "http://.none",
            "n/a",
            "10.30",
        ] {
            assert_eq!(web(bad), None, "{bad}");
        }
        assert_eq!(uri("urn:x:1").as_deref(), Some("urn:x:1"));
        assert_eq!(uri("plain words"), None);
    }

    #[test]
    fn an_email_address_has_a_mailbox_and_a_host() {
        assert_eq!(email("hello@group.example").as_deref(), Some("hello@group.example"));
        for bad in
            ["hello", "@group.example", "a b@group.example", "a@b@c.example", "a@group", "a@group.example; b@c.example"]
        {
            assert_eq!(email(bad), None, "{bad}");
        }
    }
}
