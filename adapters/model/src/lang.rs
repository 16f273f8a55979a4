//! The two languages that people read the hub in.

use serde::{Deserialize, Serialize};

/// A language of the hub's own words; Indonesian comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Bahasa Indonesia.
    #[default]
    Id,
    /// English.
    En,
}

impl Lang {
    /// Returns the BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    /// Returns one of two texts.
    #[must_use]
    pub const fn pick<'a>(self, id: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Id => id,
            Self::En => en,
        }
    }

    /// Reads a BCP 47 tag such as `en-GB`; `None` for a language the hub does not speak.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "id" | "in" => Some(Self::Id),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// Chooses from an `Accept-Language` header (RFC 9110, section 12.5.4): the spoken language
    /// with the highest weight, Indonesian where none is.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best = (0.0_f32, Self::Id);
        for range in accept_language.split(',').take(16) {
            let mut parts = range.split(';');
            let Some(lang) = parts.next().and_then(Self::from_tag) else {
                continue;
            };
            let weight = parts
                .find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok())
                .unwrap_or(1.0);
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiates_by_weight_and_falls_back_to_indonesian() {
        for (header, expected) in [
            ("", Lang::Id),
            ("en", Lang::En),
            ("en-US,en;q=0.9,id;q=0.8", Lang::En),
            ("id-ID,en;q=0.9", Lang::Id),
            ("fr,en;q=0.3,id;q=0.5", Lang::Id),
            ("en;q=0", Lang::Id),
            ("en;q=banana", Lang::En),
        ] {
            assert_eq!(Lang::negotiate(header), expected, "{header}");
        }
    }
}
