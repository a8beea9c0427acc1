//! Which properties of a resource are fixed when it is created, from the registry's data in the validator.

use cloudformation_validate::schema_validator::CompiledSchemaStore;

/// The registry's data on updates.
pub struct Replacements {
    store: CompiledSchemaStore,
}

/// The properties of one type that cannot be changed in place, as dotted paths; `*` stands for each item of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateOnly {
    /// A change always makes a new resource.
    pub always: Vec<String>,
    /// A change may make a new resource.
    pub conditional: Vec<String>,
}

impl Replacements {
    /// Reads the data; a tenth of a second.
    pub fn load() -> Replacements {
        Replacements { store: CompiledSchemaStore::new() }
    }

    /// Whether the registry has such a type.
    pub fn knows(&self, kind: &str) -> bool {
        self.store.get(kind).is_some()
    }

    /// What is fixed in a type; nothing for a type that the registry does not know.
    pub fn of(&self, kind: &str) -> CreateOnly {
        if kind == "AWS::CloudFormation::CustomResource" || kind.starts_with("Custom::") {
            // another function may answer with another physical id
            return CreateOnly { always: Vec::new(), conditional: vec!["ServiceToken".to_owned()] };
        }
        let Some(schema) = self.store.get(kind) else { return CreateOnly::default() };
        let dotted = |paths: &[String]| paths.iter().map(|path| path.replace('/', ".")).collect::<Vec<_>>();
        CreateOnly {
            always: dotted(&schema.create_only_properties),
            conditional: dotted(&schema.conditional_create_only_properties),
        }
    }
}
