import json
import unittest
from unittest import mock

from support import ClientError, check, load

ROLE = "arn:aws:iam::111122223333:role/deliver"
GIVEN = {"ServiceToken": "t", "LogGroup": "calls", "RoleArn": ROLE, "Record": ["text"]}
BOTH = GIVEN | {"Bucket": "records", "Prefix": "bedrock"}
OURS = {"cloudWatchConfig": {"logGroupName": "calls", "roleArn": ROLE}}
THEIRS = {"cloudWatchConfig": {"logGroupName": "audit", "roleArn": ROLE}}


class InvocationLogging(unittest.TestCase):
    def run_with(self, kind, current, given=GIVEN, old=None, refusals=0, code="ValidationException"):
        """One request; returns the client and the answer that CloudFormation gets."""
        client = mock.MagicMock()
        client.get_model_invocation_logging_configuration.return_value = {"loggingConfig": current} if current else {}
        client.put_model_invocation_logging_configuration.side_effect = [ClientError(code)] * refusals + [{}]
        module, _ = load("bedrock/invocation-logging.py", {}, client)
        module.time = mock.MagicMock()
        event = {"RequestType": kind, "ResponseURL": "https://example.com/answer", "StackId": "s", "RequestId": "r",
                 "LogicalResourceId": "l", "ResourceProperties": given}
        if old:
            event["OldResourceProperties"] = old
        with mock.patch("urllib.request.urlopen") as urlopen, mock.patch("builtins.print"):
            module.handler(event, None)
        answer = json.loads(urlopen.call_args.args[0].data)
        self.assertEqual(answer["PhysicalResourceId"], "bedrock-invocation-logging")
        return client, answer

    def put(self, client):
        request = client.put_model_invocation_logging_configuration.call_args.kwargs
        check("bedrock", "PutModelInvocationLoggingConfiguration", request)
        return request["loggingConfig"]

    def test_switches_on_what_nobody_uses(self):
        client, answer = self.run_with("Create", None)
        self.assertEqual(answer["Status"], "SUCCESS")
        config = self.put(client)
        self.assertEqual(config["cloudWatchConfig"], OURS["cloudWatchConfig"])
        self.assertNotIn("s3Config", config)
        self.assertEqual((config["textDataDeliveryEnabled"], config["imageDataDeliveryEnabled"]), (True, False))

    def test_long_data_goes_to_the_bucket(self):
        config = self.put(self.run_with("Create", None, BOTH)[0])
        place = {"bucketName": "records", "keyPrefix": "bedrock"}
        self.assertEqual((config["s3Config"], config["cloudWatchConfig"]["largeDataDeliveryS3Config"]), (place, place))
        alone = {"Bucket": "records", "Prefix": "bedrock", "Record": ["text", "image"]}
        self.assertNotIn("cloudWatchConfig", self.put(self.run_with("Create", None, alone)[0]))

    def test_does_not_overwrite_what_somebody_else_has_set(self):
        for kind in ("Create", "Update"):
            client, answer = self.run_with(kind, THEIRS)
            client.put_model_invocation_logging_configuration.assert_not_called()
            self.assertEqual(answer["Status"], "FAILED")
            self.assertIn("in use already, with ('audit', None)", answer["Reason"])

    def test_changes_its_own(self):
        client, answer = self.run_with("Update", OURS, BOTH, old=GIVEN)
        self.assertEqual((answer["Status"], "s3Config" in self.put(client)), ("SUCCESS", True))

    def test_deletes_only_its_own(self):
        client, answer = self.run_with("Delete", OURS)
        client.delete_model_invocation_logging_configuration.assert_called_once_with()
        check("bedrock", "DeleteModelInvocationLoggingConfiguration", {})
        self.assertEqual(answer["Status"], "SUCCESS")
        for current in (THEIRS, None, OURS | {"s3Config": {"bucketName": "added-by-hand"}}):
            client, answer = self.run_with("Delete", current)
            client.delete_model_invocation_logging_configuration.assert_not_called()
            self.assertEqual(answer["Status"], "SUCCESS")

    def test_waits_for_a_young_role_but_not_for_ever(self):
        self.assertEqual(self.run_with("Create", None, refusals=3)[1]["Status"], "SUCCESS")
        self.assertEqual(self.run_with("Create", None, refusals=7)[1]["Status"], "FAILED")
        client, answer = self.run_with("Create", None, refusals=1, code="AccessDeniedException")
        self.assertEqual((client.put_model_invocation_logging_configuration.call_count, answer["Status"]), (1, "FAILED"))


if __name__ == "__main__":
    unittest.main()
