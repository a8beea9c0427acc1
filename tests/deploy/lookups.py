"""How each resource type is found in its own service, and its tags: nothing here asks CloudFormation.

Texts are formats over `{id}` (the physical id), `{part[0]}` (its parts between `|`), `{tail}` (what follows its last `/`), `{of.X}` (a property of
the resource), `{account}`, `{region}` and, for tags, `{answer.X}`. A lookup counts when `find` occurs in the answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    service: str
    operation: str
    arguments: dict
    find: str = "{id}"
    # the call that lists the tags; HERE: the answer holds them
    tags: tuple | None = None


HERE = ("", {})


def ec2(operation, argument, find="{id}", tags=HERE):
    return Look("ec2", operation, {argument: ["{id}"]}, find, tags)


def sagemaker(operation, argument, answer, value="{tail}"):
    return Look("sagemaker", operation, {argument: value}, value, ("list_tags", {"ResourceArn": "{answer." + answer + "}"}))


LOOKUPS = {
    "AWS::ApiGatewayV2::Api": Look("apigatewayv2", "get_api", {"ApiId": "{id}"}, tags=HERE),
    "AWS::ApiGatewayV2::Integration": Look("apigatewayv2", "get_integration", {"ApiId": "{of.ApiId}", "IntegrationId": "{id}"}),
    "AWS::ApiGatewayV2::Route": Look("apigatewayv2", "get_route", {"ApiId": "{of.ApiId}", "RouteId": "{tail}"}, "{tail}"),
    "AWS::ApiGatewayV2::Stage": Look(
        "apigatewayv2", "get_stage", {"ApiId": "{of.ApiId}", "StageName": "{of.StageName}"}, "{of.StageName}", HERE
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": Look(
        "application-autoscaling",
        "describe_scalable_targets",
        {"ServiceNamespace": "{of.ServiceNamespace}", "ResourceIds": ["{part[0]}"]},
        "{part[0]}",
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Look(
        "application-autoscaling", "describe_scaling_policies", {"ServiceNamespace": "sagemaker"}
    ),
    "AWS::AutoScaling::AutoScalingGroup": Look(
        "autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroupNames": ["{id}"]}, tags=HERE
    ),
    "AWS::AutoScaling::ScalingPolicy": Look("autoscaling", "describe_policies", {}),
    "AWS::Batch::ComputeEnvironment": Look("batch", "describe_compute_environments", {}, tags=HERE),
    "AWS::Batch::JobDefinition": Look("batch", "describe_job_definitions", {}, tags=HERE),
    "AWS::Batch::JobQueue": Look("batch", "describe_job_queues", {}, tags=HERE),
    "AWS::Bedrock::ApplicationInferenceProfile": Look(
        "bedrock",
        "get_inference_profile",
        {"inferenceProfileIdentifier": "{tail}"},
        tags=("list_tags_for_resource", {"resourceARN": "{id}"}),
    ),
    "AWS::Bedrock::DataSource": Look(
        "bedrock-agent", "get_data_source", {"knowledgeBaseId": "{part[0]}", "dataSourceId": "{part[1]}"}, "{part[1]}"
    ),
    "AWS::Bedrock::Guardrail": Look(
        "bedrock",
        "get_guardrail",
        {"guardrailIdentifier": "{id}"},
        "{tail}",
        ("list_tags_for_resource", {"resourceARN": "{answer.guardrailArn}"}),
    ),
    "AWS::Bedrock::GuardrailVersion": Look(
        "bedrock", "get_guardrail", {"guardrailIdentifier": "{part[0]}", "guardrailVersion": "{part[1]}"}, '"version": "{part[1]}"'
    ),
    "AWS::Bedrock::KnowledgeBase": Look(
        "bedrock-agent",
        "get_knowledge_base",
        {"knowledgeBaseId": "{id}"},
        tags=("list_tags_for_resource", {"resourceArn": "{answer.knowledgeBase.knowledgeBaseArn}"}),
    ),
    "AWS::CloudFront::Distribution": Look(
        "cloudfront", "get_distribution", {"Id": "{id}"}, tags=("list_tags_for_resource", {"Resource": "{answer.Distribution.ARN}"})
    ),
    "AWS::CloudFront::Function": Look("cloudfront", "describe_function", {"Name": "{tail}", "Stage": "LIVE"}, "{tail}"),
    "AWS::CloudFront::OriginAccessControl": Look("cloudfront", "get_origin_access_control", {"Id": "{id}"}),
    "AWS::CloudFront::VpcOrigin": Look("cloudfront", "get_vpc_origin", {"Id": "{id}"}),
    "AWS::CloudWatch::Alarm": Look(
        "cloudwatch",
        "describe_alarms",
        {"AlarmNames": ["{id}"]},
        tags=("list_tags_for_resource", {"ResourceARN": "{answer.MetricAlarms[0].AlarmArn}"}),
    ),
    "AWS::EC2::EIP": Look("ec2", "describe_addresses", {"PublicIps": ["{id}"]}, tags=HERE),
    "AWS::EC2::FlowLog": ec2("describe_flow_logs", "FlowLogIds"),
    "AWS::EC2::Instance": ec2("describe_instances", "InstanceIds"),
    "AWS::EC2::InternetGateway": ec2("describe_internet_gateways", "InternetGatewayIds"),
    "AWS::EC2::LaunchTemplate": ec2("describe_launch_templates", "LaunchTemplateIds", tags=None),
    "AWS::EC2::NatGateway": ec2("describe_nat_gateways", "NatGatewayIds"),
    "AWS::EC2::PlacementGroup": Look("ec2", "describe_placement_groups", {"GroupNames": ["{id}"]}, tags=HERE),
    "AWS::EC2::Route": Look(
        "ec2", "describe_route_tables", {"RouteTableIds": ["{of.RouteTableId}"]}, '"DestinationCidrBlock": "{of.DestinationCidrBlock}"'
    ),
    "AWS::EC2::RouteTable": ec2("describe_route_tables", "RouteTableIds"),
    "AWS::EC2::SecurityGroup": ec2("describe_security_groups", "GroupIds"),
    "AWS::EC2::SecurityGroupEgress": Look(
        "ec2", "describe_security_groups", {"GroupIds": ["{of.GroupId}"]}, '"IpProtocol": "{of.IpProtocol}"'
    ),
    "AWS::EC2::SecurityGroupIngress": Look(
        "ec2", "describe_security_groups", {"GroupIds": ["{of.GroupId}"]}, '"IpProtocol": "{of.IpProtocol}"'
    ),
    "AWS::EC2::Subnet": ec2("describe_subnets", "SubnetIds"),
    "AWS::EC2::SubnetRouteTableAssociation": Look(
        "ec2", "describe_route_tables", {"RouteTableIds": ["{of.RouteTableId}"]}, "{of.SubnetId}"
    ),
    "AWS::EC2::VPC": ec2("describe_vpcs", "VpcIds"),
    "AWS::EC2::VPCEndpoint": ec2("describe_vpc_endpoints", "VpcEndpointIds"),
    "AWS::EC2::VPCGatewayAttachment": Look(
        "ec2", "describe_internet_gateways", {"InternetGatewayIds": ["{of.InternetGatewayId}"]}, "{of.VpcId}"
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Look(
        "elbv2", "describe_listeners", {"ListenerArns": ["{id}"]}, tags=("describe_tags", {"ResourceArns": ["{id}"]})
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Look(
        "elbv2", "describe_load_balancers", {"LoadBalancerArns": ["{id}"]}, tags=("describe_tags", {"ResourceArns": ["{id}"]})
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Look(
        "elbv2", "describe_target_groups", {"TargetGroupArns": ["{id}"]}, tags=("describe_tags", {"ResourceArns": ["{id}"]})
    ),
    "AWS::Events::Rule": Look(
        "events", "describe_rule", {"Name": "{tail}"}, "{tail}", ("list_tags_for_resource", {"ResourceARN": "{answer.Arn}"})
    ),
    "AWS::IAM::InstanceProfile": Look("iam", "get_instance_profile", {"InstanceProfileName": "{tail}"}, "{tail}"),
    "AWS::IAM::ManagedPolicy": Look("iam", "get_policy", {"PolicyArn": "{id}"}),
    "AWS::IAM::Role": Look("iam", "get_role", {"RoleName": "{id}"}, tags=HERE),
    "AWS::IAM::RolePolicy": Look(
        "iam", "get_role_policy", {"RoleName": "{of.RoleName}", "PolicyName": "{of.PolicyName}"}, "{of.PolicyName}"
    ),
    "AWS::KMS::Key": Look("kms", "describe_key", {"KeyId": "{id}"}, tags=("list_resource_tags", {"KeyId": "{id}"})),
    "AWS::Lambda::EventSourceMapping": Look("lambda", "get_event_source_mapping", {"UUID": "{id}"}),
    "AWS::Lambda::Function": Look("lambda", "get_function", {"FunctionName": "{id}"}, tags=HERE),
    "AWS::Lambda::Permission": Look("lambda", "get_policy", {"FunctionName": "{of.FunctionName}"}, "{of.Principal}"),
    "AWS::Logs::LogGroup": Look(
        "logs",
        "describe_log_groups",
        {"logGroupNamePrefix": "{id}"},
        tags=("list_tags_for_resource", {"resourceArn": "arn:aws:logs:{region}:{account}:log-group:{id}"}),
    ),
    "AWS::OpenSearchServerless::AccessPolicy": Look("opensearchserverless", "get_access_policy", {"name": "{id}", "type": "{of.Type}"}),
    "AWS::OpenSearchServerless::Collection": Look(
        "opensearchserverless",
        "batch_get_collection",
        {"ids": ["{id}"]},
        '"arn": ',
        tags=("list_tags_for_resource", {"resourceArn": "{answer.collectionDetails[0].arn}"}),
    ),
    "AWS::OpenSearchServerless::SecurityPolicy": Look("opensearchserverless", "get_security_policy", {"name": "{id}", "type": "{of.Type}"}),
    "AWS::S3::Bucket": Look("s3", "get_bucket_versioning", {"Bucket": "{id}"}, "Status", ("get_bucket_tagging", {"Bucket": "{id}"})),
    "AWS::S3::BucketPolicy": Look("s3", "get_bucket_policy", {"Bucket": "{of.Bucket}"}, "aws:SecureTransport"),
    "AWS::S3Vectors::Index": Look("s3vectors", "get_index", {"indexArn": "{id}"}, tags=("list_tags_for_resource", {"resourceArn": "{id}"})),
    "AWS::S3Vectors::VectorBucket": Look(
        "s3vectors", "get_vector_bucket", {"vectorBucketArn": "{id}"}, tags=("list_tags_for_resource", {"resourceArn": "{id}"})
    ),
    "AWS::SQS::Queue": Look(
        "sqs", "get_queue_attributes", {"QueueUrl": "{id}", "AttributeNames": ["All"]}, "{tail}", ("list_queue_tags", {"QueueUrl": "{id}"})
    ),
    "AWS::SQS::QueuePolicy": Look("sqs", "get_queue_attributes", {"QueueUrl": "{of.Queues[0]}", "AttributeNames": ["Policy"]}, "Policy"),
    "AWS::SSM::Parameter": Look(
        "ssm", "get_parameter", {"Name": "{id}"}, tags=("list_tags_for_resource", {"ResourceType": "Parameter", "ResourceId": "{id}"})
    ),
    "AWS::SageMaker::Domain": sagemaker("describe_domain", "DomainId", "DomainArn"),
    "AWS::SageMaker::Endpoint": sagemaker("describe_endpoint", "EndpointName", "EndpointArn"),
    "AWS::SageMaker::EndpointConfig": sagemaker("describe_endpoint_config", "EndpointConfigName", "EndpointConfigArn"),
    "AWS::SageMaker::Model": sagemaker("describe_model", "ModelName", "ModelArn"),
    "AWS::SageMaker::ModelPackageGroup": sagemaker("describe_model_package_group", "ModelPackageGroupName", "ModelPackageGroupArn"),
    "AWS::SageMaker::Pipeline": sagemaker("describe_pipeline", "PipelineName", "PipelineArn"),
    "AWS::SageMaker::Space": Look(
        "sagemaker",
        "describe_space",
        {"DomainId": "{of.DomainId}", "SpaceName": "{of.SpaceName}"},
        "{of.SpaceName}",
        ("list_tags", {"ResourceArn": "{answer.SpaceArn}"}),
    ),
    "AWS::SageMaker::UserProfile": Look(
        "sagemaker",
        "describe_user_profile",
        {"DomainId": "{of.DomainId}", "UserProfileName": "{of.UserProfileName}"},
        "{of.UserProfileName}",
        ("list_tags", {"ResourceArn": "{answer.UserProfileArn}"}),
    ),
    "AWS::Scheduler::Schedule": Look("scheduler", "get_schedule", {"Name": "{id}"}),
    "AWS::SecretsManager::Secret": Look("secretsmanager", "describe_secret", {"SecretId": "{id}"}, tags=HERE),
    "AWS::StepFunctions::StateMachine": Look(
        "stepfunctions", "describe_state_machine", {"stateMachineArn": "{id}"}, tags=("list_tags_for_resource", {"resourceArn": "{id}"})
    ),
}
