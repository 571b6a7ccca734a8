//! The shape of a UK postcode, whole or begun, with or without its space.

/// One way to read a text as a postcode. All parts are in capitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A whole code or all but its last letter ("LS6 2AB", "LS6 2A"): more exact than the tables are.
    Unit {
        /// "LS6 2".
        sector: String,
        /// "LS6".
        district: String,
        /// "AB"; a single letter where the code was not typed to its end.
        unit: String,
    },
    /// "LS6 2".
    Sector {
        /// "LS6 2".
        sector: String,
        /// "LS6".
        district: String,
    },
    /// "LS6".
    District(String),
}

/// The sector and the unit of a whole postcode, in capitals, with or without its space; `None` for anything else.
pub fn sector_and_unit(text: &str) -> Option<(String, String)> {
    match readings(text).into_iter().next()? {
        Reading::Unit { sector, unit, .. } if unit.len() == 2 => Some((sector, unit)),
        _ => None,
    }
}

/// The ways to read `text` as a postcode, likeliest first; none when it cannot be one. "LS62" may be the district LS62
/// or the sector LS6 2: which of them exists is for the tables to say.
pub fn readings(text: &str) -> Vec<Reading> {
    let mut words = text.split_whitespace();
    let (first, second, third) = (words.next(), words.next(), words.next());
    match (first, second, third) {
        (Some(outward), Some(inward), None) => {
            let (Some(district), Some(inward)) = (outward_code(outward), capitals(inward, 3)) else {
                return Vec::new();
            };
            with_inward(&district, &inward).into_iter().collect()
        }
        (Some(whole), None, None) => {
            let Some(whole) = capitals(whole, 7) else { return Vec::new() };
            let mut found = Vec::new();
            // A whole code first, then a district, then what is left half typed.
            found.extend(split_at_end(&whole, 3));
            found.extend(outward_code(&whole).map(Reading::District));
            found.extend(split_at_end(&whole, 1));
            found.extend(split_at_end(&whole, 2));
            found
        }
        _ => Vec::new(),
    }
}

fn split_at_end(whole: &str, inward: usize) -> Option<Reading> {
    let cut = whole.len().checked_sub(inward)?;
    with_inward(&outward_code(&whole[..cut])?, &whole[cut..])
}

fn with_inward(district: &str, inward: &str) -> Option<Reading> {
    let (digit, rest) = inward.split_at_checked(1)?;
    if !digit.bytes().all(|b| b.is_ascii_digit()) || !rest.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let (sector, district) = (format!("{district} {digit}"), district.to_owned());
    Some(if rest.is_empty() {
        Reading::Sector { sector, district }
    } else {
        Reading::Unit { sector, district, unit: rest.to_owned() }
    })
}

/// The outward half in capitals, when `text` has its shape: one or two letters, a digit, perhaps a letter or digit.
fn outward_code(text: &str) -> Option<String> {
    let code = capitals(text, 4)?;
    let letters = code.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &code.as_bytes()[letters..];
    let shaped = (1..=2).contains(&letters) && (1..=2).contains(&rest.len()) && rest[0].is_ascii_digit();
    shaped.then_some(code)
}

/// `text` in capitals, when it is nothing but 1 to `most` ASCII letters and digits.
fn capitals(text: &str, most: usize) -> Option<String> {
    let fits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(sector: &str, district: &str, unit: &str) -> Reading {
        Reading::Unit { sector: sector.into(), district: district.into(), unit: unit.into() }
    }

    #[test]
    fn whole_codes_read_one_way_with_or_without_the_space() {
        assert_eq!(readings("ls6 2ab"), [unit("LS6 2", "LS6", "AB")]);
        assert_eq!(readings("LS62AB")[0], unit("LS6 2", "LS6", "AB"));
        assert_eq!(readings(" sw1a   1aa "), [unit("SW1A 1", "SW1A", "AA")]);
        assert_eq!(readings("M1 1AE"), [unit("M1 1", "M1", "AE")]);
        assert_eq!(sector_and_unit("ls62ab"), Some(("LS6 2".into(), "AB".into())));
        assert_eq!((sector_and_unit("LS6 2A"), sector_and_unit("LS6")), (None, None));
    }

    #[test]
    fn begun_codes_give_every_reading() {
        let sector = || Reading::Sector { sector: "LS6 2".into(), district: "LS6".into() };
        assert_eq!(readings("LS6 2"), [sector()]);
        assert_eq!(readings("ls62"), [Reading::District("LS62".into()), sector()]);
        assert_eq!(readings("LS6"), [Reading::District("LS6".into()),]);
        assert_eq!(readings("LS6 2A"), [unit("LS6 2", "LS6", "A")]);
    }

    #[test]
    fn other_texts_have_no_reading() {
        for text in ["", "L", "LS", "Leeds", "12345", "LS6 2ABC", "LS6 AB2", "LS6-2AB", "É6 2AB", "LS6 2AB extra", "🏠"]
        {
            assert_eq!(readings(text), [], "{text}");
        }
    }
}
