"""How resource types are made that an emulator's CloudFormation does not know, but one of its services does."""
from adapter import Row


def flow_log(given):
    return {**{name: value for name, value in given.items() if name != "ResourceId"}, "ResourceIds": [given["ResourceId"]]}


def pipeline(given):
    definition = given["PipelineDefinition"]
    return {**given, "PipelineDefinition": definition["PipelineDefinitionBody"], "ClientRequestToken": "x" * 32}


def parameter_tags(given):
    """CloudFormation takes a map of tags here, as the API does."""
    return given


ROWS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Row(
        "application-autoscaling", "register_scalable_target",
        "{given.ResourceId}|{given.ScalableDimension}|{given.ServiceNamespace}",
        "deregister_scalable_target", dict.fromkeys(("ServiceNamespace", "ResourceId", "ScalableDimension")),
        update="register_scalable_target"),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Row(
        "application-autoscaling", "put_scaling_policy", "{answer.PolicyARN}",
        "delete_scaling_policy", dict.fromkeys(("PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension")),
        attributes={"Arn": "{answer.PolicyARN}"}),
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
        "delete_inference_profile", {"inferenceProfileIdentifier": "{id}"},
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
    "AWS::EC2::EIP": Row(
        "ec2", "allocate_address", "{answer.PublicIp}", "release_address", {"AllocationId": "{answer.AllocationId}"},
        attributes={"AllocationId": "{answer.AllocationId}", "PublicIp": "{answer.PublicIp}"}),
    "AWS::EC2::FlowLog": Row(
        "ec2", "create_flow_logs", "{answer.FlowLogIds[0]}", "delete_flow_logs", {"FlowLogIds": ["{id}"]},
        attributes={"Id": "{id}"}, reshape=flow_log),
    "AWS::EC2::Instance": Row(
        "ec2", "run_instances", "{answer.Instances[0].InstanceId}", "terminate_instances", {"InstanceIds": ["{id}"]},
        attributes={"InstanceId": "{id}", "PrivateIp": "{answer.Instances[0].PrivateIpAddress}"},
        add={"MinCount": 1, "MaxCount": 1}, drop=("PropagateTagsToVolumeOnCreation", "SourceDestCheck")),
    "AWS::EC2::NatGateway": Row(
        "ec2", "create_nat_gateway", "{answer.NatGateway.NatGatewayId}", "delete_nat_gateway", {"NatGatewayId": "{id}"},
        attributes={"NatGatewayId": "{id}"}),
    "AWS::EC2::PlacementGroup": Row(
        "ec2", "create_placement_group", "{given.GroupName}", "delete_placement_group", {"GroupName": "{id}"},
        attributes={"GroupName": "{id}"}, name="GroupName"),
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
        "sagemaker", "create_domain", "{answer.DomainId}", "delete_domain", {"DomainId": "{id}"},
        attributes={"DomainArn": "{answer.DomainArn}", "DomainId": "{id}"}),
    "AWS::SageMaker::Endpoint": Row(
        "sagemaker", "create_endpoint", "{answer.EndpointArn}", "delete_endpoint", {"EndpointName": "{given.EndpointName}"},
        attributes={"EndpointName": "{given.EndpointName}"}, name="EndpointName"),
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
        "delete_pipeline", {"PipelineName": "{id}", "ClientRequestToken": "x" * 32}, reshape=pipeline),
    "AWS::SageMaker::Space": Row(
        "sagemaker", "create_space", "{given.DomainId}|{given.SpaceName}",
        "delete_space", {"DomainId": "{given.DomainId}", "SpaceName": "{given.SpaceName}"}, attributes={"SpaceArn": "{answer.SpaceArn}"}),
    "AWS::SageMaker::UserProfile": Row(
        "sagemaker", "create_user_profile", "{given.UserProfileName}|{given.DomainId}",
        "delete_user_profile", {"DomainId": "{given.DomainId}", "UserProfileName": "{given.UserProfileName}"},
        attributes={"UserProfileArn": "{answer.UserProfileArn}"}),
}
