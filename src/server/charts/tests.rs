use super::axis::Axis;
use super::{Chart, Drawing, Limit, Look, Mark, Series, Unit, escaped};

fn chart(drawing: Drawing, unit: Unit, values: Vec<Vec<Option<i64>>>) -> Chart {
    let looks = [Look::Main, Look::Second];
    let names = ["First", "Second"];
    let points = (1..=values[0].len()).map(|day| format!("{day} Nov")).collect();
    let series = values.into_iter().enumerate().map(|(at, values)| Series {
        name: names[at],
        look: looks[at],
        values,
        figure: String::new(),
    });
    Chart {
        id: "test",
        title: "Test",
        about: String::new(),
        summary: "A test.".to_owned(),
        note: String::new(),
        drawing,
        unit,
        points_are: "Day",
        points,
        expected_from: usize::MAX,
        series: series.collect(),
        over: None,
        limit: None,
        marks: Vec::new(),
        empty: "Nothing yet.",
    }
}

fn labels(unit: Unit, highest: i64) -> String {
    let html = Axis::of(unit, highest).labels(unit, "chart__y");
    let labels = html.split_once('>').unwrap().1.replace("</div>", "").replace("</span><span>", ", ");
    labels.replace("<span>", "").replace("</span>", "")
}

#[test]
fn an_axis_begins_at_zero_and_ends_at_a_round_number() {
    for (unit, highest, expected) in [
        (Unit::Runs, 0, "1 runs, 0"),
        (Unit::Runs, 3, "3 runs, 2, 1, 0"),
        (Unit::Runs, 105, "150 runs, 100, 50, 0"),
        (Unit::Duration, 83_000, "1 m 30 s, 1 m, 30 s, 0"),
        (Unit::Duration, 400, "400 ms, 300 ms, 200 ms, 100 ms, 0"),
        (Unit::Duration, 100_000_000, "36 h, 24 h, 12 h, 0"),
        (Unit::Cost, 5_400_000_000, "$6, $4, $2, 0"),
        (Unit::Cost, 31_000_000, "$0.040, $0.030, $0.020, $0.010, 0"),
    ] {
        let axis = Axis::of(unit, highest);
        assert!(axis.top() >= highest && axis.steps <= 4, "{unit:?} {highest}: {axis:?}");
        assert_eq!(labels(unit, highest), expected);
    }
    for unit in [Unit::Runs, Unit::Duration, Unit::Cost] {
        assert_eq!(Axis::of(unit, i64::MAX).below_top(i64::MAX), 0.0, "{unit:?}");
    }
}

#[test]
fn values_are_where_the_axis_says() {
    let axis = Axis::of(Unit::Runs, 100);
    assert_eq!((axis.top(), axis.below_top(0), axis.below_top(25), axis.below_top(100)), (100, 100.0, 75.0, 0.0));
}

#[test]
fn parts_of_a_bar_stand_on_one_another() {
    let html = chart(Drawing::Bars, Unit::Runs, vec![vec![Some(60), Some(0)], vec![Some(40), Some(0)]]).html();
    assert!(html.contains("<rect class=\"s1\" x=\"220\" y=\"40\" width=\"60\" height=\"60\"/>"), "{html}");
    assert!(html.contains("<rect class=\"s2\" x=\"220\" y=\"0\" width=\"60\" height=\"39.3\"/>"), "{html}");
    assert_eq!(html.matches("class=\"zero\"").count(), 1, "a point with nothing has a tick: {html}");
}

#[test]
fn a_line_is_interrupted_where_nothing_is_known_and_a_single_value_is_a_point() {
    let values = vec![Some(1_000), Some(2_000), None, Some(2_000)];
    let html = chart(Drawing::Lines, Unit::Duration, vec![values]).html();
    assert_eq!(html.matches("class=\"line line--accent\"").count(), 1, "{html}");
    assert!(html.contains("d=\"M125 50L375 0\"") && html.contains("class=\"point\" x1=\"875\""), "{html}");
    assert!(html.contains("3 Nov: First no runs\""), "{html}");
}

#[test]
fn each_value_is_there_by_keyboard_and_in_the_table() {
    let html = chart(Drawing::Bars, Unit::Cost, vec![vec![Some(2_500_000_000), None]]).html();
    assert_eq!(html.matches("type=\"radio\" name=\"test-at\"").count(), 2, "{html}");
    assert!(html.contains("aria-label=\"1 Nov: First $2.50\"") && html.contains("2 Nov: First not known"), "{html}");
    assert!(html.contains("<th scope=\"row\">1 Nov</th><td class=\"num\">$2.50</td>"), "{html}");
    assert_eq!(html.matches(" checked").count(), 1);
}

#[test]
fn without_values_there_are_words_in_place_of_them() {
    for values in [vec![], vec![None, None], vec![Some(0), None]] {
        let html = chart(Drawing::Bars, Unit::Runs, vec![values]).html();
        assert!(html.contains("<p class=\"chart__none\">Nothing yet.</p>") && html.contains("chart__plot"), "{html}");
        assert!(!html.contains("radio") && !html.contains("<table"), "{html}");
    }
}

#[test]
fn what_is_expected_is_drawn_and_read_as_such() {
    let mut chart = chart(Drawing::Bars, Unit::Cost, vec![vec![Some(1_000_000_000); 3]]);
    chart.expected_from = 2;
    let html = chart.html();
    assert_eq!((html.matches("class=\"s1\"").count(), html.matches("class=\"ghost\"").count()), (2, 1), "{html}");
    assert!(html.contains("3 Nov, expected: First $1.00"), "{html}");
}

#[test]
fn a_limit_within_reach_is_a_line_and_one_far_above_is_only_said() {
    let mut chart = chart(Drawing::Lines, Unit::Duration, vec![vec![Some(10_000), Some(20_000)]]);
    for (value, is_drawn) in [(60_000, true), (600_000, false)] {
        chart.limit = Some(Limit { value, words: "Limit".to_owned() });
        let html = chart.html();
        assert_eq!(html.contains("class=\"limit\""), is_drawn, "{html}");
        assert!(html.contains("key--limit\"></span>Limit"), "{html}");
    }
}

#[test]
fn marks_lead_somewhere_and_no_label_covers_another() {
    let mut chart = chart(Drawing::Bars, Unit::Runs, vec![vec![Some(1); 30]]);
    let mark = |at, n| Mark { at, short: format!("v{n}"), words: format!("v{n}, saved"), href: format!("/v/{n}") };
    chart.marks = vec![mark(3, 1), mark(4, 2), mark(20, 3)];
    let html = chart.html();
    assert_eq!((html.matches("<a href=\"/v/").count(), html.matches("<text").count()), (3, 2), "{html}");
}

#[test]
fn whatever_stands_in_words_is_text() {
    assert_eq!(escaped("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    let mut chart = chart(Drawing::Bars, Unit::Runs, vec![vec![Some(1)]]);
    let hostile = "<script>\"'".to_owned();
    chart.summary = hostile.clone();
    chart.about = hostile.clone();
    chart.note = hostile.clone();
    chart.points = vec![hostile.clone()];
    chart.limit = Some(Limit { value: 1, words: hostile.clone() });
    chart.marks = vec![Mark { at: 0, short: hostile.clone(), words: hostile.clone(), href: hostile }];
    assert!(!chart.html().contains("<script"), "{}", chart.html());
}
