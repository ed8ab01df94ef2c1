//! Signing in through another service (OpenID Connect Core 1.0, authorization code flow with PKCE). An account is known by
//! the issuer and the subject there; a signed-in reader can connect theirs, and where the operator allows it, whoever comes
//! from there gets an account.

use crate::auth::{Asker, draw};
use crate::error::Error;
use crate::{App, CrawlControl, CrawlFuture, ServiceRequest, Shared};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use firsthand_model::{Action, User, UserRole};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse,
};
use serde::Deserialize;
use std::sync::Arc;

/// How readers sign in through another service.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    /// The issuer's address.
    pub issuer: String,
    /// This server's identifier there.
    pub client_id: String,
    /// Its secret there, if it has one.
    pub client_secret: Option<String>,
    /// What the button calls the service.
    pub name: String,
    /// Whether whoever comes from there gets an account.
    pub makes_accounts: bool,
}

/// What the browser keeps while it is away: state, nonce, PKCE verifier.
const COOKIE: &str = "firsthand_oidc";
/// For how long that is, in seconds.
const AWAY_S: i64 = 600;
/// Names that are tried for a new account.
const NAMES: usize = 20;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What went wrong between the servers.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unanswered(String);

/// Sends what the library asks by the one client for everything that leaves the machine.
struct Passing(Arc<dyn CrawlControl>);

impl<'c> AsyncHttpClient<'c> for Passing {
    type Error = Unanswered;
    type Future = CrawlFuture<Result<HttpResponse, Unanswered>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let control = Arc::clone(&self.0);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let authorization = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let asked = ServiceRequest {
                url: head.uri.to_string(),
                form: (head.method == Method::POST).then(|| String::from_utf8_lossy(&body).into_owned()),
                authorization: authorization.map(str::to_owned),
            };
            let answer = control.ask(asked).await.map_err(Unanswered)?;
            let mut response = HttpResponse::new(answer.body);
            *response.status_mut() =
                StatusCode::from_u16(answer.status).map_err(|error| Unanswered(error.to_string()))?;
            if let Some(kind) = answer.content_type.and_then(|kind| kind.parse().ok()) {
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
            }
            Ok(response)
        })
    }
}

impl App {
    fn oidc(&self) -> Result<&OidcConfig, Error> {
        self.config
            .oidc
            .as_ref()
            .ok_or_else(|| Error::NotFound("this server signs nobody in through others".to_owned()))
    }

    async fn oidc_client(&self, base: &str) -> Result<Client, Error> {
        let config = self.oidc()?;
        let unset = |error: String| Error::BadRequest(format!("{} cannot be asked: {error}", config.name));
        let issuer = IssuerUrl::new(config.issuer.clone()).map_err(|error| unset(error.to_string()))?;
        let http = Passing(Arc::clone(&self.control));
        let metadata =
            CoreProviderMetadata::discover_async(issuer, &http).await.map_err(|error| unset(with_cause(&error)))?;
        let secret = config.client_secret.clone().map(ClientSecret::new);
        let back = RedirectUrl::new(format!("{base}/signin/oidc/back")).map_err(|error| unset(error.to_string()))?;
        Ok(CoreClient::from_provider_metadata(metadata, ClientId::new(config.client_id.clone()), secret)
            .set_redirect_uri(back))
    }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// `GET /signin/oidc`
pub(crate) async fn begin(State(app): State<Shared>, asker: Asker) -> Result<Response, Error> {
    // The service is asked at every beginning: nobody makes this server ask it without end.
    if !app.sign_ins.take(&format!("away {}", asker.network), app.clock.now()) {
        return Err(Error::TooMany);
    }
    let client = app.oidc_client(&asker.base).await?;
    let random = app.random.as_ref();
    let (state, nonce, verifier) = (draw(random), draw(random), format!("{}{}", draw(random), draw(random)));
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.clone()));
    let (asked_state, asked_nonce) = (state.clone(), nonce.clone());
    let (url, _, _) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(asked_state.clone()),
            move || Nonce::new(asked_nonce.clone()),
        )
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let mut response = Redirect::to(url.as_str()).into_response();
    let cookie = app.set_cookie(COOKIE, &format!("{state}.{nonce}.{verifier}"), AWAY_S);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What the service sends the browser back with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// `GET /signin/oidc/back`
