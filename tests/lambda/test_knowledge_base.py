import os
import sys
import types
import unittest
from unittest import mock

from support import ClientError, load

BASE, SOURCE = "ABCDEFGHIJ", "1234567890"
IDS = {"knowledgeBaseId": BASE, "dataSourceId": SOURCE}


class Conflict(ClientError):
    def __init__(self):
        super().__init__("ConflictException")


def job(status):
    return {"ingestionJobId": "JOB", "status": status}


class Keeper(unittest.TestCase):
    def setUp(self):
        self.sent = mock.MagicMock()
        answers = types.ModuleType("cfnresponse")
        answers.SUCCESS, answers.FAILED, answers.send = "SUCCESS", "FAILED", self.sent
        with mock.patch.dict(sys.modules, {"cfnresponse": answers}):
            self.module, self.client = load("bedrock/knowledge-base/keeper.py", {})
        self.client.exceptions.ConflictException = Conflict
        self.module.time = mock.MagicMock()
        self.context = mock.MagicMock()
        self.context.get_remaining_time_in_millis.return_value = 800_000

    def answer(self, kind, given=None, **more):
        given = given or {"KnowledgeBaseId": BASE, "DataSourceId": SOURCE, "Start": "yes"}
        with mock.patch("builtins.print"):
            self.module.handler({"RequestType": kind, "ResourceProperties": given, **more}, self.context)
        _, _, status, _, name = self.sent.call_args.args
        return status, name

    def test_a_wait_waits_at_creation_only(self):
        self.assertEqual(self.answer("Create", {"Seconds": "20"}), ("SUCCESS", "wait"))
        self.module.time.sleep.assert_called_once_with(20)
        self.answer("Delete", {"Seconds": "20"}, PhysicalResourceId="wait")
        self.assertEqual(self.module.time.sleep.call_args.args, (0,))

    def test_the_first_ingestion_is_tried_again_until_it_is_permitted(self):
        started = {"ingestionJob": job("STARTING")}
        self.client.start_ingestion_job.side_effect = [ClientError("AccessDeniedException"), started]
        self.assertEqual(self.answer("Create"), ("SUCCESS", f"{BASE}/{SOURCE}"))
        self.client.start_ingestion_job.assert_called_with(**IDS)
        self.assertEqual(self.client.start_ingestion_job.call_count, 2)

    def test_a_running_job_is_good_enough(self):
        self.client.start_ingestion_job.side_effect = Conflict()
        self.assertEqual(self.answer("Update", PhysicalResourceId="old"), ("SUCCESS", f"{BASE}/{SOURCE}"))
        self.assertEqual(self.client.start_ingestion_job.call_count, 1)

    def test_by_hand_nothing_is_started(self):
        self.answer("Create", {"KnowledgeBaseId": BASE, "DataSourceId": SOURCE, "Start": "no"})
        self.client.start_ingestion_job.assert_not_called()

    def test_deletion_stops_jobs_and_waits_for_two_quiet_looks(self):
        looks = [[job("IN_PROGRESS"), job("COMPLETE")], [job("STOPPING")], [job("STOPPED")], []]
        self.client.list_ingestion_jobs.side_effect = [{"ingestionJobSummaries": look} for look in looks]
        self.client.stop_ingestion_job.side_effect = [None, Conflict()]
        self.assertEqual(self.answer("Delete", PhysicalResourceId="name"), ("SUCCESS", "name"))
        self.assertEqual(self.client.list_ingestion_jobs.call_count, 4)
        self.client.stop_ingestion_job.assert_called_with(**IDS, ingestionJobId="JOB")
        self.assertEqual(self.client.stop_ingestion_job.call_count, 2)

    def test_deletion_gives_up_in_time_and_never_fails(self):
        self.client.list_ingestion_jobs.return_value = {"ingestionJobSummaries": [job("IN_PROGRESS")]}
        self.context.get_remaining_time_in_millis.side_effect = [100_000, 90_000, 50_000]
        self.assertEqual(self.answer("Delete", PhysicalResourceId="name"), ("SUCCESS", "name"))
        self.context.get_remaining_time_in_millis.side_effect = None
        self.client.list_ingestion_jobs.side_effect = ClientError("ResourceNotFoundException")
        self.assertEqual(self.answer("Delete", PhysicalResourceId="name"), ("SUCCESS", "name"))

    def test_a_mistake_at_creation_is_reported(self):
        self.assertEqual(self.answer("Create", {"Start": "yes"})[0], "FAILED")


class Sync(unittest.TestCase):
    def handle(self, outcome):
        environment = {"KNOWLEDGE_BASE": BASE, "DATA_SOURCE": SOURCE}
        module, client = load("bedrock/knowledge-base/sync.py", environment)
        client.exceptions.ConflictException = Conflict
        client.start_ingestion_job.side_effect = [outcome]
        with mock.patch.dict(os.environ, environment), mock.patch("builtins.print"):
            answer = module.handler({"Records": [{"messageId": "a"}, {"messageId": "b"}]}, None)
        client.start_ingestion_job.assert_called_once_with(**IDS)
        return answer

    def test_one_job_takes_a_batch(self):
        self.assertIsNone(self.handle({"ingestionJob": job("STARTING")}))

    def test_while_a_job_runs_the_batch_goes_back(self):
        self.assertEqual(self.handle(Conflict()), {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "b"}]})

    def test_another_failure_is_one(self):
        with self.assertRaises(ClientError):
            self.handle(ClientError("ValidationException"))


if __name__ == "__main__":
    unittest.main()
