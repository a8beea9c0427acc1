import sys
import types
import unittest
from unittest import mock

from support import ClientError, check, load

PIPELINE = "classifier-12345678"
RUN = f"arn:aws:sagemaker:eu-west-3:111122223333:pipeline/{PIPELINE}/execution/abcdefghijkl"
VERSION = f"arn:aws:sagemaker:eu-west-3:111122223333:model-package/{PIPELINE}/1"


class Account:
    """A pipeline with runs and a group with versions; what is ended is gone after one more look."""

    def __init__(self, runs=(), versions=()):
        self.runs, self.versions, self.refusals = dict(runs), list(versions), []

    def get_paginator(self, name):
        pages = {"list_pipeline_executions": self.list_runs, "list_model_packages": self.list_versions}
        return types.SimpleNamespace(paginate=lambda **given: iter(pages[name](given)))

    def list_runs(self, given):
        check("sagemaker", "ListPipelineExecutions", given)
        page = [{"PipelineExecutionArn": arn, "PipelineExecutionStatus": status} for arn, status in self.runs.items()]
        self.runs = {arn: "Stopped" if status == "Stopping" else status for arn, status in self.runs.items()}
        return [{"PipelineExecutionSummaries": page[:1]}, {"PipelineExecutionSummaries": page[1:]}]

    def list_versions(self, given):
        check("sagemaker", "ListModelPackages", given)
        return [{"ModelPackageSummaryList": [{"ModelPackageArn": arn} for arn in self.versions]}]

    def stop_pipeline_execution(self, **given):
        # the SDK fills in the token that the model asks for
        check("sagemaker", "StopPipelineExecution", {"ClientRequestToken": "0" * 32, **given})
        if self.refusals:
            raise self.refusals.pop()
        self.runs[given["PipelineExecutionArn"]] = "Stopping"

    def delete_model_package(self, **given):
        check("sagemaker", "DeleteModelPackage", given)
        self.versions.remove(given["ModelPackageName"])


class End(unittest.TestCase):
    def end(self, account, kind="Delete", milliseconds=800_000, **given):
        answers = types.ModuleType("cfnresponse")
        answers.SUCCESS, answers.FAILED, answers.send = "SUCCESS", "FAILED", mock.MagicMock()
        with mock.patch.dict(sys.modules, {"cfnresponse": answers}):
            module, _ = load("sagemaker/fine-tuning-pipeline/end.py", {}, account)
        module.time = mock.MagicMock()
        context = mock.MagicMock()
        context.get_remaining_time_in_millis.return_value = milliseconds
        with mock.patch("builtins.print"):
            module.handler({"RequestType": kind, "ResourceProperties": {"Pipeline": PIPELINE, **given}}, context)
        _, _, status, _, name = answers.send.call_args.args
        self.assertEqual(name, PIPELINE)
        return status, answers.send.call_args.kwargs["reason"]

    def test_creation_touches_nothing(self):
        for kind in ("Create", "Update"):
            self.assertEqual(self.end(None, kind), ("SUCCESS", None))

    def test_runs_are_stopped_and_waited_for(self):
        account = Account({RUN: "Executing", RUN + "2": "Stopping", RUN + "3": "Succeeded"})
        self.assertEqual(self.end(account), ("SUCCESS", None))
        self.assertEqual(set(account.runs.values()), {"Stopped", "Succeeded"})

    def test_a_refusal_is_tried_again(self):
        account = Account({RUN: "Executing"})
        account.refusals = [ClientError("ThrottlingException")]
        self.assertEqual(self.end(account), ("SUCCESS", None))

    def test_versions_are_deleted_only_when_asked(self):
        account = Account(versions=[VERSION])
        self.end(account)
        self.assertEqual(account.versions, [VERSION])
        self.assertEqual(self.end(account, Group=PIPELINE), ("SUCCESS", None))
        self.assertEqual(account.versions, [])

    def test_what_lasts_too_long_is_told(self):
        status, reason = self.end(Account({RUN: "Executing"}), milliseconds=59_000)
        self.assertEqual(status, "FAILED")
        self.assertIn(RUN, reason)
        self.assertIn("delete the stack again", reason)

    def test_a_refused_look_does_not_block_the_deletion(self):
        for code in ("AccessDeniedException", "ResourceNotFound"):
            account = Account()
            account.get_paginator = mock.MagicMock(side_effect=ClientError(code))
            self.assertEqual(self.end(account), ("SUCCESS", None))

    def test_every_error_is_answered(self):
        account = Account()
        account.get_paginator = mock.MagicMock(side_effect=KeyError("Pipeline"))
        self.assertEqual(self.end(account), ("FAILED", "'Pipeline'"))


if __name__ == "__main__":
    unittest.main()
