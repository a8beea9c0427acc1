"""Puts the built-in page into the site's bucket, never over a file of somebody's own, and gives back a digest of the password."""
import base64
import hashlib
import json
import mimetypes
import urllib.request

import boto3
from botocore.exceptions import ClientError

S3 = boto3.client("s3")
SECRETS = boto3.client("secretsmanager")


def foreign(bucket, key):
    """Is there a file that this function did not write?"""
    try:
        return "built-in" not in S3.head_object(Bucket=bucket, Key=key)["Metadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise


def publish(bucket, files):
    for key, text in files.items():
        if foreign(bucket, key):
            print(json.dumps({"kept": key}))
            continue
        kind = f"{mimetypes.guess_type(key)[0]}; charset=utf-8"
        S3.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType=kind, Metadata={"built-in": "yes"})


def empty(bucket):
    for page in S3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for old in page.get("Versions", []) + page.get("DeleteMarkers", []):
            S3.delete_object(Bucket=bucket, Key=old["Key"], VersionId=old["VersionId"])


def digest(secret):
    """What the browser sends for this password, as a number from which the password cannot be found."""
    password = SECRETS.get_secret_value(SecretId=secret)["SecretString"]
    return hashlib.sha256(b"Basic " + base64.b64encode(f"guest:{password}".encode())).hexdigest()


def handler(event, context):
    wanted = event["ResourceProperties"]
    bucket = wanted["Bucket"]
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": bucket}
    try:
        if event["RequestType"] == "Delete":
            empty(bucket)
        else:
            publish(bucket, wanted["Files"] | {"config.json": json.dumps(wanted["Config"])})
            if "Password" in wanted:
                answer["Data"] = {"PasswordDigest": digest(wanted["Password"])}
    except Exception as error:  # whatever happens, CloudFormation must get an answer
        print(json.dumps({"error": str(error)}))
        answer |= {"Status": "FAILED", "Reason": str(error)}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
