//! The forms in which settings are written: durations, sizes, listening addresses.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::net::SocketAddr;

macro_rules! word {
    ($(#[$doc:meta])* $name:ident($inner:ty) $format:literal $example:literal $read:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                let read: fn(&str) -> Option<$inner> = $read;
                read(&text).map(Self).ok_or_else(|| {
                    D::Error::custom(format!("`{text}` is not a {}, for example {}", $format, $example))
                })
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                // `format` is JSON Schema's own word, which means an ISO 8601 duration by `duration`.
                json_schema!({ "type": "string", "description": concat!("A ", $format, "."), "x-form": $format, "examples": [$example] })
            }
        }
    };
}

word! {
    /// A duration such as `30s` or `1h30m`.
    Duration(std::time::Duration) "duration" "30s" divos_manifest::parse_duration
}
word! {
    /// A size in bytes, such as `64KB` or `1GiB`.
    Size(u64) "size" "64KB" divos_manifest::parse_size
}
word! {
    /// An address and a port to listen on.
    Listen(SocketAddr) "listen" "127.0.0.1:8443" |text| text.parse().ok()
}
