"""Templates that are wrong, each in one place: a test that lets them pass proves nothing of the right ones."""

import copy

import template as templates
from behaviours import Deployed, fill
from stack import Refused, Stack


def resource(template, kind):
    return next(resource for resource in template["Resources"].values() if resource["Type"] == kind)


def named(template):
    resource(template, "AWS::IAM::Role")["Properties"]["RoleName"] = "fixed"


def idle_emptier(template):
    for function in template["Resources"].values():
        if function["Type"] == "AWS::Lambda::Function" and "delete_objects" in function["Properties"]["Code"]["ZipFile"]:
            function["Properties"]["Code"]["ZipFile"] = (
                "import cfnresponse\ndef handler(event, context):\n    cfnresponse.send(event, context, cfnresponse.SUCCESS, {}, 'idle')\n"
            )


def without(kind, **wanted):
    def change(template):
        gone = [
            name
            for name, entry in template["Resources"].items()
            if entry["Type"] == kind and all(entry["Properties"].get(key) == value for key, value in wanted.items())
        ]
        for name in gone:
            del template["Resources"][name]
        for entry in template["Resources"].values():
            if "DependsOn" in entry:
                entry["DependsOn"] = [name for name in entry["DependsOn"] if name not in gone]

    return change


def put(kind, name, value):
    def change(template):
        resource(template, kind)["Properties"][name] = value

    return change


def drop(kind, name):
    def change(template):
        del resource(template, kind)["Properties"][name]

    return change


# the blueprint, what is made wrong, and what each emulator must say; None: this emulator has no such service
DEFECTS = {
    "a property that does not exist": ("content-generator", put("AWS::Lambda::Function", "Memory", 512), "Memory", "Memory"),
    "a property that is missing": ("content-generator", drop("AWS::Lambda::Function", "Role"), "Role", "Role"),
    "a type that does not exist": (
        "content-generator",
        lambda template: resource(template, "AWS::Logs::LogGroup").update(Type="AWS::Logs::Group"),
        "AWS::Logs::Group",
        "AWS::Logs::Group",
    ),
    "a data source of no knowledge base": (
        "knowledge-base",
        put("AWS::Bedrock::DataSource", "KnowledgeBaseId", "NOSUCHBASE"),
        "NOSUCHBASE",
        None,
    ),
    "an endpoint of no configuration": (
        "inferentia-endpoint",
        put("AWS::SageMaker::Endpoint", "EndpointConfigName", "nowhere"),
        "nowhere",
        "nowhere",
    ),
    "a collection that nothing encrypts": (
        "knowledge-base-opensearch",
        without("AWS::OpenSearchServerless::SecurityPolicy", Type="encryption"),
        "ncryption",
        None,
    ),
    "a role with a fixed name, twice": ("content-generator", named, "fixed", "fixed"),
    "a bucket that nobody empties": ("course", idle_emptier, "not empty", None),
}


def check(emulator, jobs, places):
    """What is not noticed, and how many were looked at."""
    by_name, problems, looked = {job["name"]: job for job in jobs}, [], 0
    for what, (blueprint, change, *expected) in DEFECTS.items():
        text = expected[0 if emulator.runs_code else 1]
        if blueprint not in by_name or text is None:
            continue
        looked += 1
        job = by_name[blueprint]
        right = templates.load(job["template"])
        wrong = copy.deepcopy(right)
        change(wrong)
        assert wrong != right, what
        parameters = {**templates.defaults(wrong, job["region"], places[job["region"]]), **job["parameters"]}
        said, left = attempt(emulator, job["region"], wrong, parameters, "twice" in what)
        if text not in said:
            problems.append(f"{emulator.name}: {what} ({blueprint}) is not noticed: {said[:300]}")
        if left:
            problems.append(f"{emulator.name}: {what} ({blueprint}): the failed stack leaves {left}")
    return problems, looked


def attempt(emulator, region, template, parameters, twice):
    """What CloudFormation says when the template is deployed and deleted, and what a failed creation leaves in the stack."""
    said, left = "", []
    stacks = [Stack(emulator, f"wrong-{number}", region, template, parameters) for number in range(2 if twice else 1)]
    for stack in stacks:
        try:
            if emulator.change_sets:
                stack.change_set("CREATE", templates.as_json(template), "create")
                stack.execute("create", "CREATE_COMPLETE")
            else:
                stack.create(templates.as_json(template))
        except Exception as error:
            said += str(error)
            if isinstance(error, Refused) and emulator.change_sets:
                left += [name for name, status in stack.statuses().items() if "DELETE" not in status and "FAILED" not in status]
            continue
        stack.ids = stack.physical_ids()
        if emulator.runs_code:
            fill(Deployed(emulator, stack), template["Resources"])
    for stack in stacks:
        try:
            stack.delete()
        except Exception as error:
            said += str(error)
    return said, left
