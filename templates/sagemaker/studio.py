"""Stops the apps of a Studio domain and deletes spaces made by hand, before CloudFormation deletes the rest."""
import json
import time
import urllib.request

import boto3
from botocore.exceptions import ClientError

sagemaker = boto3.client("sagemaker")


def every(operation, domain):
    pages = sagemaker.get_paginator(f"list_{operation}").paginate(DomainIdEquals=domain)
    return [item for page in pages for item in page[operation.title()]]


def attempt(call, **which):
    try:
        call(**which)
    except ClientError as error:  # starting, or gone a moment ago: the next look tells
        print(json.dumps({"not yet": str(error)}))


def clear(domain, ours, seconds_left, leaving=None):
    """Deletes all apps, then the spaces that are not ours, and waits; with `leaving`, only the apps of those spaces."""
    hopeless, gone = set(), set()
    while True:
        apps = [a for a in every("apps", domain)
                if a["Status"] != "Deleted" and (leaving is None or a.get("SpaceName") in leaving)]
        for app in apps:
            which = {k: app[k] for k in ("DomainId", "SpaceName", "UserProfileName", "AppType", "AppName") if app.get(k)}
            if app["Status"] == "Failed":  # asked once: one that never started has nothing to stop
                name = json.dumps(which, sort_keys=True)
                app["Over"] = name in hopeless
                hopeless.add(name)
            if app["Status"] != "Deleting" and not app.get("Over"):
                attempt(sagemaker.delete_app, **which)
        apps = [a for a in apps if not a.get("Over")]
        spaces = [s for s in every("spaces", domain) if s["SpaceName"] not in ours] if leaving is None else []
        for space in spaces if not apps else []:
            gone.add(space["SpaceName"])
            if space["Status"] != "Deleting":
                attempt(sagemaker.delete_space, DomainId=domain, SpaceName=space["SpaceName"])
        if not apps and not spaces:
            return sorted(gone)
        if seconds_left() < 60:
            raise RuntimeError(f"{len(apps)} apps and {len(spaces)} spaces of {domain} are left; delete the stack again to go on")
        time.sleep(15)


def handler(event, context):
    def left():
        return context.get_remaining_time_in_millis() / 1000

    given, status, reason = event["ResourceProperties"], "SUCCESS", "done"
    domain = given["DomainId"]
    try:
        if event["RequestType"] == "Delete":
            print(json.dumps({"domain": domain, "spaces made by hand": clear(domain, given["Spaces"], left)}))
        elif event["RequestType"] == "Update":  # CloudFormation deletes the spaces of those who left after this
            clear(domain, given["Spaces"], left, set(event["OldResourceProperties"]["Spaces"]) - set(given["Spaces"]))
    except Exception as error:  # whatever happens, CloudFormation must get an answer
        status, reason = "FAILED", str(error)
        print(json.dumps({"domain": domain, "error": reason}))
    # the domain as physical id: when the domain is replaced, CloudFormation deletes, that is, clears, the old one
    answer = {k: event[k] for k in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": status, "Reason": reason, "PhysicalResourceId": domain}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
