//! What the APIs of reader apps share: who signs in with what, parameters, numbers of articles.

use crate::App;
use crate::auth::draw;
use crate::error::Error;
use crate::show::role_name;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use firsthand_model::{Action, ArticleId, StreamItem, User, UserId};
use firsthand_text::html::escape;
use firsthand_text::shingles::stable_hash;
use md5::{Digest, Md5};

/// An answer for a program, which the guard leaves as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForPrograms;

/// A line of text with a status, for a program.
pub(super) fn plain(status: StatusCode, text: impl Into<String>) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.into()).into_response();
    response.extensions_mut().insert(ForPrograms);
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key under which an app's MD5 of "name:password" is stored: its SHA-256.
pub(super) fn key_of(md5: &str) -> String {
    hex(&crate::auth::token_hash(&md5.to_ascii_lowercase()))
}

/// The MD5 of "name:password" in hexadecimal, as the Fever API defines it.
pub(super) fn md5_of(name: &str, password: &str) -> String {
    hex(&Md5::digest(format!("{name}:{password}").as_bytes()))
}

impl App {
    /// Makes a new password for an account's reader apps: the old one is good no more. It is shown once.
    pub(crate) async fn new_app_password(&self, user: &User) -> Result<String, Error> {
        let drawn = draw(self.random.as_ref());
        let password = drawn.get(..20).unwrap_or(&drawn).to_owned();
        self.store.set_app_key(user.id, Some(key_of(&md5_of(&user.name, &password)))).await?;
        self.note(user, Action::AppPasswordChanged, "made anew").await?;
        Ok(password)
    }
}

/// A folder's number: of its name, since folders have none of their own; positive and within 31 bits.
pub(super) fn folder_number(folder: &str) -> i64 {
    i64::try_from(stable_hash(folder.as_bytes()) % 0x7fff_fffe).unwrap_or_default() + 1
}

impl App {
    /// Marks articles as read or unread; with those that print the same text, where the account wants that.
    pub(super) async fn mark_read(&self, user: UserId, ids: Vec<ArticleId>, read: bool) -> Result<(), Error> {
        let together = read && self.store.preferences(user).await?.copies_together;
        let ids = if together { self.store.with_copies(ids).await? } else { ids };
        Ok(self.store.set_articles_read(user, ids, read).await?)
    }

    /// Articles as reader apps show them; with who reported it above, where the account wants that.
    pub(super) async fn reader_items(&self, user: UserId, ids: Vec<ArticleId>) -> Result<Vec<StreamItem>, Error> {
        let mut items = self.store.stream_items(user, ids).await?;
        if self.store.preferences(user).await?.credits_in_apps {
            for item in &mut items {
                item.html.insert_str(0, &credits(item));
            }
        }
        Ok(items)
    }
}

/// A line that says what part a report has in its story, and why.
fn credits(item: &StreamItem) -> String {
    if item.role.is_none() {
        return String::new();
    }
    let why = item.why.as_deref().unwrap_or_default();
    let reports = match item.reports {
        0 | 1 => String::new(),
        reports => format!(" {reports} reports of this story."),
    };
    format!("<p><em>{}. {}{reports}</em></p>\n", role_name(item.role), escape(why))
}

/// Names and values of the query and, where it is a form, of the body; several may have one name.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn new(query: Option<&str>, headers: &HeaderMap, body: &Bytes) -> Self {
        let read = |text: &[u8]| url::form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
        let mut all = read(query.unwrap_or_default().as_bytes());
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // Some clients send a form and say nothing of it.
        if let Some((_, boundary)) = kind.split_once("boundary=") {
            all.extend(parts(body, boundary.split(';').next().unwrap_or_default().trim_matches('"')));
        } else if kind.is_empty() || kind.starts_with("application/x-www-form-urlencoded") {
            all.extend(read(body));
        }
        Self(all)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The fields of a form in parts (RFC 7578); files are none.
fn parts(body: &[u8], boundary: &str) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let field = |part: &str| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
    };
    text.split(&format!("--{boundary}")).filter_map(field).collect()
}

/// An article's number in any form that clients send: decimal, 16 hexadecimal digits, or the long one. Ours are below
/// 10^15, so that 16 digits are never a decimal number.
pub(super) fn article_id(text: &str) -> Option<ArticleId> {
    let number = match text.strip_prefix("tag:google.com,2005:reader/item/") {
        Some(digits) => i64::from_str_radix(digits, 16).ok()?,
        None if text.len() == 16 => i64::from_str_radix(text, 16).ok()?,
        None => text.parse().ok()?,
    };
    (number > 0).then_some(ArticleId(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_number_is_read() {
        let id = Some(ArticleId(15_367_083_838_976));
        assert_eq!(article_id("15367083838976"), id);
        assert_eq!(article_id("00000dfa00000000").map(|id| id.0), Some(0xdfa_0000_0000));
        assert_eq!(article_id(&format!("tag:google.com,2005:reader/item/{:016x}", 15_367_083_838_976_i64)), id);
        assert_eq!(article_id(&format!("tag:google.com,2005:reader/item/{:x}", 15_367_083_838_976_i64)), id);
        for none in ["", "x", "-5", "0", "tag:google.com,2005:reader/item/", "99999999999999999999"] {
            assert_eq!(article_id(none), None, "{none}");
        }
    }

    #[test]
    fn forms_in_parts_are_read() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nabc\r\n--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n2\r\n--b--\r\n";
        let headers = HeaderMap::from_iter([(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("multipart/form-data; boundary=b"),
        )]);
        let parameters = Parameters::new(Some("api&items"), &headers, &Bytes::from(body));
        assert_eq!((parameters.get("api_key"), parameters.get("x")), (Some("abc"), Some("1\r\n2")));
        assert!(parameters.has("items") && !parameters.has("feeds"));
    }

    #[test]
    fn the_key_is_of_the_apps_own_md5() {
        assert_eq!(md5_of("a", "b"), "d8160c9b3dc20d4e931aeb4f45262155");
        assert_eq!(key_of("D8160C9B3DC20D4E931AEB4F45262155"), key_of(&md5_of("a", "b")));
    }
}
