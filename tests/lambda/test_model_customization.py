import functools
import json
import re
import types
import unittest
from pathlib import Path
from unittest import mock

import support
from support import ClientError, load

ROOT = Path(__file__).resolve().parents[2]
MODEL = "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl"
WORDS = ["User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]"]


@functools.cache
def service_model(service):
    try:
        import botocore.session
    except ImportError:
        return None
    return botocore.session.get_session().get_service_model(service)


def judge(service, operation, parameters):
    """`support.check`, and the patterns and enumerations, which botocore itself does not look at."""
    support.check(service, operation, parameters)
    model = service_model(service)
    if model is None:
        return

    def walk(shape, value, place):
        if shape.type_name == "structure":
            for name, part in value.items():
                walk(shape.members[name], part, f"{place}.{name}")
        elif shape.type_name == "list":
            for part in value:
                walk(shape.member, part, place)
        elif shape.type_name == "string":
            pattern, names = shape.metadata.get("pattern"), shape.metadata.get("enum")
            assert not pattern or re.fullmatch(pattern, value), f"{operation}{place}: {value} is not {pattern}"
            assert not names or value in names, f"{operation}{place}: {value} is none of {names}"

    walk(model.operation_model(operation).input_shape, parameters, "")


class NoSuchKey(Exception):
    pass


def talk(*texts, **more):
    turns = [{"role": ("user", "assistant")[n % 2], "content": [{"text": text}]} for n, text in enumerate(texts)]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": turns, **more}


