"""Deploys templates on the emulators. `run.py JOBS REPORT FOLDER [ENGINE]...`: JOBS is JSON that tests/deploy.rs writes, REPORT what came of it."""

import json
import sys
import threading
import time
from pathlib import Path

import defects
from journey import Journey
from servers import Emulator, Server

MINISTACK_ACCOUNT, MOTO_ACCOUNT = "000000000000", "123456789012"


def ministack(folder):
    moto = Server("moto-beside-ministack", "moto_plus.py", folder).wait()
    server = Server("ministack", "ministack_plus.py", folder, moto.url).wait()
    emulator = Emulator("ministack", server, MINISTACK_ACCOUNT, dict.fromkeys(("sagemaker", "s3vectors", "application-autoscaling"), moto))
    emulator.change_sets = emulator.updates = emulator.says_what_is_kept = emulator.runs_code = True
    return emulator, [server, moto]


def moto(folder):
    server = Server("moto", "moto_plus.py", folder).wait()
    emulator = Emulator("moto", server, MOTO_ACCOUNT)
    emulator.change_sets = emulator.updates = emulator.says_what_is_kept = emulator.runs_code = False
    return emulator, [server]


def network(emulator, region):
    """A network that was there before, for blueprints that bring their own."""
    ec2 = emulator.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"{region}{zone}")["Subnet"]["SubnetId"]
        for index, zone in enumerate("ab")
    ]
    return {"vpc": vpc, "subnets": subnets}


def say(since, what):
    print(f"{time.monotonic() - since:6.1f} s  {what}", file=sys.stderr, flush=True)


def engine(start, jobs, folder, report):
    began = time.monotonic()
    try:
        emulator, servers = start(folder)
    except RuntimeError as error:
        report[start.__name__] = {"problems": [str(error)]}
        return
    places, problems, real, tagged, untagged, figures = {}, [], {}, set(), {}, {}
    try:
        for job in jobs:
            region, since = job["region"], time.monotonic()
            if region not in places:
                places[region] = network(emulator, region)
            journey = Journey(emulator, job)
            journey.run(places[region])
            problems += journey.problems
            for kind, found in journey.real.items():
                real[kind] = real.get(kind, True) and found
            tagged |= journey.tagged
            untagged.update(journey.untagged)
            for name, number in journey.figures.items():
                figures[name] = figures.get(name, 0) + number
            say(since, f"{emulator.name:10} {job['name']:28} {len(journey.problems)} problems")
        since = time.monotonic()
        found, figures["defects"] = defects.check(emulator, jobs, places)
        problems += found
        say(since, f"{emulator.name:10} {'planted defects':28} {len(found)} problems")
    except Exception as error:
        problems.append(f"{emulator.name}: {type(error).__name__}: {error}")
        raise
    finally:
        for server in servers:
            server.stop()
        report[emulator.name] = {
            "problems": problems,
            "made": emulator.made(),
            "real": sorted(kind for kind, found in real.items() if found),
            "tagged": sorted(tagged - set(untagged)),
            "untagged": untagged,
            "figures": figures,
        }
        say(began, emulator.name)


def main(jobs, out, folder, *engines):
    jobs, report = json.loads(Path(jobs).read_text()), {}
    starts = {"ministack": ministack, "moto": moto}
    threads = [threading.Thread(target=engine, args=(starts[name], jobs, Path(folder).resolve(), report)) for name in engines or starts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Path(out).write_text(json.dumps(report, indent=1, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
