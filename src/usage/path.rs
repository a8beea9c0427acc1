//! Reading a template along a path of a meter: `LaunchTemplate.LaunchTemplateId.LaunchTemplateData.InstanceType`.

use serde_json::Value;

use crate::document::references;

use super::resolve::{Resolver, function, number};
use super::{Assumptions, meter};

/// What stands at a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// A value.
    Value(Value),
    /// Nothing: the property is left out.
    Nothing,
    /// A function whose value only the deployment tells.
    Later(String),
}

/// A resource, or an item of a list in it, from which paths start.
pub(super) struct Reader<'a> {
    pub resolver: &'a Resolver<'a>,
    pub assumptions: &'a Assumptions,
    /// Logical id of the resource.
    pub id: &'a str,
    /// Its properties, resolved.
    pub properties: &'a Value,
    /// Where paths start: the properties, or an item of `each`.
    pub from: &'a Value,
    /// vCPUs of the instance type, if there is one and it is known.
    pub vcpu: Option<f64>,
}

impl Reader<'_> {
    /// The first alternative (`A or B or 1`) that is there.
    pub fn find(&self, factor: &str) -> Found {
        let mut last = Found::Nothing;
        for alternative in factor.split(" or ") {
            last = self.alternative(alternative.trim());
            if last != Found::Nothing {
                return last;
            }
        }
        last
    }

    fn alternative(&self, text: &str) -> Found {
        let constant = |number: Option<f64>| number.map_or(Found::Nothing, |number| Found::Value(number.into()));
        match text.split_once(' ') {
            Some(("count", path)) => match self.along(self.from, path) {
                Found::Value(Value::Array(items)) => Found::Value(items.len().into()),
                Found::Value(_) => Found::Value(1.into()),
                other => other,
            },
            Some(("assume", name)) => constant(self.assumptions.get(name).copied()),
            Some(("by", rest)) => rest.split_once(' ').map_or(Found::Nothing, |(kind, path)| self.referrer(kind, path)),
            _ if text == "vcpu" => constant(self.vcpu),
            _ if text == "1/vcpu" => constant(self.vcpu.map(|vcpu| 1.0 / vcpu)),
            _ => match text.parse::<f64>() {
                Ok(number) => constant(Some(number)),
                Err(_) => self.along(self.from, text),
            },
        }
    }

    /// Follows steps; one that starts with `/` begins at the resource, and a reference to another resource leads there.
    fn along(&self, from: &Value, path: &str) -> Found {
        let (mut here, path) = match path.strip_prefix('/') {
            Some(path) => (self.properties.clone(), path),
            None => (from.clone(), path),
        };
        for step in path.split('.').filter(|step| !step.is_empty()) {
            if let Some((name, argument)) = function(&here) {
                match self.target(name, argument) {
                    Some(properties) => here = properties,
                    None => return Found::Later(written(name, argument)),
                }
            }
            let next = match &here {
                Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)),
                other => other.get(step),
            };
            match next {
                Some(next) => here = next.clone(),
                None => return Found::Nothing,
            }
        }
        match function(&here) {
            Some((name, argument)) => Found::Later(written(name, argument)),
            None => Found::Value(here),
        }
    }

    /// The properties of the resource that a reference names.
    fn target(&self, name: &str, argument: &Value) -> Option<Value> {
        let id = match name {
            "Ref" => argument.as_str()?,
            "Fn::GetAtt" => argument.as_array()?.first()?.as_str()?,
            _ => return None,
        };
        self.resolver.document.resources.get(id).map(|resource| self.resolver.value(&resource.properties))
    }

    /// The value in a resource of this type that refers to ours, itself or through one other.
    fn referrer(&self, kind: &str, path: &str) -> Found {
        let resources = &self.resolver.document.resources;
        let of = |id: &str| {
            let mut names = Vec::new();
            if let Some(resource) = resources.get(id) {
                references(&resource.properties, &mut names);
            }
            names
        };
        for (id, resource) in resources.iter().filter(|(_, resource)| resource.kind == kind) {
            let direct = of(id);
            if direct.iter().any(|name| name == self.id || of(name).iter().any(|inner| inner == self.id)) {
                return self.along(&self.resolver.value(&resource.properties), path);
            }
        }
        Found::Nothing
    }

    /// The product of factors; `Err` says which one is not known.
    pub fn product(&self, factors: &[String]) -> Result<f64, String> {
        let mut product = 1.0;
        for factor in factors {
            product *= match self.find(factor) {
                Found::Value(value) => number(&value).ok_or_else(|| format!("{factor} is {value}, no number"))?,
                Found::Nothing => return Err(format!("{factor} is not given")),
                Found::Later(function) => return Err(format!("{factor} is {function}, which the deployment tells")),
            };
        }
        Ok(product)
    }

    /// Whether a condition of a meter holds; what only the deployment tells counts as true, so that nothing is missed.
    pub fn holds(&self, condition: &meter::When) -> bool {
        match (self.find(&condition.path), &condition.is) {
            (Found::Later(_), _) => true,
            (Found::Value(value), Some(wanted)) => (value == *wanted) != condition.not,
            (Found::Nothing, Some(_)) => condition.not,
            (Found::Value(_), None) => !condition.not,
            (Found::Nothing, None) => condition.not,
        }
    }
}

/// A function as its author wrote it, shortened.
fn written(name: &str, argument: &Value) -> String {
    let short = name.strip_prefix("Fn::").unwrap_or(name);
    match argument {
        Value::String(text) => format!("!{short} {text}"),
        Value::Array(items) if name == "Fn::GetAtt" => {
            let parts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            format!("!GetAtt {}", parts.join("."))
        }
        _ => format!("!{short} …"),
    }
}
