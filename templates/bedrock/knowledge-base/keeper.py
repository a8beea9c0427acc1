import time
import boto3
import cfnresponse
from botocore.exceptions import ClientError

agent = boto3.client("bedrock-agent")

def start(ids):
    for _ in range(12):  # the permission is seconds old, so a refusal is tried again
        try:
            return agent.start_ingestion_job(**ids)["ingestionJob"]["ingestionJobId"]
        except agent.exceptions.ConflictException:
            return "a job is running already"
        except ClientError as error:
            print(error)
            time.sleep(10)
    return "not started; the next sync takes the documents"

def drain(ids, context):
    quiet = 0  # two quiet looks: a late starter may still have been at work
    while quiet < 2 and context.get_remaining_time_in_millis() > 60_000:
        jobs = agent.list_ingestion_jobs(**ids, sortBy={"attribute": "STARTED_AT", "order": "DESCENDING"})
        live = [j for j in jobs["ingestionJobSummaries"] if j["status"] in ("STARTING", "IN_PROGRESS", "STOPPING")]
        for job in live:
            try:
                agent.stop_ingestion_job(**ids, ingestionJobId=job["ingestionJobId"])
            except ClientError as error:  # stopping or ended already: the next look tells
                print(error)
        quiet = 0 if live else quiet + 1
        time.sleep(10)

def handler(event, context):
    given, kind = event["ResourceProperties"], event["RequestType"]
    name, status = event.get("PhysicalResourceId", "wait"), cfnresponse.SUCCESS
    try:
        if "Seconds" in given:
            time.sleep(0 if kind == "Delete" else int(given["Seconds"]))
        else:
            ids = {"knowledgeBaseId": given["KnowledgeBaseId"], "dataSourceId": given["DataSourceId"]}
            if kind == "Delete":
                drain(ids, context)
            else:  # named after the data source: when that is replaced, the old one is deleted, and so drained
                name = "/".join(ids.values())
                print(start(ids) if given["Start"] == "yes" else "waiting for a sync by hand")
    except Exception as error:
        print(error)
        # never block a deletion: when a job still runs, the data source's own deletion says so
        status = cfnresponse.SUCCESS if kind == "Delete" else cfnresponse.FAILED
    cfnresponse.send(event, context, status, {}, name)
