//! Declares the two shapes every feature repeats: transfer structs and stored states.

/// A plain data struct that crosses the wire (JSON, server function) and, on the server, is
/// described in the OpenAPI document.
macro_rules! view {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            pub struct $name { $($body)* }
        )+
    };
}

/// A closed set of named states: snake_case on the wire, in the database and in URLs. A name is taken as a
/// plain token: utoipa does not look into captured literals, and would describe the names of the variants.
macro_rules! states {
    ($($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:tt),+ $(,)? })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[cfg_attr(feature = "database", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
            #[cfg_attr(feature = "database", sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(32))"))]
            pub enum $name {
                $(
                    $(#[$vmeta])*
                    #[serde(rename = $text)]
                    #[cfg_attr(feature = "database", sea_orm(string_value = $text))]
                    $variant,
                )+
            }

            impl $name {
                /// Every value, in declaration order.
                pub const ALL: &'static [Self] = &[$(Self::$variant),+];

                /// The name used on the wire and in the database.
                pub const fn as_str(self) -> &'static str {
                    match self { $(Self::$variant => $text),+ }
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(self.as_str())
                }
            }

            impl std::str::FromStr for $name {
                type Err = ();
                fn from_str(text: &str) -> std::result::Result<Self, ()> {
                    Self::ALL.iter().copied().find(|s| s.as_str() == text).ok_or(())
                }
            }
        )+
    };
}

pub(crate) use {states, view};
