//! A text field with suggestions, after the WAI-ARIA combobox pattern with a list (manual selection): any text may stay, the
//! focus stays in the field, and arrows walk through what fits. Before script is there it is a plain field.

use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::press::Press;
use crate::ui::model::suggestions::{Group, Shown, Suggestion};
use crate::ui::state::page::Hydrated;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The field with its list.
#[component]
pub fn Combobox(
    /// Id of the field; its name in the form too.
    id: &'static str,
    #[prop(into)] value: Signal<String>,
    /// `None` until they are known.
    #[prop(into)]
    suggestions: Signal<Option<Vec<Group>>>,
    /// The noun for the suggestions, in the plural.
    what: &'static str,
    /// Id of a `<datalist>` for those without script.
    #[prop(optional)]
    fallback: Option<&'static str>,
    /// Stands in the empty field.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The suggestions will be needed.
    ask: Callback<()>,
    /// Takes what is typed or chosen.
    change: Callback<String>,
    /// The focus has left it.
    leave: Callback<()>,
    #[prop(into)] described: Signal<String>,
    #[prop(into)] invalid: Signal<bool>,
) -> impl IntoView {
    let list = Listbox::of(id, value, suggestions);
    let Listbox { open, typed, active, shown, .. } = list;
    let list_id = format!("{id}-list");
    let choose = Callback::new(move |place: usize| {
        if let Some(chosen) = shown.with_untracked(|shown| shown.at(place).map(|found| found.value.clone())) {
            change.run(chosen);
            list.close();
        }
    });
    let toggle = move |_| {
        ask.run(());
        if open.get_untracked() {
            list.close()
        } else {
            list.show()
        }
        dom::focus_id(id);
    };
    let press = Press::of_page();
    let first = value.get_untracked();
    view! {
        <div class="combo">
            <input
                class="input"
                id=id
                name=id
                dir="auto"
                autocomplete="off"
                spellcheck="false"
                placeholder=placeholder
                // With script the browser's own list would cover ours.
                list=move || fallback.filter(|_| !list.hydrated.get())
                role="combobox"
                aria-autocomplete="list"
                aria-expanded=move || open.get().to_string()
                aria-controls=list_id.clone()
                aria-activedescendant=move || active.get().filter(|_| open.get()).map(|place| option_id(id, place))
                aria-describedby=move || described.get()
                aria-invalid=move || invalid.get().then_some("true")
                value=first
                prop:value=value
                on:focus=move |_| ask.run(())
                on:click=move |_| list.show()
                on:input=move |event| {
                    change.run(event_target_value(&event));
                    typed.set(true);
                    list.show();
                }
                on:keydown=move |event| list.key(&event, choose)
                on:blur=move |_| {
                    press.when_over(move || list.close());
                    leave.run(());
                }
            />
            <button
                class="combo__button"
                type="button"
                tabindex="-1"
                data-script=""
                aria-label="Show suggestions"
                on:mousedown=|event| event.prevent_default()
                on:click=toggle
            >
                <Icon name="chevron-down"/>
            </button>
            <div
                class="combo__list"
                id=list_id
                role="listbox"
                aria-label="Suggestions"
                hidden=move || !open.get()
                // The focus stays in the field.
                on:mousedown=|event| event.prevent_default()
            >
                {move || open.get().then(|| list.options(what, choose))}
            </div>
            <p class="visually-hidden" role="status">{move || open.get().then(|| list.says(what))}</p>
        </div>
    }
}

/// The list while it is open.
#[derive(Clone, Copy)]
struct Listbox {
    id: &'static str,
    open: RwSignal<bool>,
    /// Whether something has been typed since it was opened: until then all of it is shown.
    typed: RwSignal<bool>,
    /// The place that arrows have led to.
    active: RwSignal<Option<usize>>,
    shown: Memo<Shown>,
    known: Signal<Option<Vec<Group>>>,
    hydrated: Hydrated,
}

