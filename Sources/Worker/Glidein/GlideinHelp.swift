extension GlideinCommand {
    public static let helpText = """
        usage: vc3-glidein --collector HOST:PORT --token-file FILE --release-dir DIR [options]

        Makes this node, or the part of it that a batch system granted, a worker of an HTCondor pool: writes a private
        configuration into a scratch folder, starts condor_master there as this user, and clears everything up when
        the pilot ends. Only outgoing connections are made. Normally a pilot's batch script calls it; to try by hand:

          vc3-glidein -c head.example.org:9618 --token-file ~/token --release-dir ~/condor --lingertime 300 -v

        the pool
          -c, --collector HOST:PORT    the pool to join (port 9618 unless given)
          -C, --ccb HOST:PORT          connection broker (the collector unless given)
          -p, --token-file FILE        HTCondor token with the scopes ADVERTISE_STARTD and ADVERTISE_MASTER
              --trust-domain NAME      the pool's trust domain (the token's issuer unless given)
              --join-timeout SECONDS   give up when the pool cannot be joined for so long (600)
        the worker
          -i, --name ID                the pilot's id: the slot is slot1@ID@vc3 (random unless given)
          -D, --cores N                cores of the slot, which is partitionable (1)
          -m, --memory MIB             memory of the slot (the node's share for its cores)
              --disk MIB, -F KIB       scratch space of the slot (what is free)
              --attribute NAME=VALUE   publish a string attribute of the slot; may be repeated
          -W, --wrapper FILE           every job is run through this program
          -E, --vc3-env VARIABLE       every job first reads the shell profile whose path is in that variable
          -e, --extra-config FILE      HTCondor configuration, appended last
        its life
          -x, --lingertime SECONDS     end when no work came for so long (7200)
              --walltime SECONDS       what the batch system grants: the pilot stops taking work before it ends
              --drain-time SECONDS     how long before (a quarter of the walltime, at most 600)
              --drain-file FILE        when this file appears: take no new work and end when there is none left, at the
                                       latest after as many seconds as it says
        the node
              --release-dir DIR        unpacked HTCondor, with sbin/condor_master
              --release-tarball FILE   or a tar archive to unpack, whose one top folder is that
          -w, --scratch DIR            where the pilot makes its own folder ($TMPDIR or /tmp)
              --container-tool NAME    this container program has to work: podman info, apptainer --version
              --site-check FILE        this shell script has to end with 0 before the pilot joins; VC3_CORES,
                                       VC3_MEMORY_MB and VC3_DISK_MB say what was promised
              --site-check-time SECONDS  that it may take (30)
          -n, --no-cleanup             keep that folder
              --report FILE            keep one line of JSON there: phase (started, validated, joined, draining,
                                       ended), node, times, how many slots are busy; at the end also reason, message,
                                       exitCode and, of a bad one, the last lines that were said; obstacle (head-node-unreachable)
                                       and message while it waits for the pool
              --events DIR             leave that line in DIR/ID.PHASE, too, at the phases validated, joined, draining: it
                                       appears there whole, and whoever reads it may remove it
          -v, --verbose                tell on standard error what happens
              --version, -h, --help

        signals
          TERM, INT, HUP, USR1, USR2   end at once: jobs go back to the queue, nothing is left behind

        exit codes
          0     the pilot's life is over: idle for the linger time, stopped by the head node, told to go, end of walltime
          10    the arguments are wrong
          11    this node cannot run it: no scratch space, no tar, HTCondor does not start
          12    the pool could not be joined: unreachable, token expired, token refused
          13    HTCondor's daemons died
          14    the node is not as promised, which the report's reason names: disk-short, memory-short, cores-short,
                clock-wrong, container-broken, site-check-failed
          128+N signal N ended it

        """
}
