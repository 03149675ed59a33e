//! `/api/agents/{id}/versions`: listed, compared, restored.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::header::{IF_MATCH, LINK};
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

on_both!(versions_are_listed_compared_and_restored, a_version_whose_settings_can_no_longer_be_used_says_why,);

async fn put(app: &TestApp, agent: i64, body: Value) -> Value {
    let (status, agent) = app.send(app.request(Method::PUT, &format!("/api/agents/{agent}")).json(&body)).await;
    assert_eq!(status, StatusCode::OK, "{agent}");
    agent
}

async fn versions_are_listed_compared_and_restored(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let text = |last: &str| format!("One\nTwo\n{last}");
    let first = json!({
        "name": "Test", "model": "demo/quick", "system_instructions": text("Three"), "note": "To try it"
    });
    let agent = app.agent_with(first.clone()).await;
    let run = app.task_is(agent, "success").await;
    assert_eq!(run["agent_version"], 1);
    let second = json!({
        "name": "Test", "model": "demo/slow", "system_instructions": text("Drei"), "max_steps": 9, "version": 1,
        "note": " Cheaper\nand slower "
    });
    assert_eq!(put(&app, agent, second.clone()).await["version"], 2);
    // A request that changes nothing makes no version, whatever its note says.
    let same = json!({ "note": "Again", "version": 2 });
    let mut same_again = second.clone();
    same_again.as_object_mut().unwrap().extend(same.as_object().unwrap().clone());
    assert_eq!(put(&app, agent, same_again).await["version"], 2);

    let at = format!("/api/agents/{agent}/versions");
    let (status, list) = app.get(&at).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    assert_eq!(
        (&list["next_cursor"], &list["prev_cursor"], &list["applied_filters"]),
        (&Value::Null, &Value::Null, &json!({}))
    );
    let listed = &list["data"];
    assert_eq!((&listed[0]["number"], &listed[0]["note"]), (&json!(2), &json!("Cheaper and slower")));
    assert_eq!(listed[0]["changes"], "Model demo/slow, 1 line of system instructions, Max steps per run 9");
    let figures = ["number", "runs", "success_rate", "cost_usd", "unpriced", "created_by"];
    assert_eq!(
        figures.map(|name| listed[1][name].clone()),
        [json!(1), json!(1), json!(1.0), json!(1.5e-6), json!(0), json!(1)]
    );
    assert!(listed[1]["p50_ms"].is_number() && listed[1].get("settings").is_none());

    let (_, one) = app.get(&format!("{at}/1")).await;
    assert_eq!((&one["number"], &one["changes"], &one["runs"]), (&json!(1), &json!("Created"), &json!(1)));
    assert_eq!(one["note"], "To try it");
    problem(&app.post("/api/agents", json!({ "name": "x", "note": 7 })).await, 422);
    problem(&app.post("/api/agents", json!({ "name": "x", "note": "n".repeat(201) })).await, 422);
    assert_eq!((&one["settings"]["model"], &one["settings"]["max_steps"]), (&json!("demo/quick"), &json!(25)));

    let (_, diff) = app.get(&format!("{at}/1/diff/2")).await;
    assert_eq!((&diff["a"], &diff["b"]), (&json!(1), &json!(2)));
    let names: Vec<_> = diff["settings"].as_array().unwrap().iter().map(|setting| setting["name"].clone()).collect();
    assert_eq!(names, ["model", "system_instructions", "max_steps"]);
    let [model, instructions, steps] = [0, 1, 2].map(|at| &diff["settings"][at]);
    assert_eq!((&model["before"], &model["after"]), (&json!("demo/quick"), &json!("demo/slow")));
    assert_eq!((&steps["before"], &steps["after"], steps.get("lines")), (&json!(25), &json!(9), None));
    assert_eq!(instructions["before"], text("Three"));
    let lines: Vec<_> = instructions["lines"].as_array().unwrap().iter().map(|line| line["kind"].clone()).collect();
    assert_eq!(lines, ["same", "same", "removed", "added"]);
    assert_eq!(instructions["lines"][2]["before"], 3);
    assert_eq!(app.get(&format!("{at}/2/diff/2")).await.1["settings"], json!([]));

    // Whoever has not seen the present version restores nothing.
    let restore = format!("{at}/1/restore");
    problem(&app.post(&restore, json!({ "version": 1 })).await, 409);
    problem(&app.send(app.request(Method::POST, &restore).header(IF_MATCH, "\"1\"")).await, 409);
    let both = app.request(Method::POST, &restore).header(IF_MATCH, "\"2\"").json(&json!({ "version": 1 }));
    assert!(problem(&app.send(both).await, 422).contains("If-Match"));
    problem(&app.send(app.request(Method::POST, &restore).header(IF_MATCH, "soon")).await, 422);
    problem(&app.post(&restore, json!({ "note": "n".repeat(201) })).await, 422);
    problem(&app.post(&restore, json!({ "why": "x" })).await, 422);
    problem(&app.send(app.request(Method::POST, &restore).body("{\"note\":\"x\"}")).await, 415);
    let (status, restored) = app.send(app.request(Method::POST, &restore).header(IF_MATCH, "\"2\"")).await;
    assert_eq!((status, &restored["version"], &restored["model"]), (StatusCode::OK, &json!(3), &json!("demo/quick")));
    let (_, newest) = app.get(&format!("{at}/3")).await;
    assert_eq!(newest["note"], "Restored version 1");
    assert_eq!(newest["settings"], one["settings"]);
    let (_, again) = app.post(&format!("{at}/2/restore"), json!({ "version": 3, "note": "It was better" })).await;
    assert_eq!(again["version"], 4);
    assert_eq!(app.get(&format!("{at}/4")).await.1["note"], "Restored version 2: It was better");

    pages_lead_to_each_other(&app, &at).await;
    for missing in [format!("{at}/9"), format!("{at}/x"), format!("{at}/1/diff/9"), "/api/agents/999/versions".into()] {
        problem(&app.get(&missing).await, 404);
    }
    problem(&app.poke(&format!("{at}/9/restore")).await, 404);
    for wrong in ["?limit=0", "?limit=201", "?cursor=x", "?page=2"] {
        problem(&app.get(&format!("{at}{wrong}")).await, 422);
    }
}

