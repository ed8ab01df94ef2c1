//! Takes newsletters: a mail server hands them over by LMTP (RFC 2033), each to the account whose address it was sent to.
//!
//! `read` makes a letter of a message and does no I/O; `lmtp` speaks the protocol. A letter is stored before it is
//! acknowledged, and what the mail server hands over twice is stored once. Letters are no articles: they are their
//! reader's own, and nothing of them is grouped or shown to others.

mod lmtp;
mod read;

pub use lmtp::LettersConfig;
pub use read::read;

use firsthand_model::Clock;
use firsthand_store::Store;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Connections at a time.
const CONNECTIONS: usize = 20;

/// Takes letters until told to stop.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    clock: Arc<dyn Clock>,
    config: LettersConfig,
    mut stopped: watch::Receiver<bool>,
) {
    let (config, places) = (Arc::new(config), Arc::new(Semaphore::new(CONNECTIONS)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        let Ok((stream, peer)) = accepted else { continue };
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (store, clock, config) = (store.clone(), Arc::clone(&clock), Arc::clone(&config));
        tokio::spawn(async move {
            if let Err(error) = lmtp::converse(stream, &store, clock.as_ref(), &config).await {
                tracing::info!(%peer, %error, "a mail server broke off");
            }
            drop(place);
        });
    }
}
