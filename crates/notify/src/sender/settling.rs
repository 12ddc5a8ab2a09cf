//! Records what became of messages: whatever is to be recorded while one transaction is under way is in the next.

use std::sync::{Mutex, MutexGuard, PoisonError};

use laurel_store::{Settlement, Store};
use tokio::sync::oneshot;

#[derive(Default)]
pub(super) struct Settling {
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    settlement: Settlement,
    answer: oneshot::Sender<bool>,
}

impl Settling {
    /// Records `settlement`; answers false where the lease has passed to another worker.
    pub(super) async fn settle(
        &self,
        store: &Store,
        settlement: Settlement,
    ) -> Result<bool, laurel_store::Error> {
        let (answer, mut answered) = oneshot::channel();
        self.waiting().push(Waiting {
            settlement: settlement.clone(),
            answer,
        });
        let turn = self.turn.lock().await;
        // Whoever had the turn before may have recorded ours.
        if let Ok(settled) = answered.try_recv() {
            return Ok(settled);
        }
        let all = std::mem::take(&mut *self.waiting());
        let (settlements, answers): (Vec<_>, Vec<_>) = all
            .into_iter()
            .map(|waiting| (waiting.settlement, waiting.answer))
            .unzip();
        if !settlements.is_empty()
            && let Ok(settled) = store.settle_outbox_groups(&settlements).await
        {
            for (answer, settled) in answers.into_iter().zip(settled) {
                // Nobody waits where a worker was ended.
                answer.send(settled).ok();
            }
        }
        drop(turn);
        match answered.try_recv() {
            Ok(settled) => Ok(settled),
            // Nothing was recorded: each for itself, so that what is wrong with one is not wrong with all.
            Err(_) => Ok(store.settle_outbox_groups(&[settlement]).await? == [true]),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
