"""What the sites' own records say about pilots: which jobs there were, and from when to when."""
import re
import sys
import time
from collections import namedtuple

# Times are seconds since 1970. `start` is None for a job that never ran, `end` for one that has not ended.
Job = namedtuple("Job", "site tag job submit start end")
# What was wanted at a site from `begin`, when it was asked for, to `end`, when all of it was said to be gone.
Wave = namedtuple("Wave", "name site wanted begin end")

TAG = re.compile(r"^vc3-[0-9a-z]+(\.[0-9]+)?$")


def slurm(text):
    """`scontrol -o show job`, asked several times: the last word about each job counts."""
    jobs = {}
    for line in text.splitlines():
        fields = dict(word.split("=", 1) for word in line.split() if "=" in word)
        name = fields.get("JobName", "")
        if not name.startswith("vc3-"):
            continue
        element = fields.get("ArrayTaskId")
        # What of an array waits in the queue is one entry, and splits when it starts.
        if element is not None and not element.isdigit():
            continue
        is_over = fields["JobState"] not in ("PENDING", "CONFIGURING", "RUNNING", "SUSPENDED", "COMPLETING")
        has_run = fields.get("NodeList", "(null)") != "(null)"
        jobs[fields["JobId"]] = Job(
            "alpha", f"{name}.{element}" if element else name, fields["JobId"], _local(fields["SubmitTime"]),
            _local(fields["StartTime"]) if has_run else None, _local(fields["EndTime"]) if is_over else None)
    return list(jobs.values())


def grid_engine(text):
    """`qacct -j`: jobs that ran and have ended."""
    jobs = []
    for entry in re.split(r"^=+$", text, flags=re.M):
        fields = dict(line.split(None, 1) for line in entry.splitlines() if len(line.split(None, 1)) == 2)
        name = fields.get("jobname", "").strip()
        if not name.startswith("vc3-"):
            continue
        element = fields["taskid"].strip()
        is_element = element.isdigit()
        start, end = _qacct_time(fields["start_time"]), _qacct_time(fields["end_time"])
        jobs.append(Job(
            "beta", f"{name}.{element}" if is_element else name,
            fields["jobnumber"].strip() + (f".{element}" if is_element else ""), _qacct_time(fields["qsub_time"]), start, end))
    return jobs


def htcondor(text):
    """`VC3_Pilot ClusterId ProcId QDate JobStartDate EnteredCurrentStatus JobStatus` of history and queue."""
    jobs = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) != 7 or not words[0].startswith("vc3-"):
            continue
        tag, cluster, process, submit, start, entered, status = words
        jobs[f"{cluster}.{process}"] = Job(
            "gamma", tag, f"{cluster}.{process}", int(submit), int(start) if start.isdigit() else None,
            int(entered) if status in ("3", "4") else None)
    return list(jobs.values())


def _local(text):
    return int(time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%S")))


def _qacct_time(text):
    text = text.strip()
    for form in ("%a %b %d %H:%M:%S %Y", "%m/%d/%Y %H:%M:%S"):
        try:
            return int(time.mktime(time.strptime(text.split(".")[0], form)))
        except ValueError:
            pass
    return None


def judge(jobs, waves):
    """Returns (pilots that came up, lost, doubled, orphans, findings in words)."""
    findings, came_up, lost, doubled, orphans = [], 0, 0, 0, 0
    by_tag = {}
    for job in jobs:
        by_tag.setdefault(job.tag, []).append(job)
        if not TAG.match(job.tag):
            findings.append(f"{job.site}: job {job.job} has the strange tag {job.tag}")
            orphans += 1
        if job.end is None:
            findings.append(f"{job.site}: job {job.job} of {job.tag} has not ended")
            orphans += 1
    for tag, same in sorted(by_tag.items()):
        if len(same) > 1:
            findings.append(f"{tag} has the jobs {', '.join(f'{job.site}/{job.job}' for job in same)}")
            doubled += len(same) - 1
    seen = set()
    for wave in waves:
        own = [job for job in jobs if job.site == wave.site and wave.begin <= job.submit <= wave.end]
        seen.update((job.site, job.job) for job in own)
        ran = len({job.tag for job in own if job.start is not None})
        came_up += min(ran, wave.wanted)
        if ran < wave.wanted:
            findings.append(f"{wave.name} at {wave.site}: {ran} pilots came up, {wave.wanted} were wanted")
            lost += wave.wanted - ran
        most = at_once(own)
        if most > wave.wanted:
            findings.append(f"{wave.name} at {wave.site}: {most} pilots at a time, {wave.wanted} were wanted")
            doubled += most - wave.wanted
    for job in jobs:
        if (job.site, job.job) not in seen:
            findings.append(f"{job.site}: job {job.job} of {job.tag} was submitted when nothing was wanted")
            orphans += 1
    return came_up, lost, doubled, orphans, findings


def at_once(jobs):
    """The most that existed at one moment. Who ends in a second makes room for who comes in it."""
    changes = sorted([(job.submit, 1) for job in jobs] + [(job.end, -1) for job in jobs if job.end is not None])
    most = number = 0
    for _, change in changes:
        number += change
        most = max(most, number)
    return most


def main(folder):
    def text(name):
        with open(f"{folder}/{name}") as file:
            return file.read()

    waves = [Wave(name, site, int(wanted), int(begin), int(end))
             for name, site, wanted, begin, end in (line.split() for line in text("waves").splitlines())]
    jobs = slurm(text("alpha")) + grid_engine(text("beta")) + htcondor(text("gamma"))
    # Slurm's own file of completed jobs says whether some were forgotten before they were asked about.
    completed = len(re.findall(r" Name=vc3-", text("alpha.completed")))
    ended = len([job for job in jobs if job.site == "alpha" and job.end is not None])
    came_up, lost, doubled, orphans, findings = judge(jobs, waves)
    if completed != ended:
        findings.append(f"alpha: {ended} jobs were seen to end, {completed} are in the file of completed jobs")
    for finding in findings:
        print(finding, file=sys.stderr)
    print(came_up, lost, doubled, orphans, len(jobs), int(completed != ended))


if __name__ == "__main__":
    main(sys.argv[1])
