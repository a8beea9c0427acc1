#!/usr/bin/env python3
"""Pins Python packages with everything they import: one version each that runs on CPython 3.10 to 3.14, with the hashes of what pip
chooses on Linux (x86-64, Arm) and macOS (Arm).

    python3.10 scripts/pin_requirements.py 'moto[server]==5.2.5' ministack==1.5.33 > requirements.txt

pip resolves for the oldest Python, which must be the one that runs this: markers are judged by it. The other ones are then asked for the same
versions. `--without` leaves out a package that is not needed. Where a version does not reach the newest Python,
`--since 3.11 numpy==2.3.5` names the one that takes over. Nothing is installed."""

import json
import subprocess
import sys

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "linux-x86_64": [f"manylinux_2_{glibc}_x86_64" for glibc in (34, 31, 28, 27, 26, 24, 17, 12, 5)]
    + ["manylinux2014_x86_64", "manylinux1_x86_64"],
    "linux-aarch64": [f"manylinux_2_{glibc}_aarch64" for glibc in (34, 31, 28, 27, 26, 24, 17)] + ["manylinux2014_aarch64"],
    "macos-arm64": [f"macosx_{major}_0_{kind}" for major in (15, 14, 13, 12, 11) for kind in ("arm64", "universal2")]
    + ["macosx_10_9_universal2"],
}


def chosen(requirements, python, platform=None):
    """What pip would install, as (name, version, hash)."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    command += ["--python-version", python]
    for tag in PLATFORMS.get(platform, ()):
        command += ["--platform", tag]
    if platform:
        command.append("--no-deps")
    output = subprocess.run([*command, "--only-binary=:all:", "--target", "none", *requirements], capture_output=True, text=True)
    if output.returncode:
        raise SystemExit(f"{' '.join(requirements)} for Python {python} on {platform}:\n{output.stderr}")
    for item in json.loads(output.stdout)["install"]:
        yield (
            item["metadata"]["name"].lower().replace("_", "-"),
            item["metadata"]["version"],
            item["download_info"]["archive_info"]["hashes"]["sha256"],
        )


def pinned(versions, newer=()):
    """The lines of a requirements file; `newer` are versions that take over from a Python on: {"numpy": ("3.11", "2.3.5")}."""
    newer, hashes = dict(newer), {}
    for python in PYTHONS:
        later = {name: version for name, (since, version) in newer.items() if older_or_same(since, python)}
        pins = {**versions, **later}
        for platform in PLATFORMS:
            for name, version, digest in chosen([f"{name}=={version}" for name, version in sorted(pins.items())], python, platform):
                hashes.setdefault((name, version), set()).add(digest)
    for (name, version), digests in sorted(hashes.items()):
        marker = ""
        if name in newer:
            marker = f"; python_version {'>=' if version == newer[name][1] else '<'} '{newer[name][0]}'"
        yield " \\\n".join([f"{name}=={version}{marker}", *[f"    --hash=sha256:{digest}" for digest in sorted(digests)]])


def older_or_same(one, other):
    return [int(part) for part in one.split(".")] <= [int(part) for part in other.split(".")]


def main(arguments):
    if ".".join(str(part) for part in sys.version_info[:2]) != PYTHONS[0]:
        raise SystemExit(f"run this with Python {PYTHONS[0]}")
    newer, without = {}, set()
    while "--without" in arguments:
        at = arguments.index("--without")
        without.add(arguments[at + 1])
        del arguments[at : at + 2]
    while "--since" in arguments:
        at = arguments.index("--since")
        since, (name, version) = arguments[at + 1], arguments[at + 2].split("==")
        newer[name] = (since, version)
        del arguments[at : at + 3]
    for line in pinned({name: version for name, version, _ in chosen(arguments, PYTHONS[0]) if name not in without}, newer):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
