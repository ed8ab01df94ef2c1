//! Webhooks, signed as Standard Webhooks has it (standardwebhooks.com, specification 1.0): `webhook-id` is the same at
//! every attempt, `webhook-signature` is `v1,` and the Base64 of HMAC-SHA256 over "ID.TIMESTAMP.BODY".

use crate::NotifyConfig;
use crate::send::{SendError, arrived};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use firsthand_crawl::{Fetcher, Post};
use firsthand_model::{Delivery, NoticeItem, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// What a secret begins with; the rest is Base64.
const PREFIX: &str = "whsec_";

/// The body of a message.
fn body(config: &NotifyConfig, delivery: &Delivery) -> String {
    let base = &config.base_url;
    let item = |item: &NoticeItem| -> Value {
        json!({
            "url": format!("{base}{}", item.path), "title": item.title, "source_url": item.url, "outlet": item.outlet,
            "excerpt": item.excerpt, "role": item.role, "reports": item.reports, "published": item.published,
        })
    };
    let notice = &delivery.notice;
    json!({
        "type": "firsthand.news", "timestamp": delivery.created_at,
        "data": {
            "heading": notice.heading, "url": format!("{base}{}", notice.path),
            "items": notice.items.iter().map(item).collect::<Vec<_>>(),
        },
    })
    .to_string()
}

/// The signature of a message; `None` for a secret that is none.
fn signature(secret: &str, id: i64, at_s: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{at_s}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

pub(crate) async fn send(
    fetcher: &Fetcher,
    config: &NotifyConfig,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<(), SendError> {
    let body = body(config, delivery);
    let at_s = now.as_millis() / 1000;
    let signed = signature(delivery.secret.as_deref().unwrap_or_default(), delivery.id, at_s, &body);
    let Some(signed) = signed else {
        return Err(SendError::Never("its secret is unusable: take it away and add it anew".to_owned()));
    };
    let headers = [
        ("webhook-id", delivery.id.to_string()),
        ("webhook-timestamp", at_s.to_string()),
        ("webhook-signature", signed),
        ("x-firsthand-attempt", delivery.attempt.to_string()),
        ("x-firsthand-may-repeat", delivery.may_repeat.to_string()),
    ];
    let post = Post { media_type: "application/json", body: &body, headers: &headers };
    arrived(fetcher.post(&delivery.channel.address, post).await?.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        // By an implementation of our own in another language: HMAC-SHA256 with the bytes 0 to 23.
        let secret = format!("{PREFIX}{}", STANDARD.encode((0..24).collect::<Vec<u8>>()));
        let expected = "v1,7H1MNUQ+AQcQM0ucDtwTn2vs8HZ7kjuh0MpRNwe1z1o=";
        assert_eq!(signature(&secret, 7, 1_700_000_000, "{\"a\":1}").as_deref(), Some(expected));
        assert_eq!(signature("secret", 7, 1, ""), None);
    }
}
