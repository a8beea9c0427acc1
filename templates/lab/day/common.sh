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
