# Counts the pilots that exist at the sites, as the sites' schedulers see them.
#
# A pilot exists from the moment a scheduler lists its job until it lists it no more or calls it ended. One that is being
# cancelled still exists: Slurm's COMPLETING, Grid Engine's `d`, HTCondor's `removed` while it is still in the queue. So a
# replacement that came before its predecessor was gone is counted as one too many. Each element of a job array is a pilot of
# its own, named after the array and its number.

# pilots_at SITE: a line for each, "SITE PILOT JOB STATE"; fails when the scheduler gives no answer
pilots_at() {
    case $1 in
    alpha)
        lab/lab exec alpha -- squeue -h --array -t PENDING,CONFIGURING,RUNNING,SUSPENDED,STOPPED,COMPLETING,STAGE_OUT \
            -o '%j %i %T' | awk '$1 ~ /^vc3-/ { print "alpha", $1 (split($2, id, "_") > 1 ? "." id[2] : ""), $2, $3 }'
        ;;
    beta)
        lab/lab exec beta -- sh -lc "qstat -g d -xml -u '*'" | awk -F '[<>]' '
            $2 == "JB_job_number" { job = $3; element = "" }
            $2 == "JB_name" { pilot = $3 }
            $2 == "state" { state = $3 }
            $2 == "tasks" { element = "." $3 }
            $2 == "/job_list" && pilot ~ /^vc3-/ { print "beta", pilot element, job element, state }'
        ;;
    gamma)
        lab/lab exec gamma --user alice -- condor_q -allusers -constraint 'JobStatus != 4' \
            -af VC3_Pilot ClusterId JobStatus | sed -n 's/^vc3-/gamma &/p'
        ;;
    esac
}

# All sites at about the same moment.
pilots() {
    local site folder status=0
    local -a jobs=()
    folder=$(mktemp -d "$work/look.XXXXXX")
    for site in $(site_list); do
        pilots_at "$site" > "$folder/$site" 2> /dev/null &
        jobs+=($!)
    done
    for site in "${jobs[@]}"; do wait "$site" || status=1; done
    cat "$folder"/*
    rm -rf "$folder"
    return $status
}

# pilots_are NUMBER SECONDS TEXT: so many pilots exist within the time
pilots_are() {
    local end=$(($(date +%s%3N) + $2 * 1000)) seen
    until seen=$(pilots) && [ "$(grep -c . <<< "$seen")" = "$1" ]; do
        [ "$(date +%s%3N)" -lt $end ] || { echo "$seen" >&2; fail "$3: there are not $1 pilots at the sites"; }
        sleep 0.2
    done
}

no_pilots() {
    local seen
    seen=$(pilots) || fail "the sites gave no answer"
    [ -z "$seen" ] || { echo "$seen" >&2; fail "pilots are left after $1"; }
}

# job_list: which job is which pilot, without states
job_list() { pilots | cut -d ' ' -f 1-3 | sort; }

# Looks all the time, until watch_end; a line for each look in $work/counts, and every job ever seen in $work/seen.
watch_begin() {
    : > "$work/counts"
    : > "$work/seen"
    watch &
    watcher=$!
}

watch() {
    local seen
    while :; do
        if seen=$(pilots); then
            echo "$(grep -c . <<< "$seen" || true)" >> "$work/counts"
            [ -z "$seen" ] || { echo "at $(date +%T.%3N)"; echo "$seen"; } >> "$work/seen"
        else
            echo failed >> "$work/counts"
        fi
        sleep 0.1
    done
}

watch_end() {
    [ -n "${watcher:-}" ] || return 0
    kill "$watcher" 2> /dev/null || true
    wait "$watcher" 2> /dev/null || true
    watcher=
}

# At no look more pilots than wanted, and no pilot ever with two jobs.
judge_looks() {
    watch_end
    looks=$(grep -c '^[0-9]' "$work/counts" || true)
    most_pilots=$(grep '^[0-9]' "$work/counts" | sort -n | tail -n 1)
    [ "$looks" -ge 20 ] || fail "only $looks looks at the sites were answered"
    [ "$most_pilots" -le "$workers" ] || {
        awk -v most="$most_pilots" '/^at / { if (n == most) exit; n = 0; text = "" } !/^at / { n++ } { text = text $0 "\n" }
            END { printf "%s", text }' "$work/seen" >&2
        fail "at one look there were $most_pilots pilots when $workers were wanted"
    }
    local doubled
    doubled=$(grep -v '^at ' "$work/seen" | cut -d ' ' -f 1-3 | sort -u | cut -d ' ' -f 1,2 | uniq -d)
    [ -z "$doubled" ] || { echo "$doubled" >&2; fail "these pilots had more than one job"; }
    step "at most $most_pilots pilots at any of $looks looks ($(grep -c failed "$work/counts" || true) had no answer); $(
        grep -v '^at ' "$work/seen" | cut -d ' ' -f 2 | sort -u | wc -l) pilots seen, none with two jobs"
}
