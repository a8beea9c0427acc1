"""When the stack is deleted: stops the runs of a pipeline and, if asked to, deletes the versions of its model group."""
import json
import time
import boto3
import cfnresponse
from botocore.exceptions import ClientError

sagemaker = boto3.client("sagemaker")


def runs(pipeline):
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
    found = [run for page in pages for run in page["PipelineExecutionSummaries"]]
    return {run["PipelineExecutionArn"] for run in found if run["PipelineExecutionStatus"] in ("Executing", "Stopping")}


def versions(group):
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    return {version["ModelPackageArn"] for page in pages for version in page["ModelPackageSummaryList"]}


def clear(find, end, seconds_left):
    """Ends each thing that is found, until none is found any more. A job that is stopped has two minutes to save its model."""
    ended = set()
    while found := find():
        if seconds_left() < 60:
            raise RuntimeError(f"still there: {min(found)}; delete the stack again")
        for arn in found - ended:
            try:
                end(arn)
                ended.add(arn)
            except ClientError as error:  # ending already, or too many calls: the next look tells
                print(error)
        time.sleep(10)
    return len(ended)


def handler(event, context):
    given, status, reason = event["ResourceProperties"], cfnresponse.SUCCESS, None
    pipeline = given["Pipeline"]
    try:
        if event["RequestType"] == "Delete":
            def left():
                return context.get_remaining_time_in_millis() / 1000
            done = [clear(lambda: runs(pipeline), lambda arn: sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn), left)]
            if "Group" in given:
                done += [clear(lambda: versions(given["Group"]), lambda arn: sagemaker.delete_model_package(ModelPackageName=arn), left)]
            print(json.dumps({"stopped runs, deleted versions": done}))
    except ClientError as error:  # gone already, or refused: what still runs, the deletion of the pipeline itself tells
        print(error)
    except Exception as error:  # whatever happens, CloudFormation must get an answer
        print(error)
        status, reason = cfnresponse.FAILED, str(error)
    # named after the pipeline: when that is replaced, CloudFormation ends the old one
    cfnresponse.send(event, context, status, {}, pipeline, reason=reason)
