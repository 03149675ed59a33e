//! The connection's life, second by second, with every clock in the test's hand.

use super::*;

mod asleep;

/// A link and the world round it.
struct World {
    link: Link,
    at: Reading,
    online: bool,
    /// When the timer that was asked for last goes off, by the steady clock.
    timer: Option<i64>,
    last_ping: u64,
    opened: u32,
    /// Whether the server responds to every ping at once.
    answers: bool,
}

impl World {
    fn new() -> Self {
        // The wall clock is far off, and has nothing to do with the steady one.
        let at = Reading { wall: 1_000_000, steady: 500 };
        let mut world =
            Self { link: Link::default(), at, online: true, timer: None, last_ping: 0, opened: 0, answers: false };
        assert!(world.on(Event::Started).open);
        world
    }

    fn live() -> Self {
        let mut world = Self::new();
        let todo = world.on(Event::Opened);
        assert!(todo.subscribe && todo.ping.is_some());
        world.on(Event::Heard);
        assert_eq!(world.standing().connection, Connection::Live);
        world
    }

    fn now(&self) -> Now {
        Now { at: self.at, online: self.online, chance: 7 }
    }

    fn on(&mut self, event: Event) -> Todo {
        let todo = self.link.handle(event, self.now());
        if let Some(wait) = todo.timer {
            self.timer = Some(self.at.steady + wait);
        }
        self.last_ping = todo.ping.unwrap_or(self.last_ping);
        self.opened += u32::from(todo.open);
        todo
    }

    fn standing(&self) -> Standing {
        self.link.standing(self.now())
    }

    /// Lets time pass, with every timer in time.
    fn pass(&mut self, ms: i64) {
        let end = self.at.steady + ms;
        while let Some(due) = self.timer.filter(|due| *due <= end) {
            self.jump(due - self.at.steady, due - self.at.steady);
            self.timer = None;
            if self.on(Event::Timer).ping.is_some() && self.answers {
                self.answer();
            }
        }
        self.jump(end - self.at.steady, end - self.at.steady);
    }

    /// Lets the clocks go on without any timer.
    fn jump(&mut self, wall: i64, steady: i64) {
        self.at = Reading { wall: self.at.wall + wall, steady: self.at.steady + steady };
    }

    fn answer(&mut self) {
        self.on(Event::Heard);
        self.on(Event::Answered(self.last_ping));
    }
}

#[test]
fn a_page_is_live_once_something_has_come() {
    let mut world = World::new();
    assert_eq!(world.standing().connection, Connection::None);
    world.on(Event::Opened);
    assert_eq!(world.standing().connection, Connection::None);
    world.on(Event::Heard);
    assert_eq!(world.standing(), Standing { connection: Connection::Live, ..Standing::default() });
}

#[test]
fn a_live_connection_is_asked_every_fifteen_seconds() {
    let mut world = World::live();
    let first = world.last_ping;
    world.pass(14_000);
    assert_eq!(world.last_ping, first);
    world.pass(1_000);
    assert_eq!(world.last_ping, first + 1);
    world.answer();
    world.pass(15_000);
    assert_eq!(world.last_ping, first + 2);
    assert_eq!(world.opened, 1);
}

#[test]
fn any_word_answers_an_ordinary_ping() {
    let mut world = World::live();
    world.pass(15_000);
    world.on(Event::Heard);
    world.pass(14_000);
    assert_eq!((world.opened, world.standing().connection), (1, Connection::Live));
}

#[test]
fn silence_after_a_ping_is_the_end() {
    let mut world = World::live();
    let heard = world.at;
    world.pass(24_000);
    assert_eq!(world.standing().connection, Connection::Live);
    world.pass(1_000);
    assert_eq!(world.opened, 2, "tried at once");
    let standing = world.standing();
    assert_eq!((standing.connection, standing.next), (Connection::Retrying, Next::Trying));
    assert_eq!(standing.known, Some(heard), "nobody knows when it ended");
    assert!(!standing.stale, "the attempt has a moment");
    world.pass(MOMENT);
    assert!(world.standing().stale);
}

