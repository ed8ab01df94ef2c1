//! Who asks: an account by its session or token, a visitor by a signed cookie, or nobody.

use crate::error::Error;
use crate::texts::Lang;
use crate::{App, Shared};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use axum::extract::{ConnectInfo, FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use firsthand_model::{Preferences, Random, User, UserId, UserRole, Voter};
use firsthand_store::StoreError;
use hmac::{Hmac, KeyInit, Mac};
use ipnet::IpNet;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

const SESSION_COOKIE: &str = "firsthand_session";
const VISITOR_COOKIE: &str = "firsthand_voter";
/// How long a session lasts, and how long a visitor's vote can be changed.
const SESSION_DAYS: i64 = 30;
const VISITOR_DAYS: i64 = 365;

/// A password's Argon2id hash in PHC form, with a salt of 16 bytes.
///
/// Errors: what the hash function says, in plain words.
pub fn hash_password(password: &str, random: &dyn Random) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let hash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| PasswordError(error.to_string()))?;
    Ok(hash.to_string())
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PasswordError(String);

/// Whether a password fits a hash. Takes as long as hashing it.
pub(crate) fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The form in which a token or session is stored: its SHA-256.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Random letters and digits that nobody guesses: 128 bits in hexadecimal.
pub(crate) fn draw(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    hex(&bytes)
}

/// A secret to be given away once, and the hash that is kept of it.
pub(crate) fn new_secret(random: &dyn Random) -> (String, Vec<u8>) {
    let secret = format!("{}{}", draw(random), draw(random));
    let hash = token_hash(&secret);
    (secret, hash)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Bytes from hexadecimal digits; `None` where there are others.
fn unhex(digits: &str) -> Option<Vec<u8>> {
    (0..digits.len()).step_by(2).map(|place| u8::from_str_radix(digits.get(place..place + 2)?, 16).ok()).collect()
}

/// A signer with a secret of the store.
pub(crate) fn signer(secret: &[u8]) -> Result<Hmac<Sha256>, StoreError> {
    Hmac::new_from_slice(secret).map_err(|error| StoreError::Invalid(format!("a stored secret is unusable: {error}")))
}

fn keyed(key: &Hmac<Sha256>, message: &str) -> Hmac<Sha256> {
    let mut hmac = key.clone();
    hmac.update(message.as_bytes());
    hmac
}

/// The key of a day, by the days since the Unix epoch, and what stands for one that cannot be stored.
#[derive(Default)]
pub(crate) struct DailyKey(Mutex<Option<(i64, Hmac<Sha256>)>>, OnceLock<Hmac<Sha256>>);

/// Who asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asker {
    /// The account.
    pub(crate) user: Option<User>,
    /// The visitor's identifier from a cookie whose signature holds.
    pub(crate) visitor: Option<String>,
    /// The session's token.
    pub(crate) session: Option<String>,
    /// A keyed hash of the network that the request came from.
    pub(crate) network: String,
    /// How the account wants its pages.
    pub(crate) preferences: Preferences,
    /// The language of the pages' own words.
    pub(crate) lang: Lang,
    /// The path and query that were asked for.
    pub(crate) path: String,
    /// The address of this server as the asker names it, without a slash at its end.
    pub(crate) base: String,
}

impl Asker {
    /// Whose ballots are shown.
    pub(crate) fn voter(&self) -> Option<Voter> {
        match (&self.user, &self.visitor) {
            (Some(user), _) => Some(Voter::User(user.id)),
            (None, Some(visitor)) => Some(Voter::Visitor(visitor.clone())),
            (None, None) => None,
        }
    }

    /// The account, or the way to sign in.
    pub(crate) fn signed_in(&self) -> Result<&User, Error> {
        self.user.as_ref().ok_or_else(|| Error::SignIn(self.path.clone()))
    }

    /// The account, if it may do this.
    pub(crate) fn at_least(&self, role: UserRole) -> Result<&User, Error> {
        let user = self.signed_in()?;
        if user.role >= role {
            return Ok(user);
        }
        let needed = match role {
            UserRole::Reader => "a reader",
            UserRole::Editor => "an editor",
            UserRole::Administrator => "an administrator",
        };
        Err(Error::Forbidden(format!("this needs the account of {needed}")))
    }
}

/// Whether a cookie that is set is the one of a session.
pub(crate) fn is_session(cookie: &HeaderValue) -> bool {
    cookie.as_bytes().starts_with(SESSION_COOKIE.as_bytes())
}

/// A place for the cookie of a session that got another token: the answer takes it along.
#[derive(Clone, Default)]
pub(crate) struct Renewal(Arc<Mutex<Option<HeaderValue>>>);

