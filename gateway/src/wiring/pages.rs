//! What a person sees when a request fails, in the portal's look.

use crate::phases::{ErrorPages, Failure, Route};
use crate::routes::AppRights;
use divos_model::Lang;
use divos_portal::{ErrorKind, ErrorView, error_page};
use http::HeaderValue;
use std::time::Duration;

/// Error pages by the portal.
pub struct PortalPages {
    /// The hub's origin, for the stylesheet and the way home.
    pub origin: String,
}

impl ErrorPages for PortalPages {
    fn page(
        &self,
        failure: &Failure,
        route: Option<&Route>,
        lang: Lang,
        request_id: &str,
    ) -> String {
        let app = route.and_then(Route::get::<AppRights>);
        let view = ErrorView {
            status: Some(failure.status()),
            app: app.map(|rights| rights.connector.title.clone()),
            wait: failure
                .retry_after()
                .map(|seconds| Duration::from_secs(seconds.into())),
            request_id: Some(request_id.to_owned()),
            hub: self.origin.clone(),
            ..ErrorView::new(kind(failure))
        };
        error_page(&view, lang)
    }

    /// The stylesheet and the icon are the hub's, also on an app's host.
    fn policy(&self) -> HeaderValue {
        let hub = &self.origin;
        let policy = format!(
            "default-src 'none'; style-src {hub}; img-src {hub} data:; form-action 'none'; \
             frame-ancestors 'none'; base-uri 'none'"
        );
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }
}

fn kind(failure: &Failure) -> ErrorKind {
    match failure {
        Failure::UnknownHost => ErrorKind::NotFound,
        Failure::MethodNotAllowed => ErrorKind::WrongMethod,
        Failure::HeadersTooLarge | Failure::BodyTooLarge { .. } => ErrorKind::TooLarge,
        Failure::SignInNeeded | Failure::Forbidden { .. } => ErrorKind::Forbidden,
        Failure::TooMany { .. } => ErrorKind::TooMany,
        Failure::TooBusy | Failure::BreakerOpen | Failure::Unreachable => ErrorKind::AppDown,
        Failure::TimedOut => ErrorKind::AppSlow,
        Failure::BadGateway => ErrorKind::AppBroken,
        Failure::Hub(_) => ErrorKind::HubFailed,
        Failure::Malformed(_)
        | Failure::AmbiguousPath(_)
        | Failure::Misdirected
        | Failure::HttpsRequired
        | Failure::BodyStalled => ErrorKind::BadRequest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_load_what_it_names() {
        let pages = PortalPages {
            origin: "https://hub.test:8443".to_owned(),
        };
        let page = pages.page(&Failure::TimedOut, None, Lang::Id, "r");
        assert!(page.contains("<link rel=\"stylesheet\" href=\"https://hub.test:8443/assets/"));
        assert!(!page.contains("<script") && !page.contains("style=\""));
        let policy = pages.policy();
        let policy = policy.to_str().expect("text");
        assert!(
            policy.contains("style-src https://hub.test:8443;"),
            "{policy}"
        );
        assert!(
            policy.contains("img-src https://hub.test:8443 "),
            "{policy}"
        );
    }
}
