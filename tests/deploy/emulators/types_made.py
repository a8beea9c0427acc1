"""How resource types are made that an emulator's CloudFormation does not know, but one of its services does."""
import json

from adapter import Row


def flow_log(given):
    return {**{name: value for name, value in given.items() if name != "ResourceId"}, "ResourceIds": [given["ResourceId"]]}


def pipeline(given):
    definition = given["PipelineDefinition"]
    return {**given, "PipelineDefinition": definition["PipelineDefinitionBody"]}


def vpc_origin(given):
    """The API wants both ports; CloudFormation fills in the usual ones."""
    return {**given, "VpcOriginEndpointConfig": {"HTTPPort": 80, "HTTPSPort": 443, **given["VpcOriginEndpointConfig"]}}


def policy_of_bucket(given):
    return {"Bucket": given["Bucket"], "Policy": json.dumps(given["PolicyDocument"])}


def policy_of_queue(given):
    return {"QueueUrl": given["Queues"][0], "Attributes": {"Policy": json.dumps(given["PolicyDocument"])}}


def secret(given):
    """The service generates no secret by itself; CloudFormation asks it for a random password first."""
    return {**{name: value for name, value in given.items() if name != "GenerateSecretString"}, "SecretString": "generated"}


def scaling_policy(given):
    """CloudFormation names the target by its id, the service by its three parts."""
    target = given.pop("ScalingTargetId", None)
    if target:
        given["ResourceId"], given["ScalableDimension"], given["ServiceNamespace"] = target.split("|")
    return given


