//! What a template uses: functions are evaluated as CloudFormation would, and what only the deployment tells is named, not guessed.

use std::collections::BTreeMap;

use atelier::document::Document;
use atelier::lab::assumptions;
use atelier::source::Source;
use atelier::usage::{Context, Usage, measure};
use atelier::yaml::{Dialect, load};
use serde_json::json;

const TEMPLATE: &str = r#"
Parameters:
  Size: {Type: String, Default: large}
  Machines: {Type: Number, Default: 2}
  Own: {Type: String}
  Zones: {Type: CommaDelimitedList, Default: "a, b, c"}
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /x}
Mappings:
  Types:
    eu-west-1: {Small: t3.medium, Large: m7g.large}
    us-east-1: {Small: t3.large, Large: m7g.xlarge}
Conditions:
  IsLarge: !Equals [!Ref Size, large]
  IsSmall: !Not [!Condition IsLarge]
  Both: !And [!Condition IsLarge, !Equals [!Ref AWS::Region, eu-west-1]]
  Either: !Or [!Equals [!Ref Own, x], !Condition IsLarge]
  Later: !Equals [!Ref Own, x]
Resources:
  Chosen:
    Type: AWS::EC2::Instance
    Properties: {InstanceType: !If [Both, !FindInMap [Types, !Ref AWS::Region, Large], !FindInMap [Types, !Ref AWS::Region, Small]]}
  Made:
    Type: AWS::EC2::Instance
    Condition: Either
    Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Launch}}
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: !Join [".", [m7g, !Select [1, !Split ["/", "x/large/y"]]]]
        BlockDeviceMappings: [{Ebs: {VolumeSize: 20}}, {Ebs: {VolumeSize: "30"}}, {NoDevice: ""}]
  Absent:
    Type: AWS::EC2::NatGateway
    Condition: IsSmall
  Perhaps:
    Type: AWS::EC2::NatGateway
    Condition: Later
  Unnamed:
    Type: AWS::EC2::Instance
    Properties: {InstanceType: !Ref Own}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: "0"
      DesiredCapacity: !Ref Machines
      MaxSize: !Ref Own
      LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}
  Door:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcEndpointType: Interface, SubnetIds: !Ref Zones}
  Odd:
    Type: AWS::Nobody::Knows
"#;

fn usage(region: &str, own: Option<&str>) -> Usage {
    let source = Source::new("t.yaml", TEMPLATE.trim_start());
    let document = Document::read(&load(&source, Dialect::Template).expect("a template"));
    let parameters: BTreeMap<_, _> = own.map(|own| ("Own".to_owned(), json!(own))).into_iter().collect();
    measure(&document, &Context { region: region.to_owned(), parameters }, &assumptions())
}

/// Number and most of a meter, by item.
fn found(usage: &Usage, meter: &str, item: Option<&str>) -> Option<(f64, f64)> {
    let same = |measure: &&atelier::usage::Measure| measure.meter.id == meter && measure.item.as_deref() == item;
    usage.measures.iter().find(same).map(|measure| (measure.quantity, measure.most))
}

#[test]
fn functions_are_evaluated_for_the_region() {
    let there = usage("eu-west-1", Some("8"));
    assert_eq!(
        found(&there, "ec2-instances", Some("m7g.large")),
        Some((2.0, 2.0)),
        "by the map, and by the launch template"
    );
    assert_eq!(found(&there, "ec2-volumes", None), Some((50.0, 50.0)), "what is no volume does not count");
    assert_eq!(found(&there, "auto-scaling-instances", Some("m7g.large")), Some((2.0, 8.0)));
    assert_eq!(found(&there, "auto-scaling-volumes", None), Some((100.0, 400.0)));
    assert_eq!(found(&there, "interface-endpoints", None), Some((3.0, 3.0)));
    assert_eq!(found(&there, "nat-gateways", None), None, "neither condition holds");
    let elsewhere = usage("us-east-1", Some("8"));
    assert_eq!(found(&elsewhere, "ec2-instances", Some("t3.large")), Some((1.0, 1.0)));
    assert_eq!(found(&usage("eu-west-1", Some("x")), "nat-gateways", None), Some((1.0, 1.0)));
}

#[test]
fn what_only_the_deployment_tells_is_named() {
    let usage = usage("eu-west-1", None);
    let told: Vec<String> =
        usage.unknown.iter().map(|unknown| format!("{}: {}", unknown.resource, unknown.why)).collect();
    for part in [
        "Unnamed: EC2 instance: its type is !Ref Own",
        "Group: EC2 instance of an Auto Scaling group: MaxSize is !Ref Own, which the deployment tells",
        "Perhaps: whether it exists depends on a condition",
    ] {
        assert!(told.iter().any(|line| line.starts_with(part)), "{part} is not in\n{}", told.join("\n"));
    }
    // counted as deployed, and not more
    assert_eq!(found(&usage, "auto-scaling-instances", Some("m7g.large")), Some((2.0, 2.0)));
    assert_eq!(found(&usage, "nat-gateways", None), Some((1.0, 1.0)), "what may be there is counted");
    assert_eq!(usage.unmetered.keys().collect::<Vec<_>>(), ["AWS::Nobody::Knows"]);
}

#[test]
fn conditions_that_name_themselves_end() {
    let text = "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  X: {Type: AWS::EC2::EIP, Condition: A}\n";
    let source = Source::new("t.yaml", text);
    let document = Document::read(&load(&source, Dialect::Template).expect("a template"));
    let usage = measure(&document, &Context { region: "eu-west-1".to_owned(), ..Context::default() }, &assumptions());
    assert_eq!(found(&usage, "addresses", None), Some((1.0, 1.0)));
    assert_eq!(usage.unknown.len(), 1);
    // each names the one before twice: evaluated once each, not 2^60 times
    let mut text = "Conditions:\n  C0: !Equals [a, a]\n".to_owned();
    for index in 1..60 {
        text += &format!("  C{index}: !And [!Condition C{0}, !Condition C{0}]\n", index - 1);
    }
    text += "Resources:\n  X: {Type: AWS::EC2::EIP, Condition: C59}\n";
    let document = Document::read(&load(&Source::new("t.yaml", text), Dialect::Template).expect("a template"));
    let usage = measure(&document, &Context { region: "eu-west-1".to_owned(), ..Context::default() }, &assumptions());
    assert_eq!((usage.unknown.len(), found(&usage, "addresses", None)), (0, Some((1.0, 1.0))));
}
