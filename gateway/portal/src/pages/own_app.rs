//! An app's own page, for the people who look after it.

use crate::frame::Tab;
use crate::ports::{CredentialMade, PortError};
use crate::respond;
use crate::views::own_app::OwnAppView;
use crate::visit::{Posted, Visit};
use axum::extract::Path;
use axum::response::Response;
use divos_model::AppId;
use http::StatusCode;

fn id(visit: &Visit, app: &str) -> Result<AppId, Response> {
    app.parse().map_err(|_| visit.failed(PortError::Missing))
}

async fn view(visit: &Visit, app: &AppId) -> Result<OwnAppView, Response> {
    let sheet = visit.site.parts.own_apps.sheet(&visit.visitor, app).await;
    let sheet = sheet.map_err(|error| visit.failed(error))?;
    let mut f = visit.frame(Tab::Apps);
    f.here = format!("/apps/{app}");
    Ok(OwnAppView::of(f, &sheet, visit.visitor.operator))
}

/// `GET /apps/{id}`.
pub(super) async fn show(Path(app): Path<String>, visit: Visit) -> Result<Response, Response> {
    let view = view(&visit, &id(&visit, &app)?).await?;
    Ok(respond::show(&view, StatusCode::OK))
}

/// `POST /apps/{id}/credentials`: answered with a page at once, since the secret is shown once and must not pass through
/// an address bar.
pub(super) async fn make(
    Path(app): Path<String>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Response> {
    let app = id(&visit, &app)?;
    let signs = fields.get("sort") == "hmac";
    let own_apps = &visit.site.parts.own_apps;
    let made = own_apps.make_credential(&visit.visitor, &app, signs, fields.get("label"));
    let made = made.await.map_err(|error| visit.failed(error))?;
    let mut view = view(&visit, &app).await?;
    let status = match made {
        CredentialMade::Secret(secret) => {
            view.made = secret;
            StatusCode::OK
        }
        CredentialMade::TooMany => {
            view.said = Some(view.f.t("own-too-many"));
            StatusCode::CONFLICT
        }
    };
    Ok(respond::show(&view, status))
}

/// `POST /apps/{id}/credentials/{credential}/revoke`.
pub(super) async fn revoke(
    Path((app, credential)): Path<(String, String)>,
    Posted { visit, .. }: Posted,
) -> Result<Response, Response> {
    let app = id(&visit, &app)?;
    let own_apps = &visit.site.parts.own_apps;
    let revoked = own_apps.revoke_credential(&visit.visitor, &app, &credential);
    revoked.await.map_err(|error| visit.failed(error))?;
    Ok(respond::see(&format!("/apps/{app}#push")))
}
