"""scripts/refresh_catalogue.py on small feeds, and its reader on the whole catalogue."""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import catalogue_text  # noqa: E402
import refresh_catalogue  # noqa: E402

MODELS = """\
# yaml-language-server: $schema=x
# a comment at the top
defaults:
  asOf: "2026-01-01"
rows:
- id: "amazon.one-v1:0"
  name: One
  maxInputTokens: 1000
  regions: [eu-west-1,
    us-east-1]
  priceUsd: {inputPerMTok: 0.1, outputPerMTok: 0.4}
  note: "a comma, a colon: and # no comment"
  source: litellm 1.0.0, by hand
# a comment between
- id: maker.two
  name: Two
  maxInputTokens: 500
  nested:
    deep: 1
  retires: "2027-01-01"
  source: litellm 1.0.0
- id: maker.three
  name: Three
  source: litellm 1.0.0
"""

PRICES = """\
defaults:
  asOf: "2026-01-01"
rows:
- {id: ec2/x/us-east-1, service: ec2, usd: 1.5, source: a list}
# tokens
- {id: "bedrock/eu.amazon.one-v1:0/input", service: bedrock, name: "One, eu profile, input", usd: 0.1,
   priceAsOf: "2026-01-01", source: litellm 1.0.0}
"""

TYPES = """\
defaults:
  source: moto 5.0.0 dump; cfn-lint 1.0.0 prices
  asOf: "2026-01-01"
rows:
- {id: g9.big, family: g9, vcpu: 4, memoryGib: 3.8, arch: x86_64, gpu: {name: Z, count: 1, memoryGibEach: 22.35},
   regions: [eu-west-1, us-east-1]}
"""

LITELLM = {
    "amazon.one-v1:0": {"max_input_tokens": 2000, "input_cost_per_token": 1e-7, "output_cost_per_token": 5e-7},
    "eu.amazon.one-v1:0": {"input_cost_per_token": 1.3e-7, "deprecation_date": "2026-12-01"},
    "maker.two": {"max_input_tokens": 500, "deprecation_date": "2027-01-01"},
}

MOTO = {
    "g9.big": {
        "VCpuInfo": {"DefaultVCpus": 8},
        "MemoryInfo": {"SizeInMiB": 3840},
        "ProcessorInfo": {"SupportedArchitectures": ["i386", "x86_64"]},
        "NetworkInfo": {},
        "GpuInfo": {"Gpus": [{"Count": 2, "MemoryInfo": {"SizeInMiB": 22888}}]},
    }
}


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.catalogue = self.folder / "catalogue"
        self.put("catalogue/bedrock-models.yaml", MODELS)
        self.put("catalogue/prices.yaml", PRICES)
        self.put("catalogue/ec2-instances.yaml", TYPES)

    def put(self, path, content):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def feeds(self):
        self.put("feeds/litellm/model_prices_and_context_window_backup.json", LITELLM)
        self.put("feeds/litellm-1.2.3.dist-info/METADATA", "")
        self.put("feeds/moto/ec2/resources/instance_types.json", MOTO)
        offers = {"all": {"enum": []}, "eu-west-1": {"enum": ["g9.big"]}, "eu-west-3": {"enum": ["g9.big"]}}
        self.put("feeds/extensions/aws_ec2_instance/instancetype_enum.json", {"description": "…", **offers})

    def run_script(self, *arguments):
        out = io.StringIO()
        command = ["refresh", "--catalogue", str(self.catalogue), "--from", str(self.folder / "feeds"), *arguments]
        with mock.patch.object(sys, "argv", command), mock.patch.dict(os.environ, {"ATELIER_TODAY": "2026-11-23"}):
            with contextlib.redirect_stdout(out):
                code = refresh_catalogue.main()
        return code, out.getvalue()

    def read(self, name):
        return (self.catalogue / name).read_text(encoding="utf-8")