pub(crate) async fn back(
    State(app): State<Shared>,
    asker: Asker,
    headers: HeaderMap,
    Query(query): Query<Back>,
) -> Result<Response, Error> {
    let config = app.oidc()?;
    if !app.sign_ins.take(&asker.network, app.clock.now()) {
        return Err(Error::TooMany);
    }
    let refused = |what: &str| Error::Forbidden(format!("{} did not sign you in: {what}", config.name));
    if !query.error.is_empty() {
        return Err(refused(&query.error));
    }
    let kept = crate::auth::cookie(&headers, COOKIE).unwrap_or_default();
    let kept: Vec<&str> = kept.split('.').collect();
    let [state, nonce, verifier] = kept.as_slice() else {
        return Err(refused("this browser did not begin it, or too long ago"));
    };
    if query.state != *state {
        return Err(refused("the answer is one to another question"));
    }
    let client = app.oidc_client(&asker.base).await?;
    let http = Passing(Arc::clone(&app.control));
    let exchange = client
        .exchange_code(AuthorizationCode::new(query.code))
        .map_err(|error| refused(&error.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new((*verifier).to_owned()));
    let tokens = exchange.request_async(&http).await.map_err(|error| refused(&with_cause(&error)))?;
    let token = tokens.id_token().ok_or_else(|| refused("it said nothing of who you are"))?;
    let claims = token
        .claims(&client.id_token_verifier(), &Nonce::new((*nonce).to_owned()))
        .map_err(|error| refused(&with_cause(&error)))?;
    let (issuer, subject) = (claims.issuer().to_string(), claims.subject().to_string());
    let wished = claims.preferred_username().map(|name| name.to_string()).unwrap_or_default();
    let user = signed_in_as(&app, &asker, config, &issuer, &subject, &wished).await?;
    let mut response = Redirect::to(if asker.user.is_some() { "/settings" } else { "/" }).into_response();
    response.headers_mut().append(header::SET_COOKIE, app.set_cookie(COOKIE, "", 0));
    if asker.user.is_none() {
        app.begin_session(user.id, &mut response).await?;
        app.adopt_votes_of(&asker, user.id).await?;
    }
    app.note(&user, Action::SignedIn, &format!("by {}", config.name)).await?;
    Ok(response)
}

/// The account of who comes from the service: the known one, the asker's own from now on, or a new one.
async fn signed_in_as(
    app: &App,
    asker: &Asker,
    config: &OidcConfig,
    issuer: &str,
    subject: &str,
    wished: &str,
) -> Result<User, Error> {
    let known = app.store.identity_user(issuer, subject).await?;
    match (known, &asker.user) {
        (Some(known), Some(own)) if known.id != own.id => {
            Err(Error::Forbidden(format!("that account at {} is connected to another one here", config.name)))
        }
        (Some(known), _) => Ok(known),
        (None, Some(own)) => {
            app.store.add_identity(own.id, issuer, subject).await?;
            Ok(own.clone())
        }
        (None, None) if config.makes_accounts => {
            let plain: String = wished.chars().filter(|c| !c.is_control()).take(40).collect();
            let name = Some(plain.trim()).filter(|name| !name.is_empty()).unwrap_or("reader").to_owned();
            for number in 1..=NAMES {
                let name = if number == 1 { name.clone() } else { format!("{name} {number}") };
                // No password fits this hash.
                match app.store.add_user(&name, "!", UserRole::Reader).await {
                    Ok(user) => {
                        app.store.add_identity(user.id, issuer, subject).await?;
                        app.note(&user, Action::AccountMade, &format!("by {}", config.name)).await?;
                        return Ok(user);
                    }
                    Err(firsthand_store::StoreError::Conflict(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(Error::BadRequest(format!("accounts named {name} are all taken: ask an administrator for one")))
        }
        (None, None) => Err(Error::Forbidden(format!(
            "there is no account here for you yet: sign in with your password, then connect {} under Settings",
            config.name
        ))),
    }
}