#[test]
fn a_closed_connection_is_said_after_five_seconds_and_tried_for_ever() {
    let mut world = World::live();
    world.pass(2_000);
    let closed = world.at;
    world.on(Event::Closed);
    assert_eq!(world.standing().connection, Connection::Retrying);
    assert_eq!(world.standing().known, Some(closed));
    for _ in 0..20 {
        let before = world.opened;
        world.pass(100);
        while world.opened == before {
            assert_eq!(world.standing().stale, world.at.steady - closed.steady >= PATIENCE);
            let Next::In(seconds) = world.standing().next else { panic!("waits") };
            assert!((1..=30).contains(&seconds));
            world.pass(100);
        }
        assert_eq!(world.standing().next, Next::Trying);
        world.on(Event::Closed);
        assert_eq!(world.standing().known, Some(closed));
    }
    assert_eq!(world.standing().connection, Connection::Offline);
    world.on(Event::Wake);
    world.on(Event::Opened);
    assert_eq!(world.standing().next, Next::Trying, "not there until something comes");
    world.on(Event::Heard);
    assert_eq!(world.standing(), Standing { connection: Connection::Live, ..Standing::default() });
}

#[test]
fn the_count_goes_down_by_seconds_to_one() {
    let mut world = World::live();
    for _ in 0..5 {
        world.on(Event::Closed);
        world.on(Event::Wake);
        world.pass(100);
    }
    // The back-off has started over each time; four failures in a row make it long enough to count.
    for _ in 0..5 {
        world.on(Event::Closed);
        world.pass(i64::try_from(crate::ui::model::live::backoff::MAX_MS).unwrap());
    }
    world.on(Event::Closed);
    let mut shown = Vec::new();
    let opened = world.opened;
    while world.opened == opened {
        let Next::In(seconds) = world.standing().next else { panic!("waits") };
        shown.push(seconds);
        let due = world.timer.unwrap();
        world.pass(due - world.at.steady);
    }
    shown.dedup();
    let longest = shown[0];
    assert!(longest >= 4, "{shown:?}");
    assert_eq!(shown, (1..=longest).rev().collect::<Vec<_>>());
}

#[test]
fn a_server_that_accepts_and_says_nothing_is_backed_off_from() {
    let mut world = World::live();
    world.on(Event::Closed);
    world.pass(1_000);
    assert_eq!(world.opened, 2);
    for opened in 3..6 {
        world.on(Event::Opened);
        world.pass(ANSWER_WITHIN);
        assert!(matches!(world.standing().next, Next::In(_)));
        assert!(!world.on(Event::Closed).open, "its end is no news");
        while world.opened < opened {
            world.pass(500);
        }
    }
    assert!(world.link.failed >= 4);
}

#[test]
fn an_attempt_that_hangs_is_given_up() {
    let mut world = World::live();
    world.on(Event::Closed);
    world.pass(1_000);
    assert_eq!((world.opened, world.standing().next), (2, Next::Trying));
    world.pass(OPEN_WITHIN);
    assert!(matches!(world.standing().next, Next::In(_)));
    world.pass(3_000);
    assert_eq!(world.opened, 3);
}

#[test]
fn a_page_that_never_connected_says_so_too() {
    let mut world = World::new();
    let begun = world.at;
    world.on(Event::Closed);
    world.pass(PATIENCE);
    assert!(world.standing().stale);
    assert_eq!(world.standing().known, Some(begun));
}

#[test]
fn a_look_at_the_page_asks_with_little_patience() {
    let mut world = World::live();
    world.pass(1_000);
    let before = world.last_ping;
    for event in [Event::Doubt, Event::Wake, Event::Doubt] {
        world.on(event);
    }
    assert_eq!(world.last_ping, before + 1, "asked once");
    world.answer();
    world.pass(HASTY_WITHIN);
    assert_eq!((world.opened, world.standing().connection), (1, Connection::Live));
    world.on(Event::Wake);
    world.pass(HASTY_WITHIN);
    assert_eq!(world.opened, 2);
}

#[test]
fn without_a_network_a_connection_that_answers_is_live() {
    let mut world = World::live();
    world.online = false;
    world.on(Event::Doubt);
    world.answer();
    assert_eq!(world.standing().connection, Connection::Live);
    world.on(Event::Closed);
    assert_eq!(world.standing().connection, Connection::Offline);
}
