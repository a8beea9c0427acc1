import json
import unittest
from unittest import mock

from support import ClientError, load


def page(first, count, more=False):
    return {"Versions": [{"Key": str(n), "VersionId": "1"} for n in range(first, first + count)], "IsTruncated": more}


class Emptier(unittest.TestCase):
    def run_with(self, kind, versions, uploads=(), seconds=900, errors=None):
        """One call; returns the module's client and the answer that CloudFormation gets."""
        client = mock.MagicMock()

        def paginator(operation):
            pages = versions if operation == "list_object_versions" else [{"Uploads": list(uploads)}]
            result = mock.MagicMock()
            if isinstance(pages, Exception):
                result.paginate.side_effect = pages
            else:
                result.paginate.return_value = pages
            return result

        client.get_paginator.side_effect = paginator
        client.delete_objects.return_value = {"Errors": errors} if errors else {}
        module, _ = load("storage/emptier.py", {}, client)
        event = {"RequestType": kind, "ResponseURL": "https://example.com/answer", "StackId": "s", "RequestId": "r",
                 "LogicalResourceId": "l", "ResourceProperties": {"BucketName": "documents"}}
        context = mock.MagicMock()
        context.get_remaining_time_in_millis.return_value = seconds * 1000
        with mock.patch("urllib.request.urlopen") as urlopen, mock.patch("builtins.print"):
            module.handler(event, context)
        request = urlopen.call_args.args[0]
        self.assertEqual((request.get_method(), request.get_header("Content-type")), ("PUT", ""))
        return client, json.loads(request.data)

    def test_creation_and_change_touch_nothing(self):
        for kind in ("Create", "Update"):
            client, answer = self.run_with(kind, [page(0, 3)])
            client.delete_objects.assert_not_called()
            self.assertEqual((answer["Status"], answer["PhysicalResourceId"]), ("SUCCESS", "documents"))

    def test_deletes_all_versions_markers_and_uploads(self):
        markers = {"DeleteMarkers": [{"Key": "gone", "VersionId": "9"}]}
        client, answer = self.run_with("Delete", [page(0, 1000, more=True), page(1000, 2) | markers], [{"Key": "part", "UploadId": "u"}])
        sizes = [len(call.kwargs["Delete"]["Objects"]) for call in client.delete_objects.call_args_list]
        self.assertEqual(sizes, [1000, 3])
        client.abort_multipart_upload.assert_called_once_with(Bucket="documents", Key="part", UploadId="u")
        self.assertEqual(answer["Status"], "SUCCESS")

    def test_a_bucket_that_is_gone_is_empty(self):
        self.assertEqual(self.run_with("Delete", ClientError("NoSuchBucket"))[1]["Status"], "SUCCESS")

    def test_failures_are_answered_with_their_reason(self):
        _, denied = self.run_with("Delete", ClientError("AccessDenied"))
        self.assertEqual(denied["Status"], "FAILED")
        self.assertIn("AccessDenied", denied["Reason"])
        _, locked = self.run_with("Delete", [page(0, 1)], errors=[{"Key": "0", "Code": "AccessDenied"}])
        self.assertIn("documents: 0 could not be deleted: AccessDenied", locked["Reason"])

    def test_answers_before_the_time_is_up(self):
        _, answer = self.run_with("Delete", [page(0, 1000, more=True), page(1000, 1)], seconds=30)
        self.assertEqual(answer["Status"], "FAILED")
        self.assertIn("delete the stack again", answer["Reason"])
        _, last = self.run_with("Delete", [page(0, 1)], seconds=30)
        self.assertEqual(last["Status"], "SUCCESS")


if __name__ == "__main__":
    unittest.main()
