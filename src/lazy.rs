//! The views whose code comes when they are first opened, declared once: what each is called, what it gets, and what shows it.
//!
//! `with_lazy_views!(then)` hands the table to the macro `then`. It becomes the struct `LazyViews` (`ui::state::lazy`), what the
//! server and tests have of them (`app`) and, in `browser`, a chunk of the program for each. A page that may open one does
//! not wait for its code; a dialog that few open belongs here, once it weighs some kilobytes.

/// The table. A view's first name is that of its chunk, the second its field in `LazyViews`; after `on` stand the pages that
/// may open it, or `all`. The build reads chunks and pages from here (`scripts/merge-chunks.mjs`), a view to a line.
#[macro_export]
macro_rules! with_lazy_views {
    ($then:ident) => {
        $then! {
            lazy_delete_agent delete_agent($crate::ui::state::deletion::DeletionInput) = $crate::ui::agents::delete_form::show, on dashboard, agent, agent_settings, agent_versions, agent_hooks;
            lazy_hold hold($crate::ui::state::hold::HoldQuestion) = $crate::ui::shell::hold_forms::show, on all;
            lazy_find find($crate::ui::state::finding::FindInput) = $crate::ui::runs::find::show, on run;
            lazy_hook_form hook_form($crate::ui::state::hooks::Hooks) = $crate::ui::agents::hooks::dialog::form, on agent_hooks;
            lazy_start start($crate::ui::state::starting::StartInput) = $crate::ui::runs::start::show, on agent, agent_settings, agent_versions, agent_hooks, run;
        }
    };
}
