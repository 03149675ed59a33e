//! The pages, declared once: what each is called, what it is rendered from, and what shows it.
//!
//! `with_pages!(then)` hands the table to the macro `then`. It becomes the enum `PageData` (`domain::views::page`), what the server
//! renders (`app`) and, in `browser`, one chunk of the program for each page but the home, which is part of the main
//! program: it is the page that most are at.

/// The table. A page's name is a Rust name, and what its chunk is called.
#[macro_export]
macro_rules! with_pages {
    ($then:ident) => {
        $then! {
            home dashboard Dashboard($crate::domain::views::page::DashboardData) = $crate::ui::agents::pages::dashboard::show;
            new_agent NewAgent($crate::domain::views::page::NewAgentData) = $crate::ui::agents::pages::new_agent::show;
            import Import($crate::domain::views::page::ImportData) = $crate::ui::agents::pages::import::show;
            select Select($crate::domain::views::page::SelectData) = $crate::ui::agents::pages::select::show;
            agent Agent($crate::domain::views::page::AgentPageData) = $crate::ui::agents::pages::agent::show;
            agent_settings AgentSettings($crate::domain::views::page::AgentSettingsData) = $crate::ui::agents::pages::agent_settings::show;
            agent_versions AgentVersions($crate::domain::views::page::AgentVersionsData) = $crate::ui::agents::pages::agent_versions::show;
            agent_hooks AgentHooks($crate::domain::views::page::AgentHooksData) = $crate::ui::agents::pages::agent_hooks::show;
            analytics Analytics($crate::domain::views::page::AnalyticsData) = $crate::ui::agents::pages::analytics::show;
            runs Runs($crate::domain::views::page::RunsPageData) = $crate::ui::runs::list::page::show;
            run Run($crate::domain::views::page::RunPageData) = $crate::ui::runs::page::show;
            run_raw RunRaw($crate::domain::views::page::RunRawData) = $crate::ui::runs::raw::show;
            compare Compare($crate::domain::views::page::CompareData) = $crate::ui::runs::compare::page::show;
            chat Chat($crate::domain::views::page::ChatPageData) = $crate::ui::chats::page::show;
            not_found NotFound($crate::domain::views::page::NotFoundData) = $crate::ui::shell::not_found::show;
        }
    };
}