impl Renewal {
    /// The cookie, if there is one.
    pub(crate) fn take(&self) -> Option<HeaderValue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl FromRequestParts<Shared> for Asker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Error> {
        let headers = &parts.headers;
        let mut asker = Self::default();
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        asker.path = uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        asker.base = base_of(app, headers);
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let from = peer.map(|peer| came_from(peer, headers, &app.config.trusted_proxies));
        asker.network = app.network(from).await?;
        let counted = asker.path.starts_with("/api/v1/") && !from.is_some_and(|from| from.is_loopback());
        if let Some(token) = bearer(headers) {
            asker.user = app.store.token_user(&token_hash(token)).await?;
            if asker.user.is_none() {
                return Err(Error::Forbidden(
                    "the token is not known: make one with `firsthand token NAME`".to_owned(),
                ));
            }
            if counted {
                app.count_call(&asker)?;
            }
            asker.preferences = app.preferences_of(&asker.user).await?;
            asker.lang = Lang::of(asker.preferences.language.as_deref(), headers);
            return Ok(asker);
        }
        if let Some(session) = cookie(headers, SESSION_COOKIE) {
            let known = app.store.session_user(&token_hash(session)).await?;
            asker.session = known.is_some().then(|| session.to_owned());
            if let (Some((_, true)), Some(renewal)) = (&known, parts.extensions.get::<Renewal>()) {
                asker.session = app.renewed(session, renewal).await?;
            }
            asker.user = known.map(|(user, _)| user);
        }
        if counted {
            app.count_call(&asker)?;
        }
        asker.preferences = app.preferences_of(&asker.user).await?;
        asker.lang = Lang::of(asker.preferences.language.as_deref(), headers);
        asker.visitor = cookie(headers, VISITOR_COOKIE).and_then(|value| app.visitor_of(value));
        Ok(asker)
    }
}

