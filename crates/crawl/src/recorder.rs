//! Polls stored together: most change a row and nothing else, and a transaction for each would cost more than the polls.

use firsthand_model::PollSummary;
use firsthand_store::{RecordedPoll, Store, StoreError};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Polls in one transaction at the most. No poll waits for others to come: what came while the last transaction was under
/// way goes into the next one.
const TOGETHER: usize = 64;

struct Waiting {
    poll: RecordedPoll,
    answer: oneshot::Sender<Result<PollSummary, StoreError>>,
}

/// Stores polls; cheap to clone. It ends with its last handle.
#[derive(Clone)]
pub(crate) struct Recorder(mpsc::Sender<Waiting>);

impl Recorder {
    pub(crate) fn start(store: Store) -> Self {
        let (polls, waiting) = mpsc::channel(2 * TOGETHER);
        tokio::spawn(record(store, waiting));
        Self(polls)
    }

    pub(crate) async fn record(&self, poll: RecordedPoll) -> Result<PollSummary, StoreError> {
        let (answer, answered) = oneshot::channel();
        let ended = || StoreError::Invalid("what stores polls has ended (a fault in firsthand)".to_owned());
        self.0.send(Waiting { poll, answer }).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

async fn record(store: Store, mut waiting: mpsc::Receiver<Waiting>) {
    let mut taken = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut taken, TOGETHER).await > 0 {
        let (polls, answers): (Vec<_>, Vec<_>) = taken.drain(..).map(|waiting| (waiting.poll, waiting.answer)).unzip();
        let polls = Arc::new(polls);
        match store.record_polls(Arc::clone(&polls)).await {
            Ok(outcomes) => {
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    // Nobody waits any more where the server stops.
                    let _ = answer.send(outcome);
                }
            }
            // One that cannot be stored must not keep the others from it.
            Err(_) => {
                for (poll, answer) in polls.iter().zip(answers) {
                    let _ = answer.send(store.under(poll.lease).record_poll(poll.feed, &poll.outcome).await);
                }
            }
        }
    }
}
