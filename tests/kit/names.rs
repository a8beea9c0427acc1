//! Names at their exact edges, and the list of participants that people keep.

use std::fs;
use std::path::Path;

use atelier::document::Document;
use atelier::yaml::Dialect;

use super::{atelier, node, root};

/// Renders a lab in one account, or with stack sets, with this name and this blueprint; what is said.
fn rendered(folder: &Path, name: &str, target: &str, blueprint: &Path) -> (bool, String) {
    let accounts = if target == "single-account" { "shared" } else { "one-each" };
    // an account has 100 buckets for vectors
    let people = if target == "single-account" { 100 } else { 500 };
    let text = format!(
        "lab: v1\nname: {name}\nblueprints: [{}]\nparticipants: {people}\naccounts: {accounts}\ntarget: {target}\nregion: eu-west-3\n\
         starts: 2026-12-08T09:00 Europe/Paris\nlasts: 4h\n",
        blueprint.display()
    );
    let file = folder.join("lab.yaml");
    fs::write(&file, text).expect("writable");
    let output = atelier(&[file.as_os_str(), "-o".as_ref(), folder.join("kit").as_os_str()]);
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// As CloudFormation names what a template does not: the stack's name, the logical id, 12 characters of chance; where both are too
/// long, half of the room for each.
fn made(stack: &str, id: &str, limit: usize) -> String {
    let room = limit - 2 - 12;
    let (mut stack, mut id) = (stack.to_owned(), id.to_owned());
    if stack.len() + id.len() > room {
        let half = room.div_ceil(2);
        if id.len() <= room - half {
            stack.truncate(room - id.len());
        } else {
            stack.truncate(half);
            id.truncate(room - stack.len());
        }
    }
    format!("{stack}-{id}-A1b2C3d4E5f6")
}

#[test]
fn names_are_cut_like_the_published_ones() {
    let stack = "a-stack-with-a-rather-long-name";
    let role = made(stack, "CustomS3AutoDeleteObjectsCustomResourceProviderRole3B1BD092", 64);
    assert_eq!(role, "a-stack-with-a-rather-lon-CustomS3AutoDeleteObjects-A1b2C3d4E5f6");
    assert_eq!(made("MyStackDev-MyNestedApplicationStack", "MyLambdaFunctionName", 64).len(), 64);
}

#[test]
fn the_longest_name_of_a_lab_is_whole_in_everything_that_is_named_after_its_stacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let blueprint = root().join("blueprints/knowledge-base.yaml");
    let longest = "a23-characters-long-lab";
    let (good, said) = rendered(folder.path(), longest, "single-account", &blueprint);
    assert!(good, "{said}");
    let prefix = format!("{longest}-p");
    let stack = format!("{longest}-p100-knowledge-base");
    let template = Document::read(&node(&folder.path().join("kit/templates/knowledge-base.yaml"), Dialect::Template));
    let mut seen = 0;
    for (id, resource) in &template.resources {
        let limit = match resource.kind.as_str() {
            "AWS::IAM::Role" | "AWS::Lambda::Function" => 64,
            "AWS::S3::Bucket" => 63,
            "AWS::IAM::ManagedPolicy" | "AWS::IAM::InstanceProfile" => 128,
            _ => continue,
        };
        seen += 1;
        // also for the longest ids that there can be
        for id in [id.clone(), format!("{id}{}", "X".repeat(60))] {
            let name = made(&stack, &id, limit);
            assert!(name.starts_with(&prefix) && name.len() <= limit, "{id}: {name}");
            let longer = made(&format!("{longest}x-p100-knowledge-base"), &format!("{id}{}", "X".repeat(60)), 64);
            assert!(!longer.starts_with(&format!("{longest}x-p")), "one more would be too many: {longer}");
        }
    }
    assert!(seen >= 5, "{seen} names");

    let (good, said) = rendered(folder.path(), "a24-characters-long-labb", "single-account", &blueprint);
    assert!(!good && said.contains("error[LR001]") && said.contains("has 24 characters"), "{said}");
    assert!(said.contains("a lab's name may have 23"), "{said}");
    let (good, said) = rendered(folder.path(), "a", "single-account", &blueprint);
    assert!(good, "one letter is a name, too: {said}");
}

#[test]
fn the_longest_name_of_a_blueprint_fits_the_stacks_of_a_stack_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let shipped = fs::read_to_string(root().join("blueprints/content-generator.yaml")).expect("shipped");
    let longest = format!("a{}", "b".repeat(39));
    let file = folder.path().join("blueprint.yaml");
    let write = |name: &str| {
        fs::write(&file, shipped.replace("name: content-generator\n", &format!("name: {name}\n"))).expect("writable");
    };
    write(&longest);
    let lab = format!("l{}", "a".repeat(39));
    for target in ["stackset", "innovation-sandbox"] {
        let (good, said) = rendered(folder.path(), &lab, target, &file);
        assert!(good, "{target}: {said}");
    }
    assert!(format!("StackSet-{lab}-{longest}-{}", "0".repeat(36)).len() <= 128);
    write(&format!("{longest}c"));
    let (good, said) = rendered(folder.path(), &lab, "stackset", &file);
    assert!(!good && said.contains("a blueprint's name may have 40"), "{said}");
}

#[test]
fn a_kept_list_that_does_not_fit_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let lab = folder.path().join("lab.yaml");
    let render = |participants: u32| {
        let shipped = fs::read_to_string(root().join("labs/half-day.yaml")).expect("shipped");
        let text = shipped
            .replace("participants: 5\n", &format!("participants: {participants}\n"))
            .replace("../blueprints", &root().join("blueprints").display().to_string());
        fs::write(&lab, text).expect("writable");
        let output = atelier(&[lab.as_os_str(), "-o".as_ref(), folder.path().join("kit").as_os_str()]);
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let list = folder.path().join("kit/participants.csv");
    assert!(!render(5).contains("LR007"));
    let said = render(8);
    assert!(
        said.contains("info[LR007]") && said.contains("does not name `p06`, `p07`, `p08`: the lab has 8"),
        "{said}"
    );
    assert!(said.contains("remove the file and render again"), "{said}");
    assert_eq!(fs::read_to_string(&list).expect("kept").lines().count(), 6);
    fs::remove_file(&list).expect("removable");
    assert!(!render(8).contains("LR007"));
    let said = render(2);
    assert!(
        said.contains("warning[LR007]") && said.contains("also names `p03`, `p04`, `p05`, `p06`, `p07` and 1 more"),
        "{said}"
    );
}
