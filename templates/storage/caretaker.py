"""Writes the files that a stack brings along into their bucket, and empties a bucket before CloudFormation deletes it."""
import base64
import hashlib
import json
import mimetypes
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

S3 = boto3.client("s3", config=Config(retries={"mode": "adaptive", "max_attempts": 10}))
SECRETS = boto3.client("secretsmanager")


def empty(bucket, context):
    for page in S3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        keys = [{"Key": old["Key"], "VersionId": old["VersionId"]} for old in page.get("Versions", []) + page.get("DeleteMarkers", [])]
        errors = keys and S3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True}).get("Errors")
        if errors:
            raise RuntimeError(f"{errors[0]['Key']}: {errors[0]['Code']}")
        if page.get("IsTruncated") and context.get_remaining_time_in_millis() < 60000:
            raise RuntimeError("more objects are left: delete the stack again")
    for page in S3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        for part in page.get("Uploads", []):
            S3.abort_multipart_upload(Bucket=bucket, Key=part["Key"], UploadId=part["UploadId"])


def foreign(bucket, key):
    """A file that somebody else put there."""
    try:
        return "built-in" not in S3.head_object(Bucket=bucket, Key=key)["Metadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise


def write(bucket, files):
    for key, text in files.items():
        if foreign(bucket, key):
            print(json.dumps({"kept": key}))
        else:
            kind = f"{mimetypes.guess_type(key)[0]}; charset=utf-8"
            S3.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType=kind, Metadata={"built-in": "yes"})


def digest(secret):
    """Of what a browser sends for this password; the password cannot be found from it."""
    password = SECRETS.get_secret_value(SecretId=secret)["SecretString"]
    return hashlib.sha256(b"Basic " + base64.b64encode(f"guest:{password}".encode())).hexdigest()


def act(event, context):
    wanted = event["ResourceProperties"]
    if event["RequestType"] == "Delete":
        try:
            return empty(wanted["BucketName"], context)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return None  # deleted by hand
            raise
    if "Files" in wanted:
        write(wanted["BucketName"], wanted["Files"] | {"config.json": json.dumps(wanted["Config"])})
    return {"PasswordDigest": digest(wanted["Password"])} if "Password" in wanted else None


def handler(event, context):
    # with the bucket's name as id, another name makes CloudFormation delete, that is, empty, the old bucket
    answer = {"PhysicalResourceId": event["ResourceProperties"]["BucketName"], "Status": "SUCCESS"}
    answer |= {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    try:
        answer["Data"] = act(event, context) or {}
    except Exception as error:  # CloudFormation must get an answer in any case
        print(json.dumps({"error": str(error)}))
        answer |= {"Status": "FAILED", "Reason": str(error)}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
