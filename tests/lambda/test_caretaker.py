import base64
import hashlib
import json
import unittest
from unittest import mock

from support import TEMPLATES, ClientError, check, load


class Caretaker(unittest.TestCase):
    def run_with(self, kind, client=None, old=(), seconds=900, **properties):
        """One call; returns the module's client and the answer that CloudFormation gets."""
        client = client or mock.MagicMock()

        def paginator(operation):
            pages = mock.MagicMock()
            pages.paginate.return_value = list(old) if operation == "list_object_versions" else [{"Uploads": [{"Key": "part", "UploadId": "u"}]}]
            return pages

        client.get_paginator.side_effect = paginator
        client.delete_objects.return_value = client.delete_objects.return_value if isinstance(client.delete_objects.return_value, dict) else {}
        client.get_secret_value.return_value = {"SecretString": "secret"}
        module, _ = load("storage/caretaker.py", {}, client)
        event = {"RequestType": kind, "ResponseURL": "https://example.com/answer", "StackId": "s", "RequestId": "r",
                 "LogicalResourceId": "l", "ResourceProperties": {"BucketName": "pages", **properties}}
        context = mock.MagicMock()
        context.get_remaining_time_in_millis.return_value = seconds * 1000
        with mock.patch("urllib.request.urlopen") as urlopen, mock.patch("builtins.print"):
            module.handler(event, context)
        request = urlopen.call_args.args[0]
        self.assertEqual((request.get_method(), request.get_header("Content-type")), ("PUT", ""))
        answer = json.loads(request.data)
        self.assertEqual((answer["PhysicalResourceId"], answer["StackId"], answer["RequestId"], answer["LogicalResourceId"]), ("pages", "s", "r", "l"))
        return client, answer

    def page(self, **more):
        return {"Files": {"index.html": "<p>", "style.css": "p {}", "app.js": "1"}, "Config": {"title": "É"}, **more}

    def missing(self):
        client = mock.MagicMock()
        client.head_object.side_effect = ClientError("404")
        return client

    def test_writes_files_and_their_configuration(self):
        client, answer = self.run_with("Create", self.missing(), **self.page())
        self.assertEqual(answer["Status"], "SUCCESS")
        written = {call.kwargs["Key"]: call.kwargs for call in client.put_object.call_args_list}
        self.assertEqual({key: entry["ContentType"].split(";")[0] for key, entry in written.items()},
                         {"index.html": "text/html", "style.css": "text/css", "app.js": "text/javascript", "config.json": "application/json"})
        self.assertEqual(json.loads(written["config.json"]["Body"]), {"title": "É"})
        for entry in written.values():
            check("s3", "PutObject", entry)
        check("s3", "HeadObject", client.head_object.call_args.kwargs)

    def test_a_file_of_somebodys_own_stays(self):
        client = mock.MagicMock()
        client.head_object.side_effect = lambda Bucket, Key: {"Metadata": {} if Key == "index.html" else {"built-in": "yes"}}
        client, answer = self.run_with("Update", client, **self.page())
        self.assertEqual(answer["Status"], "SUCCESS")
        self.assertEqual([call.kwargs["Key"] for call in client.put_object.call_args_list], ["style.css", "app.js", "config.json"])

    def test_gives_the_digest_of_what_a_browser_sends(self):
        for kind in ("Create", "Update"):
            client, answer = self.run_with(kind, self.missing(), Password="arn:secret", **self.page())
            header = b"Basic " + base64.b64encode(b"guest:secret")
            self.assertEqual(answer["Data"], {"PasswordDigest": hashlib.sha256(header).hexdigest()})
            check("secretsmanager", "GetSecretValue", client.get_secret_value.call_args.kwargs)
            self.assertNotIn("guest:secret", json.dumps(answer))

    def test_as_an_emptier_it_writes_nothing(self):
        client, answer = self.run_with("Create")
        client.put_object.assert_not_called()
        client.delete_objects.assert_not_called()
        self.assertEqual((answer["Status"], answer["Data"]), ("SUCCESS", {}))

    def test_empties_the_bucket(self):
        old = [{"Versions": [{"Key": "a", "VersionId": "1"}], "IsTruncated": True}, {"DeleteMarkers": [{"Key": "a", "VersionId": "2"}]}, {}]
        client, answer = self.run_with("Delete", old=old, **self.page())
        self.assertEqual(answer["Status"], "SUCCESS")
        self.assertEqual([call.kwargs["Delete"]["Objects"] for call in client.delete_objects.call_args_list],
                         [[{"Key": "a", "VersionId": "1"}], [{"Key": "a", "VersionId": "2"}]])
        for call in client.delete_objects.call_args_list:
            check("s3", "DeleteObjects", call.kwargs)
        check("s3", "AbortMultipartUpload", client.abort_multipart_upload.call_args.kwargs)

    def test_a_bucket_that_is_gone_is_empty(self):
        client = mock.MagicMock()
        client.delete_objects.side_effect = ClientError("NoSuchBucket")
        _, answer = self.run_with("Delete", client, old=[{"Versions": [{"Key": "a", "VersionId": "1"}]}])
        self.assertEqual(answer["Status"], "SUCCESS")

    def test_failures_are_answered_with_their_reason(self):
        client = mock.MagicMock()
        client.head_object.side_effect = ClientError("403", "Forbidden")
        _, answer = self.run_with("Create", client, **self.page())
        self.assertEqual(answer["Status"], "FAILED")
        self.assertIn("Forbidden", answer["Reason"])
        client = mock.MagicMock()
        client.delete_objects.return_value = {"Errors": [{"Key": "a", "Code": "AccessDenied"}]}
        _, answer = self.run_with("Delete", client, old=[{"Versions": [{"Key": "a", "VersionId": "1"}]}])
        self.assertIn("a: AccessDenied", answer["Reason"])
        _, answer = self.run_with("Delete", old=[{"Versions": [{"Key": "a", "VersionId": "1"}], "IsTruncated": True}], seconds=30)
        self.assertIn("delete the stack again", answer["Reason"])

    def test_the_page_survives_where_other_characters_would_not(self):
        for path in (TEMPLATES / "web").rglob("*.*"):
            if path.suffix in (".html", ".css", ".js"):
                self.assertTrue(path.read_text().isascii(), path)

    def test_the_function_at_the_edge_is_small_enough(self):
        # CloudFront takes 10 KB; Fn::Sub must find nothing of its own in it
        code = (TEMPLATES / "web/viewer.js").read_text()
        self.assertLess(len(code), 9000)
        self.assertNotIn("${", code)


if __name__ == "__main__":
    unittest.main()
