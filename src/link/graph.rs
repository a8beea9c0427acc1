//! The graph: components with their links resolved, dependencies first.

use std::collections::BTreeMap;

use minijinja::value::Value;

use crate::schema::{Blueprint, Declared};
use crate::source::Place;

/// A component with its links as indices into the graph.
#[derive(Debug)]
pub struct Component {
    /// What the schema room made of it.
    pub declared: Declared,
    /// Link property → index of the linked component; absent links are not in it.
    pub links: BTreeMap<String, usize>,
    /// Static facts that others may ask of it.
    pub traits: BTreeMap<String, Value>,
    /// Its properties under the default parameters, as others see them.
    pub properties: Value,
}

/// A blueprint whose links are resolved.
#[derive(Debug)]
pub struct Graph {
    /// Where it comes from; its `components` have moved into the graph.
    pub blueprint: Blueprint,
    /// Dependencies stand before those that need them; otherwise as in the file.
    pub components: Vec<Component>,
}

impl Graph {
    /// The component of an index.
    #[expect(
        clippy::indexing_slicing,
        reason = "indices are made from this list, which `link` closes before it gives it away"
    )]
    pub fn at(&self, index: usize) -> &Component {
        &self.components[index]
    }

    /// Who links to a component: index of the other, its property, and the words it uses the link for.
    pub fn linked_from(&self, target: usize) -> impl Iterator<Item = (usize, &str, &[String])> {
        self.components.iter().enumerate().flat_map(move |(index, component)| {
            component.links.iter().filter(move |(_, linked)| **linked == target).map(move |(property, _)| {
                let spec = component.declared.kind.links.iter().find(|link| link.property == *property);
                (index, property.as_str(), spec.map_or(&[][..], |spec| spec.uses.as_slice()))
            })
        })
    }

    /// The place of a property of a component.
    pub fn place(&self, component: &Component, path: &[String]) -> Place {
        self.blueprint.place(&[component.declared.path.as_slice(), path].concat())
    }
}
