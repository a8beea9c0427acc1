//! The script that reads applied values: read-only, run by the person whose account it is, so that no credential comes here.

use super::demand::Demand;

const HEAD: &str = r#"#!/usr/bin/env bash
# Reads the applied values of the quotas that this lab needs. It changes nothing: the only calls are
# sts:GetCallerIdentity, servicequotas:GetServiceQuota and servicequotas:GetAWSDefaultServiceQuota.
#   bash quotas.sh > applied.json          (with the credentials of the account that is asked about)
#   atelier lab plan LAB --applied applied.json
set -euo pipefail

one() { # service, code, region: one line of JSON
  local operation answer try
  for operation in get-service-quota get-aws-default-service-quota; do
    for try in 1 2 3 4 5; do
      if answer=$(aws service-quotas "$operation" --service-code "$1" --quota-code "$2" --region "$3" --query Quota.Value --output text 2>&1); then
        case $answer in
          *[!0-9.eE+-]* | '') printf '{"service": "%s", "code": "%s", "error": "unreadable"}' "$1" "$2" ;;
          *) printf '{"service": "%s", "code": "%s", "value": %s, "read": "%s"}' "$1" "$2" "$answer" "$operation" ;;
        esac
        return
      fi
      case $answer in
        *TooManyRequests* | *Throttl*) sleep "$((try * 2))" ;;
        *NoSuchResource*) continue 2 ;; # never changed in this account: AWS's default holds
        *AccessDenied* | *UnauthorizedOperation*) printf '{"service": "%s", "code": "%s", "error": "denied"}' "$1" "$2"; return ;;
        *) printf '{"service": "%s", "code": "%s", "error": "failed"}' "$1" "$2"; return ;;
      esac
    done
    printf '{"service": "%s", "code": "%s", "error": "throttled"}' "$1" "$2"
    return
  done
  printf '{"service": "%s", "code": "%s", "error": "unknown"}' "$1" "$2"
}

account=$(aws sts get-caller-identity --query Account --output text)
"#;

/// The script for these quotas; those without a code cannot be read.
pub fn script(demands: &[Demand], region: &str) -> String {
    let mut out = HEAD.to_owned();
    out.push_str(&format!(
        "printf '{{\"version\": 1, \"account\": \"%s\", \"region\": \"{region}\", \"quotas\": [' \"$account\"\n"
    ));
    let readable = demands.iter().filter_map(|demand| Some((demand, demand.text("service")?, demand.text("code")?)));
    for (index, (demand, service, code)) in readable.enumerate() {
        if index > 0 {
            out.push_str("printf ','\n");
        }
        // quotas of the whole account are kept in the partition's first region
        let at = match (demand.text("scope"), region) {
            (Some("account"), region) if region.starts_with("cn-") => "cn-north-1",
            (Some("account"), region) if region.starts_with("us-gov-") => "us-gov-west-1",
            (Some("account"), _) => "us-east-1",
            _ => region,
        };
        let name = demand.text("name").unwrap_or_default();
        out.push_str(&format!("printf '\\n  '; one {service} {code} {at} # {name}\n"));
    }
    out.push_str("printf '\\n]}\\n'\n");
    out
}
