//! Tells a format by what is in the files, and by their names where that is all there is.

use serde::Deserialize;

use super::{
    Error, Format,
    items::Items,
    loose::{List, Loose},
    package::{Part, base_name},
    tabular,
};
use serde::de::IgnoredAny;

/// How many items of a file are looked at.
const LOOKED_AT: usize = 50;

impl Format {
    /// The format of these files. A table that is none of the standard's needs a mapping, so it has no format here.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`].
    pub fn detect(parts: &[Part<'_>]) -> Result<Self, Error> {
        if tabular::are_tables(parts) {
            return Ok(Self::HsdsTabular);
        }
        let part = parts.first().ok_or(Error::Empty)?;
        let bytes = part.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(part.bytes);
        let extension = base_name(part.name).rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let lines = match extension.as_deref() {
            Some("ndjson" | "jsonl") => true,
            _ => is_lines(bytes),
        };
        match bytes.trim_ascii_start().first() {
            Some(b'{' | b'[') if lines => Ok(Self::HsdsLines),
            Some(b'{' | b'[') if parts.iter().any(|part| is_oruk1(part.bytes)) => Ok(Self::Oruk1),
            Some(b'{' | b'[') => Ok(Self::Hsds),
            // Broken JSON under its own name is told as broken JSON.
            _ => match extension.as_deref() {
                Some("json") => Ok(Self::Hsds),
                Some("ndjson" | "jsonl") => Ok(Self::HsdsLines),
                _ => Err(Error::UnknownFormat),
            },
        }
    }
}

/// Whether the first line is an object by itself and another follows.
fn is_lines(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let object = |line: Option<&[u8]>| line.is_some_and(|line| line.starts_with(b"{") && line.ends_with(b"}"));
    object(lines.next()) && object(lines.next())
}

/// Whether the envelope or an item has a word that only Open Referral UK 1.0 has.
fn is_oruk1(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(items) = Items::of_document(bytes) else { return false };
    let old = |envelope: Page| envelope.total_elements.is_some();
    if items.is_page() && serde_json::from_slice::<Loose<Page>>(bytes).is_ok_and(|page| page.object.is_some_and(old)) {
        return true;
    }
    items.take(LOOKED_AT).flatten().any(|raw| {
        serde_json::from_slice::<Loose<Words>>(raw.bytes)
            .is_ok_and(|item| item.object.is_some_and(|item| item.are_old()))
    })
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "totalElements")]
    total_elements: Option<IgnoredAny>,
}

/// Members that only the older form has. Nothing of them but their presence is decoded.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Words {
    service_taxonomys: Option<IgnoredAny>,
    service_taxonomies: Option<IgnoredAny>,
    eligibilitys: Option<IgnoredAny>,
    regular_schedules: Option<IgnoredAny>,
    holiday_schedules: Option<IgnoredAny>,
    fundings: Option<IgnoredAny>,
    deliverable_type: Option<IgnoredAny>,
    attending_access: Option<IgnoredAny>,
    service_at_locations: List<OldPlace>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OldPlace {
    regular_schedule: Option<IgnoredAny>,
    location: Loose<OldLocation>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OldLocation {
    physical_addresses: Option<IgnoredAny>,
}

impl Words {
    fn are_old(&self) -> bool {
        let any = [
            &self.service_taxonomys,
            &self.service_taxonomies,
            &self.eligibilitys,
            &self.regular_schedules,
            &self.holiday_schedules,
            &self.fundings,
            &self.deliverable_type,
            &self.attending_access,
        ];
        let old_place = |place: &OldPlace| {
            place.regular_schedule.is_some()
                || place.location.object.as_ref().is_some_and(|location| location.physical_addresses.is_some())
        };
        any.iter().any(|member| member.is_some()) || self.service_at_locations.objects().any(old_place)
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, Format, Part};

    fn detected(files: &[(&str, &str)]) -> Result<&'static str, Error> {
        let parts: Vec<_> = files.iter().map(|(name, text)| Part { name, bytes: text.as_bytes() }).collect();
        Format::detect(&parts).map(|format| match format {
            Format::Hsds => "hsds",
            Format::HsdsLines => "lines",
            Format::Oruk1 => "oruk1",
            Format::HsdsTabular => "tabular",
            Format::Table(_) => "table",
        })
    }

    #[test]
    fn content_tells_the_format_whatever_the_file_is_called() {
        for (text, format) in [
            ("\u{feff}{\"total_items\": 1, \"contents\": [{\"id\": 1}]}", "hsds"),
            (r#"[{"id": 1, "service_at_locations": [{"location": {"addresses": []}}]}]"#, "hsds"),
            ("{\"id\": 1}\r\n\r\n{\"id\": 2}\r\n", "lines"),
            ("{\n\"id\": 1\n}", "hsds"),
            (r#"{"totalElements": 1, "content": [], "last": true}"#, "oruk1"),
            (r#"[{"id": 1}, {"id": 2, "eligibilitys": []}]"#, "oruk1"),
            (r#"{"id": 1, "service_at_locations": [{"location": {"physical_addresses": []}}]}"#, "oruk1"),
        ] {
            assert_eq!(detected(&[("feed.txt", text)]), Ok(format), "{text}");
        }
        assert_eq!(detected(&[("groups.csv", "id,name\n")]), Err(Error::UnknownFormat));
        assert_eq!(detected(&[("a.json", "<html>")]), Ok("hsds"));
        assert_eq!(detected(&[]), Err(Error::Empty));
    }

    #[test]
    fn names_tell_tables_of_the_standard() {
        assert_eq!(detected(&[("x/datapackage.json", "{\"resources\": []}"), ("x/a.csv", "id\n")]), Ok("tabular"));
        assert_eq!(detected(&[("services.csv", "id,name\n"), ("phones.csv", "id\n")]), Ok("tabular"));
        assert_eq!(detected(&[("Service.csv", "id,name,status\n")]), Ok("tabular"));
        // One table that only happens to have such a name is none of the standard's.
        assert_eq!(detected(&[("services.csv", "Ref,Title\n")]), Err(Error::UnknownFormat));
    }
}
