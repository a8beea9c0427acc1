"""Empties the bucket of a Custom::EmptyBucket resource when CloudFormation deletes that resource."""
import json
import urllib.request
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3", config=Config(retries={"mode": "adaptive", "max_attempts": 10}))


def empty(bucket, seconds_left):
    """Deletes versions, delete markers and unfinished uploads; returns how many versions and markers."""
    deleted = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = page.get("Versions", []) + page.get("DeleteMarkers", [])
        # a page has at most 1000 entries, which is what one DeleteObjects call takes
        if found:
            keys = [{"Key": o["Key"], "VersionId": o["VersionId"]} for o in found]
            errors = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True}).get("Errors")
            if errors:
                raise RuntimeError(f"{bucket}: {errors[0]['Key']} could not be deleted: {errors[0]['Code']}")
            deleted += len(keys)
        if page.get("IsTruncated") and seconds_left() < 60:
            raise RuntimeError(f"{bucket}: {deleted} objects deleted, more are left; delete the stack again to go on")
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        for upload in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return deleted


def handler(event, context):
    bucket = event["ResourceProperties"]["BucketName"]
    status, reason = "SUCCESS", ""
    try:
        if event["RequestType"] == "Delete":
            count = empty(bucket, lambda: context.get_remaining_time_in_millis() / 1000)
            print(json.dumps({"bucket": bucket, "deleted": count}))
    except ClientError as error:
        # a bucket that somebody deleted by hand is as empty as can be
        if error.response["Error"]["Code"] != "NoSuchBucket":
            status, reason = "FAILED", str(error)
    except Exception as error:  # whatever happens, CloudFormation must get an answer
        status, reason = "FAILED", str(error)
    if reason:
        print(json.dumps({"bucket": bucket, "error": reason}))
    # the bucket's name as physical id: when it changes, CloudFormation deletes, that is, empties, the old one
    answer = {k: event[k] for k in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": status, "Reason": reason or "done", "PhysicalResourceId": bucket}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