/// The address that a request came from. A proxy that is trusted names the one before it at the end of
/// `X-Forwarded-For`; what stands further left is believed only as far as proxies that are trusted wrote it.
pub(crate) fn came_from(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut address = peer.to_canonical();
    for named in named.iter().rev() {
        let Some(before) = is_trusted(&address).then(|| named.parse::<IpAddr>().ok()).flatten() else { break };
        address = before.to_canonical();
    }
    address
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

fn base_of(app: &App, headers: &HeaderMap) -> String {
    if let Some(base) = &app.config.base_url {
        return base.trim_end_matches('/').to_owned();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let host: String = host.chars().filter(|c| plain(*c)).collect();
    format!("http{}://{host}", if app.config.secure_cookies { "s" } else { "" })
}

impl App {
    /// A keyed hash of the network (IPv4 /24, IPv6 /48) of an address: votes from one network can
    /// be told without its address being stored.
    async fn network(&self, peer: Option<IpAddr>) -> Result<String, Error> {
        let key = self.network_key().await?;
        let prefix = match peer.map(|peer| peer.to_canonical()) {
            Some(IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                format!("4:{a}.{b}.{c}")
            }
            Some(IpAddr::V6(address)) => {
                let [a, b, c, ..] = address.segments();
                format!("6:{a:x}:{b:x}:{c:x}")
            }
            None => "none".to_owned(),
        };
        Ok(hex(keyed(&key, &prefix).finalize().into_bytes().get(..12).unwrap_or_default()))
    }

    /// The key of the present day.
    async fn network_key(&self) -> Result<Hmac<Sha256>, Error> {
        let day = self.clock.now().as_millis().div_euclid(86_400_000);
        let known = self.network_key.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, key)) = known.filter(|(known, _)| *known == day) {
            return Ok(key);
        }
        let (day, secret) = match self.store.daily_secret("network of", self.random.as_ref()).await {
            Ok(made) => made,
            Err(error) => {
                // Pages are served, and calls are limited. It is kept nowhere, like the key that it stands for in the end.
                tracing::warn!(
                    "the key of the day could not be made, one of this process's own is used meanwhile: {error}"
                );
                let mut drawn = [0; 32];
                self.random.fill(&mut drawn);
                let own = signer(&drawn)?;
                return Ok(self.network_key.1.get_or_init(|| own).clone());
            }
        };
        let key = signer(&secret)?;
        *self.network_key.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((day, key.clone()));
        Ok(key)
    }

    /// Counts a call of the API against its account or network.
    fn count_call(&self, asker: &Asker) -> Result<(), Error> {
        let who = asker.user.as_ref().map_or_else(|| asker.network.clone(), |user| format!("user {}", user.id));
        match self.calls.take(&who, self.clock.now()) {
            true => Ok(()),
            false => Err(Error::TooMany),
        }
    }

    /// Gives a session another token: the one to go on with.
    async fn renewed(&self, session: &str, renewal: &Renewal) -> Result<Option<String>, Error> {
        let token = draw(self.random.as_ref());
        let expires_at = self.clock.now().plus_seconds(SESSION_DAYS * 86_400);
        if !self.store.renew_session(&token_hash(session), &token_hash(&token), expires_at).await? {
            return Ok(Some(session.to_owned()));
        }
        *renewal.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.session_cookie(&token));
        Ok(Some(token))
    }

    async fn preferences_of(&self, user: &Option<User>) -> Result<Preferences, Error> {
        Ok(match user {
            Some(user) => self.store.preferences(user.id).await?,
            None => Preferences::default(),
        })
    }

    /// A signature of a message, good for one purpose ("image", "reader app") and no other: 96 bits in hexadecimal.
    pub(crate) fn signature(&self, purpose: &str, message: &str) -> String {
        hex(keyed(&self.signing_key, &format!("{purpose}\n{message}"))
            .finalize()
            .into_bytes()
            .get(..12)
            .unwrap_or_default())
    }

    /// Whether a signature is the one of a message. Compares in constant time.
    pub(crate) fn is_signed(&self, purpose: &str, message: &str, signature: &str) -> bool {
        let keyed = keyed(&self.signing_key, &format!("{purpose}\n{message}"));
        unhex(signature).is_some_and(|bytes| bytes.len() == 12 && keyed.verify_truncated_left(&bytes).is_ok())
    }

    fn visitor_of(&self, value: &str) -> Option<String> {
        let (id, signature) = value.split_once('.')?;
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) || signature.len() != 64 {
            return None;
        }
        // Compares in constant time.
        keyed(&self.visitor_key, id).verify_slice(&unhex(signature)?).ok()?;
        Some(id.to_owned())
    }

    /// A new visitor with the header that lets the browser keep it.
    pub(crate) fn new_visitor(&self) -> (String, HeaderValue) {
        let id = draw(self.random.as_ref());
        let signature = hex(&keyed(&self.visitor_key, &id).finalize().into_bytes());
        let header = self.set_cookie(VISITOR_COOKIE, &format!("{id}.{signature}"), VISITOR_DAYS * 86_400);
        (id, header)
    }

    /// Starts a session of an account: its cookie goes with the answer.
    pub(crate) async fn begin_session(&self, user: UserId, response: &mut Response) -> Result<(), Error> {
        let token = draw(self.random.as_ref());
        let expires_at = self.clock.now().plus_seconds(SESSION_DAYS * 86_400);
        self.store.add_session(user, &token_hash(&token), expires_at).await?;
        response.headers_mut().append(header::SET_COOKIE, self.session_cookie(&token));
        Ok(())
    }

    /// Gives what the asker voted as a visitor to an account.
    pub(crate) async fn adopt_votes_of(&self, asker: &Asker, user: UserId) -> Result<(), Error> {
        if let Some(visitor) = &asker.visitor {
            self.store.adopt_votes(&Voter::Visitor(visitor.clone()), user).await?;
        }
        Ok(())
    }

    /// The header that starts a session.
    fn session_cookie(&self, token: &str) -> HeaderValue {
        self.set_cookie(SESSION_COOKIE, token, SESSION_DAYS * 86_400)
    }

    /// The header that ends a session.
    pub(crate) fn no_session_cookie(&self) -> HeaderValue {
        self.set_cookie(SESSION_COOKIE, "", 0)
    }

    /// Values are hexadecimal with dots, so that they need no escaping.
    pub(crate) fn set_cookie(&self, name: &str, value: &str, max_age_s: i64) -> HeaderValue {
        let secure = if self.config.secure_cookies { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_password_fits_its_own_hash_alone() {
        let hash = hash_password("correct horse", &Fixed).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse", &hash));
        assert!(!verify_password("correct horse ", &hash) && !verify_password("correct horse", "nonsense"));
    }

    #[test]
    fn only_proxies_that_are_trusted_are_believed() {
        let trusted: Vec<IpNet> = ["127.0.0.0/8", "10.0.0.0/8"].map(|network| network.parse().unwrap()).to_vec();
        let from = |peer: &str, forwarded: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_static(value));
            }
            came_from(peer.parse().unwrap(), &headers, &trusted).to_string()
        };
        assert_eq!(from("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(from("::ffff:127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        // What a visitor writes stands left of what the proxy adds.
        assert_eq!(from("127.0.0.1", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(from("127.0.0.1", &["198.51.100.1", "203.0.113.9, 10.0.0.7"]), "203.0.113.9");
        assert_eq!(from("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(from("127.0.0.1", &["nonsense"]), "127.0.0.1");
        assert_eq!(from("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; firsthand_session=abc; b=2"));
        assert_eq!(cookie(&headers, SESSION_COOKIE), Some("abc"));
        assert_eq!(cookie(&headers, "c"), None);
    }
}
