//! Text from strangers made into plain paragraphs: no HTML, no control or direction-changing characters.
//!
//! What comes out is still shown escaped everywhere; this is so that it reads well and cannot
//! reorder the letters around it.

use super::{
    coming::{Coming, HowToCome},
    entry::Source,
    id::Id,
    read::Words,
};

/// Something with texts from strangers in it.
pub trait Plain {
    /// Makes every text in it plain, each as the field of that name is: paragraphs, a web address or a line. An optional
    /// one of which nothing is left is not stated.
    fn make_plain(&mut self, _field: &str) {}

    /// Whether nothing is in it.
    fn is_blank(&self) -> bool {
        false
    }
}

impl Plain for String {
    fn make_plain(&mut self, field: &str) {
        *self = match field {
            "description" => paragraphs(self),
            "url" | "uri" | "website" | "logo" | "term_uri" | "schedule_link" | "form_url" => address(self),
            _ => line(self),
        };
    }

    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Plain> Plain for Option<T> {
    fn make_plain(&mut self, field: &str) {
        if let Some(value) = self {
            value.make_plain(field);
        }
        if self.as_ref().is_some_and(Plain::is_blank) {
            *self = None;
        }
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn make_plain(&mut self, field: &str) {
        self.iter_mut().for_each(|value| value.make_plain(field));
    }
}

/// An id is printed by us.
impl<T> Plain for Id<T> {}

/// A yes or no.
impl Plain for bool {}

/// A number.
impl Plain for u32 {}

/// A word of a list is ours.
impl<T: Words> Plain for T {}

impl Plain for Coming {
    fn make_plain(&mut self, _: &str) {
        self.phone_hours.make_plain("phone_hours");
        self.concessions.make_plain("concessions");
        self.how_to_come.make_plain("how_to_come");
    }
}

impl Plain for HowToCome {
    fn make_plain(&mut self, _: &str) {
        self.who_may_refer.make_plain("who_may_refer");
        self.form_url.make_plain("form_url");
        self.form_type.make_plain("form_type");
        self.mailbox.make_plain("mailbox");
        self.what_to_send.make_plain("what_to_send");
        self.consent.make_plain("consent");
        self.exclusions.make_plain("exclusions");
    }
}

impl Plain for Source {
    fn make_plain(&mut self, _: &str) {
        self.name.make_plain("name");
        self.url.make_plain("url");
        self.licence.make_plain("licence");
        self.attribution.make_plain("attribution");
    }
}

/// Plain paragraphs, separated by one blank line, without tags, entities, control or bidi characters.
pub fn paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for paragraph in without_tags(text).split('\n').map(one_line).filter(|line| !line.is_empty()) {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&paragraph);
    }
    out
}

/// One line: as [`paragraphs`], with every run of white space as one space.
pub fn line(text: &str) -> String {
    one_line(&without_tags(text))
}

/// A web address: no blanks, nor what hides; `&` is no entity there. One with a tag in it is none, and a line.
fn address(text: &str) -> String {
    if text.contains('<') {
        return line(text);
    }
    text.chars().filter(|c| !c.is_whitespace() && !is_unwanted(*c)).collect()
}

/// The beginning of a text, at most `most` characters, cut after a sentence or a word.
pub fn beginning(text: &str, most: usize) -> String {
    let text = one_line(text);
    let Some((end, _)) = text.char_indices().nth(most) else { return text };
    let head = &text[..end];
    if let Some(stop) = head.rfind(['.', '!', '?']).filter(|stop| *stop > end / 2) {
        return head[..=stop].to_owned();
    }
    let cut = head.rfind(' ').unwrap_or(end);
    format!("{}…", head[..cut].trim_end_matches([',', ';', ':', ' ']))
}

fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_unwanted(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Control characters, and those that change the direction or hide: none has a place in a listing.
fn is_unwanted(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Drops tags (block ends become line ends) and reads the common entities.
fn without_tags(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let last_close = text.rfind('>'); // so that a text of open brackets is not searched over and over
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let within_tags = last_close.is_some_and(|close| text.len() - rest.len() < close);
        if let Some(tag) = within_tags.then(|| tag(rest)).flatten() {
            let name = tag.trim_start_matches(['<', '/']).to_ascii_lowercase();
            let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
            if matches!(name, "p" | "br" | "div" | "li" | "ul" | "ol" | "tr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
            {
                out.push('\n');
            }
            rest = &rest[tag.len()..];
            if let ("script" | "style", false) = (name, tag.starts_with("</")) {
                rest = end_tag(rest, name).map_or("", |end| &rest[end..]);
            }
        } else if let Some((c, length)) = entity(rest) {
            out.push(c);
            rest = &rest[length..];
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The tag at the beginning of `text`, if there is one: `<` then a letter, `/` or `!`, up to `>`.
fn tag(text: &str) -> Option<&str> {
    let second = text.strip_prefix('<')?.chars().next()?;
    if !(second.is_ascii_alphabetic() || second == '/' || second == '!') {
        return None;
    }
    text.find('>').map(|end| &text[..=end])
}

/// Where the end tag of `name` begins.
fn end_tag(text: &str, name: &str) -> Option<usize> {
    text.match_indices("</").map(|(at, _)| at).find(|at| {
        text.as_bytes().get(at + 2..at + 2 + name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// The entity at the beginning of `text`, and its length in bytes.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(10).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" | "rsquo" | "lsquo" => '\'',
        "nbsp" => ' ',
        "shy" => '\u{ad}',
        "ndash" => '–',
        "mdash" => '—',
        "pound" => '£',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::{beginning, line, paragraphs};

    #[test]
    fn markup_becomes_paragraphs() {
        assert_eq!(paragraphs("<p>Come &amp; talk.</p><p>Tea<br/>is &pound;1</p>"), "Come & talk.\n\nTea\n\nis £1");
        assert_eq!(paragraphs("a<script>alert('x')</script>b"), "ab");
        assert_eq!(paragraphs("5 < 6 & 7 > 2"), "5 < 6 & 7 > 2");
        assert_eq!(paragraphs("<unclosed"), "<unclosed");
        assert_eq!(paragraphs(&"<a".repeat(25_000)).len(), 50_000);
    }

    #[test]
    fn letters_cannot_be_reordered_or_hidden() {
        assert_eq!(line("a\u{202e}b\u{0}c\u{200b}  d\te"), "abc d e");
        assert_eq!(line("&#x202e;x"), "x");
    }

    #[test]
    fn a_beginning_ends_after_a_sentence_or_a_word() {
        assert_eq!(beginning("One two. Three four five", 12), "One two.");
        assert_eq!(beginning("One two three four", 12), "One two…");
        assert_eq!(beginning("Short", 12), "Short");
    }
}
