//! Pages that sleep, are hidden or rest, and clocks that are set.

use super::*;

#[test]
fn what_has_waited_in_the_browser_is_no_proof() {
    let mut world = World::live();
    world.pass(1_000);
    let heard = world.link.heard;
    world.on(Event::Wake);
    world.on(Event::Heard);
    world.on(Event::Answered(world.last_ping - 1));
    world.pass(HASTY_WITHIN);
    assert_eq!(world.opened, 2);
    assert_eq!(world.standing().known, Some(heard));
}

#[test]
fn sleep_is_noticed_by_the_wall_clock() {
    // Timers of most computers stand still while they sleep; of others they are all late.
    for steady in [10, 3_600_000] {
        let mut world = World::live();
        world.pass(1_000);
        let (heard, before) = (world.link.heard, world.last_ping);
        world.jump(3_600_000, steady);
        world.on(Event::Timer);
        assert_eq!(world.last_ping, before + 1);
        assert_eq!(world.standing().connection, Connection::Live, "it may be");
        world.pass(HASTY_WITHIN);
        assert_eq!(world.opened, 2);
        assert_eq!(world.standing().known, Some(heard));
        world.pass(MOMENT);
        assert!(world.standing().stale, "five seconds after waking up");
    }
}

#[test]
fn a_connection_that_ended_in_sleep_was_known_before_it() {
    let mut world = World::live();
    world.pass(2_000);
    let heard = world.link.heard;
    world.jump(3_600_000, 0);
    let todo = world.on(Event::Closed);
    assert_eq!((todo.ping, world.standing().known), (None, Some(heard)));
}

#[test]
fn a_clock_that_is_set_is_no_end() {
    for jump in [600_000, -600_000] {
        let mut world = World::live();
        world.pass(1_000);
        world.answers = true;
        world.jump(jump, 0);
        world.pass(100_000);
        assert_eq!(world.opened, 1);
        assert_eq!(world.standing().connection, Connection::Live);
    }
}

#[test]
fn in_a_hidden_tab_timers_come_once_a_minute() {
    let minute = |world: &mut World| {
        world.jump(60_000, 60_000);
        world.on(Event::Timer)
    };
    let mut world = World::live();
    for _ in 0..60 {
        assert!(minute(&mut world).ping.is_some());
        world.answer();
    }
    assert_eq!((world.opened, world.standing().connection), (1, Connection::Live));
    minute(&mut world);
    minute(&mut world);
    assert_eq!(world.opened, 2, "silence counts there as well");
}

#[test]
fn waking_up_tries_at_once_and_starts_the_back_off_anew() {
    let mut world = World::live();
    for _ in 0..6 {
        world.on(Event::Closed);
        world.pass(31_000);
    }
    world.on(Event::Closed);
    assert_eq!(world.standing().connection, Connection::Offline);
    assert!(!world.on(Event::Doubt).open, "a glance is no reason");
    assert!(world.on(Event::Wake).open);
    assert!(!world.on(Event::Wake).open, "it has just begun");
    assert_eq!(world.standing().connection, Connection::Retrying);
    world.on(Event::Closed);
    assert_eq!(world.standing().next, Next::In(1));
    world.pass(500);
    world.pass(HASTY_WITHIN);
    assert!(world.on(Event::Wake).open, "it hangs");
}

#[test]
fn what_comes_for_a_page_at_rest_is_ignored() {
    let mut link = Link::default();
    let now = Now { at: Reading::default(), online: true, chance: 0 };
    for event in [Event::Heard, Event::Closed, Event::Timer, Event::Wake, Event::Doubt] {
        assert_eq!(link.handle(event, now), Todo::default());
    }
    assert_eq!(link.standing(now), Standing::default());
}
