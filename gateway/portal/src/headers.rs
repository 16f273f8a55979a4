//! The headers that every answer of the portal carries.
//!
//! Owns the content security policy (CSP level 3) and its companions. Nothing inline is ever allowed.

use crate::PublicFace;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

/// The fixed headers and the policy of one hub.
#[derive(Debug, Clone)]
pub(crate) struct Fixed(Vec<(HeaderName, HeaderValue)>);

impl Fixed {
    /// Writes the headers once for a hub.
    pub(crate) fn of(face: &PublicFace) -> Self {
        let named = |name, value| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        let policy = HeaderValue::try_from(policy(face))
            .unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self(vec![
            (header::CONTENT_SECURITY_POLICY, policy),
            named("x-content-type-options", "nosniff"),
            named("x-frame-options", "DENY"),
            named("referrer-policy", "same-origin"),
            named(
                "permissions-policy",
                "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            ),
            named("cross-origin-opener-policy", "same-origin"),
            named("cross-origin-resource-policy", "same-origin"),
            named("cache-control", "no-store"),
        ])
    }

    /// Adds what an answer does not say itself.
    pub(crate) fn dress(&self, mut response: Response) -> Response {
        for (name, value) in &self.0 {
            if !response.headers().contains_key(name) {
                response.headers_mut().insert(name.clone(), value.clone());
            }
        }
        if !response.headers().contains_key(header::VARY) {
            let vary = HeaderValue::from_static("accept-language, cookie, hx-request");
            response.headers_mut().insert(header::VARY, vary);
        }
        response
    }
}

fn policy(face: &PublicFace) -> String {
    let mut ends = vec!["'self'".to_owned()];
    // A source with a semicolon or a blank would begin another directive.
    ends.extend(
        face.app_sources
            .iter()
            .filter(|s| !s.contains([';', ',', ' ']))
            .cloned(),
    );
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action {}; frame-ancestors 'none'; base-uri 'none'",
        ends.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_end_at_the_hub_and_at_its_apps_alone() {
        let face = PublicFace {
            origin: "https://divos.localhost:8443".into(),
            app_sources: vec![
                "https://*.divos.localhost:8443".into(),
                "x; script-src *".into(),
            ],
            contact: String::new(),
        };
        let policy = policy(&face);
        assert!(
            policy.contains("form-action 'self' https://*.divos.localhost:8443;"),
            "{policy}"
        );
        assert_eq!(policy.matches("script-src").count(), 1);
        assert!(!policy.contains("unsafe"));
    }
}
