#!/usr/bin/env python3
"""Compares catalogue/ with what programs can read elsewhere, shows the difference and writes it when asked to.

    python3 scripts/refresh_catalogue.py                      the newest packages from PyPI, in a folder of their own that goes again
    python3 scripts/refresh_catalogue.py --from DIR           offline: DIR holds unpacked packages (a venv's site-packages will do); may be repeated
    python3 scripts/refresh_catalogue.py --only litellm --write

| feed     | file of the package                     | what it refreshes |
|----------|-----------------------------------------|-------------------|
| litellm  | model_prices_and_context_window_backup  | token limits and prices of Bedrock models, announced ends, prices of cross-region profiles |
| moto     | instance_types.json.gz, default_quotas  | hardware of EC2 and SageMaker types, defaults of VPC quotas |
| cfn-lint | instancetype_enum.json, providers/      | regions of instance types, CloudFormation types that a region lacks |
| botocore | partitions.json, service-2.json         | names of regions; says which regions and SageMaker types are new |

Rows are edited as text: comments, order and line breaks of the others stay. A row that changes gets today's date and the package's version in its `source`.
Everything else of the catalogue has no feed and is compared by hand: `atelier list --stale` says what is due. Read the difference before you commit it: a feed
can be wrong, and what it does not name may exist all the same. Exit code: 0 nothing differs or it is written, 1 something differs, 2 a feed is missing.

Needs nothing but Python, and pip without --from.
"""

import argparse
import ast
import difflib
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
import venv

from catalogue_text import File

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ["litellm", "moto", "cfn-lint", "botocore"]


class Comparison:
    """The catalogue beside one feed."""

    def __init__(self, files, feed, version, today):
        self.files, self.feed, self.version, self.today = files, feed, version, today
        self.agree, self.differ, self.remarks = 0, 0, []

    def rows(self, name):
        return self.files[name].rows if name in self.files else []

    def want(self, name, row, field, value, near=1e-9):
        """Says what a field should be; `outer.inner` is a field of a mapping. A field that nobody wrote stays unwritten."""
        outer, _, inner = field.partition(".")
        old = row.values.get(outer)
        old = old.get(inner) if inner and isinstance(old, dict) else old
        if old is None:
            return
        numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (old, value))
        if abs(old - value) <= max(near, 1e-9 * abs(value)) if numbers else old == value:
            self.agree += 1
            return
        self.differ += 1
        file = self.files[name]
        if isinstance(value, float) and value == int(value):
            value = int(value)
        file.set(row, outer, {**row.values[outer], inner: value} if inner else value)
        file.set(row, "asOf", self.today)
        if "priceAsOf" in row.values:
            file.set(row, "priceAsOf", self.today)
        source = row.values.get("source", file.source)
        newer = re.sub(rf"\b{re.escape(self.feed)} \d[\w.]*", f"{self.feed} {self.version}", source)
        if newer != source:
            file.set(row, "source", newer)

    def remark(self, text):
        self.remarks.append(f"{self.feed} {self.version}: {text}")


# ---- the feeds ----


def read(path):
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


def find(folders, name):
    """The first file with this name (or this end of a path), packed or not."""
    for folder in folders:
        for suffix in ("", ".gz"):
            found = sorted(folder.rglob(pathlib.PurePosixPath(name).name + suffix))
            found = [path for path in found if path.as_posix().endswith("/" + name + suffix)]
            if found:
                return found[0]
    return None


