"""Switches Bedrock's invocation logging of this account and Region on, unless somebody else uses it."""
import json
import time
import urllib.request

import boto3
from botocore.exceptions import ClientError

bedrock = boto3.client("bedrock")


def wanted(given):
    config = {f"{kind}DataDeliveryEnabled": kind in given["Record"] for kind in ("text", "image", "embedding", "video")}
    if "Bucket" in given:
        config["s3Config"] = {"bucketName": given["Bucket"], "keyPrefix": given["Prefix"]}
    if "LogGroup" in given:
        config["cloudWatchConfig"] = {"logGroupName": given["LogGroup"], "roleArn": given["RoleArn"]}
        if "Bucket" in given:  # what is too long for a log event goes to the bucket
            config["cloudWatchConfig"]["largeDataDeliveryS3Config"] = config["s3Config"]
    return config


def places(config):
    return config.get("cloudWatchConfig", {}).get("logGroupName"), config.get("s3Config", {}).get("bucketName")


def change(kind, given, before):
    current = bedrock.get_model_invocation_logging_configuration().get("loggingConfig") or {}
    ours = places(current) in (places(wanted(given)), places(wanted(before)))
    if kind == "Delete":
        if current and ours:
            bedrock.delete_model_invocation_logging_configuration()
        return "switched off" if current and ours else "not ours: left alone"
    if current and not ours:
        raise RuntimeError(f"invocation logging of this account and Region is in use already, with {places(current)}")
    for pause in (10, 10, 10, 10, 10, 10, 0):
        try:
            bedrock.put_model_invocation_logging_configuration(loggingConfig=wanted(given))
            break
        except ClientError as error:  # Bedrock tries the role and the bucket, and both may be seconds old
            if not pause or error.response["Error"]["Code"] != "ValidationException":
                raise
            time.sleep(pause)
    return "switched on"


def handler(event, context):
    given, status = event["ResourceProperties"], "SUCCESS"
    try:
        reason = change(event["RequestType"], given, event.get("OldResourceProperties", given))
    except Exception as error:  # whatever happens, CloudFormation must get an answer
        status, reason = "FAILED", str(error)
    print(json.dumps({"request": event["RequestType"], "status": status, "reason": reason}))
    answer = {k: event[k] for k in ("StackId", "RequestId", "LogicalResourceId")}
    # one name for all time: a change of the destination is an update, and nothing is switched off after it
    answer |= {"Status": status, "Reason": reason, "PhysicalResourceId": "bedrock-invocation-logging"}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
