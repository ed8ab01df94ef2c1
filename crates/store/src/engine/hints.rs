//! Words between the processes on one server: that there is work, that something was changed which others remember.
//!
//! They are only hints (PostgreSQL's NOTIFY): one that is lost costs a moment, since everybody looks by themselves as well. They are
//! sent after what they speak of is stored, on their own: NOTIFY within a transaction lets all commits wait for each other.

use crate::Hint;
use std::future::poll_fn;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_postgres::AsyncMessage;
use tokio_postgres_rustls::MakeRustlsConnect;

/// The name under which processes speak to each other.
const CHANNEL: &str = "firsthand";
/// The pause before a lost connection is made again.
const AGAIN: Duration = Duration::from_secs(2);
/// Hints that wait for a slow listener at the most; one that misses some is told so.
const WAITING: usize = 64;

/// The statement that sends a hint.
pub(crate) fn statement(hint: Hint) -> String {
    format!("NOTIFY {CHANNEL}, '{}'", hint.word())
}

/// Listens until nobody does any more.
pub(crate) fn listen(config: tokio_postgres::Config, tls: MakeRustlsConnect) -> broadcast::Sender<Hint> {
    let (hints, _) = broadcast::channel(WAITING);
    let weak = hints.downgrade();
    tokio::spawn(async move {
        loop {
            if weak.upgrade().is_none() {
                return;
            }
            if let Err(error) = listen_once(&config, tls.clone(), &weak).await {
                tracing::debug!("hints from other processes are not heard for a moment: {error}");
            }
            tokio::time::sleep(AGAIN).await;
        }
    });
    hints
}

async fn listen_once(
    config: &tokio_postgres::Config,
    tls: MakeRustlsConnect,
    hints: &broadcast::WeakSender<Hint>,
) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = config.connect(tls).await?;
    let asking = format!("LISTEN {CHANNEL}");
    let mut listening = std::pin::pin!(client.batch_execute(&asking));
    let mut asked = false;
    loop {
        tokio::select! {
            done = &mut listening, if !asked => {
                done?;
                asked = true;
                // What was said before nobody heard: whoever remembers something looks anew.
                tell(hints, Hint::Changed);
            }
            message = poll_fn(|context| connection.poll_message(context)) => match message {
                Some(Ok(AsyncMessage::Notification(note))) => {
                    if let Some(hint) = Hint::of_word(note.payload()) {
                        tell(hints, hint);
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
        }
    }
}

fn tell(hints: &broadcast::WeakSender<Hint>, hint: Hint) {
    if let Some(hints) = hints.upgrade() {
        // Nobody may listen at the moment.
        let _ = hints.send(hint);
    }
}
