//! One WebSocket of the browser, from being opened to being dropped. It knows nothing of what is said over it, and
//! decides nothing.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use serde::Serialize;
use web_sys::{Event, MessageEvent, WebSocket};

/// Events of a socket; an error is always followed by the end.
const EVENTS: [&str; 3] = ["open", "message", "close"];

/// A socket and its one listener. Dropping it closes the socket and ends the listening.
pub struct Line {
    socket: WebSocket,
    listener: Closure<dyn Fn(Event)>,
}

impl Line {
    /// Opens a socket to a path of this server; `None` where the browser refuses. In the browser only.
    pub fn open(
        path: &str,
        opened: impl Fn() + 'static,
        heard: impl Fn(String) + 'static,
        closed: impl Fn() + 'static,
    ) -> Option<Self> {
        // `http` becomes `ws` and `https` becomes `wss`.
        let origin = window().location().origin().ok()?.replacen("http", "ws", 1);
        let socket = WebSocket::new(&format!("{origin}{path}")).ok()?;
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| match event.type_().as_str() {
            "open" => opened(),
            "message" => heard(event.unchecked_ref::<MessageEvent>().data().as_string().unwrap_or_default()),
            _ => closed(),
        });
        let line = Self { socket, listener };
        for event in EVENTS {
            line.socket.add_event_listener_with_callback(event, line.listener.as_ref().unchecked_ref()).ok()?;
        }
        Some(line)
    }

    /// Sends a message as JSON, if the socket is open.
    pub fn send(&self, message: &impl Serialize) {
        if self.socket.ready_state() == WebSocket::OPEN
            && let Ok(text) = serde_json::to_string(message)
        {
            // It fails for a socket that is not open.
            _ = self.socket.send_with_str(&text);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        for event in EVENTS {
            _ = self.socket.remove_event_listener_with_callback(event, self.listener.as_ref().unchecked_ref());
        }
        _ = self.socket.close();
    }
}
