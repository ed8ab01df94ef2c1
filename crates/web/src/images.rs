//! Images of articles through this server, so that no page asks another host: fetched when they are
//! looked at, only from addresses that a page of this server named, and remembered for a while.

use crate::auth::Asker;
use crate::error::Error;
use crate::redraw::redrawn;
use crate::site::Images;
use crate::{App, Shared};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use firsthand_model::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Bytes that are remembered at the most.
const MOST_BYTES: usize = 32 << 20;

/// Images that were looked at last.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    images: HashMap<String, (&'static str, Bytes)>,
    /// The oldest first.
    order: VecDeque<String>,
    bytes: usize,
    /// Addresses that gave no image, with when that was: an outlet is not asked for them over and over.
    failed: HashMap<String, Timestamp>,
}

/// Images drawn anew at a time.
pub(crate) const DRAWN_AT_A_TIME: usize = 2;

/// How long an address that gave no image is left alone, and how many such are remembered.
const FAILED_S: i64 = 600;
const MOST_FAILED: usize = 2000;

impl Cache {
    fn get(&self, address: &str) -> Option<(&'static str, Bytes)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).images.get(address).cloned()
    }

    fn has_failed(&self, address: &str, now: Timestamp) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.failed.get(address).is_some_and(|at| now.seconds_since(*at) < FAILED_S)
    }

    fn fail(&self, address: &str, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.failed.len() >= MOST_FAILED {
            kept.failed.retain(|_, at| now.seconds_since(*at) < FAILED_S);
        }
        if kept.failed.len() < MOST_FAILED {
            kept.failed.insert(address.to_owned(), now);
        }
    }

    fn put(&self, address: &str, media_type: &'static str, image: &Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if image.len() > MOST_BYTES / 4 || kept.images.contains_key(address) {
            return;
        }
        kept.bytes += image.len();
        kept.images.insert(address.to_owned(), (media_type, image.clone()));
        kept.order.push_back(address.to_owned());
        while kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.order.pop_front() else { break };
            if let Some((_, image)) = kept.images.remove(&oldest) {
                kept.bytes -= image.len();
            }
        }
    }
}

impl App {
    /// Whether images are shown to who asks.
    pub(crate) async fn shows_images(&self, asker: &Asker) -> Result<bool, Error> {
        Ok(match self.site().await?.images() {
            Images::Off => false,
            Images::Readers => asker.user.is_some() && !asker.preferences.without_images,
            Images::Everyone => !asker.preferences.without_images,
        })
    }

    /// An image drawn anew, a few at a time: each takes a core and much memory for a moment.
    async fn redraw(&self, bytes: Vec<u8>) -> Result<(&'static str, Vec<u8>), String> {
        let _place = self.drawing.acquire().await;
        let drawn = tokio::task::spawn_blocking(move || redrawn(&bytes)).await;
        drawn.unwrap_or_else(|_| Err("its decoder failed".to_owned()))
    }

    /// The address here of an image elsewhere; `None` for what is no address of the web.
    pub(crate) fn image_here(&self, address: &str) -> Option<String> {
        let url = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        Some(format!("/image/{}/{}", self.signature("image", url.as_str()), BASE64.encode(url.as_str())))
    }
}

/// `/image/SIGNATURE/ADDRESS`
pub(crate) async fn image(
    State(app): State<Shared>,
    Path((signature, address)): Path<(String, String)>,
) -> Result<Response, Error> {
    let no_such = || Error::NotFound("there is no such image".to_owned());
    let address = BASE64.decode(&address).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(no_such)?;
    // A page of this server named it, or it is not fetched.
    if !app.is_signed("image", &address, &signature) {
        return Err(no_such());
    }
    let (media_type, image) = match app.images.get(&address) {
        Some(known) => known,
        None => {
            let now = app.clock.now();
            if app.images.has_failed(&address, now) {
                return Err(no_such());
            }
            let fetched = app.control.image(address.clone()).await;
            let image = match fetched {
                Ok(bytes) => app.redraw(bytes).await,
                Err(why) => Err(why),
            };
            let (media_type, bytes) = image.map_err(|why| {
                tracing::debug!("the image {address} could not be had: {why}");
                app.images.fail(&address, now);
                no_such()
            })?;
            let image = Bytes::from(bytes);
            app.images.put(&address, media_type, &image);
            (media_type, image)
        }
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "public, max-age=604800, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((headers, image).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_images_go_first() {
        let cache = Cache::default();
        let image = Bytes::from(vec![0; MOST_BYTES / 4]);
        for name in ["a", "b", "c", "d", "e"] {
            cache.put(name, "image/png", &image);
        }
        assert!(cache.get("a").is_none() && cache.get("b").is_some() && cache.get("e").is_some());
        cache.put("huge", "image/png", &Bytes::from(vec![0; MOST_BYTES]));
        assert!(cache.get("huge").is_none() && cache.get("e").is_some());
    }
}
