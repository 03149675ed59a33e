//! The runs that a queued run waits for. Pure, so that the server and the browser count alike.

use super::id::{RunId, ThreadId};
use super::run::{AgentRun, RunStatus};
use super::time::Timestamp;

/// A run of an agent that is queued or running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active {
    pub id: RunId,
    /// The time by which it has its place among those that wait.
    pub ordered_at: Timestamp,
    pub is_running: bool,
    /// Its thread, in a chat: whose turns are executed one after the other.
    pub chat: Option<ThreadId>,
}

impl Active {
    /// Returns what of a run matters to those that wait; `None` of one that is over.
    pub fn of(run: &AgentRun) -> Option<Self> {
        (!run.status.is_terminal()).then(|| Self {
            id: run.id,
            ordered_at: run.ordered_at(),
            is_running: run.status == RunStatus::Running,
            chat: run.chat.then_some(run.thread_id),
        })
    }
}

/// Returns how many runs must end at least before `waiting` can start, of an agent of which `most` may run at once.
/// `active` are all of that agent's that are queued or running, in any order.
///
/// Those that wait go by their order, the turns of a chat by their ids. The turns of one chat are executed one after the other, so they take one place together for as long
/// as there are any of them, and those of its own chat must all be over.
pub fn ahead(waiting: Active, active: impl IntoIterator<Item = Active>, most: i64) -> i64 {
    let is_own = |run: &Active| run.chat.is_some() && run.chat == waiting.chat;
    let goes_first = |run: &Active| match is_own(run) {
        true => run.id < waiting.id,
        false => (run.ordered_at, run.id) < (waiting.ordered_at, waiting.id),
    };
    let before = active.into_iter().filter(|run| run.id != waiting.id && (run.is_running || goes_first(run)));
    let (own, others): (Vec<_>, Vec<_>) = before.partition(is_own);
    let mut chats: Vec<ThreadId> = others.iter().filter_map(|run| run.chat).collect();
    chats.sort_unstable();
    // Runs that take one place together, each with how many they are.
    let mut places: Vec<i64> = chats.chunk_by(|a, b| a == b).map(|turns| turns.len() as i64).collect();
    places.resize(places.len() + others.len() - chats.len(), 1);
    places.sort_unstable();
    let to_clear = usize::try_from(places.len() as i64 - most + 1).unwrap_or(0);
    own.len() as i64 + places.iter().take(to_clear).sum::<i64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: i64, is_running: bool) -> Active {
        Active { id: RunId(id), ordered_at: Timestamp::EPOCH, is_running, chat: None }
    }

    fn turn(id: i64, thread: i64, is_running: bool) -> Active {
        Active { chat: Some(ThreadId(thread)), ..task(id, is_running) }
    }

    #[test]
    fn older_tasks_and_those_that_run_take_a_place_each() {
        let active = [task(1, true), task(2, false), task(3, false), task(4, false), task(5, true)];
        let ahead = |most| ahead(active[2], active, most);
        assert_eq!([1, 2, 3, 4, 9].map(ahead), [3, 2, 1, 0, 0], "the fourth is younger, the fifth runs");
    }

    #[test]
    fn whoever_has_an_earlier_place_goes_first() {
        let place = |id, ms| Active { ordered_at: Timestamp::from_ms(ms), ..task(id, false) };
        let active = [place(1, 9), place(2, 5), place(3, 7)];
        assert_eq!([0, 1, 2].map(|at| ahead(active[at], active, 1)), [2, 0, 1]);
    }

    #[test]
    fn turns_of_another_chat_take_one_place_together() {
        let active = [turn(1, 7, true), turn(2, 7, false), turn(3, 7, false), task(4, false)];
        assert_eq!(ahead(active[3], active, 2), 0, "the waiting turns do not take the second place");
        assert_eq!(ahead(active[3], active, 1), 3, "each of them goes first when the one before is over");
        let more = [active[0], active[1], active[2], task(4, true), task(5, false)];
        assert_eq!(ahead(more[4], more, 2), 1, "the other place is free first");
    }

    #[test]
    fn a_turn_waits_for_those_of_its_chat_however_many_places_there_are() {
        let active = [turn(1, 7, true), turn(2, 7, false), turn(3, 7, false)];
        assert_eq!(ahead(active[2], active, 9), 2);
        let more = [task(1, false), turn(2, 7, true), turn(3, 7, false)];
        assert_eq!((ahead(more[2], more, 1), ahead(more[2], more, 2)), (2, 1));
    }

    #[test]
    fn nobody_is_ahead_of_the_only_one() {
        assert_eq!(ahead(task(1, false), [task(1, false)], 1), 0);
    }
}
