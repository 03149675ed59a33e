//! The parts of the agent form that limit what runs may take: time, number, steps, money, tokens.

use crate::domain::budget::Spent;
use crate::ui::agents::form::field::AgentField;
use crate::ui::agents::spending::tokens;
use crate::ui::kit::field::Control;
use crate::ui::model::form::field::Field as Name;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// Time limit, runs at once and, where there is room for it, steps.
#[component]
pub fn RunLimits(form: AgentForm, #[prop(optional)] steps: bool) -> impl IntoView {
    view! {
        <div class="field-row">
            <AgentField
                form
                name=Name::TimeLimit
                control=Control::Number(Some("seconds"))
                required=true
                help=|| "Up to 86,400 (24 hours)."
            />
            <AgentField
                form
                name=Name::Concurrency
                control=Control::Number(None)
                required=true
                help=|| "1 to 100. Further runs are queued."
            />
            {steps.then(|| view! {
                <AgentField
                    form
                    name=Name::Steps
                    control=Control::Number(None)
                    required=true
                    help=|| "1 to 200 model and tool calls."
                />
            })}
        </div>
    }
}

/// All limits of an agent.
#[component]
pub fn LimitFields(form: AgentForm) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="limits-h">
            <header>
                <h2 id="limits-h">"Limits"</h2>
                <p>"A run that reaches its time limit is stopped and marked Timed out."</p>
            </header>
            <div class="section__body">
                <RunLimits form steps=true/>
            </div>
        </section>
    }
}

/// Budgets of a run and of a month.
#[component]
pub fn BudgetFields(form: AgentForm, spent: Memo<Spent>) -> impl IntoView {
    let cost = move || format!("{} spent this month (UTC).", spent.get().cost);
    let used = move || format!("{} used this month (UTC).", tokens(spent.get().tokens));
    view! {
        <section class="section" aria-labelledby="budgets-h">
            <header>
                <h2 id="budgets-h">"Budgets"</h2>
                <p>
                    "A run that exceeds a budget is stopped; once the month's is used up, no run starts. "
                    "If empty: no limit."
                </p>
            </header>
            <div class="section__body">
                <div class="field-row">
                    <AgentField form name=Name::RunCost control=Control::Dollars help=|| "e.g. 0.50"/>
                    <AgentField
                        form
                        name=Name::RunTokens
                        control=Control::Number(Some("tokens"))
                        help=|| "Input and output combined."
                    />
                </div>
                <div class="field-row">
                    <AgentField form name=Name::MonthCost control=Control::Dollars help=move || view! { {move || cost()} }/>
                    <AgentField
                        form
                        name=Name::MonthTokens
                        control=Control::Number(Some("tokens"))
                        help=move || view! { {move || used()} }
                    />
                </div>
            </div>
        </section>
    }
}
