"""Puts the built-in page into the site's bucket, never over a file of somebody's own, and gives back a digest of the password."""
import base64
import hashlib
import json
import urllib.request

import boto3
from botocore.exceptions import ClientError

S3 = boto3.client("s3")
SECRETS = boto3.client("secretsmanager")
TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css", "json": "application/json"}


def foreign(bucket, key):
    """Is there a file that this function did not write?"""
    try:
        return "built-in" not in S3.head_object(Bucket=bucket, Key=key)["Metadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        return False


def publish(bucket, files):
    for key, text in files.items():
        if foreign(bucket, key):
            print(json.dumps({"kept": key}))
        else:
            kind = TYPES[key.rsplit(".", 1)[1]]
            S3.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType=f"{kind}; charset=utf-8", Metadata={"built-in": "yes"})


def digest(secret):
    """What the browser sends for this password, as a number from which the password cannot be found."""
    password = SECRETS.get_secret_value(SecretId=secret)["SecretString"]
    header = b"Basic " + base64.b64encode(b"guest:" + password.encode())
    return hashlib.sha256(header).hexdigest()


def handler(event, context):
    wanted = event["ResourceProperties"]
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "Reason": "done", "PhysicalResourceId": wanted["Bucket"]}
    try:
        if event["RequestType"] != "Delete":  # then the bucket is emptied as a whole
            publish(wanted["Bucket"], wanted["Files"] | {"config.json": json.dumps(wanted["Config"])})
            if "Password" in wanted:
                answer["Data"] = {"PasswordDigest": digest(wanted["Password"])}
    except Exception as error:  # whatever happens, CloudFormation must get an answer
        print(json.dumps({"error": str(error)}))
        answer |= {"Status": "FAILED", "Reason": str(error)}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