async fn pages_lead_to_each_other(app: &TestApp, at: &str) {
    let mut seen = Vec::new();
    let mut next = format!("{at}?limit=3");
    loop {
        let response = app.request(Method::GET, &next).send().await.unwrap();
        let link = response.headers().get(LINK).map(|link| link.to_str().unwrap().to_owned());
        let page: Value = response.json().await.unwrap();
        seen.extend(page["data"].as_array().unwrap().iter().map(|version| version["number"].as_i64().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        next = format!("{at}?limit=3&cursor={cursor}");
        assert_eq!(link.unwrap(), format!("<{next}>; rel=\"next\""));
    }
    assert_eq!(seen, [4, 3, 2, 1]);
    let (_, last) = app.get(&next).await;
    let (_, back) = app.get(&format!("{at}?cursor={}", last["prev_cursor"].as_str().unwrap())).await;
    assert_eq!(back["data"].as_array().unwrap().len(), 3);
    assert_eq!(back["prev_cursor"], Value::Null);
}

async fn a_version_whose_settings_can_no_longer_be_used_says_why(database: TestDatabase) {
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let raw = Database::connect(url).await.unwrap();
    let agent = app.agent_with(json!({ "name": "Test", "model": "demo/quick" })).await;
    put(&app, agent, json!({ "name": "Test", "model": "demo/quick", "max_steps": 3 })).await;
    let restore = format!("/api/agents/{agent}/versions/1/restore");
    for (value, gone, says) in [
        (
            r#"["current_time"]"#,
            r#"["fax"]"#,
            "Version 1 cannot be restored: its settings can no longer be used. tools/0: unknown tool \"fax\"",
        ),
        (r#""demo/quick""#, r#""demo/gone""#, "there is no model \"demo/gone\""),
    ] {
        let age = |from: &str, to: &str| {
            format!(
                "UPDATE agent_versions SET settings = replace(settings, '{from}', '{to}') WHERE agent_id = {agent} AND number = 1"
            )
        };
        raw.execute_unprepared(&age(value, gone)).await.unwrap();
        let detail = problem(&app.post(&restore, json!({ "version": 2 })).await, 422);
        assert!(detail.contains(says), "{detail}");
        raw.execute_unprepared(&age(gone, value)).await.unwrap();
    }
    let (_, agent) = app.get(&format!("/api/agents/{agent}")).await;
    assert_eq!(agent["version"], 2, "nothing was changed");
    assert_eq!(app.post(&restore, json!({ "version": 2 })).await.1["version"], 3);
}
