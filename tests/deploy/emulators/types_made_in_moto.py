"""How resource types are made that only moto's CloudFormation does not make, or makes and cannot delete."""

from adapter import Row
from reshapes import policy_of_bucket, policy_of_queue, same, secret

ROWS = {
    "AWS::ApiGatewayV2::Api": Row(
        "apigatewayv2",
        "create_api",
        "{answer.ApiId}",
        "delete_api",
        {"ApiId": "{id}"},
        attributes={"ApiEndpoint": "{answer.ApiEndpoint}", "ApiId": "{id}"},
    ),
    "AWS::ApiGatewayV2::Integration": Row(
        "apigatewayv2",
        "create_integration",
        "{answer.IntegrationId}",
        "delete_integration",
        {"ApiId": "{given.ApiId}", "IntegrationId": "{id}"},
    ),
    "AWS::ApiGatewayV2::Route": Row(
        "apigatewayv2", "create_route", "{answer.RouteId}", "delete_route", {"ApiId": "{given.ApiId}", "RouteId": "{id}"}
    ),
    "AWS::ApiGatewayV2::Stage": Row(
        "apigatewayv2", "create_stage", "{given.StageName}", "delete_stage", {"ApiId": "{given.ApiId}", "StageName": "{id}"}
    ),
    "AWS::AutoScaling::ScalingPolicy": Row(
        "autoscaling",
        "put_scaling_policy",
        "{given.PolicyName}",
        "delete_policy",
        same("PolicyName", "AutoScalingGroupName"),
        attributes={"PolicyName": "{given.PolicyName}"},
        name="PolicyName",
    ),
    "AWS::CloudWatch::Alarm": Row(
        "cloudwatch",
        "put_metric_alarm",
        "{given.AlarmName}",
        "delete_alarms",
        {"AlarmNames": ["{id}"]},
        attributes={"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"},
        name="AlarmName",
    ),
    "AWS::EC2::RouteTable": Row(
        "ec2",
        "create_route_table",
        "{answer.RouteTable.RouteTableId}",
        "delete_route_table",
        {"RouteTableId": "{id}"},
        attributes={"RouteTableId": "{id}"},
        tags_for="route-table",
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Row(
        "ec2",
        "associate_route_table",
        "{answer.AssociationId}",
        "disassociate_route_table",
        {"AssociationId": "{id}"},
        attributes={"Id": "{id}"},
    ),
    "AWS::EC2::VPCEndpoint": Row(
        "ec2",
        "create_vpc_endpoint",
        "{answer.VpcEndpoint.VpcEndpointId}",
        "delete_vpc_endpoints",
        {"VpcEndpointIds": ["{id}"]},
        attributes={"Id": "{id}"},
        tags_for="vpc-endpoint",
    ),
    "AWS::S3::BucketPolicy": Row(
        "s3", "put_bucket_policy", "{given.Bucket}", "delete_bucket_policy", same("Bucket"), reshape=policy_of_bucket
    ),
    "AWS::SQS::QueuePolicy": Row("sqs", "set_queue_attributes", "{given.QueueUrl}/policy", reshape=policy_of_queue),
    "AWS::Scheduler::Schedule": Row(
        "scheduler",
        "create_schedule",
        "{given.Name}",
        "delete_schedule",
        {"Name": "{id}"},
        attributes={"Arn": "{answer.ScheduleArn}"},
        name="Name",
    ),
    "AWS::SecretsManager::Secret": Row(
        "secretsmanager",
        "create_secret",
        "{answer.ARN}",
        "delete_secret",
        {"SecretId": "{id}", "ForceDeleteWithoutRecovery": True},
        attributes={"Id": "{id}"},
        name="Name",
        reshape=secret,
    ),
    "AWS::EC2::InternetGateway": Row(
        "ec2",
        "create_internet_gateway",
        "{answer.InternetGateway.InternetGatewayId}",
        "delete_internet_gateway",
        {"InternetGatewayId": "{id}"},
        attributes={"InternetGatewayId": "{id}"},
        tags_for="internet-gateway",
    ),
    "AWS::EC2::VPCGatewayAttachment": Row(
        "ec2", "attach_internet_gateway", "IGW|{given.VpcId}", "detach_internet_gateway", same("InternetGatewayId", "VpcId")
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Row(
        "elbv2",
        "create_listener",
        "{answer.Listeners[0].ListenerArn}",
        "delete_listener",
        {"ListenerArn": "{id}"},
        attributes={"ListenerArn": "{id}"},
    ),
    "AWS::IAM::ManagedPolicy": Row(
        "iam",
        "create_policy",
        "{answer.Policy.Arn}",
        "delete_policy",
        {"PolicyArn": "{id}"},
        attributes={"PolicyArn": "{id}"},
        name="PolicyName",
    ),
    "AWS::Lambda::Permission": Row(
        "lambda", "add_permission", "{given.StatementId}", "remove_permission", same("FunctionName", "StatementId"), name="StatementId"
    ),
}
