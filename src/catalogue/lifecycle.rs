//! Which services are closed, renamed or gone, by what a blueprint might ask for.

use serde_json::Value;

use super::{table, texts};

/// The lifecycle row that covers this component type (`bedrock/agent`, `q-business/app`), if any.
pub fn lifecycle_of(component_type: &str) -> Option<&'static Value> {
    find("componentTypes", component_type, '/')
}

/// The lifecycle row that covers this CloudFormation type (`AWS::Kendra::Index`), if any.
pub fn lifecycle_of_resource(resource_type: &str) -> Option<&'static Value> {
    find("cfnTypes", resource_type, ':')
}

fn find(field: &str, name: &str, separator: char) -> Option<&'static Value> {
    table("lifecycle")?.rows().find(|row| texts(row, field).any(|pattern| covers(pattern, name, separator)))
}

/// `kendra/*` covers `kendra/index` and the bare `kendra`; anything else only itself.
fn covers(pattern: &str, name: &str, separator: char) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix) || name == prefix.trim_end_matches(separator),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_covers_the_whole_service() {
        assert!(covers("kendra/*", "kendra/index", '/'));
        assert!(covers("kendra/*", "kendra", '/'));
        assert!(!covers("kendra/*", "kendrax/index", '/'));
        assert!(!covers("bedrock/agent", "bedrock/agentcore", '/'));
    }

    #[test]
    fn retired_services_are_found_by_either_name() {
        let id = |row: Option<&'static Value>| row.and_then(|r| r["id"].as_str());
        assert_eq!(id(lifecycle_of("bedrock/agent")), Some("bedrock-agents-classic"));
        assert_eq!(id(lifecycle_of("codewhisperer/profile")), Some("codewhisperer"));
        assert_eq!(id(lifecycle_of("bedrock/knowledge-base")), None);
        assert_eq!(id(lifecycle_of_resource("AWS::QBusiness::Application")), Some("q-business"));
        assert_eq!(id(lifecycle_of_resource("AWS::Bedrock::KnowledgeBase")), None);
    }
}