class Refresh(Case):
    def test_the_difference_is_shown_and_nothing_is_written(self):
        self.feeds()
        code, said = self.run_script("--only", "litellm")
        self.assertEqual(code, 1, said)
        self.assertIn("-  maxInputTokens: 1000\n+  maxInputTokens: 2000\n", said)
        self.assertIn("litellm 1.2.3: 3 values agree, 3 differ", said)
        self.assertIn("nothing is written", said)
        self.assertEqual(self.read("bedrock-models.yaml"), MODELS)

    def test_written_rows_get_the_date_and_the_version_and_the_rest_stays(self):
        self.feeds()
        code, said = self.run_script("--only", "litellm", "--write")
        self.assertEqual(code, 0, said)
        expected = (
            MODELS.replace("maxInputTokens: 1000", "maxInputTokens: 2000")
            .replace("outputPerMTok: 0.4", "outputPerMTok: 0.5")
            .replace("source: litellm 1.0.0, by hand", 'source: "litellm 1.2.3, by hand"\n  asOf: "2026-11-23"')
        )
        self.assertEqual(self.read("bedrock-models.yaml"), expected)
        expected = (
            PRICES.replace("input\", usd: 0.1,", "input\", usd: 0.13,")
            .replace('priceAsOf: "2026-01-01"', 'priceAsOf: "2026-11-23"')
            .replace("source: litellm 1.0.0}", 'source: litellm 1.2.3, asOf: "2026-11-23"}')
        )
        self.assertEqual(self.read("prices.yaml"), expected)
        code, said = self.run_script("--only", "litellm")
        self.assertEqual((code, "6 values agree, 0 differ" in said), (0, True), said)

    def test_what_a_feed_does_not_settle_is_left_to_people(self):
        self.feeds()
        _, said = self.run_script("--only", "litellm")
        self.assertIn("by hand: litellm 1.2.3: maker.three is not there any more", said)
        self.assertIn("amazon.one-v1:0 ends on 2026-12-01; the row names no end", said)

    def test_hardware_and_regions(self):
        self.feeds()
        code, said = self.run_script("--only", "moto", "--only", "cfn-lint", "--write")
        self.assertEqual(code, 0, said)
        row = catalogue_text.File(self.catalogue / "ec2-instances.yaml").rows[0].values
        self.assertEqual(row["vcpu"], 8)
        self.assertEqual(row["memoryGib"], 3.8, "a rounded value agrees")
        self.assertEqual(row["gpu"], {"name": "Z", "count": 2, "memoryGibEach": 22.35})
        self.assertEqual(row["regions"], ["eu-west-1", "eu-west-3"])
        self.assertEqual(row["asOf"], "2026-11-23")

    def test_a_feed_that_is_asked_for_and_missing(self):
        (self.folder / "feeds").mkdir()
        code, said = self.run_script("--only", "botocore")
        self.assertEqual((code, said), (2, "botocore: no file of it was found\n"))


class Reader(unittest.TestCase):
    def test_it_reads_what_a_yaml_parser_reads(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("PyYAML is not installed")
        for path in sorted((ROOT / "catalogue").glob("*.yaml")):
            whole = yaml.safe_load(path.read_text(encoding="utf-8"))["rows"]
            rows = catalogue_text.File(path).rows
            self.assertEqual([row.id for row in rows], [row["id"] for row in whole], path.name)
            for row, expected in zip(rows, whole, strict=True):
                self.assertEqual(set(row.fields), set(expected), f"{path.name}: {row.id}")
                self.assertEqual(row.values, {key: expected[key] for key in row.values}, f"{path.name}: {row.id}")

    def test_long_lists_are_broken_and_read_again(self):
        names = [f"region-{number}" for number in range(60)]
        text = catalogue_text.wrap(catalogue_text.write(names), 11, 4)
        self.assertGreater(text.count("\n"), 2)
        self.assertLessEqual(max(map(len, text.split("\n"))), catalogue_text.WIDTH)
        self.assertEqual(catalogue_text.parse(text), names)


if __name__ == "__main__":
    unittest.main()
