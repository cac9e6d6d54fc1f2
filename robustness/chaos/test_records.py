"""The judge of the chaos runs finds what is wrong."""
import unittest

import records
from records import Job, Wave

WAVES = [Wave("w1", "alpha", 2, 100, 200)]
FINE = [Job("alpha", "vc3-a.1", "7", 110, 111, 190), Job("alpha", "vc3-a.2", "8", 110, 112, 190)]


class Judge(unittest.TestCase):
    def judged(self, jobs, waves=WAVES):
        return records.judge(jobs, waves)[:4]

    def test_all_well(self):
        self.assertEqual(self.judged(FINE), (2, 0, 0, 0))
        replaced = FINE[:1] + [Job("alpha", "vc3-b", "9", 110, 120, 150), Job("alpha", "vc3-c", "10", 150, 151, 190)]
        self.assertEqual(self.judged(replaced), (2, 0, 0, 0))

    def test_one_that_never_came_up_is_lost(self):
        self.assertEqual(self.judged(FINE[:1]), (1, 1, 0, 0))
        self.assertEqual(self.judged([FINE[0], FINE[1]._replace(start=None)]), (1, 1, 0, 0))

    def test_a_second_job_of_a_pilot_is_a_double(self):
        self.assertEqual(self.judged(FINE + [Job("alpha", "vc3-a.1", "9", 190, 191, 195)]), (2, 0, 1, 0))

    def test_one_too_many_at_a_time_is_a_double(self):
        self.assertEqual(self.judged(FINE + [Job("alpha", "vc3-b", "9", 189, 191, 195)]), (2, 0, 1, 0))

    def test_what_has_no_end_or_no_wave_is_an_orphan(self):
        self.assertEqual(self.judged([FINE[0], FINE[1]._replace(end=None)]), (2, 0, 0, 1))
        self.assertEqual(self.judged(FINE + [Job("alpha", "vc3-b", "9", 300, 301, 302)]), (2, 0, 0, 1))


class Reading(unittest.TestCase):
    def test_slurm(self):
        line = ("JobId={} ArrayJobId=4 ArrayTaskId={} JobName=vc3-x UserId=alice(1001) JobState={} SubmitTime=2026-11-27T01:00:00 "
                "StartTime=2026-11-27T01:00:01 EndTime=2026-11-27T01:00:09 NodeList={}\n")
        jobs = records.slurm(line.format(5, 1, "RUNNING", "n1") + line.format(4, "2-3", "PENDING", "(null)")
                             + line.format(5, 1, "CANCELLED", "n1") + line.format(4, 3, "CANCELLED", "(null)"))
        self.assertEqual([(job.tag, job.job) for job in jobs], [("vc3-x.1", "5"), ("vc3-x.3", "4")])
        self.assertEqual([job.end - job.submit for job in jobs], [9, 9])
        self.assertEqual([job.start is None for job in jobs], [False, True])

    def test_grid_engine(self):
        entry = ("{}\nqname        main.q\njobname      vc3-x\njobnumber    12\ntaskid       {}\n"
                 "qsub_time    Fri Nov 27 01:00:00 2026\nstart_time   Fri Nov 27 01:00:01 2026\n"
                 "end_time     Fri Nov 27 01:00:09 2026\nexit_status  0\n")
        jobs = records.grid_engine(entry.format("=" * 62, 3) + entry.format("=" * 62, "undefined"))
        self.assertEqual([(job.tag, job.job) for job in jobs], [("vc3-x.3", "12.3"), ("vc3-x", "12")])
        self.assertEqual([job.end - job.start for job in jobs], [8, 8])

    def test_htcondor(self):
        jobs = records.htcondor("vc3-x.1 12 0 100 101 109 3\nvc3-x.2 12 1 100 undefined 109 3\nundefined 13 0 1 1 1 4\n")
        self.assertEqual([(job.tag, job.job, job.start, job.end) for job in jobs],
                         [("vc3-x.1", "12.0", 101, 109), ("vc3-x.2", "12.1", None, 109)])


if __name__ == "__main__":
    unittest.main()