def litellm(look, folders):
    path = find(folders, "model_prices_and_context_window_backup.json") or find(folders, "model_prices_and_context_window.json")
    if path is None:
        return False
    prices = read(path)
    million = [("input_cost_per_token", "inputPerMTok"), ("output_cost_per_token", "outputPerMTok")]
    each = [("output_cost_per_image", "perImage"), ("input_cost_per_query", "perQuery")]
    for row in look.rows("bedrock-models"):
        entry = prices.get(row.id)
        if entry is None:
            look.remark(f"{row.id} is not there any more")
            continue
        for theirs, ours in (("max_input_tokens", "maxInputTokens"), ("max_output_tokens", "maxOutputTokens")):
            if entry.get(theirs):
                look.want("bedrock-models", row, ours, entry[theirs])
        for theirs, ours, factor in [(a, b, 1e6) for a, b in million] + [(a, b, 1) for a, b in each]:
            if entry.get(theirs):
                look.want("bedrock-models", row, f"priceUsd.{ours}", round(entry[theirs] * factor, 9))
        ends = {other.get("deprecation_date") for key, other in prices.items() if key.endswith(row.id)} - {None}
        for end in sorted(ends):
            if "retires" not in row.values:
                earliest = row.values.get("retiresNotBefore", "unknown")
                look.remark(f"{row.id} ends on {end}; the row names no end (retiresNotBefore {earliest}): see AWS's model-lifecycle page")
            elif len(ends) == 1:
                look.want("bedrock-models", row, "retires", end)
    for row in look.rows("prices"):
        service, _, rest = row.id.partition("/")
        key, _, kind = rest.rpartition("/")
        if service == "bedrock":
            cost = prices.get(key, {}).get(f"{kind}_cost_per_token")
            if cost is None:
                look.remark(f"{row.id} has no price any more")
            else:
                look.want("prices", row, "usd", round(cost * 1e6, 6))
    return True


def moto(look, folders):
    path = find(folders, "ec2/resources/instance_types.json") or find(folders, "instance_types.json")
    if path is None:
        return False
    types = read(path)
    for name in ("accelerators", "ec2-instances", "ml-instances"):
        for row in look.rows(name):
            entry = types.get(row.id.removeprefix("ml."))
            if entry is None:
                continue
            efa = entry["NetworkInfo"].get("EfaInfo", {}).get("MaximumEfaInterfaces", 0)
            arch = next((arch for arch in entry["ProcessorInfo"]["SupportedArchitectures"] if arch != "i386"), None)
            look.want(name, row, "vcpu", entry["VCpuInfo"]["DefaultVCpus"])
            look.want(name, row, "memoryGib", entry["MemoryInfo"]["SizeInMiB"] / 1024, near=0.06)
            look.want(name, row, "nvmeGb", entry.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0))
            look.want(name, row, "efaInterfaces", efa)
            look.want(name, row, "arch", arch)
            for gpu in entry.get("GpuInfo", {}).get("Gpus", []):
                look.want(name, row, "gpu.count", gpu["Count"])
                look.want(name, row, "gpu.memoryGibEach", round(gpu["MemoryInfo"]["SizeInMiB"] / 1024, 2), near=0.01)
    quotas = find(folders, "default_quotas/vpc.py")
    if quotas:
        listed = ast.literal_eval(quotas.read_text(encoding="utf-8").split("=", 1)[1].strip())
        defaults = {f"{quota['ServiceCode']}/{quota['QuotaCode']}": quota["Value"] for quota in listed}
        for row in look.rows("quotas"):
            if row.id in defaults:
                look.want("quotas", row, "default", defaults[row.id])
    return True


def cfn_lint(look, folders):
    found = False
    lists = {"aws_ec2_instance": {"accelerators": "regions", "ec2-instances": "regions"}, "aws_sagemaker_hosting": {"ml-instances": "hostingRegions"}}
    for folder, names in lists.items():
        path = find(folders, f"{folder}/instancetype_enum.json")
        if path is None:
            continue
        found = True
        offers = {region: set(entry["enum"]) for region, entry in read(path).items() if region != "all" and isinstance(entry, dict)}
        for name, field in names.items():
            for row in look.rows(name):
                look.want(name, row, field, sorted(region for region, types in offers.items() if row.id in types))
    provider = find(folders, "providers/us-east-1.json")
    if provider:
        found = True
        listed = {kind for row in look.rows("regions") for kind in row.values.get("cfnTypesMissing", [])}
        for row in look.rows("regions"):
            path = provider.with_name(f"{row.id}.json")
            if path.exists():
                there = set(read(path))
                look.want("regions", row, "cfnTypesMissing", sorted(kind for kind in listed if kind not in there))
    return found


