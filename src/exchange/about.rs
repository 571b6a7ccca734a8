//! What an item says of itself: pass 1 reads it once, to know which places must not be read.

/// Names, terms and texts: what tells a kind of support.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The name; empty when not stated.
    pub name: String,
    /// The other name; empty when not stated.
    pub alternate_name: String,
    /// The description; empty when not stated.
    pub description: String,
    /// Names and codes of its terms.
    pub terms: Vec<String>,
    /// What else is called by a name: its programme and its places, and the words of its addresses of the web.
    pub names: Vec<String>,
    /// What else is told in sentences: whom it is for, how one applies, of its places and its numbers.
    pub texts: Vec<String>,
}

impl About {
    /// Only what it is called.
    pub fn names_only(&self) -> Self {
        Self { name: self.name.clone(), alternate_name: self.alternate_name.clone(), ..Self::default() }
    }
}

/// Fields, beside descriptions, that hold sentences.
pub const SENTENCES: [&str; 7] = [
    "application_process",
    "fees",
    "fees_description",
    "accreditations",
    "alert",
    "eligibility_description",
    "interpretation_services",
];
/// Fields that hold addresses of the web.
pub const ADDRESSES: [&str; 3] = ["email", "url", "website"];

/// The words of an address of the web, apart.
pub fn words_of_address(address: &str) -> String {
    address.replace(|c: char| !c.is_alphanumeric(), " ")
}
