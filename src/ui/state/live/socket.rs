//! The WebSocket behind `Live`: tells `link` what happens and does what it decides. Acts in the browser only.
//!
//! Of sockets that were replaced nothing is heard: the crate numbers them and drops the events of all but the last.

use super::connection::Live;
use super::link::Link;
use super::link::terms::{Connection, Event, Now};
use super::wake;
use crate::domain::live::{ClientMessage, ServerMessage};
use crate::domain::time::Timestamp;
use crate::ui::state::clock::{self, Clock};
use codee::string::JsonSerdeCodec;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos_use_websocket::{ReconnectLimit, UseWebSocketOptions, UseWebSocketReturn, use_websocket_with_options};
use std::sync::Arc;
use std::time::Duration;

type Act = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone, Copy)]
struct Socket {
    live: Live,
    clock: Clock,
    link: StoredValue<Link>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Opening and closing.
    acts: StoredValue<Option<(Act, Act)>>,
}

/// Connects once the page is hydrated, and stays at it.
pub fn keep_connected(live: Live, clock: Clock) {
    let socket = Socket {
        live,
        clock,
        link: StoredValue::new(Link::default()),
        timer: StoredValue::new(None),
        acts: StoredValue::new(None),
    };
    // The crate's own reconnects come at a fixed interval; ours back off, so its are switched off.
    let options = UseWebSocketOptions::default()
        .immediate(false)
        .reconnect_limit(ReconnectLimit::Limited(0))
        .on_open(move |_| socket.on(Event::Opened))
        // Even what cannot be understood is a sign of life.
        .on_message_raw(move |_| socket.on(Event::Heard))
        .on_message(move |message: &ServerMessage| socket.on_message(message))
        .on_close(move |_| socket.on(Event::Closed));
    let UseWebSocketReturn { open, close, send, .. } =
        use_websocket_with_options::<ClientMessage, ServerMessage, JsonSerdeCodec, _, _>("/api/ws", options);
    socket.acts.set_value(Some((Arc::new(open), Arc::new(close))));
    live.sender.set_value(Some(Arc::new(send)));
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
        if let Some((open, close)) = self.acts.get_value() {
            if todo.close {
                close();
            }
            if todo.open {
                open();
            }
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
    }

    fn on_message(self, message: &ServerMessage) {
        match message {
            ServerMessage::Pong { server_now, message_id: Some(id) } => self.on_pong(id, *server_now),
            ServerMessage::Error { message, .. } => leptos::logging::log!("live: {message}"),
            _ => {}
        }
        self.live.dispatch(message);
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
