//! The table from which follows what a member of our own extension may say.

/// Declares what is said beside a record of the standard: its struct, how it is written, how it is read.
///
/// `one` fields are absent when not stated, `many` ones when empty. Each line names a field once, with its type and the
/// [`Reader`](super::Reader) method that reads it. Nothing is needed: what must be there is asked for by who uses it.
macro_rules! said {
    (
        $(#[$doc:meta])*
        $name:ident {
            one { $($(#[$odoc:meta])* $one:ident: $otype:ty = $ohow:ident($($oarg:expr),*);)* }
            many { $($(#[$mdoc:meta])* $many:ident: $mtype:ty = $mhow:ident($($marg:expr),*);)* }
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, poem_openapi::Object)]
        #[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
        pub struct $name {
            $(
                $(#[$odoc])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $one: Option<$otype>,
            )*
            $(
                $(#[$mdoc])*
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                #[oai(default)]
                pub $many: Vec<$mtype>,
            )*
        }

        impl $crate::domain::plain::Plain for $name {
            fn make_plain(&mut self, _: &str) {
                use $crate::domain::plain::Plain;
                $(Plain::make_plain(&mut self.$one, stringify!($one));)*
                $(Plain::make_plain(&mut self.$many, stringify!($many));)*
            }
        }

        impl $crate::domain::read::Read for $name {
            fn read(reader: &mut $crate::domain::read::Reader<'_, '_>) -> Self {
                Self {
                    $($one: reader.$ohow(stringify!($one) $(, $oarg)*),)*
                    $($many: reader.$mhow(stringify!($many) $(, $marg)*),)*
                }
            }
        }
    };
}

pub(crate) use said;
