"""Holds the arguments of a SageMaker pipeline's steps against the service's own model: `pipeline_definition.py FILE…`.

CloudFormation takes any text as a definition, and SageMaker looks at a step's arguments only when the step runs.
"""

import json
import sys

import botocore.session
from botocore.validate import ParamValidator

MODEL = botocore.session.get_session().get_service_model("sagemaker")
OPERATIONS = {"Training": "CreateTrainingJob", "RegisterModel": "CreateModelPackage", "Processing": "CreateProcessingJob"}
# what the pipeline fills in itself
FILLED_IN = {"CreateTrainingJob": {"TrainingJobName": "name"}, "CreateProcessingJob": {"ProcessingJobName": "name"}}


def resolved(value, known):
    """The arguments with a sample for each thing that is known only when the pipeline runs."""
    if isinstance(value, dict) and set(value) == {"Get"}:
        head, name = value["Get"].split(".")[:2]
        assert name in known[head], f"{value['Get']} names nothing before it"
        return known[head][name]
    if isinstance(value, dict) and set(value) == {"Std:Join"}:
        join = value["Std:Join"]
        return join["On"].join(str(resolved(part, known)) for part in join["Values"])
    if isinstance(value, dict):
        return {key: resolved(inner, known) for key, inner in value.items()}
    return [resolved(inner, known) for inner in value] if isinstance(value, list) else value


def outside_of_enums(value, shape, path):
    """The texts that are in none of the model's lists; botocore leaves that to the service."""
    if shape.type_name == "structure":
        return [e for key, inner in value.items() for e in outside_of_enums(inner, shape.members[key], f"{path}.{key}")]
    if shape.type_name == "list":
        return [e for inner in value for e in outside_of_enums(inner, shape.member, path + "[]")]
    if shape.type_name == "map":
        return [e for inner in value.values() for e in outside_of_enums(inner, shape.value, path)]
    enum = getattr(shape, "enum", [])
    return [f"{path}: {value}"] if enum and value not in enum else []


def check(steps, known):
    for step in steps:
        kind, arguments = step["Type"], resolved(step["Arguments"], known) if step["Type"] != "Condition" else step["Arguments"]
        if kind == "Condition":
            for condition in arguments["Conditions"]:
                assert condition["Type"] in ("Equals", "GreaterThanOrEqualTo", "LessThanOrEqualTo"), condition
                resolved(condition, known)
            for branch in ("IfSteps", "ElseSteps"):
                check(arguments[branch], known)
        elif kind == "Fail":
            assert isinstance(arguments["ErrorMessage"], str)
        else:
            shape = MODEL.operation_model(OPERATIONS[kind]).input_shape
            arguments |= FILLED_IN.get(OPERATIONS[kind], {})
            report = ParamValidator().validate(arguments, shape)
            assert not report.has_errors(), report.generate_report()
            assert not (found := outside_of_enums(arguments, shape, kind)), found
        assert step["Name"] not in known["Steps"], f"two steps {step['Name']}"
        known["Steps"][step["Name"]] = "sample"


for file in sys.argv[1:]:
    with open(file, encoding="utf-8") as opened:
        definition = json.load(opened)
    assert definition["Version"] == "2020-12-01"
    defaults = {parameter["Name"]: parameter["DefaultValue"] for parameter in definition["Parameters"]}
    check(definition["Steps"], {"Parameters": defaults, "Steps": {}, "Execution": {"PipelineExecutionId": "abcdefghijkl"}})