def botocore(look, folders):
    path = find(folders, "botocore/data/partitions.json") or find(folders, "partitions.json")
    if path is None:
        return False
    names = {}
    for partition in read(path)["partitions"]:
        for region, entry in partition["regions"].items():
            names[region] = entry.get("description"), partition["outputs"]["dnsSuffix"], partition["id"]
    known = {row.id for row in look.rows("regions")}
    for row in look.rows("regions"):
        if row.id in names:
            description, suffix, _ = names[row.id]
            if plain(row.values.get("name")) != plain(description):
                look.want("regions", row, "name", description)
            look.want("regions", row, "dnsSuffix", suffix)
    new = sorted(region for region, (_, _, id) in names.items() if region not in known and "-iso" not in id and "global" not in region)
    if new:
        look.remark(f"regions that the catalogue does not have: {', '.join(new)}")
    model = find(folders, "sagemaker/2017-07-24/service-2.json")
    if model:
        hosted = set(read(model)["shapes"]["ProductionVariantInstanceType"]["enum"])
        new = sorted(hosted - {row.id for row in look.rows("ml-instances")})
        if new:
            look.remark(f"types that ml-instances does not have: {', '.join(new)}")
    return True


def plain(name):
    """Without accents: botocore writes Sao Paulo."""
    return unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore")


FEEDS = {"litellm": litellm, "moto": moto, "cfn-lint": cfn_lint, "botocore": botocore}


# ---- the command ----


def version(folders, package):
    """The version that the package's own metadata names."""
    name = package.replace("-", "_")
    for folder in folders:
        for info in sorted(folder.rglob(f"{name}-*.dist-info")):
            return info.name.removeprefix(f"{name}-").removesuffix(".dist-info")
    return "of an unknown version"


def download(folder, packages):
    """The newest packages, without what they depend on: their data is wanted, not their code."""
    venv.create(folder, with_pip=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]
    subprocess.run([*pip, *packages], check=True)


def compare(catalogue, folders, only, today):
    """The files with their changes, and one comparison for each feed."""
    files = {path.stem: File(path) for path in sorted(catalogue.glob("*.yaml"))}
    looks = []
    for feed in only:
        look = Comparison(files, feed, version(folders, feed), today)
        look.found = FEEDS[feed](look, folders)
        looks.append(look)
    return files, looks


def run(arguments, folders):
    today = os.environ.get("ATELIER_TODAY") or time.strftime("%Y-%m-%d", time.gmtime())
    files, looks = compare(arguments.catalogue, folders, arguments.only or list(FEEDS), today)
    for file in files.values():
        names = [f"{side}/catalogue/{file.path.name}" for side in "ab"]
        lines = [text.splitlines(keepends=True) for text in (file.text, file.changed())]
        sys.stdout.writelines(difflib.unified_diff(*lines, *names, n=1))
    for look in looks:
        counts = f"{look.feed} {look.version}: {look.agree} values agree, {look.differ} differ"
        print(counts if look.found else f"{look.feed}: no file of it was found")
    for remark in [remark for look in looks for remark in look.remarks]:
        print(f"by hand: {remark}")
    if not all(look.found for look in looks) and (arguments.only or not any(look.found for look in looks)):
        return 2
    differ = sum(look.differ for look in looks)
    if differ and arguments.write:
        for file in files.values():
            if file.edits:
                file.path.write_text(file.changed(), encoding="utf-8")
        print(f"{differ} values are written; read them, then run `cargo test --test catalogue`")
        return 0
    if differ:
        print("nothing is written: --write writes it")
    return 1 if differ else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="folders", metavar="DIR", type=pathlib.Path, action="append", help="a folder with unpacked packages, instead of PyPI")
    parser.add_argument("--only", choices=FEEDS, action="append", help="one feed; may be repeated")
    parser.add_argument("--write", action="store_true", help="write what differs")
    parser.add_argument("--catalogue", metavar="DIR", type=pathlib.Path, default=ROOT / "catalogue", help="the folder of the YAML files")
    arguments = parser.parse_args()
    if arguments.folders:
        return run(arguments, arguments.folders)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        download(folder, arguments.only or PACKAGES)
        return run(arguments, [folder / "lib"])


if __name__ == "__main__":
    sys.exit(main())
