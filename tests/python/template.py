"""Reads CloudFormation templates, and gives the texts in them as a stack of the account 111122223333 would see them."""

import copy
import re
import uuid

import yaml

# as long as those of a class: IAM counts characters
STACK = "workshop-of-the-second-week-of-november"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::AccountId": "111122223333",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": STACK,
    "AWS::StackId": "arn:aws:cloudformation:{region}:111122223333:stack/" + STACK + "/0a1b2c3d-1111-2222-3333-444455556666",
}

# What GetAtt gives, where it is an ARN; "*" stands for all ARN attributes of the type. `{name}` is the physical name.
ARNS = {
    "AWS::Batch::ComputeEnvironment": {"*": "batch:{region}:{account}:compute-environment/{name}"},
    "AWS::Batch::JobDefinition": {"*": "batch:{region}:{account}:job-definition/{name}:1"},
    "AWS::Batch::JobQueue": {"*": "batch:{region}:{account}:job-queue/{name}"},
    "AWS::Bedrock::ApplicationInferenceProfile": {"*": "bedrock:{region}:{account}:application-inference-profile/{name}"},
    "AWS::Bedrock::Guardrail": {"*": "bedrock:{region}:{account}:guardrail/{name}"},
    "AWS::Bedrock::KnowledgeBase": {"*": "bedrock:{region}:{account}:knowledge-base/{name}"},
    "AWS::EC2::Instance": {"*": "ec2:{region}:{account}:instance/{name}"},
    "AWS::EC2::VPCEndpoint": {"*": "ec2:{region}:{account}:vpc-endpoint/{name}"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"*": "elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/50dc6c495c0c9188"},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"*": "elasticloadbalancing:{region}:{account}:targetgroup/{name}/73e2d6bc24d8a067"},
    "AWS::Events::Rule": {"*": "events:{region}:{account}:rule/{name}"},
    "AWS::IAM::InstanceProfile": {"*": "iam::{account}:instance-profile/{name}"},
    "AWS::IAM::ManagedPolicy": {"*": "iam::{account}:policy/{name}"},
    "AWS::IAM::Role": {"*": "iam::{account}:role/{name}"},
    "AWS::InspectorV2::CodeSecurityIntegration": {"*": "inspector2:{region}:{account}:codesecurity-integration/{name}"},
    "AWS::KMS::Key": {"*": "kms:{region}:{account}:key/{name}"},
    "AWS::Lambda::Function": {"*": "lambda:{region}:{account}:function:{name}"},
    "AWS::Logs::LogGroup": {"*": "logs:{region}:{account}:log-group:{name}:*"},
    "AWS::OpenSearchServerless::Collection": {"*": "aoss:{region}:{account}:collection/{name}"},
    "AWS::S3::Bucket": {"*": "s3:::{name}"},
    "AWS::S3Vectors::Index": {"*": "s3vectors:{region}:{account}:bucket/vectors/index/{name}"},
    "AWS::S3Vectors::VectorBucket": {"*": "s3vectors:{region}:{account}:bucket/{name}"},
    "AWS::SNS::Topic": {"*": "sns:{region}:{account}:{name}"},
    "AWS::SQS::Queue": {"*": "sqs:{region}:{account}:{name}"},
    "AWS::SSM::Parameter": {"*": "ssm:{region}:{account}:parameter/{name}"},
    "AWS::SageMaker::Endpoint": {"*": "sagemaker:{region}:{account}:endpoint/{name}"},
    "AWS::SageMaker::InferenceComponent": {"*": "sagemaker:{region}:{account}:inference-component/{name}"},
    "AWS::SageMaker::ModelPackageGroup": {"*": "sagemaker:{region}:{account}:model-package-group/{name}"},
    "AWS::SecretsManager::Secret": {"*": "secretsmanager:{region}:{account}:secret:{name}-AbCdEf"},
    "AWS::StepFunctions::StateMachine": {"*": "states:{region}:{account}:stateMachine:{name}"},
}
# Types whose Ref is the ARN
REF_IS_ARN = {
    "AWS::Batch::ComputeEnvironment", "AWS::Batch::JobDefinition", "AWS::Batch::JobQueue", "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::IAM::ManagedPolicy", "AWS::SageMaker::Endpoint", "AWS::SageMaker::InferenceComponent",
    "AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::StepFunctions::StateMachine",
}  # fmt: skip
# What GetAtt gives and is no ARN, where policies name it.
ATTRIBUTES = {
    ("AWS::Bedrock::GuardrailVersion", "Version"): "1",
    ("AWS::EC2::SecurityGroup", "GroupId"): "sg-0a1b2c3d4e5f67890",
}
NOTHING = object()
# How a value begins that only the deployer knows.
GIVEN = "given-by-the-deployer-"


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Short forms become long ones; plain words stay words, as in CloudFormation, except numbers, true and false."""


def long_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: value}


Loader.add_multi_constructor("!", long_form)
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Template:
    """A template in the first of its Regions, each condition taken as met."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as opened:
            self.text = opened.read()
        self.path, self.branch = path, 0
        self.document = yaml.load(self.text, Loader)
        self.resources = self.document["Resources"]
        self.parameters = self.document.get("Parameters", {})
        regions = re.search(r"!Contains \[\[([^]]*)\]", self.text)
        self.regions = re.findall(r'"([^"]+)"', regions[1]) if regions else ["us-east-1"]
        self.region = self.regions[0]

    def branches(self):
        """It, and the same in the last of its Regions with no condition met."""
        other = copy.copy(self)
        other.branch, other.region = 1, self.regions[-1]
        return self, other

    def met(self, condition):
        return self.branch == 0

    def arn(self, name, attribute):
        form = ARNS.get(self.resources[name]["Type"], {})
        form = form.get(attribute, form.get("*"))
        if form is None:
            raise KeyError(f"{self.resources[name]['Type']}.{attribute}: write its ARN into ARNS of {__file__}")
        return "arn:aws:" + form.format(region=self.region, account="111122223333", name=self.physical(name))

    def physical(self, name):
        """A name as CloudFormation makes them: stack, logical id, random characters."""
        if self.resources[name]["Type"] == "AWS::KMS::Key":
            return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
        made = f"{PSEUDO['AWS::StackName'][:24]}-{name[:24]}-1a2b3c4d5e6f"
        return made.lower() if self.resources[name]["Type"] == "AWS::S3::Bucket" else made

    def ref(self, name):
        if name == "AWS::Region":
            return self.region
        if name == "AWS::NoValue":
            return NOTHING
        if name in PSEUDO:
            return PSEUDO[name].format(region=self.region)
        if name in self.parameters:
            parameter = self.parameters[name]
            return str(parameter["Default"]) if "Default" in parameter else self.unknown(GIVEN + name)
        kind = self.resources[name]["Type"]
        return self.arn(name, "Arn") if kind in REF_IS_ARN else self.physical(name)

    def attribute(self, name, attribute):
        kind = self.resources[name]["Type"]
        if attribute.endswith("Arn") and not kind.startswith("Custom::"):
            return self.arn(name, attribute)
        if kind == "AWS::StepFunctions::StateMachine" and attribute == "Name":
            return self.physical(name)
        return ATTRIBUTES.get((kind, attribute)) or self.unknown(f"{attribute}-of-{name}")

    def unknown(self, made_up):
        """A text in place of one that only a deployment would tell; `Exact` does not take it."""
        return made_up

    def sub(self, text, given):
        def one(found):
            name = found[1].strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in given:
                return str(self.resolve(given[name]))
            return str(self.attribute(*name.split(".", 1)) if "." in name else self.ref(name))

        return re.sub(r"\$\{([^}]*)\}", one, text)

    def resolve(self, value):
        """A value without intrinsic functions; what is AWS::NoValue is left out."""
        if isinstance(value, list):
            return [inner for inner in map(self.resolve, value) if inner is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (key, inner), = value.items()
            if key == "Ref":
                return self.ref(inner)
            if key == "Fn::GetAtt":
                return self.attribute(inner[0], ".".join(inner[1:]))
            if key == "Fn::Sub":
                return self.sub(*inner) if isinstance(inner, list) else self.sub(inner, {})
            if key == "Fn::If":
                return self.resolve(inner[1 if self.met(inner[0]) else 2])
            if key == "Fn::FindInMap":
                rows = self.document["Mappings"][inner[0]]
                row, column = self.resolve(inner[1]), self.resolve(inner[2])
                return rows[row][column] if row in rows else next(iter(rows.values()))[column]
            if key == "Fn::Join":
                parts = self.resolve(inner[1])
                return inner[0].join(map(str, parts if isinstance(parts, list) else [parts]))
            if key == "Fn::Split":
                return str(self.resolve(inner[1])).split(inner[0])
            if key == "Fn::Select":
                parts = self.resolve(inner[1])
                return parts[int(inner[0])] if isinstance(parts, list) and int(inner[0]) < len(parts) else self.unknown("selected")
            if key == "Fn::GetAZs":
                return [self.region + zone for zone in "abc"]
            if key == "Fn::Base64":
                return self.resolve(inner)
            if key.startswith("Fn::"):
                raise KeyError(f"{key}: teach it to {__file__}")
        kept = ((key, self.resolve(inner)) for key, inner in value.items())
        return {key: inner for key, inner in kept if inner is not NOTHING}


class Exact(Template):
    """A template as one deployer would see it: with their parameters, its conditions evaluated, and nothing made up."""

    def __init__(self, path, parameters):
        super().__init__(path)
        for name in set(parameters) - set(self.parameters):
            raise KeyError(f"the template has no parameter {name}")
        self.parameters = {name: {**row, **({"Default": parameters[name]} if name in parameters else {})} for name, row in self.parameters.items()}
        self.resources = {name: row for name, row in self.resources.items() if self.met(row.get("Condition"))}

    def unknown(self, made_up):
        raise KeyError(f"only a deployment tells {made_up}")

    def met(self, condition):
        return condition is None or self.truth(self.document["Conditions"][condition])

    def truth(self, value):
        (key, inner), = value.items()
        if key == "Condition":
            return self.met(inner)
        if key == "Fn::Not":
            return not self.truth(inner[0])
        if key in ("Fn::And", "Fn::Or"):
            return (all if key == "Fn::And" else any)(map(self.truth, inner))
        if key == "Fn::Equals":
            return self.resolve(inner[0]) == self.resolve(inner[1])
        raise KeyError(f"{key}: teach it to {__file__}")


def uses(value):
    """The names that a value refers to: of pseudo parameters, parameters and resources."""
    if isinstance(value, list):
        return set().union(*map(uses, value))
    if not isinstance(value, dict):
        return set()
    if "Ref" in value:
        return {value["Ref"]}
    if "Fn::GetAtt" in value:
        return {value["Fn::GetAtt"][0]}
    found = set().union(*map(uses, value.values()))
    if "Fn::Sub" in value:
        text = value["Fn::Sub"] if isinstance(value["Fn::Sub"], str) else value["Fn::Sub"][0]
        found |= {name.split(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text)}
    return found
