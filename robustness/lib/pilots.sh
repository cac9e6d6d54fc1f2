# Counts the pilots that exist at the sites, as the sites see them.

pilots_at() {
    case $1 in
    alpha) lab/lab exec alpha -- squeue -h -t pending,running,configuring,completing -o '%j %t' | awk '$1 ~ /^vc3-/ && $2 != "CG"' ;;
    beta) lab/lab exec beta --user alice -- sh -lc 'qstat -xml -u alice' | grep -o '<JB_name>vc3-[^<]*' || true ;;
    gamma) lab/lab exec gamma --user alice -- condor_q -allusers -constraint 'JobStatus == 1 || JobStatus == 2' -af ClusterId ;;
    local) pgrep -f 'pilot\.sh' ;;
    esac
}

pilots_now() {
    local site
    for site in $(site_list); do pilots_at "$site" 2>/dev/null || true; done | grep -c . || true
}

# Writes the number of pilots to $work/pilots, a line each look, until it is killed.
watch_pilots() {
    while :; do
        pilots_now >> "$work/pilots"
        sleep 0.3
    done
}
