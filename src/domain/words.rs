//! Closed lists of words that are kept and published, each with what is shown of it.

/// Declares an enum of such words, with a label each in English, and in Welsh where all have one. A literal after its name is
/// what the published document calls it, where that is something else.
macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident $($published:literal)?
        { $($(#[$vdoc:meta])* $variant:ident $word:literal $label:literal $($cy:literal)?;)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, poem_openapi::Enum)]
        $(#[oai(rename = $published)])?
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] #[oai(rename = $word)] $variant,)* }

        impl $name {
            /// Every one, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word used in the API and kept in the store.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What is shown, in plain English.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }

        words!(@welsh $name { $($variant $($cy)?;)* });

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word).ok_or(())
            }
        }
    };
    (@welsh $name:ident { $($variant:ident;)* }) => {};
    (@welsh $name:ident { $($variant:ident $cy:literal;)* }) => {
        impl $name {
            /// What is shown, in Welsh; not yet checked by a Welsh speaker.
            pub const fn label_cy(self) -> &'static str {
                match self { $(Self::$variant => $cy,)* }
            }
        }
    };
}

pub(super) use words;
