//! How long deliveries are kept, and how many.

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::Subject;
use runboard::domain::hook::{HookSettings, Mapping, Outcome, SecretChange, Verification};
use runboard::domain::id::{AgentId, HookId};
use runboard::server::store::deliveries::{DeliveriesFrom, NewDelivery};
use sea_orm::{ConnectionTrait, Database};

on_both!(after_a_week_a_delivery_is_dropped, a_webhook_keeps_its_newest_thousand,);

const HOUR: i64 = 3_600_000;

impl Subject {
    async fn hook(&self) -> (AgentId, HookId) {
        let agent = self.agent(5).await;
        let settings = HookSettings {
            name: "Any".into(),
            verification: Verification::None,
            filter: Vec::new(),
            map: Mapping::default(),
            rate_per_minute: 60,
            enabled: true,
        };
        let made = self.store.create_hook(&self.scope, agent, &settings, &SecretChange::Keep, b"hash").await.unwrap();
        (agent, made.0.id)
    }

    async fn record(&self, hook: HookId, body: &'static str) {
        let new = NewDelivery::of(hook, body.len()).keeping(Vec::new(), body.as_bytes());
        self.store.record_delivery(&self.scope, &new, Outcome::Filtered, 200, "it did not pass").await.unwrap();
    }

    async fn count(&self, sql: &str) -> i64 {
        let raw = Database::connect(&self.database.url).await.unwrap();
        let select = sea_orm::Statement::from_string(raw.get_database_backend(), sql.to_owned());
        let count = raw.query_one_raw(select).await.unwrap().unwrap().try_get("", "count").unwrap();
        raw.close().await.unwrap();
        count
    }
}

const ROWS: &str = "SELECT COUNT(*) AS count FROM hook_deliveries";
const BODIES: &str = "SELECT COUNT(*) AS count FROM hook_payloads";

async fn after_a_week_a_delivery_is_dropped(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, hook) = s.hook().await;
    s.record(hook, "old").await;
    s.clock.advance(HOUR);
    s.record(hook, "newer").await;
    s.clock.advance(7 * 24 * HOUR - HOUR);
    s.store.drop_old_deliveries().await.unwrap();
    assert_eq!((s.count(ROWS).await, s.count(BODIES).await), (2, 2), "a week is not over");
    s.clock.advance(1);
    s.store.drop_old_deliveries().await.unwrap();
    assert_eq!((s.count(ROWS).await, s.count(BODIES).await), (1, 1));
    let left = s.store.deliveries(&s.scope, agent, hook, None, DeliveriesFrom::Newest, 9).await.unwrap().deliveries;
    let kept = s.store.kept_delivery(&s.scope, agent, hook, left[0].id).await.unwrap();
    assert_eq!(kept.body, "newer");
    s.store.delete_hook(&s.scope, agent, hook).await.unwrap();
    assert_eq!((s.count(ROWS).await, s.count(BODIES).await), (0, 0));
}

async fn a_webhook_keeps_its_newest_thousand(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (_, hook) = s.hook().await;
    let now = s.store.now().ms();
    // Ten that started runs, two of them without an id of their sender's; then many that did not.
    let accepted = (1..=10).map(|nr| {
        let id = if nr <= 2 { "NULL".to_owned() } else { format!("'d{nr}'") };
        format!("({hook}, {now}, {id}, 'accepted', 202, {nr}, 1)")
    });
    let filtered = (0..1_000).map(|_| format!("({hook}, {now}, 'f', 'filtered', 200, NULL, 1)"));
    let rows: Vec<_> = accepted.chain(filtered).collect();
    let insert =
        "INSERT INTO hook_deliveries (hook_id, received_at, delivery_id, outcome, status, run_id, bytes) VALUES ";
    let raw = Database::connect(&s.database.url).await.unwrap();
    raw.execute_unprepared(&format!("{insert}{}", rows.join(", "))).await.unwrap();
    let bodies = "INSERT INTO hook_payloads (delivery, headers, zstd) SELECT id, '[]', '' FROM hook_deliveries";
    let bodies = match raw.get_database_backend() {
        sea_orm::DbBackend::Postgres => bodies.to_owned(),
        _ => bodies.replace("''", "x''"),
    };
    raw.execute_unprepared(&bodies).await.unwrap();
    raw.close().await.unwrap();

    s.store.drop_old_deliveries().await.unwrap();
    assert_eq!(s.count(BODIES).await, 1_000);
    let known = format!("{ROWS} WHERE outcome = 'accepted'");
    assert_eq!(
        (s.count(ROWS).await, s.count(&known).await),
        (1_008, 8),
        "what would be a second run is known for a day"
    );
    s.clock.advance(24 * HOUR + 1);
    s.store.drop_old_deliveries().await.unwrap();
    assert_eq!((s.count(ROWS).await, s.count(&known).await), (1_000, 0));
}
