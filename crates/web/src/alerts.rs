//! Ways to readers and what they are told of, checked: the same for pages and API.

use crate::App;
use crate::error::Error;
use crate::pages::search::parse as parse_search;
use base64::Engine;
use firsthand_model::*;
use firsthand_store::FoundStory;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// Characters of an address and of a secret at the most.
const MOST_ADDRESS: usize = 2000;
/// Characters of an e-mail address at the most (RFC 5321, 4.5.3.1.3).
const MOST_MAIL: usize = 254;
/// Characters of a name in messages at the most.
const MOST_NAME: usize = 120;

/// A way to be kept, as a form or the API says it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelWish {
    pub(crate) kind: ChannelKind,
    #[schemars(length(min = 1, max = 2000))]
    pub(crate) address: String,
    #[serde(default)]
    pub(crate) secret: Option<String>,
}

/// What is to be watched, as a form or the API says it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WatchWish {
    pub(crate) channel_id: i64,
    pub(crate) kind: WatchKind,
    #[serde(default)]
    pub(crate) subject: String,
}

fn bad(what: impl Into<String>) -> Error {
    Error::BadRequest(what.into())
}

/// Whether a text can be a mailbox's address: mail itself shows whether it is.
fn is_mailbox(text: &str) -> bool {
    let parts = text.split_once('@');
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;:\"()[]".contains(c))
    };
    text.len() <= MOST_MAIL
        && parts.is_some_and(|(local, domain)| plain(local) && plain(domain) && !domain.contains('@'))
}

impl App {
    /// Keeps a way; a webhook's secret is given with it, this once.
    pub(crate) async fn add_channel(
        &self,
        user: UserId,
        wish: ChannelWish,
    ) -> Result<(Channel, Option<String>), Error> {
        let address = wish.address.trim().to_owned();
        let mut secret = wish.secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty());
        if address.len() > MOST_ADDRESS || secret.as_ref().is_some_and(|secret| secret.len() > MOST_ADDRESS) {
            return Err(bad(format!("an address and a secret have at most {MOST_ADDRESS} bytes")));
        }
        let (mut code, mut shown) = (None, None);
        if wish.kind == ChannelKind::Email {
            if !self.config.sends_mail {
                return Err(bad("this server sends no mail: its operator sets mail.server and mail.from"));
            }
            if !is_mailbox(&address) {
                return Err(bad(format!("{address:?} is no e-mail address: write it as ann@example.org")));
            }
            // Nobody has a stranger's mailbox filled with questions.
            if !self.mailboxes.take(&address.to_lowercase(), self.clock.now()) {
                return Err(bad(format!("{address} was asked several times of late: look there, or wait an hour")));
            }
            code = Some(crate::auth::draw(self.random.as_ref()));
            secret = None;
        } else {
            let url =
                Url::parse(&address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            if url.is_none() {
                return Err(bad(format!("{address:?} is no address of a server: it begins with https://")));
            }
            if wish.kind == ChannelKind::Webhook {
                let mut key = [0; 24];
                self.random.fill(&mut key);
                shown = Some(format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(key)));
                secret.clone_from(&shown);
            }
            if matches!(wish.kind, ChannelKind::Readeck | ChannelKind::Linkding | ChannelKind::Wallabag)
                && secret.is_none()
            {
                return Err(bad("this service needs a secret: its token, or CLIENT:SECRET:NAME:PASSWORD for wallabag"));
            }
        }
        let channel = self.store.add_channel(user, NewChannel { kind: wish.kind, address, secret, code }).await?;
        Ok((channel, shown))
    }

    /// Keeps a watch: its number.
    pub(crate) async fn add_watch(&self, user: UserId, wish: WatchWish) -> Result<i64, Error> {
        let subject = wish.subject.trim().to_owned();
        let number = || subject.parse::<i64>().map_err(|_| bad(format!("subject {subject:?} is no number")));
        let no_such = |what: &str| Error::NotFound(format!("there is no {what} {subject}"));
        let (name, query) = match wish.kind {
            WatchKind::Search => {
                let query = parse_search(&subject).map_err(bad)?;
                if subject.is_empty() {
                    return Err(bad("a search to be watched is not empty"));
                }
                (subject.clone(), query)
            }
            WatchKind::Story => match self.store.story(StoryId(number()?), None).await? {
                Some(FoundStory::Here(story)) if story.card.mark != Some(StoryMark::Hidden) => {
                    (story.card.headline, SearchQuery { story: Some(story.card.id), ..SearchQuery::default() })
                }
                _ => return Err(no_such("story")),
            },
            WatchKind::Outlet => {
                let outlet = self.store.outlet(OutletId(number()?)).await?.ok_or_else(|| no_such("outlet"))?;
                (outlet.name, SearchQuery { outlet_id: Some(outlet.id), ..SearchQuery::default() })
            }
            WatchKind::Daily | WatchKind::Weekly => {
                let span = if wish.kind == WatchKind::Daily { "day" } else { "week" };
                let site = self.site().await?;
                (
                    format!("{}: the stories of the {span}", site.name().unwrap_or(&self.config.title)),
                    SearchQuery::default(),
                )
            }
        };
        let digest = matches!(wish.kind, WatchKind::Daily | WatchKind::Weekly);
        let now = self.clock.now();
        let next_at = match digest {
            true => {
                let zone = self.store.preferences(user).await?.time_zone;
                firsthand_text::mornings::next_morning(now, zone.as_deref(), wish.kind == WatchKind::Weekly)
            }
            false => now,
        };
        let watch = NewWatch {
            channel_id: wish.channel_id,
            kind: wish.kind,
            subject: if digest { String::new() } else { subject },
            name: name.chars().take(MOST_NAME).collect(),
            query,
            stop_code: crate::auth::draw(self.random.as_ref()),
            next_at,
        };
        Ok(self.store.add_watch(user, watch).await?)
    }

    /// Passes an article to the services where an account keeps articles.
    ///
    /// Errors: there is no such article, or no such service.
    pub(crate) async fn save_elsewhere(&self, user: UserId, id: ArticleId) -> Result<(), Error> {
        let article = self.store.article(id, None).await?;
        let article = article.ok_or_else(|| Error::NotFound(format!("there is no article {id}")))?;
        let item = NoticeItem {
            path: format!("/article/{id}"),
            title: article.title.clone(),
            url: article.url,
            outlet: article.outlet,
            excerpt: article.excerpt,
            role: article.role,
            reports: 0,
            published: article.published_at,
        };
        let notice = Notice { heading: article.title, path: item.path.clone(), items: vec![item] };
        match self.store.save_elsewhere(user, notice).await? {
            0 => Err(bad("no service is set up that keeps articles: add one under alerts")),
            _ => Ok(()),
        }
    }

    /// Whether an account keeps articles elsewhere.
    pub(crate) async fn saves_elsewhere(&self, user: UserId) -> Result<bool, Error> {
        Ok(self.store.channels(user).await?.iter().any(|channel| channel.kind.saves()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_told_from_what_is_none() {
        assert!(
            is_mailbox("ann@example.org") && is_mailbox("ann+news@mail.example.org") && is_mailbox("änne@exämple.org")
        );
        for none in [
            "",
            "ann",
            "@example.org",
            "ann@",
            "a b@example.org",
            "ann@example.org\r\nBcc: x@y",
            "a@b,c@d",
            "a@b@c",
            "<a@b>",
        ] {
            assert!(!is_mailbox(none), "{none:?}");
        }
    }
}