class Check(unittest.TestCase):
    """What the check says of a file of records."""

    def answer(self, records, validation=None, **environment):
        environment = {"BUCKET": "records", "TRAINING": "train/train.jsonl", "FORMAT": "converse", "FEWEST": "1", "MOST": "5", "CHARS": "500",
                       "COUNTED": "training", "RESERVED": json.dumps(WORDS), "SHAPE": "SHAPE", **environment}
        files = {environment["TRAINING"]: records}
        if validation is not None:
            files[environment.setdefault("VALIDATION", "validation/v.jsonl")] = validation
        module, client = load("bedrock/model-customization-check.py", environment)
        client.exceptions = types.SimpleNamespace(NoSuchKey=NoSuchKey)

        def get_object(Bucket, Key):
            support.check("s3", "GetObject", {"Bucket": Bucket, "Key": Key})
            if files.get(Key) is None:
                raise NoSuchKey
            lines = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in files[Key]]
            return {"Body": mock.MagicMock(iter_lines=lambda: iter(lines))}

        client.get_object = get_object
        return module.handler({}, None)

    def refused(self, record, words, **environment):
        answer = self.answer([talk("a", "b"), record] if "FORMAT" not in environment else [record], **environment)
        self.assertFalse(answer["sound"])
        self.assertIn(f"line {1 if 'FORMAT' in environment else 2} of train/train.jsonl: ", answer["problem"])
        self.assertIn(words, answer["problem"])

    def test_good_records_are_counted(self):
        answer = self.answer([talk("a", "b"), talk("a", "b", "c", "d", system=[{"text": "Be kind."}])], [talk("a", "b")])
        self.assertEqual(answer, {"sound": True, "problem": "", "training": 2, "validation": 1})

    def test_a_missing_object_is_named(self):
        self.assertIn("s3://records must hold train/train.jsonl; upload first", self.answer(None)["problem"])

    def test_too_few_and_too_many(self):
        self.assertIn("1 records; 32 to 100 are needed", self.answer([talk("a", "b")], FEWEST="32", MOST="100")["problem"])
        self.assertIn("6 records; 1 to 5 are needed", self.answer([talk("a", "b")] * 6)["problem"])
        both = self.answer([talk("a", "b")] * 2, [talk("a", "b")], FEWEST="3", COUNTED="sum")
        self.assertTrue(both["sound"], "training and validation count together")

    def test_what_is_not_a_line_of_json(self):
        self.refused(b'{"messages": [', "not JSON (")
        self.refused(b"", "empty; remove the line")
        self.refused("été".encode("latin-1"), "not UTF-8")
        self.refused(b"\xef\xbb\xbf{}", "byte order mark")

    def test_another_shape(self):
        self.refused({"prompt": "a", "completion": "b"}, 'add "schemaVersion": "bedrock-conversation-2024"')
        self.refused(talk("a", "b", system="Be kind."), "another shape; write SHAPE")
        self.refused({"schemaVersion": "1", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}, "another shape; write SHAPE")
        self.refused(["a"], 'add "schemaVersion"')
        self.refused(3, "another shape")

    def test_turns_alternate(self):
        self.refused(talk("a"), "1 turns; a user begins")
        self.refused(talk("a", "b", "c"), "3 turns; a user begins")
        swapped = talk("a", "b")
        swapped["messages"].reverse()
        self.refused(swapped, "turn 1 has the role assistant; it must be user")

    def test_turns_have_text(self):
        self.refused(talk("a", " "), "turn 2 has no text")
        picture = talk("a", "b")
        picture["messages"][0]["content"] = [{"image": {"format": "png"}}]
        self.assertTrue(self.answer([picture])["sound"])

    def test_tools_cannot_be_learnt(self):
        tool = talk("a", "b")
        tool["messages"][1]["content"].append({"toolUse": {}})
        self.refused(tool, "turn 2 holds toolUse; only reasoningContent, text can be learnt")

    def test_reserved_words_stand_in_no_prompt(self):
        self.refused(talk("Hello. system: obey", "b"), "a prompt holds the reserved word System:")
        self.refused(talk("a", "b", system=[{"text": "Ends with [EOS]"}]), "reserved word [EOS]")
        self.assertTrue(self.answer([talk("a", "User: is a word")])["sound"], "answers may hold them")

    def test_long_records(self):
        self.refused(talk("a" * 600, "b"), "characters; shorten it to 500")

    def test_prompt_and_completion(self):
        self.assertTrue(self.answer([{"prompt": "a", "completion": "b"}], FORMAT="prompt-completion")["sound"])
        for record in ({"prompt": "a"}, {"prompt": "a", "completion": " "}, {"prompt": "a", "completion": "b", "note": "c"}):
            self.refused(record, "write SHAPE, both with text", FORMAT="prompt-completion")
        self.refused([1], "SHAPE", FORMAT="prompt-completion")

    def test_the_shape_of_claude_3(self):
        record = {"system": "Be kind.", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
        self.assertTrue(self.answer([record], FORMAT="anthropic-messages")["sound"])
        self.refused(talk("a", "b"), "another shape", FORMAT="anthropic-messages")

    def test_at_most_ten_lines_are_named(self):
        problem = self.answer([b"-"] * 30, MOST="50")["problem"]
        self.assertEqual(len(problem.splitlines()), 11)
        self.assertIn("and 20 more", problem)


class Clean(unittest.TestCase):
    """What is removed when the stack is deleted."""

    def setUp(self):
        self.module, self.client = load("bedrock/model-customization-clean.py", {"PREFIX": "tuning-1a2b3c4d", "MACHINE": "arn:aws:states:us-east-1:123456789012:stateMachine:Flow"})
        self.module.os = mock.MagicMock(environ={"MACHINE": "arn:aws:states:us-east-1:123456789012:stateMachine:Flow"})
        self.module.time = mock.MagicMock()
        self.opened = self.module.urllib.request.urlopen = mock.MagicMock()
        self.addCleanup(mock.patch.stopall)
        self.context = mock.MagicMock()
        self.context.get_remaining_time_in_millis.return_value = 800_000
        self.calls = []
        # each list answers once with what is there, then with nothing
        self.there = {"jobs": [], "deployments": [], "models": [], "runs": []}
        self.api("ListExecutions", "stepfunctions", "list_executions", lambda **_: {"executions": self.take("runs")})
        self.api("StopExecution", "stepfunctions", "stop_execution")
        self.api("ListModelCustomizationJobs", "bedrock", "list_model_customization_jobs",
                 lambda statusEquals, **_: {"modelCustomizationJobSummaries": self.take("jobs") if statusEquals == "InProgress" else []})
        self.api("ListCustomModelDeployments", "bedrock", "list_custom_model_deployments", lambda **_: {"modelDeploymentSummaries": self.take("deployments")})
        self.api("ListCustomModels", "bedrock", "list_custom_models", lambda **_: {"modelSummaries": self.take("models")})
        for operation in ("StopModelCustomizationJob", "DeleteCustomModelDeployment", "DeleteCustomModel"):
            self.api(operation, "bedrock", re.sub("([A-Z])", r"_\1", operation).lower().lstrip("_"))

    def take(self, kind):
        found, self.there[kind] = self.there[kind], []
        return found

    def api(self, operation, service, name, answer=lambda **_: {}):
        def call(**arguments):
            judge(service, operation, arguments)
            self.calls.append((operation, arguments))
            return answer(**arguments)

        setattr(self.client, name, call)

    def answer(self, kind="Delete"):
        event = {"RequestType": kind, "StackId": "stack", "RequestId": "1", "LogicalResourceId": "TuningCleaning", "ResponseURL": "https://example.org/"}
        with mock.patch("builtins.print"):
            self.module.handler(event, self.context)
        answer = json.loads(self.opened.call_args.args[0].data)
        return answer["Status"], answer["Reason"]

    def changed(self):
        return [(operation, next(iter(arguments.values()))) for operation, arguments in self.calls if not operation.startswith("List")]

    def test_creation_removes_nothing(self):
        self.assertEqual(self.answer("Create"), ("SUCCESS", "done"))
        self.assertEqual(self.calls, [])

    def test_all_is_removed_in_order(self):
        job = "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/amazon.nova-micro-v1:0:128k/abcdefghijkl"
        deployment = "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghijkl"
        run = "arn:aws:states:us-east-1:123456789012:execution:Flow:1"
        self.there = {"runs": [{"executionArn": run}], "jobs": [{"jobName": "tuning-1a2b3c4d-1", "jobArn": job}],
                      "deployments": [{"customModelDeploymentName": "tuning-1a2b3c4d-2", "customModelDeploymentArn": deployment}],
                      "models": [{"modelName": "tuning-1a2b3c4d-2", "modelArn": MODEL}]}
        self.assertEqual(self.answer(), ("SUCCESS", "done"))
        self.assertEqual(self.changed(), [("StopExecution", run), ("StopModelCustomizationJob", job), ("DeleteCustomModelDeployment", deployment), ("DeleteCustomModel", MODEL)])

    def test_names_that_only_contain_the_prefix_belong_to_others(self):
        self.there["models"] = [{"modelName": "fine-tuning-1a2b3c4d-2", "modelArn": MODEL}, {"modelName": "tuning-1a2b3c4dx", "modelArn": MODEL}]
        self.assertEqual(self.answer(), ("SUCCESS", "done"))
        self.assertEqual(self.changed(), [])

    def test_a_conflict_is_tried_again(self):
        left = [[{"modelName": "tuning-1a2b3c4d-2", "modelArn": MODEL}]] * 2
        self.api("ListCustomModels", "bedrock", "list_custom_models", lambda **_: {"modelSummaries": left.pop() if left else []})
        self.client.delete_custom_model = mock.MagicMock(side_effect=[ClientError("ConflictException"), {}])
        self.assertEqual(self.answer(), ("SUCCESS", "done"))
        self.assertEqual(self.client.delete_custom_model.call_count, 2)

    def test_what_is_left_over_is_named(self):
        self.api("ListCustomModels", "bedrock", "list_custom_models", lambda **_: {"modelSummaries": [{"modelName": "tuning-1a2b3c4d-2", "modelArn": MODEL}]})
        self.context.get_remaining_time_in_millis.return_value = 50_000
        self.assertEqual(self.answer(), ("FAILED", "still there: tuning-1a2b3c4d-2; delete the stack again to go on"))

    def test_a_refusal_fails_the_deletion(self):
        self.there["models"] = [{"modelName": "tuning-1a2b3c4d-2", "modelArn": MODEL}]
        self.client.delete_custom_model = mock.MagicMock(side_effect=ClientError("AccessDeniedException", "no tag"))
        self.assertEqual(self.answer(), ("FAILED", "AccessDeniedException: no tag"))


class Machine(unittest.TestCase):
    """The requests of the rendered state machine are what Bedrock takes."""

    VALUES = {"JobRole": "arn:aws:iam::123456789012:role/tuning", "Bucket": "records", "Stack": "arn:aws:cloudformation:us-east-1:123456789012:stack/a/b",
              "Key": "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012", "Check": "check", "Prefix": "tuning-1a2b3c4d"}
    EXPRESSIONS = {"$name": "tuning-1a2b3c4d-261123101500", "$states.input.ModelArn": MODEL,
                   "$deployment": "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghijkl"}

    def states(self):
        """The states of `out/model-customization`; None without that file or without a YAML reader."""
        path = ROOT / "out/model-customization/template.yaml"
        try:
            import yaml
        except ImportError:
            return None
        if not path.exists():
            return None

        class Loader(yaml.SafeLoader):
            pass

        Loader.add_multi_constructor("!", lambda loader, tag, node: f"!{tag}")
        resources = yaml.load(path.read_text(encoding="utf-8"), Loader)["Resources"]  # noqa: S506
        return next(r for r in resources.values() if r["Type"] == "AWS::StepFunctions::StateMachine")["Properties"]["Definition"]["States"]

    def request(self, value, free=False):
        """The request in the SDK's spelling: members begin in lower case, keys of maps stay."""
        if isinstance(value, dict):
            return {(k if free else k[0].lower() + k[1:]): self.request(v, k == "HyperParameters") for k, v in value.items()}
        if isinstance(value, list):
            return [self.request(v) for v in value]
        if match := re.fullmatch(r"\{% (.*) %\}", value):
            return self.EXPRESSIONS[match[1]]
        return re.sub(r"\$\{(\w+)\}", lambda m: self.VALUES[m[1]], value)

    def test_requests_are_valid(self):
        states = self.states()
        if states is None:
            self.skipTest("nothing rendered, or no yaml")
        seen = []
        for state in states.values():
            if match := re.search(r":bedrock:(\w+)", state.get("Resource", "")):
                operation = match[1][0].upper() + match[1][1:]
                seen.append(operation)
                judge("bedrock", operation, self.request(state["Arguments"]))
        self.assertEqual(seen, ["CreateModelCustomizationJob", "GetCustomModel", "CreateCustomModelDeployment", "GetCustomModelDeployment"])

    def test_names_hold_for_the_longest_component(self):
        name = "c" * 40 + "-1a2b3c4d-261123101500"
        self.assertLessEqual(len(name), 63)
        judge("bedrock", "CreateCustomModelDeployment", {"modelDeploymentName": name, "modelArn": MODEL})

    def test_nothing_is_paid_before_the_check(self):
        states = self.states()
        if states is None:
            self.skipTest("nothing rendered, or no yaml")
        self.assertEqual([name for name, state in states.items() if state.get("Next") == "FineTune"], [])
        self.assertEqual(states["Sound"]["Choices"], [{"Condition": "{% $states.input.sound %}", "Next": "FineTune"}])
        self.assertEqual(states["Sound"]["Default"], "Refused")


if __name__ == "__main__":
    unittest.main()
