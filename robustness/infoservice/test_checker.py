"""The checker finds what it is there to find: each of these histories but the first few must be rejected."""
import copy
import unittest

from checker import check
from history import *


def good():
    """create a (1), replace a (2), concurrent create b (3), delete b (4)."""
    return History(
        operations=[
            Operation("x", CREATE, "a", 0, 1, OK, "t1", revision=1, value="t1"),
            Operation("y", READ, "a", 0.5, 1.5, OK, revision=1, value="t1"),
            Operation("x", REPLACE, "a", 2, 3, OK, "t2", expected=1, revision=2, value="t2"),
            Operation("y", REPLACE, "a", 2.5, 3.5, CONFLICT, "t3", expected=1),
            Operation("y", CREATE, "b", 4, 5, OK, "t4", revision=3, value="t4"),
            Operation("x", CREATE, "b", 4.5, 6, EXISTS, "t5"),
            Operation("x", DELETE, "b", 7, 8, OK),
            Operation("y", READ, "b", 9, 10, NOT_FOUND),
            Operation("y", READ, "a", 9, 10, OK, revision=2, value="t2"),
        ],
        watches=[[Event(1, "a", "t1"), Event(2, "a", "t2"), Event(3, "b", "t4"), Event(4, "b")]] * 2,
        final={"a": (2, "t2")}, final_revision=4)


class Checker(unittest.TestCase):
    def assert_found(self, history, words):
        found = check(history)
        self.assertTrue(any(words in text for text in found), f"'{words}' is not in {found}")

    def test_a_good_history_is_accepted(self):
        self.assertEqual(check(good()), [])

    def test_a_write_without_an_answer_may_have_happened(self):
        history = good()
        history.operations[2].outcome, history.operations[2].end, history.operations[2].revision = UNKNOWN, None, None
        self.assertEqual(check(history), [])

    def test_a_write_without_an_answer_may_not_have_happened(self):
        history = good()
        history.operations.append(Operation("z", REPLACE, "a", 2, None, UNKNOWN, "t9", expected=1))
        self.assertEqual(check(history), [])

    def test_lost_acknowledged_write(self):
        history = good()
        history.operations.append(Operation("z", CREATE, "c", 11, 12, OK, "t6", revision=5, value="t6"))
        self.assert_found(history, "acknowledged and lost")

    def test_lost_update(self):
        history = good()
        history.operations[3] = Operation("y", REPLACE, "a", 2.5, 3.5, OK, "t3", expected=1, revision=5, value="t3")
        for watch in range(2):
            history.watches[watch] = history.watches[watch] + [Event(5, "a", "t3")]
        history.final, history.final_revision = {"a": (5, "t3")}, 5
        self.assert_found(history, "lost update")

    def test_stale_read(self):
        history = good()
        history.operations[8] = Operation("y", READ, "a", 9, 10, OK, revision=1, value="t1")
        self.assert_found(history, "out of order")

    def test_read_of_the_future(self):
        history = good()
        history.operations[1] = Operation("y", READ, "a", 0.5, 1.5, OK, revision=2, value="t2")
        self.assert_found(history, "out of order")

    def test_read_of_what_never_was(self):
        history = good()
        history.operations[8].value = "t3"
        self.assert_found(history, "read what never was")

    def test_absent_although_it_exists(self):
        history = good()
        history.operations[8] = Operation("y", READ, "a", 9, 10, NOT_FOUND)
        self.assert_found(history, "no moment of its time")

    def test_conflict_without_a_conflict(self):
        history = good()
        history.operations.append(Operation("y", REPLACE, "a", 11, 12, CONFLICT, "t7", expected=2))
        self.assert_found(history, "no moment of its time")

    def test_exists_although_it_is_absent(self):
        history = good()
        history.operations.append(Operation("y", CREATE, "b", 11, 12, EXISTS, "t7"))
        self.assert_found(history, "no moment of its time")

    def test_acknowledged_removal_that_did_not_happen(self):
        history = good()
        history.operations.append(Operation("y", DELETE, "a", 11, 12, OK))
        self.assert_found(history, "no moment of its time")

    def test_refused_write_that_happened(self):
        history = good()
        history.operations[2].outcome = CONFLICT
        self.assert_found(history, "refused write")

    def test_write_that_nobody_made(self):
        history = good()
        del history.operations[2]
        self.assert_found(history, "nobody wrote")

    def test_write_carried_out_twice(self):
        history = good()
        for watch in range(2):
            history.watches[watch] = history.watches[watch] + [Event(5, "a", "t2")]
        history.final, history.final_revision = {"a": (5, "t2")}, 5
        self.assert_found(history, "carried out twice")

    def test_second_creation(self):
        history = good()
        history.operations[3] = Operation("y", CREATE, "a", 2.5, 3.5, OK, "t3", revision=5, value="t3")
        for watch in range(2):
            history.watches[watch] = history.watches[watch] + [Event(5, "a", "t3")]
        history.final, history.final_revision = {"a": (5, "t3")}, 5
        self.assert_found(history, "created what existed")

    def test_watch_with_a_gap(self):
        history = good()
        history.watches = [history.watches[0], history.watches[0][:1] + history.watches[0][2:]]
        self.assert_found(history, "skips to revision 3")

    def test_watch_with_a_repeat(self):
        history = good()
        history.watches = [history.watches[0], history.watches[0][:2] + history.watches[0][1:]]
        self.assert_found(history, "repeats")

    def test_watches_that_differ(self):
        history = good()
        history.watches = [history.watches[0], copy.deepcopy(history.watches[0])]
        history.watches[1][1].value = "t9"
        self.assert_found(history, "watches differ")

    def test_watch_that_ends_early(self):
        history = good()
        history.final_revision = 5
        self.assert_found(history, "the watches end at 4")

    def test_final_state_without_an_entity(self):
        history = good()
        history.final = {}
        self.assert_found(history, "a ends as None")

    def test_revisions_that_go_back(self):
        history = good()
        history.operations[0].revision, history.operations[2].revision = 2, 1
        self.assert_found(history, "revisions go back")

    def test_a_history_survives_being_kept(self):
        import tempfile
        with tempfile.NamedTemporaryFile() as file:
            good().save(file.name)
            self.assertEqual(History.load(file.name), good())


if __name__ == "__main__":
    unittest.main()
