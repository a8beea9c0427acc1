import os
import boto3

agent = boto3.client("bedrock-agent")

def handler(event, context):
    try:  # however many documents changed, one job takes them all
        job = agent.start_ingestion_job(knowledgeBaseId=os.environ["KNOWLEDGE_BASE"], dataSourceId=os.environ["DATA_SOURCE"])
        print(job["ingestionJob"]["ingestionJobId"])
    except agent.exceptions.ConflictException:
        # one job at a time: the batch goes back to the queue and is tried again later
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in event["Records"]]}
