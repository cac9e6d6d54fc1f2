#ifndef CGLIDEIN_H
#define CGLIDEIN_H

#include <sys/types.h>

/// Orphans among this process's descendants become its children (PR_SET_CHILD_SUBREAPER, prctl(2), Linux 3.4):
/// whatever a job leaves behind can be found and ended. 0 or errno.
int glidein_adopt_orphans(void);

/// How many processors this process may run on (sched_getaffinity(2)): batch systems that bind jobs to processors do it
/// by this. 0: unknown.
int glidein_processors(void);

/// Starts a program in a session of its own, with no signal blocked or ignored, standard input from /dev/null, output
/// to `output`, and `death_signal` from the kernel should this thread end first (PR_SET_PDEATHSIG, prctl(2)).
/// posix_spawn(3) cannot set that one. Returns the child's id, or the negative errno of whatever failed, exec included.
pid_t glidein_start(const char *path, char *const arguments[], char *const environment[], const char *directory,
                    int output, int death_signal);

#endif
