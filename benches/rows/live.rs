//! Lines about live updates.

use crate::Plan;
use crate::sockets::{self, Deliveries};
use crate::table::{Figure, Goal, Round, Unit};

/// Memory, misses and delays of ten thousand watchers of one agent.
pub async fn sockets(plan: &Plan) -> Vec<Figure> {
    let (mut memory, mut missed, mut delay) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let Deliveries { sockets, runboard, bare } = sockets::measure().await;
        eprint!("{sockets} ");
        memory.push(Round::beside(runboard.memory as f64, bare.memory as f64));
        missed.push(Round::alone(runboard.missed as f64));
        delay.push(Round::beside(runboard.p99.as_secs_f64() * 1e3, bare.p99.as_secs_f64() * 1e3));
    }
    let bare = "a bare broadcast";
    vec![
        Figure {
            name: "Memory of a socket, of 10,000",
            unit: Unit::Bytes,
            goal: Goal::AtMost(12_000.0),
            against: bare,
            rounds: memory,
        },
        Figure {
            name: "Updates that did not arrive",
            unit: Unit::Count,
            goal: Goal::AtMost(0.0),
            against: "",
            rounds: missed,
        },
        Figure {
            name: "An update at 10,000 sockets, p99",
            unit: Unit::Milliseconds,
            goal: Goal::RatioAtMost(1.5),
            against: bare,
            rounds: delay,
        },
    ]
}
