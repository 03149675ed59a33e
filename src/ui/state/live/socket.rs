//! The WebSocket behind `Live`: reports to `link` what happens and does what it decides. Acts in the browser only.
//!
//! Sockets that were replaced are not heard any more: their listeners go with them.

use crate::domain::live::{ClientMessage, ServerMessage};
use crate::domain::time::Timestamp;
use crate::domain::wire::from_json;
use crate::ui::model::live::link::Link;
use crate::ui::model::live::link::terms::{Connection, Event, Now};
use crate::ui::model::live::pacing::Pacing;
use crate::ui::state::clock::{self, Clock};
use crate::ui::state::live::connection::Live;
use crate::ui::state::live::line::Line;
use crate::ui::state::live::wake;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone, Copy)]
struct Socket {
    live: Live,
    clock: Clock,
    link: StoredValue<Link>,
    timer: StoredValue<Option<TimeoutHandle>>,
    line: StoredValue<Option<Line>, LocalStorage>,
    /// Messages that have come and are not yet shown, in their order.
    inbox: StoredValue<Vec<ServerMessage>>,
    /// Something was shown a moment ago; what comes now waits.
    resting: StoredValue<bool>,
    pacing: StoredValue<Pacing>,
}

/// Connects once the page is hydrated, and stays at it.
pub fn keep_connected(live: Live, clock: Clock) {
    let socket = Socket {
        live,
        clock,
        link: StoredValue::new(Link::default()),
        timer: StoredValue::new(None),
        line: StoredValue::new_local(None),
        inbox: StoredValue::new(Vec::new()),
        resting: StoredValue::new(false),
        pacing: StoredValue::new(Pacing::default()),
    };
    live.sender.set_value(Some(Arc::new(move |message| socket.send(message))));
    live.waker.set_value(Some(Arc::new(move || socket.on(Event::Wake))));
    Effect::new(move |_| {
        socket.on(Event::Started);
        wake::listen(move |event| socket.on(event));
        on_cleanup(move || socket.stop_timer());
    });
}

impl Socket {
    fn on(self, event: Event) {
        let at = clock::reading();
        let now = Now { at, online: window().navigator().on_line(), chance: at.wall.unsigned_abs() };
        let decided = self.link.try_update_value(|link| (link.handle(event, now), link.standing(now)));
        // The page may have gone.
        let Some((todo, standing)) = decided else { return };
        let known_until = self.live.show(standing, || self.clock.at(standing.known?));
        self.clock.rest(standing.stale, known_until);
        if matches!(standing.connection, Connection::Retrying | Connection::Offline) {
            self.clock.count_sleep();
        }
        if todo.close {
            self.line.set_value(None);
        }
        if todo.subscribe {
            let wanted = self.live.topics.try_update_value(|topics| topics.on_connect()).unwrap_or_default();
            self.live.subscribe(wanted);
        }
        if let Some(ping) = todo.ping {
            self.live.send(&ClientMessage::Ping { message_id: Some(ping.to_string()) });
        }
        if let Some(wait) = todo.timer {
            self.stop_timer();
            let wait = Duration::from_millis(wait.unsigned_abs());
            self.timer.set_value(set_timeout_with_handle(move || self.on(Event::Timer), wait).ok());
        }
        // Last: where the browser refuses, that is the next thing that happens.
        if todo.open {
            self.open();
        }
    }

    fn open(self) {
        let line = Line::open(
            "/api/ws",
            move || self.on(Event::Opened),
            move |text| self.on_text(&text),
            move || self.on(Event::Closed),
        );
        let refused = line.is_none();
        self.line.set_value(line);
        if refused {
            self.on(Event::Closed);
        }
    }

    fn send(self, message: &ClientMessage) {
        self.line.with_value(|line| line.iter().for_each(|line| line.send(message)));
    }

    fn on_text(self, text: &str) {
        // Even what cannot be understood is a sign of life.
        self.on(Event::Heard);
        match from_json::<ServerMessage>(text) {
            Ok(message) => self.on_message(message),
            Err(error) => leptos::logging::log!("live: {error}"),
        }
    }

    fn on_message(self, message: ServerMessage) {
        match &message {
            ServerMessage::Pong { server_now, message_id: Some(id) } => self.on_pong(id, *server_now),
            ServerMessage::Error { message, .. } => leptos::logging::log!("live: {message}"),
            _ => {}
        }
        self.inbox.update_value(|inbox| inbox.push(message));
        if !self.resting.get_value() {
            self.deliver();
        }
    }

    /// Shows what has come, then rests for a moment. One after the other: what came first is shown first.
    fn deliver(self) {
        // The page may have gone.
        let Some(messages) = self.inbox.try_update_value(std::mem::take) else { return };
        self.resting.set_value(!messages.is_empty());
        if messages.is_empty() {
            return;
        }
        spawn_local(async move {
            for message in &messages {
                self.live.dispatch(message);
                // Each becomes part of the page by itself, as `rows` wants it; drawn are all together.
                tick().await;
            }
            let now = clock::reading().steady;
            let Some(rest) = self.pacing.try_update_value(|pacing| pacing.shown(now)) else { return };
            set_timeout(move || self.deliver(), Duration::from_millis(rest.unsigned_abs()));
        });
    }

    fn on_pong(self, id: &str, server_now: Timestamp) {
        let Ok(ping) = id.parse() else { return };
        if let Some(Some(asked)) = self.link.try_with_value(|link| link.sent(ping)) {
            self.clock.correct(server_now, asked);
        }
        self.on(Event::Answered(ping));
    }

    fn stop_timer(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}
