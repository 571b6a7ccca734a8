//! What a telephone number says of where it rings: geographic ones (01, 02) begin with the code of a town or a city.

/// The codes of whole cities and of more, each with the area it covers most of, by the gazetteer's code.
pub const CITIES: [(&str, &str); 15] = [
    ("020", "E12000007"),
    ("028", "N92000002"),
    ("029", "W06000015"),
    ("0113", "E08000035"),
    ("0114", "E08000039"),
    ("0115", "E06000018"),
    ("0116", "E06000016"),
    ("0117", "E06000023"),
    ("0121", "E08000025"),
    ("0131", "S12000036"),
    ("0141", "S12000049"),
    ("0151", "E08000012"),
    ("0161", "E08000003"),
    ("0191", "E12000001"),
    ("0118", "E06000038"),
];
/// A code that is given to no town: numbers in plays and samples have it.
const NOWHERE: &str = "01632";

/// Where a number rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rings {
    /// Anywhere: mobile, freephone and the like, or not of this country.
    Anywhere,
    /// In an area of that code.
    In(&'static str),
    /// In a town and what lies around it.
    InTown,
}

/// Where a number rings, by its first figures.
pub fn rings(number: &str) -> Rings {
    let Some(national) = national(number) else { return Rings::Anywhere };
    if !(national.starts_with("01") || national.starts_with("02")) || national.starts_with(NOWHERE) {
        return Rings::Anywhere;
    }
    CITIES.iter().find(|(code, _)| national.starts_with(code)).map_or(Rings::InTown, |(_, area)| Rings::In(area))
}

/// A number of this country as one dials it here, figures only; `None` for one of another country.
pub fn national(number: &str) -> Option<String> {
    let figures: String = number.chars().filter(char::is_ascii_digit).collect();
    let abroad = number.trim_start().starts_with('+') || figures.starts_with("00");
    match figures.trim_start_matches("00").strip_prefix("44").filter(|_| abroad) {
        Some(rest) => Some(format!("0{}", rest.trim_start_matches('0'))),
        None if abroad => None,
        None => Some(figures),
    }
}

#[cfg(test)]
mod tests {
    use super::{Rings, rings};

    #[test]
    fn a_number_rings_where_its_first_figures_say() {
        for number in ["0113 496 0123", "+44 113 496 0123", "+44 (0)113 4960123", "0044 113 496 0123", "(0113) 4960123"]
        {
            assert_eq!(rings(number), Rings::In("E08000035"), "{number}");
        }
        for number in ["01274 496000", "+44 1943 460000", "0239 2000000"] {
            assert_eq!(rings(number), Rings::InTown, "{number}");
        }
        for number in
            ["0808 157 0001", "07700 900123", "03000 200300", "01632 960107", "116 123", "999", "+353 1 234 5678", ""]
        {
            assert_eq!(rings(number), Rings::Anywhere, "{number}");
        }
    }
}
