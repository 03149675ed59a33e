//! The WebSocket behind `Live`: opens it, keeps it awake, and opens it again for ever. Acts in the browser only.

use super::backoff::delay_ms;
use super::connection::{Connection, Live};
use crate::domain::live::{ClientMessage, ServerMessage};
use crate::ui::state::clock::Clock;
use codee::string::JsonSerdeCodec;
use leptos::leptos_dom::helpers::{IntervalHandle, TimeoutHandle, set_interval_with_handle};
use leptos::prelude::*;
use leptos_use_websocket::{ReconnectLimit, UseWebSocketOptions, UseWebSocketReturn, use_websocket_with_options};
use std::sync::Arc;
use std::time::Duration;

const PING_EVERY: Duration = Duration::from_secs(15);
const PONG_WITHIN: Duration = Duration::from_secs(10);
/// Attempts that failed in a row before the page calls itself offline.
const OFFLINE_AFTER: u32 = 4;

/// What the socket remembers between its callbacks.
#[derive(Clone, Copy)]
struct Socket {
    live: Live,
    clock: Clock,
    attempt: StoredValue<u32>,
    /// How many messages have come; a ping that changes nothing in it went unheard.
    heard: StoredValue<u64>,
    retry: StoredValue<Option<TimeoutHandle>>,
    ping: StoredValue<Option<IntervalHandle>>,
}

/// Connects once the page is hydrated, and stays at it.
pub fn keep_connected(live: Live, clock: Clock) {
    let socket = Socket {
        live,
        clock,
        attempt: StoredValue::new(0),
        heard: StoredValue::new(0),
        retry: StoredValue::new(None),
        ping: StoredValue::new(None),
    };
    // The crate's own reconnects come at a fixed interval; ours back off, so its are switched off.
    let options = UseWebSocketOptions::default()
        .immediate(false)
        .reconnect_limit(ReconnectLimit::Limited(0))
        .on_open(move |_| socket.on_open())
        .on_message(move |message: &ServerMessage| socket.on_message(message))
        .on_close(move |_| socket.on_close());
    let UseWebSocketReturn { open, send, .. } =
        use_websocket_with_options::<ClientMessage, ServerMessage, JsonSerdeCodec, _, _>("/api/ws", options);
    live.sender.set_value(Some(Arc::new(send)));
    live.opener.set_value(Some(Arc::new(move || {
        socket.cancel_retry();
        open();
    })));
    Effect::new(move |_| {
        live.try_now();
        let online = window_event_listener_untyped("online", move |_| live.try_now());
        let offline = window_event_listener_untyped("offline", move |_| live.state.set(Connection::Offline));
        on_cleanup(move || {
            online.remove();
            offline.remove();
            socket.cancel_retry();
            socket.stop_pings();
        });
    });
}

impl Socket {
    fn on_open(self) {
        self.attempt.set_value(0);
        self.live.state.set(Connection::Live);
        self.live.known_until.set(None);
        let wanted = self.live.topics.try_update_value(|topics| topics.on_connect()).unwrap_or_default();
        self.live.subscribe(wanted);
        self.stop_pings();
        self.ping.set_value(set_interval_with_handle(move || self.ping(), PING_EVERY).ok());
    }

    fn on_message(self, message: &ServerMessage) {
        self.heard.update_value(|heard| *heard = heard.wrapping_add(1));
        match message {
            ServerMessage::Pong { server_now, .. }
            | ServerMessage::AgentState { server_now, .. }
            | ServerMessage::AgentsState { server_now, .. }
            | ServerMessage::RunState { server_now, .. } => self.clock.sync(*server_now),
            ServerMessage::Error { message, .. } => leptos::logging::log!("live: {message}"),
            _ => {}
        }
        self.live.dispatch(message);
    }

    /// A connection can be dead without saying so: silence after a ping is the sign.
    fn ping(self) {
        let before = self.heard.get_value();
        self.live.send(&ClientMessage::Ping { message_id: None });
        set_timeout(
            move || {
                if self.heard.try_get_value() == Some(before) && self.live.is_live() {
                    self.lost();
                    self.live.try_now();
                }
            },
            PONG_WITHIN,
        );
    }

    fn on_close(self) {
        self.lost();
        let attempt = self.attempt.get_value();
        self.attempt.set_value(attempt.saturating_add(1));
        let wait = Duration::from_millis(delay_ms(attempt, self.clock.seed()));
        self.cancel_retry();
        self.retry.set_value(set_timeout_with_handle(move || self.live.try_now(), wait).ok());
    }

    fn lost(self) {
        self.stop_pings();
        if self.live.known_until.get_untracked().is_none() {
            self.live.known_until.set(self.clock.now());
        }
        let offline = self.attempt.get_value() >= OFFLINE_AFTER || !window().navigator().on_line();
        self.live.state.set(if offline { Connection::Offline } else { Connection::Retrying });
    }

    fn cancel_retry(self) {
        if let Some(Some(timer)) = self.retry.try_update_value(Option::take) {
            timer.clear();
        }
    }

    fn stop_pings(self) {
        if let Some(Some(timer)) = self.ping.try_update_value(Option::take) {
            timer.clear();
        }
    }
}
