extension BatchRules {
    public static func of(_ flavor: BatchSystemFlavor) -> BatchRules {
        switch flavor {
        case .slurm: slurm
        case .sge: gridEngine
        case .condor: condor
        case .pbs: pbs
        case .torque: torque
        case .lsf: lsf
        case .kubernetes: kubernetes
        case .local: local
        }
    }

    /// https://slurm.schedmd.com/sbatch.html
    private static let slurm = BatchRules(
        flavor: .slurm,
        expressions: [
            .queue: .init("--partition", allowing: ","), .account: .init("--account"), .qos: .init("--qos"),
            .reservation: .init("--reservation", allowing: ","),
            .constraint: .init("--constraint", allowing: "&|!*()[],:"),
            .wholenode: .init("--exclusive"), .gpus: .init("--gres=gpu:"),
        ],
        directives: .options(
            withValue: words(
                """
                --acctg-freq --batch -b --begin --bb --bbf --clusters-features --cluster-constraint --comment --container
                --core-spec -S --cores-per-socket --cpu-freq --cpus-per-gpu --deadline --delay-boot --dependency -d
                --distribution -m --exclude -x --export --extra --extra-node-info -B --get-user-env --gid --gpu-bind
                --gpu-freq --gpus -G --gpus-per-node --gpus-per-socket --gpus-per-task --gres --gres-flags --hint
                --licenses -L --mail-type --mail-user --mcs-label --mem-bind --mincpus --network --nice --nodelist -w
                --ntasks-per-core --ntasks-per-gpu --ntasks-per-node --ntasks-per-socket --power --prefer --priority
                --profile --propagate --signal --sockets-per-node --switches --thread-spec --threads-per-core --time-min
                --tmp --tres-bind --tres-per-task --uid --wait-all-nodes --wckey
                """),
            alone: words(
                "--contiguous --get-user-env --hold -H --nice --overcommit -O --oversubscribe -s --reboot --spread-job --use-min-nodes"
            ),
            own: words(
                """
                --account -A --array -a --chdir -D --clusters -M --constraint -C --cpus-per-task -c --error -e --exclusive
                --export-file --help -h --ignore-pbs --input -i --job-name -J --kill-on-invalid-dep --mem --mem-per-cpu
                --mem-per-gpu --no-kill -k --no-requeue --nodefile -F --nodes -N --ntasks -n --open-mode --output -o
                --parsable --partition -p --qos -q --quiet -Q --requeue --reservation --test-only --time -t --usage
                --verbose -v --version -V --wait -W --wrap
                """)),
        settings: [:])

    /// qsub(1) of Grid Engine 8.1.
    private static let gridEngine = BatchRules(
        flavor: .sge,
        expressions: [
            .queue: .init("-q", allowing: "@,*"), .account: .init("-P"), .reservation: .init("-ar"),
            .constraint: .init("-l", allowing: "=,*!|&()<>:/@"), .wholenode: .init("-l exclusive=true"),
            .gpus: .init("-l gpu="),
        ],
        directives: .options(
            withValue: words(
                "-a -A -ac -binding -c -ckpt -dc -dl -hold_jid -hold_jid_ad -js -jsv -l -m -M -masterq -p -R -sc -tc -v -w"
            ),
            alone: words("-h -hard -soft -V"),
            own: words(
                "-@ -ar -b -C -clear -cwd -e -help -i -I -inherit -j -N -notify -now -o -P -pe -q -r -S -shell -sync -t -terse -verify -wd"
            )),
        settings: [
            "parallelenvironment": "The parallel environment for several cores on one node (qconf -spl); unset: smp.",
            "memoryresource":
                "The resource that limits memory, such as h_vmem, asked for per slot; unset: memory is not asked for.",
            "gpuresource": "The resource that counts GPUs, asked for per slot; unset: gpu.",
            "exclusiveresource": "The resource that gives a node away as a whole; unset: exclusive.",
        ])

