# shellcheck shell=bash disable=SC2154
# What the lab's scripts share. Sourced by them, with $here set.
export AWS_PAGER="" AWS_RETRY_MODE=standard
# shellcheck source=settings.sh
. "$here/settings.sh"

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# ---- the AWS CLI, with patience: throttling and hiccups of the network are waited out, longer each time
state=$here/.lab-state
tries=${LAB_TRIES:-7}
poll=${LAB_POLL_SECONDS:-15}

aws_() {
    local try=1 wait=1 errors code
    errors=$(mktemp "$state/call.XXXXXX")
    while :; do
        code=0
        aws --region "$LAB_REGION" "$@" 2>"$errors" || code=$?
        if [ "$code" -eq 0 ]; then
            rm -f "$errors"
            return 0
        fi
        if [ "$try" -ge "$tries" ] || ! grep -qE 'Throttl|Rate exceeded|TooManyRequests|RequestLimitExceeded|SlowDown|ServiceUnavailable|InternalFailure|InternalError|Could not connect|timed out' "$errors"; then
            cat "$errors" >&2
            rm -f "$errors"
            return "$code"
        fi
        # half of the wait is fixed, half is chance: many calls that failed together do not come back together
        sleep "$(awk -v wait="$wait" -v seed="$RANDOM" 'BEGIN { srand(seed); printf "%.2f", wait / 2 + rand() * wait / 2 }')"
        try=$((try + 1))
        wait=$((wait * 2))
    done
}

# A line about the progress, when it is another one than before; and an end to waiting for what never ends.
progress() {
    if [ "$1" != "$last_progress" ]; then
        say "$1"
        last_progress=$1
    fi
    if [ "$SECONDS" -ge "$((wait_minutes * 60))" ]; then
        fail "still not done after $wait_minutes minutes; $0 status says where it stands, the same command goes on"
    fi
    sleep "$poll"
}
last_progress=""
wait_minutes=${LAB_WAIT_MINUTES:-150}

# Rows with tabs between the cells, as a table.
table() { awk -F '\t' '
    { rows[NR] = $0; for (i = 1; i <= NF; i++) if (length($i) > width[i]) width[i] = length($i) }
    END { for (r = 1; r <= NR; r++) { n = split(rows[r], cell, "\t"); line = "";
        for (i = 1; i < n; i++) line = line sprintf("%-" width[i] "s  ", cell[i]); print line cell[n] } }'; }

# What a thing costs by itself, from prices.tsv: pattern of its ARN, price with unit, source.
cost_of() {
    awk -F '\t' -v arn="$1" '!found && $1 !~ /^#/ && arn ~ $1 { print $2; found = 1 } END { if (!found) print "unknown" }' "$here/prices.tsv"
}

# ---- one stack from a file, again after an interruption: what is under way is waited for, what was rolled back is made anew
one_status() {
    aws_ cloudformation describe-stacks --output text --query "Stacks[?StackName=='$1'].StackStatus" | grep -v '^None$' || true
}

# Waits until nothing is under way; sets $settled. REVIEW_IN_PROGRESS waits for a change set that nobody will execute any more.
settle() {
    while :; do
        settled=$(one_status "$1")
        case $settled in
        REVIEW_IN_PROGRESS) return 0 ;;
        *_IN_PROGRESS) progress "$1: $settled" ;;
        *) return 0 ;;
        esac
    done
}

delete_stack() {
    aws_ cloudformation delete-stack --stack-name "$1"
    aws_ cloudformation wait stack-delete-complete --stack-name "$1"
}

deploy_stack() {
    local name=$1 file=$2
    shift 2
    settle "$name"
    case $settled in
    ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED | DELETE_FAILED)
        say "$name: $settled, so it is deleted first"
        delete_stack "$name"
        ;;
    esac
    say "$name: deploying"
    if aws_ cloudformation deploy --stack-name "$name" --template-file "$file" --capabilities CAPABILITY_IAM \
        --no-fail-on-empty-changeset --tags "Lab=$LAB_NAME" "$@" >"$state/deploy.log" 2>&1; then
        return 0
    fi
    if grep -q 'No updates are to be performed' "$state/deploy.log"; then
        return 0
    fi
    # the AWS CLI waits for an hour; accounts by the dozen may take longer
    if grep -q 'Max attempts exceeded' "$state/deploy.log"; then
        settle "$name"
        case $settled in CREATE_COMPLETE | UPDATE_COMPLETE) return 0 ;; esac
    fi
    cat "$state/deploy.log" >&2
    fail "$name could not be deployed; its events say why: aws cloudformation describe-stack-events --region $LAB_REGION --stack-name $name"
}

