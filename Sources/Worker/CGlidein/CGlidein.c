#define _GNU_SOURCE
#include "CGlidein.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int glidein_adopt_orphans(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : errno;
}

int glidein_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

// Between fork and exec only async-signal-safe calls are made (signal-safety(7)).
static int become(const char *path, char *const arguments[], char *const environment[], const char *directory,
                  int output, int death_signal, pid_t parent) {
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    int input = open("/dev/null", O_RDONLY);
    if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0 || setsid() < 0 ||
        chdir(directory) != 0 || prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0) {
        return errno;
    }
    // The parent may have ended before the kernel was told to watch it.
    if (getppid() != parent) {
        return ESRCH;
    }
    sigprocmask(SIG_SETMASK, &none, 0);
    execve(path, arguments, environment);
    return errno;
}

pid_t glidein_start(const char *path, char *const arguments[], char *const environment[], const char *directory,
                    int output, int death_signal) {
    // Closes by itself when exec succeeds; carries errno when anything fails.
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) {
        return -errno;
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        int problem = become(path, arguments, environment, directory, output, death_signal, parent);
        ssize_t written = write(report[1], &problem, sizeof problem);
        _exit(written == sizeof problem ? 127 : 126);
    }
    int problem = child < 0 ? errno : 0;
    close(report[1]);
    if (child > 0) {
        ssize_t length;
        do {
            length = read(report[0], &problem, sizeof problem);
        } while (length < 0 && errno == EINTR);
        if (length == sizeof problem) {
            waitpid(child, 0, 0);
        } else {
            problem = 0;
        }
    }
    close(report[0]);
    return problem == 0 ? child : -problem;
}
