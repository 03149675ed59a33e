//! Names that an agent's instructions hold, and what is wrong with them.

use super::{AgentSettings, Setting};
use crate::domain::task::INPUT;
use crate::domain::template::Template;

impl AgentSettings {
    /// Returns the names that its instructions hold between double braces, each once, in their order; none where templates
    /// are off.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for text in [&self.system_instructions, &self.task_instructions] {
            // Instructions that cannot be read were refused when they were saved.
            let Some(template) = Some(text).filter(|_| self.templates).and_then(|text| Template::parse(text).ok())
            else {
                continue;
            };
            for name in template.names() {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
        names
    }

    /// Returns the variables that a run has to be given: the names without the input.
    pub fn variables(&self) -> Vec<String> {
        self.names().into_iter().filter(|name| name != INPUT).collect()
    }

    /// Returns what is wrong with a setting because of the names in the instructions.
    pub(super) fn template_fault(&self, setting: Setting) -> Option<String> {
        let text = match setting {
            Setting::System => &self.system_instructions,
            Setting::Task => &self.task_instructions,
            Setting::Schedule if self.schedule.is_some() => return unscheduled(&self.names()),
            _ => return None,
        };
        let read = Some(text).filter(|_| self.templates).map(|text| Template::parse(text));
        read?.err().map(|error| error.to_string())
    }
}

/// A run that the schedule starts is given nothing, so it could never begin.
fn unscheduled(names: &[String]) -> Option<String> {
    let name = names.first()?;
    Some(format!(
        "must be left out while the instructions hold {{{{{name}}}}}: a schedule has no value for it. Take it out of the \
         instructions, or start the runs by hand or through the API"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(system: &str, task: &str) -> AgentSettings {
        AgentSettings {
            system_instructions: system.to_owned(),
            task_instructions: task.to_owned(),
            ..AgentSettings::named("A")
        }
    }

    #[test]
    fn the_names_of_both_instructions_are_wanted_once() {
        let agent = agent("You help {{customer}}.", "{{input}}\nSince {{ since }}, for {{customer}}.");
        assert_eq!(agent.names(), ["customer", "input", "since"]);
        assert_eq!(agent.variables(), ["customer", "since"]);
        assert_eq!(AgentSettings { templates: false, ..agent }.names(), [""; 0]);
    }

    #[test]
    fn a_mistake_is_found_where_it_is() {
        let faults = |agent: AgentSettings| {
            agent.faults().into_iter().map(|fault| (fault.setting, fault.detail)).collect::<Vec<_>>()
        };
        let wrong = agent("{{ok}}", "{{ a | b }}");
        let said = faults(wrong.clone());
        assert_eq!((said.len(), said[0].0), (1, Setting::Task));
        assert!(said[0].1.contains("{{ a | b }}"), "{said:?}");
        assert_eq!(faults(AgentSettings { templates: false, ..wrong }), []);
    }

    #[test]
    fn a_schedule_has_no_values_to_give() {
        let daily = AgentSettings { schedule: Some("@daily".into()), ..agent("", "Sum up {{input}}.") };
        let said = daily.faults();
        assert_eq!(said.iter().map(|fault| fault.setting).collect::<Vec<_>>(), [Setting::Schedule]);
        assert!(said[0].detail.contains("{{input}}"), "{said:?}");
        assert_eq!(AgentSettings { templates: false, ..daily.clone() }.faults(), []);
        assert_eq!(AgentSettings { task_instructions: "Sum up.".into(), ..daily }.faults(), []);
    }
}