def security_rule(other):
    """A rule of a security group, whose peer is called SourceSecurityGroupId or DestinationSecurityGroupId."""
    def reshape(given):
        rule = {name: given[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in given}
        note = {"Description": given["Description"]} if "Description" in given else {}
        if "CidrIp" in given:
            rule["IpRanges"] = [{"CidrIp": given["CidrIp"], **note}]
        for peer in (f"{other}SecurityGroupId", f"{other}PrefixListId"):
            if peer in given:
                group = peer.endswith("GroupId")
                rule["UserIdGroupPairs" if group else "PrefixListIds"] = [{"GroupId" if group else "PrefixListId": given[peer], **note}]
        return {"GroupId": given["GroupId"], "IpPermissions": [rule]}
    return reshape


def same(*names):
    """Parameters of a deletion that are called as they were at creation."""
    return {name: "{given." + name + "}" for name in names}


ROWS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Row(
        "application-autoscaling", "register_scalable_target",
        "{given.ResourceId}|{given.ScalableDimension}|{given.ServiceNamespace}",
        "deregister_scalable_target", same("ServiceNamespace", "ResourceId", "ScalableDimension"),
        update="register_scalable_target"),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Row(
        "application-autoscaling", "put_scaling_policy", "{answer.PolicyARN}",
        "delete_scaling_policy", same("PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension"),
        attributes={"Arn": "{answer.PolicyARN}"}, reshape=scaling_policy),
    "AWS::Batch::ComputeEnvironment": Row(
        "batch", "create_compute_environment", "{answer.computeEnvironmentArn}",
        "delete_compute_environment", {"computeEnvironment": "{id}"},
        attributes={"ComputeEnvironmentArn": "{id}"}, name="ComputeEnvironmentName", drop=("ReplaceComputeEnvironment", "UpdatePolicy")),
    "AWS::Batch::JobQueue": Row(
        "batch", "create_job_queue", "{answer.jobQueueArn}", "delete_job_queue", {"jobQueue": "{id}"},
        attributes={"JobQueueArn": "{id}"}, name="JobQueueName"),
    "AWS::Batch::JobDefinition": Row(
        "batch", "register_job_definition", "{answer.jobDefinitionArn}", "deregister_job_definition", {"jobDefinition": "{id}"},
        attributes={"JobDefinitionArn": "{id}"}, name="JobDefinitionName"),
    "AWS::Bedrock::ApplicationInferenceProfile": Row(
        "bedrock", "create_inference_profile", "{answer.inferenceProfileArn}",
        "delete_inference_profile", {"inferenceProfileIdentifier": lambda scope: scope.id.split("/")[-1]},
        attributes={"InferenceProfileArn": "{id}", "InferenceProfileId": "{id}"}),
    "AWS::Bedrock::Guardrail": Row(
        "bedrock", "create_guardrail", "{answer.guardrailId}", "delete_guardrail", {"guardrailIdentifier": "{id}"},
        update="update_guardrail", update_with={"guardrailIdentifier": "{id}"},
        attributes={"GuardrailArn": "{answer.guardrailArn}", "GuardrailId": "{id}", "Version": "{answer.version}"},
        rename={"KmsKeyArn": "kmsKeyId"}),
    "AWS::Bedrock::GuardrailVersion": Row(
        "bedrock", "create_guardrail_version", "{given.GuardrailIdentifier}|{answer.version}",
        "delete_guardrail", {"guardrailIdentifier": "{given.GuardrailIdentifier}", "guardrailVersion": "{answer.version}"},
        attributes={"Version": "{answer.version}", "GuardrailId": "{answer.guardrailId}"}),
    "AWS::Bedrock::KnowledgeBase": Row(
        "bedrock-agent", "create_knowledge_base", "{answer.knowledgeBase.knowledgeBaseId}",
        "delete_knowledge_base", {"knowledgeBaseId": "{id}"},
        update="update_knowledge_base", update_with={"knowledgeBaseId": "{id}"},
        attributes={"KnowledgeBaseArn": "{answer.knowledgeBase.knowledgeBaseArn}", "KnowledgeBaseId": "{id}"}),
    "AWS::Bedrock::DataSource": Row(
        "bedrock-agent", "create_data_source", "{given.KnowledgeBaseId}|{answer.dataSource.dataSourceId}",
        "delete_data_source", {"knowledgeBaseId": "{given.KnowledgeBaseId}", "dataSourceId": "{answer.dataSource.dataSourceId}"},
        update="update_data_source", update_with={"dataSourceId": "{attribute.DataSourceId}"},
        attributes={"DataSourceId": "{answer.dataSource.dataSourceId}"}),
    "AWS::CloudFront::VpcOrigin": Row(
        "cloudfront", "create_vpc_origin", "{answer.VpcOrigin.Id}", "delete_vpc_origin", {"Id": "{id}", "IfMatch": "{answer.ETag}"},
        attributes={"Id": "{id}", "Arn": "{answer.VpcOrigin.Arn}"}, reshape=vpc_origin,
        refresh=("get_vpc_origin", {"Id": "{id}"})),
    "AWS::EC2::EIP": Row(
        "ec2", "allocate_address", "{answer.PublicIp}", "release_address", {"AllocationId": "{answer.AllocationId}"},
        attributes={"AllocationId": "{answer.AllocationId}", "PublicIp": "{answer.PublicIp}"}, tags_for="elastic-ip"),
    "AWS::EC2::FlowLog": Row(
        "ec2", "create_flow_logs", "{answer.FlowLogIds[0]}", "delete_flow_logs", {"FlowLogIds": ["{id}"]},
        attributes={"Id": "{id}"}, reshape=flow_log, tags_for="vpc-flow-log"),
    "AWS::EC2::Instance": Row(
        "ec2", "run_instances", "{answer.Instances[0].InstanceId}", "terminate_instances", {"InstanceIds": ["{id}"]},
        attributes={"InstanceId": "{id}", "PrivateIp": "{answer.Instances[0].PrivateIpAddress}",
                                        "PrivateDnsName": "{answer.Instances[0].PrivateDnsName}"},
        add={"MinCount": 1, "MaxCount": 1}, drop=("PropagateTagsToVolumeOnCreation", "SourceDestCheck"), tags_for="instance"),
    "AWS::EC2::NatGateway": Row(
        "ec2", "create_nat_gateway", "{answer.NatGateway.NatGatewayId}", "delete_nat_gateway", {"NatGatewayId": "{id}"},
        attributes={"NatGatewayId": "{id}"}, tags_for="natgateway"),
    "AWS::EC2::PlacementGroup": Row(
        "ec2", "create_placement_group", "{given.GroupName}", "delete_placement_group", {"GroupName": "{id}"},
        attributes={"GroupName": "{id}"}, name="GroupName", tags_for="placement-group"),
    "AWS::IAM::RolePolicy": Row(
        "iam", "put_role_policy", "{given.PolicyName}|{given.RoleName}",
        "delete_role_policy", {"RoleName": "{given.RoleName}", "PolicyName": "{given.PolicyName}"}, update="put_role_policy"),
    "AWS::OpenSearchServerless::AccessPolicy": Row(
        "opensearchserverless", "create_access_policy", "{answer.accessPolicyDetail.name}",
        "delete_access_policy", {"name": "{id}", "type": "{given.Type}"}),
    "AWS::OpenSearchServerless::Collection": Row(
        "opensearchserverless", "create_collection", "{answer.createCollectionDetail.id}", "delete_collection", {"id": "{id}"},
        attributes={"Arn": "{answer.createCollectionDetail.arn}", "Id": "{id}",
                    "CollectionEndpoint": "https://{id}.{region}.aoss.amazonaws.com",
                    "DashboardEndpoint": "https://{id}.{region}.aoss.amazonaws.com/_dashboards"}),
    "AWS::OpenSearchServerless::SecurityPolicy": Row(
        "opensearchserverless", "create_security_policy", "{answer.securityPolicyDetail.name}",
        "delete_security_policy", {"name": "{id}", "type": "{given.Type}"}),
    "AWS::S3Vectors::VectorBucket": Row(
        "s3vectors", "create_vector_bucket", "arn:aws:s3vectors:{region}:{account}:bucket/{given.VectorBucketName}",
        "delete_vector_bucket", {"vectorBucketName": "{given.VectorBucketName}"},
        attributes={"VectorBucketArn": "{id}"}, name="VectorBucketName", lower=True),
    "AWS::S3Vectors::Index": Row(
        "s3vectors", "create_index", "{given.VectorBucketArn}/index/{given.IndexName}", "delete_index", {"indexArn": "{id}"},
        attributes={"IndexArn": "{id}"}, name="IndexName", lower=True),
    "AWS::SageMaker::Domain": Row(
        "sagemaker", "create_domain", lambda scope: str(scope.answer.DomainArn).split("/")[-1], "delete_domain", {"DomainId": "{id}"},
        attributes={"DomainArn": "{answer.DomainArn}", "DomainId": "{id}", "Url": "{answer.Url}"}),
    "AWS::SageMaker::Endpoint": Row(
        "sagemaker", "create_endpoint", "{answer.EndpointArn}", "delete_endpoint", {"EndpointName": "{given.EndpointName}"},
        attributes={"EndpointName": "{given.EndpointName}"}, name="EndpointName",
        drop=("ExcludeRetainedVariantProperties", "RetainAllVariantProperties", "RetainDeploymentConfig"),
        update="update_endpoint"),
    "AWS::SageMaker::EndpointConfig": Row(
        "sagemaker", "create_endpoint_config", "{answer.EndpointConfigArn}",
        "delete_endpoint_config", {"EndpointConfigName": "{given.EndpointConfigName}"},
        attributes={"EndpointConfigName": "{given.EndpointConfigName}"}, name="EndpointConfigName"),
    "AWS::SageMaker::Model": Row(
        "sagemaker", "create_model", "{answer.ModelArn}", "delete_model", {"ModelName": "{given.ModelName}"},
        attributes={"ModelName": "{given.ModelName}"}, name="ModelName"),
    "AWS::SageMaker::ModelPackageGroup": Row(
        "sagemaker", "create_model_package_group", "{answer.ModelPackageGroupArn}",
        "delete_model_package_group", {"ModelPackageGroupName": "{given.ModelPackageGroupName}"},
        attributes={"ModelPackageGroupArn": "{id}", "ModelPackageGroupStatus": "Completed"}),
    "AWS::SageMaker::Pipeline": Row(
        "sagemaker", "create_pipeline", "{given.PipelineName}",
        "delete_pipeline", {"PipelineName": "{id}", "ClientRequestToken": "x" * 32},
        update="update_pipeline", reshape=pipeline),
    "AWS::EC2::SecurityGroupEgress": Row(
        "ec2", "authorize_security_group_egress", "{answer.SecurityGroupRules[0].SecurityGroupRuleId}",
        "revoke_security_group_egress", {"GroupId": "{given.GroupId}", "IpPermissions": lambda scope: scope.given.value["IpPermissions"]},
        reshape=security_rule("Destination")),
    "AWS::EC2::SecurityGroupIngress": Row(
        "ec2", "authorize_security_group_ingress", "{answer.SecurityGroupRules[0].SecurityGroupRuleId}",
        "revoke_security_group_ingress", {"GroupId": "{given.GroupId}", "IpPermissions": lambda scope: scope.given.value["IpPermissions"]},
        reshape=security_rule("Source")),
    # below: what only moto's CloudFormation does not make, or makes and cannot delete
    "AWS::ApiGatewayV2::Api": Row(
        "apigatewayv2", "create_api", "{answer.ApiId}", "delete_api", {"ApiId": "{id}"},
        attributes={"ApiEndpoint": "{answer.ApiEndpoint}", "ApiId": "{id}"}),
    "AWS::ApiGatewayV2::Integration": Row(
        "apigatewayv2", "create_integration", "{answer.IntegrationId}",
        "delete_integration", {"ApiId": "{given.ApiId}", "IntegrationId": "{id}"}),
    "AWS::ApiGatewayV2::Route": Row(
        "apigatewayv2", "create_route", "{answer.RouteId}", "delete_route", {"ApiId": "{given.ApiId}", "RouteId": "{id}"}),
    "AWS::ApiGatewayV2::Stage": Row(
        "apigatewayv2", "create_stage", "{given.StageName}", "delete_stage", {"ApiId": "{given.ApiId}", "StageName": "{id}"}),
    "AWS::AutoScaling::ScalingPolicy": Row(
        "autoscaling", "put_scaling_policy", "{given.PolicyName}", "delete_policy", same("PolicyName", "AutoScalingGroupName"),
        attributes={"PolicyName": "{given.PolicyName}"}, name="PolicyName"),
    "AWS::CloudWatch::Alarm": Row(
        "cloudwatch", "put_metric_alarm", "{given.AlarmName}", "delete_alarms", {"AlarmNames": ["{id}"]},
        attributes={"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"}, name="AlarmName"),
    "AWS::EC2::RouteTable": Row(
        "ec2", "create_route_table", "{answer.RouteTable.RouteTableId}", "delete_route_table", {"RouteTableId": "{id}"},
        attributes={"RouteTableId": "{id}"}, tags_for="route-table"),
    "AWS::EC2::SubnetRouteTableAssociation": Row(
        "ec2", "associate_route_table", "{answer.AssociationId}", "disassociate_route_table", {"AssociationId": "{id}"},
        attributes={"Id": "{id}"}),
    "AWS::EC2::VPCEndpoint": Row(
        "ec2", "create_vpc_endpoint", "{answer.VpcEndpoint.VpcEndpointId}", "delete_vpc_endpoints", {"VpcEndpointIds": ["{id}"]},
        attributes={"Id": "{id}"}, tags_for="vpc-endpoint"),
    "AWS::S3::BucketPolicy": Row("s3", "put_bucket_policy", "{given.Bucket}", "delete_bucket_policy", same("Bucket"), reshape=policy_of_bucket),
    "AWS::SQS::QueuePolicy": Row("sqs", "set_queue_attributes", "{given.QueueUrl}/policy", reshape=policy_of_queue),
    "AWS::Scheduler::Schedule": Row(
        "scheduler", "create_schedule", "{given.Name}", "delete_schedule", {"Name": "{id}"}, attributes={"Arn": "{answer.ScheduleArn}"}, name="Name"),
    "AWS::SecretsManager::Secret": Row(
        "secretsmanager", "create_secret", "{answer.ARN}", "delete_secret", {"SecretId": "{id}", "ForceDeleteWithoutRecovery": True},
        attributes={"Id": "{id}"}, name="Name", reshape=secret),
    "AWS::EC2::InternetGateway": Row(
        "ec2", "create_internet_gateway", "{answer.InternetGateway.InternetGatewayId}",
        "delete_internet_gateway", {"InternetGatewayId": "{id}"}, attributes={"InternetGatewayId": "{id}"}, tags_for="internet-gateway"),
    "AWS::EC2::VPCGatewayAttachment": Row(
        "ec2", "attach_internet_gateway", "IGW|{given.VpcId}", "detach_internet_gateway", same("InternetGatewayId", "VpcId")),
    "AWS::ElasticLoadBalancingV2::Listener": Row(
        "elbv2", "create_listener", "{answer.Listeners[0].ListenerArn}", "delete_listener", {"ListenerArn": "{id}"},
        attributes={"ListenerArn": "{id}"}),
    "AWS::IAM::ManagedPolicy": Row(
        "iam", "create_policy", "{answer.Policy.Arn}", "delete_policy", {"PolicyArn": "{id}"}, attributes={"PolicyArn": "{id}"},
        name="PolicyName"),
    "AWS::Lambda::Permission": Row(
        "lambda", "add_permission", "{given.StatementId}", "remove_permission", same("FunctionName", "StatementId"), name="StatementId"),
}
