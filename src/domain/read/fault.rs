//! What reading tells: faults that stop a record, and notices of what was put right.

use std::fmt;

use serde::Serialize;

/// One fault of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where, as an RFC 6901 pointer.
    pub pointer: String,
    /// What kind of fault.
    pub code: Code,
    /// Why, in words that never repeat the value.
    pub reason: String,
}

impl Violation {
    /// A fault with the usual words for its code.
    pub fn new(pointer: impl Into<String>, code: Code) -> Self {
        Self { pointer: pointer.into(), code, reason: code.reason().to_owned() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", if self.pointer.is_empty() { "the record" } else { &self.pointer }, self.reason)
    }
}

/// Something that was put right while reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Where, as an RFC 6901 pointer.
    pub pointer: String,
    /// What was done.
    pub mended: Mended,
}

/// Declares an enum of words with their meaning in a sentence.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $(#[$says:meta])* $method:ident { $($variant:ident $word:literal $reason:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $(#[doc = concat!("The value ", $reason, ".")] $variant,)* }

        impl $name {
            /// The word for programs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
            $(#[$says])*
            pub const fn $method(self) -> &'static str {
                match self { $(Self::$variant => $reason,)* }
            }
        }
    };
}

words! {
    /// The kinds of fault.
    Code,
    /// The usual words after a field's name.
    reason {
        Required "required" "is needed";
        NotText "not_text" "is not text";
        NotANumber "not_a_number" "is not a number";
        NotAUuid "not_a_uuid" "is not a UUID";
        NotInList "not_in_list" "is not one of the words allowed here";
        NotADate "not_a_date" "is not a date of the form YYYY-MM-DD";
        NotATime "not_a_time" "is not a time of the form HH:MM";
        NotAnAddressOfTheWeb "not_an_address_of_the_web" "is not a web address";
        NotAnEmail "not_an_email" "is not an e-mail address";
        OutOfRange "out_of_range" "is outside what makes sense here";
        TooLong "too_long" "is too long";
        HasNul "has_nul" "holds a NUL character";
        NotAList "not_a_list" "is not a list";
        NotAnObject "not_an_object" "is not an object";
        NotReadable "not_readable" "cannot be read in this format";
        UnknownKind "unknown_kind" "is neither a service nor an organization";
        UnknownParameter "unknown_parameter" "is no parameter here";
        UnknownTerm "unknown_term" "is no term of the vocabulary";
        UnknownArea "unknown_area" "is no authority and no wider area";
        Conflict "conflict" "contradicts another value";
        TooDeep "too_deep" "is further than can be paged";
        TellsPlace "tells_place" "could tell where a protected place is";
        NarrowsPlace "narrows_place" "would hang together with what was published before, so that both could tell where a protected place is";
        SelfLink "self_link" "leads to the record itself";
        UnknownListing "unknown_listing" "is no listing of this directory that readers may see";
        Circle "circle" "would make something a part of itself";
        OneOrganization "one_organization" "cannot be agreed: both sides are of one organization";
        NotStated "not_stated" "is not stated by the other side";
        AlreadyHeld "already_held" "is held already";
        NotHeld "not_held" "is not held";
        Past "past" "is a day that has passed";
        TooFarAhead "too_far_ahead" "is further ahead than this may last";
        Duplicate "duplicate" "has the id of an earlier item and says something else";
        Orphan "orphan" "belongs to nothing in these files";
    }
}

words! {
    /// What reading puts right.
    Mended,
    /// What was done, in words.
    says {
        SchemeAdded "scheme_added" "was given https://";
        NumberInText "number_in_text" "was a number written as text";
        TextInNumber "text_in_number" "was text written as a number";
        Trimmed "trimmed" "was padded with blanks";
        CaseFolded "case_folded" "was spelled with other capitals";
        Rewritten "rewritten" "was written in another form";
        LeftBlank "left_blank" "is needed by the standard and not stated";
        PositionDropped "position_dropped" "was no position on the map and was left out";
        Dropped "dropped" "could not be read and was left out";
        ShapeDropped "shape_dropped" "was a drawn shape, which a protected listing may not have";
        PlaceWithheld "place_withheld" "could tell where a protected place is and was left out";
        HeardAtRisk "heard_at_risk" "speaks of a place at risk where its name, terms and description do not; where it is was not read, and `kith safeguard open` has it read if that is wrong";
        AreasKept "areas_kept" "would have told, with areas that were published before, where a protected place is; the former ones were kept";
        AreasWidened "areas_widened" "would have told, with areas that were published before, where a protected place is; a wider one was taken";
        AreasLeftOut "areas_left_out" "would have told, with areas that were published before, where a protected place is; none was published";
        NameWithheld "name_withheld" "names a place that is finer than the areas, or has words that are not on the list of those that a protected record may publish; it was replaced by the kind";
        TextWithheld "text_withheld" "has words that are not on the list of those that a protected record may publish; they were left out";
        LetThroughChanged "let_through_changed" "was let through by the safeguarding role in another wording, which is not there any more; what stands there now has to pass";
        FirstKept "first_kept" "was told in two ways; the first was kept";
        Assumed "assumed" "was not stated and was taken to be what such a file means by that";
        LinksToNothing "links_to_nothing" "leads to what is not here, or is withdrawn; such a link is kept, and shown to nobody until that comes";
        CircleOfParts "circle_of_parts" "made something a part of itself, over others; each is kept as it is said";
        TownMoved "town_moved" "was a town where a postcode should be";
    }
}

/// Appends one token, escaped as RFC 6901 asks.
pub fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}
