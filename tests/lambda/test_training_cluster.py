"""The sample that neuron/training-cluster trains: its parts without PyTorch, and a whole run on the CPU where PyTorch is installed."""
import contextlib
import importlib.util
import io
import sys
import unittest
from unittest import mock

import support

FOLDER = support.TEMPLATES / "neuron/training-cluster"
LIMIT = 4096  # what a standard parameter of Systems Manager holds
URL = "s3://results/checkpoints/run-1"


class Bucket:
    """What the sample calls of S3."""

    def __init__(self, **objects):
        self.objects = {key.replace("__", "/").replace("_dot_", "."): body for key, body in objects.items()}
        self.asked = []

    def ask(self, operation, request):
        support.check("s3", operation, request)
        self.asked.append((operation, request))

    def get_paginator(self, operation):
        assert operation == "list_objects_v2"
        return self

    def paginate(self, **request):
        self.ask("ListObjectsV2", request)
        found = [{"Key": key} for key in self.objects if key.startswith(request["Prefix"])]
        return [{"Contents": found[:1]}, {"Contents": found[1:]}, {}]

    def get_object(self, **request):
        self.ask("GetObject", request)
        return {"Body": io.BytesIO(self.objects[request["Key"]])}

    def put_object(self, **request):
        self.ask("PutObject", request)
        self.objects[request["Key"]] = request["Body"]


def sample():
    return support.load("neuron/training-cluster/train.py", {})[0]


class Parts(unittest.TestCase):
    def test_each_file_fits_a_parameter_that_costs_nothing(self):
        for name in ("train.py", "model.py"):
            text = (FOLDER / name).read_text(encoding="utf-8")
            self.assertLessEqual(len(text.encode()), LIMIT, name)
            self.assertNotIn("{{", text, "Systems Manager refuses it in a parameter")
            self.assertNotIn("${", text)

    def test_options_have_defaults_and_are_checked(self):
        options = sample().options
        self.assertEqual((options([]).steps, options([]).every, options([]).length), (1000, 100, 128))
        self.assertEqual(options(["--steps", "20", "--width", "64"]).steps, 20)
        with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
            options(["--stepz", "20"])

    def test_the_newest_checkpoint_is_the_one_of_the_most_steps(self):
        newest = sample().newest
        keys = ["checkpoints/r/step-100.pt", "checkpoints/r/step-90.pt", "checkpoints/r/step-1000.pt.tmp", "checkpoints/r/notes"]
        self.assertEqual(newest(keys), (100, "checkpoints/r/step-100.pt"))
        self.assertEqual(newest([]), (0, None))

    def test_only_the_run_itself_is_listed(self):
        bucket = Bucket(**{"checkpoints__run-1__step-5_dot_pt": b"", "checkpoints__run-10__step-9_dot_pt": b""})
        self.assertEqual(sample().keys(bucket, URL), ["checkpoints/run-1/step-5.pt"])
        self.assertEqual(bucket.asked, [("ListObjectsV2", {"Bucket": "results", "Prefix": "checkpoints/run-1/"})])

    def test_text_files_are_learnt_in_order_and_only_so_much(self):
        bucket = Bucket(training__b_dot_txt=b"world", training__a_dot_txt=b"hello ", training__c_dot_jpg=b"\xff")
        self.assertEqual(sample().corpus(bucket, "s3://data/training"), b"hello world")
        self.assertEqual(sample().corpus(bucket, "s3://data/training", 4), b"hell")

    def test_without_texts_there_are_sums_to_learn(self):
        for url in (None, "s3://data/training"):
            text = sample().corpus(Bucket(), url)
            self.assertIn(b"\n2+3=5\n", text)
            self.assertGreater(len(text), 100_000)


@unittest.skipUnless(importlib.util.find_spec("torch"), "PyTorch is not installed")
class Run(unittest.TestCase):
    def test_a_second_run_goes_on_where_the_first_one_ended(self):
        train, bucket, env = sample(), Bucket(), {"CHECKPOINT_URL": URL}
        small = "--every 2 --batch 2 --length 16 --width 16 --layers 1".split()
        with mock.patch.object(sys, "path", [str(FOLDER), *sys.path]), contextlib.redirect_stdout(io.StringIO()) as told:
            train.train(train.options(["--steps", "3", *small]), bucket, env)
            self.assertEqual(sorted(bucket.objects), ["checkpoints/run-1/step-2.pt", "checkpoints/run-1/step-3.pt"])
            first = dict(bucket.objects)
            bucket.asked.clear()
            train.train(train.options(["--steps", "12", *small]), bucket, env)
        read = [request["Key"] for operation, request in bucket.asked if operation == "GetObject"]
        self.assertEqual(read, ["checkpoints/run-1/step-3.pt"])
        self.assertEqual({key: bucket.objects[key] for key in first}, first, "what is done is not done again")
        self.assertIn("step 10 loss ", told.getvalue())
        self.assertIn("checkpoints/run-1/step-12.pt", bucket.objects)


if __name__ == "__main__":
    unittest.main()