    /// https://htcondor.readthedocs.io, condor_submit.
    private static let condor = BatchRules(
        flavor: .condor,
        expressions: [
            .account: .init("accounting_group"),
            .constraint: .init("requirements", allowing: " \"'&|!=<>()+*/%?:,[]{}@~"), .gpus: .init("request_gpus"),
        ],
        directives: .lines(
            known: words(
                """
                accounting_group_user concurrency_limits concurrency_limits_expr container_image container_target_dir
                cuda_version deferral_prep_time deferral_time deferral_window description email_attributes gpus_maximum_capability
                gpus_minimum_capability gpus_minimum_memory gpus_minimum_runtime hold job_ad_information_attrs
                job_lease_duration job_machine_attrs job_machine_attrs_history_length job_max_vacate_time keep_claim_idle
                kill_sig kill_sig_timeout max_idle max_materialize nice_user noop_job notify_user next_job_start_delay
                periodic_hold periodic_hold_reason periodic_release preserve_relative_paths priority rank remove_kill_sig
                require_gpus retry_request_memory run_as_owner stack_size universe_options use_oauth_services
                use_x509userproxy want_graceful_removal x509userproxy allowed_job_duration allowed_execute_duration
                """),
            own: words(
                """
                arguments batch_name environment error executable getenv if else elif endif include initialdir input
                job_batch_name jobbatchname leave_in_queue log notification output periodic_remove queue request_cpus
                request_disk request_gpus request_memory requirements should_transfer_files transfer_executable
                transfer_input_files transfer_output_files universe when_to_transfer_output accounting_group
                """)),
        settings: [:])
    static let condorAttributesOfVC3 = words(
        "vc3_pilot jobbatchname cmd args arguments iwd owner user jobuniverse leavejobinqueue periodicremove")

    /// qsub(1B) of OpenPBS 23.
    private static let pbs = BatchRules(
        flavor: .pbs,
        expressions: [
            .queue: .init("-q", allowing: "@"), .account: .init("-A", allowing: "/@"),
            .constraint: .init("-l select=...:", allowing: "=:,"), .wholenode: .init("-l place=excl"),
            .gpus: .init("-l select=...:ngpus="),
        ],
        directives: .options(
            withValue: words("-a -c -C -l -m -M -p -P -r -u -v -W"), alone: words("-h -V"),
            own: words("-A -e -f -G -I -j -J -k -N -o -q -R -S -x -X -z --")),
        settings: [:])

    /// qsub(1) of Torque 6; quality of service, reservation and whole node as its schedulers Moab and Maui read them.
    private static let torque = BatchRules(
        flavor: .torque,
        expressions: [
            .queue: .init("-q", allowing: "@"), .account: .init("-A", allowing: "/@"), .qos: .init("-l qos="),
            .reservation: .init("-l advres="), .constraint: .init("-l nodes=...:", allowing: ":="),
            .wholenode: .init("-l naccesspolicy=singlejob"), .gpus: .init("-l nodes=...:gpus="),
        ],
        directives: .options(
            withValue: words("-a -c -C -K -l -L -m -M -p -P -u -v -W"), alone: words("-h -n -V"),
            own: words("-A -b -d -D -e -E -f -F -I -j -J -k -N -o -q -r -S -t -T -w -x -X -z")),
        settings: [:])

    /// https://www.ibm.com/docs/en/spectrum-lsf, bsub.
    private static let lsf = BatchRules(
        flavor: .lsf,
        expressions: [
            .queue: .init("-q"), .account: .init("-P", allowing: "/@"), .reservation: .init("-U", allowing: "#"),
            .constraint: .init("-R select[...]", allowing: " &|!=<>()+*/,:"), .wholenode: .init("-x"),
            .gpus: .init("-gpu num="),
        ],
        directives: .options(
            withValue: words(
                """
                -a -app -b -C -c -clusters -D -data -datagrp -E -Ep -env -ext -F -freq -G -g -Lp -L -m -network -ptl -R -S
                -sla -sp -stage -t -T -u -v -w -wa -wt
                """),
            alone: words("-B -H -N -ul -hl"),
            own: words(
                """
                -J -Jd -o -oo -e -eo -cwd -q -P -U -W -We -n -M -x -gpu -K -I -Ip -Is -ISp -ISs -IS -IX -i -is -r -rn -rnc
                -f -h -V -pack -jsdl -jsdl_strict -k -tty -XF -Zs -json -yaml
                """)),
        settings: [:])

    private static let kubernetes = BatchRules(
        flavor: .kubernetes,
        expressions: [
            .queue: .init("label kueue.x-k8s.io/queue-name"), .qos: .init("priorityClassName"),
            .constraint: .init("nodeSelector", allowing: "=,/"), .gpus: .init("resource nvidia.com/gpu"),
        ],
        directives: .none,
        settings: [
            "image": "The container image that pilots run in; it must be given.",
            "namespace": "The namespace of the jobs; unset: that of kubectl's current context.",
            "context": "The context of kubectl's configuration; unset: the current one.",
            "volumeclaim":
                "The persistent volume claim that is the account's home; unset: the nodes have the home themselves.",
        ])

    private static let local = BatchRules(flavor: .local, expressions: [:], directives: .none, settings: [:])

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