# ---- a table to hand out: $1 is what stands before blueprint, output and value, $state/outputs the rows
hand_out() {
    sort -o "$state/outputs" "$state/outputs"
    { printf '%s\tblueprint\toutput\tvalue\n' "$1" && cat "$state/outputs"; } | table
    awk -F '\t' -v who="$1" 'function field(text) { gsub(/"/, "\"\"", text); return "\"" text "\"" }
        BEGIN { print who ",blueprint,output,value" }
        { print field($1) "," field($2) "," field($3) "," field($4) }' "$state/outputs" >"$state/handout.csv"
    mv "$state/handout.csv" "$here/handout.csv"
    say ""
    say "also in handout.csv"
}

# ---- what is left
# A key that waits for its deletion costs nothing and goes by itself; ended instances are remembered for an hour.
# $1: the ARN, $2: its Region, the rest: how the account is asked.
gone_already() {
    local arn=$1 region=$2 answer
    shift 2
    case $arn in
    *:kms:*:key/*)
        answer=$("$@" --region "$region" kms describe-key --key-id "$arn" --query KeyMetadata.KeyState --output text 2>"$state/gone.errors") || {
            grep -q 'NotFoundException' "$state/gone.errors"
            return
        }
        [ "$answer" = PendingDeletion ]
        ;;
    *:ec2:*:instance/*)
        answer=$("$@" --region "$region" ec2 describe-instances --instance-ids "${arn##*/}" --query 'Reservations[].Instances[].State.Name' --output text 2>"$state/gone.errors") || {
            grep -q 'InvalidInstanceID.NotFound' "$state/gone.errors"
            return
        }
        [ "$answer" = terminated ] || [ -z "$answer" ]
        ;;
    *:cloudformation:*:stack/*) return 0 ;; # listed by name already
    *) return 1 ;;
    esac
}

# Adds to $state/left what an account has of the lab. $1: what is written behind each thing, $2: how names of log groups begin,
# the rest: how the account is asked. Fails when it does not answer.
look_for_left() {
    local where=$1 groups=$2 region arn name
    shift 2
    # resources outlive a stack when they were retained, or made by somebody else with its tags; CloudFront and IAM answer in us-east-1
    for region in $(printf '%s\nus-east-1\n' "$LAB_REGION" | sort -u); do
        "$@" --region "$region" resourcegroupstaggingapi get-resources --tag-filters "Key=Lab,Values=$LAB_NAME" \
            --output text --query 'ResourceTagMappingList[].[ResourceARN]' >"$state/tagged" || return 1
        while read -r arn; do
            if [ -z "$arn" ] || [ "$arn" = None ] || gone_already "$arn" "$region" "$@"; then
                continue
            fi
            printf 'resource\t%s%s\t%s\n' "$arn" "$where" "$(cost_of "$arn")" >>"$state/left"
        done <"$state/tagged"
    done
    # log groups that a function made for itself carry no tag
    "$@" logs describe-log-groups --log-group-name-prefix "$groups" --output text --query 'logGroups[].[logGroupName]' >"$state/groups" || return 1
    while read -r name; do
        if [ -n "$name" ] && [ "$name" != None ]; then
            printf 'log group\t%s%s\t%s\n' "$name" "$where" "$(cost_of ":log-group:$name")" >>"$state/left"
        fi
    done <"$state/groups"
}

# The table of what is left; fails when something is. $1: what is said when nothing is.
tell_left() {
    sort -u -o "$state/left" "$state/left"
    if [ ! -s "$state/left" ]; then
        say "$1"
        return 0
    fi
    { printf 'kind\twhat\tcosts\n' && cat "$state/left"; } | table
    say ""
    fail "$(($(wc -l <"$state/left"))) things are left of $LAB_NAME"
}