impl Listbox {
    fn of(id: &'static str, value: Signal<String>, known: Signal<Option<Vec<Group>>>) -> Self {
        let (open, typed, active) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None));
        let shown = Memo::new(move |_| {
            if !open.get() {
                return Shown::default();
            }
            let words = if typed.get() { value.get() } else { String::new() };
            known.with(|known| Shown::of(known.as_deref().unwrap_or_default(), &words))
        });
        Effect::new(move |_| {
            // Other suggestions have other places.
            _ = shown.read();
            active.set(None);
        });
        let hydrated = Hydrated::from_context();
        Self { id, open, typed, active, shown, known, hydrated }
    }

    fn show(self) {
        self.open.set(true);
    }

    fn close(self) {
        // It may have gone with its dialog by the time a press is over.
        _ = self.open.try_set(false);
        _ = self.typed.try_set(false);
        _ = self.active.try_set(None);
    }

    fn key(self, event: &KeyboardEvent, choose: Callback<usize>) {
        let key = event.key();
        match (key.as_str(), self.open.get_untracked(), self.active.get_untracked()) {
            ("ArrowDown" | "ArrowUp", false, _) => {
                event.prevent_default();
                self.show();
                if !event.alt_key() {
                    // Once the list is there.
                    request_animation_frame(move || self.go(key == "ArrowDown"));
                }
            }
            ("ArrowDown" | "ArrowUp", true, _) => {
                event.prevent_default();
                self.go(key == "ArrowDown");
            }
            ("Enter", true, Some(place)) => {
                event.prevent_default();
                choose.run(place);
            }
            ("Enter", true, None) => self.close(),
            ("Escape", true, _) => {
                event.prevent_default();
                event.stop_propagation();
                self.close();
            }
            _ => {}
        }
    }

    fn go(self, is_down: bool) {
        let from = self.active.get_untracked();
        let to = self.shown.with_untracked(|shown| shown.step(from, is_down));
        self.active.set(to);
        if let Some(place) = to {
            dom::scroll_within(&option_id(self.id, place));
        }
    }

    fn options(self, what: &'static str, choose: Callback<usize>) -> impl IntoView {
        let Self { id, active, .. } = self;
        let Shown { groups, count, more } = self.shown.get();
        let mut place = 0;
        let groups = groups.into_iter().map(|Group { label, suggestions }| {
            let options = suggestions.into_iter().map(|suggestion| {
                place += 1;
                option(id, place - 1, suggestion, active, choose)
            });
            let options = options.collect_view();
            let name = label.clone();
            view! {
                <div role="group" aria-label=name>
                    <p class="combo__group" aria-hidden="true">{label}</p>
                    {options}
                </div>
            }
        });
        let groups = groups.collect_view();
        let note = match (self.known.read().is_some(), count, more) {
            (true, 1.., 0) => None,
            (true, 1.., more) => Some(format!("{more} more. Type to narrow them down.")),
            _ => Some(self.says(what)),
        };
        view! {
            {groups}
            {note.map(|words| view! { <p class="combo__note" aria-hidden="true">{words}</p> })}
        }
    }

    /// Says how many there are.
    fn says(self, what: &str) -> String {
        match (self.known.read().is_some(), self.shown.with(|shown| shown.count + shown.more)) {
            (false, _) => format!("Reading the {what}…"),
            (_, 0) => format!("No {what} found. Any text will do."),
            (_, count) => format!("{count} {what}"),
        }
    }
}

fn option_id(id: &str, place: usize) -> String {
    format!("{id}-option-{place}")
}

fn option(
    id: &'static str,
    place: usize,
    Suggestion { value, name, detail }: Suggestion,
    active: RwSignal<Option<usize>>,
    choose: Callback<usize>,
) -> impl IntoView {
    let is_active = move || active.get() == Some(place);
    view! {
        <div
            class="combo__option"
            id=option_id(id, place)
            role="option"
            aria-selected=move || is_active().to_string()
            on:click=move |_| choose.run(place)
        >
            <span dir="auto">{value}{(!name.is_empty()).then(|| view! { <small>{name}</small> })}</span>
            {(!detail.is_empty()).then(|| view! { <span class="combo__detail">{detail}</span> })}
        </div>
    }
}
