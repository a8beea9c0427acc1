//! A day in many accounts: stack sets, and the scripts' looks into the accounts with a role there.

use std::fs;

use super::day::Day;
use super::read;

const MAIL: &str = "organiser@example.com";
const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];

/// The kit, a bucket for its templates, and a template in place of the editor's, whose network is more than moto can make.
fn day() -> Option<Day> {
    let day = Day::of("labs/genai-day.yaml", "stackset.sh")?;
    let small = r#"{"Resources":{"Docs":{"Type":"AWS::S3::Bucket","DeletionPolicy":"Retain"}},
        "Outputs":{"WorkspaceUrl":{"Value":{"Fn::Sub":"https://${Docs}.example"}}}}"#;
    fs::write(day.kit.path().join("templates/code-assistant.yaml"), small).expect("writable");
    let place = ["--create-bucket-configuration", "LocationConstraint=eu-west-3"];
    day.cloud.aws(&[&["s3api", "create-bucket", "--bucket", "templates"][..], &place].concat());
    Some(day)
}

#[test]
fn stack_sets_from_deploy_to_verify_clean_with_a_role_in_each_account() {
    let Some(day) = day() else { return };
    assert!(day.bad(&["deploy"]).contains("say where to"));
    let said = day.good(&["deploy", "--bucket", "templates", "--units", "ou-ab12-34cd56ef"]);
    assert!(said.contains("service-managed") && said.contains("Nothing was done"), "{said}");
    assert!(day.bad(&["outputs"]).contains("--role NAME"));
    assert!(day.bad(&["verify-clean", "--role", "Support"]).contains("no account is known"));

    // participants.csv says which accounts
    let rows: String = (1..).zip(ACCOUNTS).map(|(n, account)| format!("p{n:02},,,{account}\n")).collect();
    fs::write(day.kit.path().join("participants.csv"), format!("id,name,email,account\n{rows}")).expect("writable");
    day.cloud.tell("throttle/4");
    assert!(day.bad(&["deploy", "--bucket", "templates", "--yes"]).contains("--email you@example.com"));
    let said = day.good(&["deploy", "--bucket", "templates", "--email", MAIL, "--yes"]);
    assert!(said.contains("All 9 stacks are ready"), "{said}");
    assert_eq!(day.good(&["status"]).matches("SUCCEEDED").count(), 9);
    // again: nothing is created a second time
    assert!(day.good(&["deploy", "--bucket", "templates", "--yes"]).contains("All 9 stacks are ready"));

    // what can be read is handed out, and what cannot is told
    day.cloud.tell("closed/222222222222");
    let table = day.bad(&["outputs", "--role", "Support"]);
    assert!(table.contains("222222222222: the stack of knowledge-base cannot be asked"), "{table}");
    assert!(table.contains("3 stacks are not in the table"), "{table}");
    assert_eq!(table.matches("KnowledgeDocumentsUri").count(), 2, "{table}");
    let handout = read(&day.kit.path().join("handout.csv"));
    assert!(
        handout.starts_with("account,blueprint,output,value\n") && handout.contains("\"\"question\"\""),
        "{handout}"
    );
    for account in [ACCOUNTS[0], ACCOUNTS[2]] {
        let own: Vec<&str> = handout.lines().filter(|line| line.contains(account)).collect();
        assert!(own.iter().any(|line| line.contains("\"WorkspaceUrl\",\"https://")), "{account}: {own:?}");
    }

    // by hand, in the administrator's account
    let topic = ["sns", "create-topic", "--name", "own", "--tags", "Key=Lab,Value=genai-day"];
    let topic = day.cloud.aws(&[&topic[..], &["--query", "TopicArn", "--output", "text"]].concat());
    let said = day.bad(&["verify-clean"]);
    assert!(said.contains(topic.trim()), "{said}");
    day.cloud.aws(&["sns", "delete-topic", "--topic-arn", topic.trim()]);
    assert!(said.contains("knowledge-base in 333333333333 (SUCCEEDED)"), "{said}");
    assert!(said.contains("genai-day-organiser (CREATE_COMPLETE)"), "{said}");
    assert_eq!(day.good(&["destroy"]).matches("would delete the stack of").count(), 9);
    let said = day.good(&["destroy", "--yes"]);
    assert!(said.contains("All stacks are gone"), "{said}");

    // buckets that the small template retains are found in the accounts, only with a role there, and also in those that no list
    // names any more; an account that cannot be looked into is not called clean
    assert!(day.good(&["verify-clean"]).contains("as far as this account sees"));
    fs::write(day.kit.path().join("participants.csv"), "id\np01\n").expect("writable");
    let said = day.bad(&["verify-clean", "--role", "Support"]);
    assert!(said.contains("3 things are left of genai-day"), "{said}");
    assert!(said.contains("222222222222 cannot be looked into"), "{said}");
    for account in [ACCOUNTS[0], ACCOUNTS[2]] {
        let found = said.lines().find(|line| line.contains("-docs-") && line.contains(&format!(" in {account} ")));
        assert!(found.is_some_and(|line| line.contains("0.023 USD a GB-month")), "{account}:\n{said}");
    }
}

#[test]
fn units_are_looked_into_with_the_units_inside_of_them() {
    let Some(day) = day() else { return };
    let cloud = &day.cloud;
    let text = |arguments: &[&str]| cloud.aws(arguments).trim().to_owned();
    cloud.aws(&["organizations", "create-organization"]);
    let root = text(&["organizations", "list-roots", "--query", "Roots[0].Id", "--output", "text"]);
    let unit = |parent: &str, name: &str| {
        let create = ["organizations", "create-organizational-unit", "--parent-id", parent, "--name", name];
        text(&[&create[..], &["--query", "OrganizationalUnit.Id", "--output", "text"]].concat())
    };
    let outer = unit(&root, "lab");
    let inner = unit(&outer, "second-row");
    let mut ids = Vec::new();
    for (name, parent) in [("front", &outer), ("back", &inner)] {
        let email = format!("{name}@example.com");
        let create = ["organizations", "create-account", "--account-name", name, "--email", &email];
        let id = text(&[&create[..], &["--query", "CreateAccountStatus.AccountId", "--output", "text"]].concat());
        let go = ["--source-parent-id", &root, "--destination-parent-id", parent];
        cloud.aws(&[&["organizations", "move-account", "--account-id", &id][..], &go].concat());
        ids.push(id);
    }
    let said = day.good(&["deploy", "--bucket", "templates", "--units", &outer, "--email", MAIL, "--yes"]);
    assert!(said.contains("All 6 stacks are ready"), "{said}");
    let said = day.bad(&["destroy", "--yes"]);
    assert!(said.contains("has service-managed permissions: say which units"), "{said}");
    fs::remove_dir_all(day.kit.path().join(".lab-state")).expect("removable");
    let said = day.bad(&["verify-clean", "--role", "Support", "--units", &outer]);
    for id in &ids {
        assert!(
            said.lines().any(|line| line.contains("-docs-") && line.contains(&format!(" in {id} "))),
            "{id}:\n{said}"
        );
    }
}
