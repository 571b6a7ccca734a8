//! The table from which a record type and its reading follow.

/// Declares one record type of the standard: its struct, how it is written, how it is read.
///
/// Each line names a field once, with its type and the [`Reader`](super::Reader) method that reads it. `needed` fields are
/// always written, `optional` ones and `numbers` only when stated, `lists` only when not empty. `apart` names
/// nested objects that `exchange` reads as records of their own. `Deserialize` is for the store's own text only.
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident, $kind:ty;
        needed { $($(#[$ndoc:meta])* $nfield:ident: $ntype:ty = $nhow:ident($($narg:expr),*);)* }
        optional { $($(#[$odoc:meta])* $ofield:ident $($ojson:literal)?: $otype:ty = $ohow:ident($($oarg:expr),*);)* }
        numbers { $($(#[$fdoc:meta])* $ffield:ident = $fhow:ident($($farg:expr),*);)* }
        lists { $($(#[$ldoc:meta])* $lfield:ident: $ltype:ty;)* }
        apart { $($apart:literal)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, poem_openapi::Object)]
        pub struct $name {
            /// The record's id.
            pub id: $crate::domain::id::Id<$kind>,
            $($(#[$ndoc])* pub $nfield: $ntype,)*
            $(
                $(#[$odoc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                #[oai(skip_serializing_if_is_none)]
                $(#[serde(rename = $ojson)] #[oai(rename = $ojson)])?
                pub $ofield: Option<$otype>,
            )*
            $(
                $(#[$fdoc])*
                #[serde(skip_serializing_if = "Option::is_none", serialize_with = "crate::domain::schema::number")]
                #[oai(skip_serializing_if_is_none)]
                pub $ffield: Option<f64>,
            )*
            $(
                $(#[$ldoc])*
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                #[oai(default, skip_serializing_if_is_empty)]
                pub $lfield: Vec<$ltype>,
            )*
        }

        impl $crate::domain::plain::Plain for $name {
            fn make_plain(&mut self, _: &str) {
                use $crate::domain::plain::Plain;
                $(Plain::make_plain(&mut self.$nfield, stringify!($nfield));)*
                $(Plain::make_plain(&mut self.$ofield, stringify!($ofield));)*
                $(Plain::make_plain(&mut self.$lfield, stringify!($lfield));)*
            }
        }

        impl $crate::domain::keys::Keys for $name {
            fn note(&self, shown: &mut $crate::domain::keys::Shown) {
                shown.insert((<$kind as $crate::domain::id::Kind>::NAME, self.id.as_u128()));
                $(self.$ofield.note(shown);)*
                $(self.$lfield.note(shown);)*
            }

            fn keep(&mut self, _shown: &$crate::domain::keys::Shown) {
                use $crate::domain::{keys::keep_member, read::table::json_name};
                $(keep_member(&mut self.$ofield, json_name!($ofield $($ojson)?), _shown);)*
                $(self.$lfield.keep(_shown);)*
            }
        }

        impl $crate::domain::read::Read for $name {
            fn read(reader: &mut $crate::domain::read::Reader<'_, '_>) -> Self {
                $(reader.apart($apart);)*
                Self {
                    id: reader.id(),
                    $($nfield: reader.$nhow(stringify!($nfield) $(, $narg)*),)*
                    $($ofield: reader.$ohow($crate::domain::read::table::json_name!($ofield $($ojson)?) $(, $oarg)*),)*
                    $($ffield: reader.$fhow(stringify!($ffield) $(, $farg)*),)*
                    $($lfield: reader.list(stringify!($lfield)),)*
                }
            }
        }
    };
}

/// A field's name in JSON, where it is not its name in Rust.
macro_rules! json_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $json:literal) => {
        $json
    };
}

pub(crate) use {json_name, record};
