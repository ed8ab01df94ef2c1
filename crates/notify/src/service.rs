//! Services that show news or keep articles, each by its own API.

use crate::NotifyConfig;
use crate::send::{SendError, arrived};
use firsthand_crawl::{Fetcher, Post};
use firsthand_model::{ChannelKind, Delivery, NoticeItem};
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

/// Lines of a message on a phone.
const LINES: usize = 5;

async fn post_json(
    fetcher: &Fetcher,
    address: &str,
    authorization: Option<String>,
    body: &Value,
) -> Result<(), SendError> {
    let headers: Vec<(&'static str, String)> =
        authorization.map(|value| ("authorization", value)).into_iter().collect();
    let post = Post { media_type: "application/json", body: &body.to_string(), headers: &headers };
    arrived(fetcher.post(address, post).await?.status)
}

/// ntfy takes JSON at its root, with the topic within (docs.ntfy.sh, "Publish as JSON").
pub(crate) async fn ntfy(fetcher: &Fetcher, config: &NotifyConfig, delivery: &Delivery) -> Result<(), SendError> {
    let unusable = || SendError::Never(format!("{} is no address of a topic", delivery.channel.address));
    let address = Url::parse(&delivery.channel.address).map_err(|_| unusable())?;
    let topic = address.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default().to_owned();
    if topic.is_empty() {
        return Err(unusable());
    }
    let root = address.join(".").map_err(|_| unusable())?;
    let notice = &delivery.notice;
    let lines = notice.items.iter().take(LINES).map(|item| format!("{} ({})", item.title, item.outlet));
    let mut message = lines.collect::<Vec<_>>().join("\n");
    if notice.items.len() > LINES {
        message.push_str(&format!("\nand {} more", notice.items.len() - LINES));
    }
    let mut tags = vec!["newspaper"];
    if delivery.may_repeat {
        tags.push("may-repeat");
    }
    let body = json!({
        "topic": topic, "title": notice.heading, "message": message, "tags": tags,
        "click": format!("{}{}", config.base_url, notice.path),
    });
    let authorization = delivery.secret.as_ref().map(|token| format!("Bearer {token}"));
    post_json(fetcher, root.as_str(), authorization, &body).await
}

/// Keeps an article at a service.
pub(crate) async fn save(fetcher: &Fetcher, delivery: &Delivery) -> Result<(), SendError> {
    let Some(item) = delivery.notice.items.first() else { return Ok(()) };
    let base = delivery.channel.address.trim_end_matches('/');
    let secret = delivery.secret.as_deref();
    let bearer = secret.map(|token| format!("Bearer {token}"));
    let bookmark = json!({ "url": item.url, "title": item.title });
    match delivery.channel.kind {
        ChannelKind::Readeck => post_json(fetcher, &format!("{base}/api/bookmarks"), bearer, &bookmark).await,
        ChannelKind::Linkding => {
            let token = secret.map(|token| format!("Token {token}"));
            post_json(fetcher, &format!("{base}/api/bookmarks/"), token, &bookmark).await
        }
        ChannelKind::Wallabag => {
            let token = wallabag_token(fetcher, base, secret.unwrap_or_default()).await?;
            post_json(fetcher, &format!("{base}/api/entries.json"), Some(format!("Bearer {token}")), &bookmark).await
        }
        _ => post_json(fetcher, &delivery.channel.address, bearer, &as_json(item)).await,
    }
}

fn as_json(item: &NoticeItem) -> Value {
    json!({
        "url": item.url, "title": item.title, "outlet": item.outlet, "excerpt": item.excerpt, "published": item.published,
    })
}

/// wallabag wants a token first (OAuth 2, grant type "password"): the secret is "CLIENT:SECRET:NAME:PASSWORD".
async fn wallabag_token(fetcher: &Fetcher, base: &str, secret: &str) -> Result<String, SendError> {
    let parts: Vec<&str> = secret.splitn(4, ':').collect();
    let [client, client_secret, name, password] = parts.as_slice() else {
        return Err(SendError::Never("its secret is not CLIENT:SECRET:NAME:PASSWORD".to_owned()));
    };
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "password")
        .append_pair("client_id", client)
        .append_pair("client_secret", client_secret)
        .append_pair("username", name)
        .append_pair("password", password)
        .finish();
    let answer = fetcher.post_form(&format!("{base}/oauth/v2/token"), &form).await?;
    arrived(answer.status)?;
    let token = serde_json::from_slice::<Value>(&answer.body).ok();
    let token = token.as_ref().and_then(|answer| answer.get("access_token")).and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(|| SendError::Later("it gave no token".to_owned()))
}
