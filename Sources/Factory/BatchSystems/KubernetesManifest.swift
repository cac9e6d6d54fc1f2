import VC3Model

/// The description of a pilot's Job.
struct KubernetesManifest {
    /// Seconds from SIGTERM to SIGKILL.
    static let grace = 60
    /// Seconds for which an ended job is remembered.
    static let memory = 3600
    /// Stand for the account's numbers, which only the site knows. JSON has numbers there, not texts.
    static let user = "100000001"
    static let group = "100000002"

    private let job: PilotJob

    init(_ job: PilotJob) { self.job = job }

    /// On one line. Only a number that JSON does not have cannot be written, and there is none.
    var text: String { String(decoding: (try? value.jsonBytes()) ?? [], as: UTF8.self) }

    /// The account's home, as far as the folder tells: pilots lie in `~/.vc3`.
    private var home: String {
        let parts = job.folder.split(separator: "/", omittingEmptySubsequences: false)
        guard let end = parts.firstIndex(of: ".vc3"), end > 0 else { return job.folder }
        return parts[..<end].joined(separator: "/")
    }

    private var value: JSONValue {
        var labels: [String: JSONValue] = [KubernetesBatchSystem.tagLabel: .string(job.tag)]
        if let queue = job.options.queue { labels["kueue.x-k8s.io/queue-name"] = .string(queue) }
        return [
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": ["name": .string(job.tag), "labels": .object(labels)],
            "spec": [
                // A pilot runs once.
                "backoffLimit": 0, "completions": 1, "parallelism": 1,
                "ttlSecondsAfterFinished": .integer(Self.memory),
                "template": [
                    "metadata": ["labels": [KubernetesBatchSystem.tagLabel: .string(job.tag)]], "spec": .object(pod),
                ],
            ],
        ]
    }

    private var pod: [String: JSONValue] {
        var pod: [String: JSONValue] = [
            // The pod's own limit begins with the pod, a job's with its wait for one.
            "activeDeadlineSeconds": .integer(Int(job.walltime.wholeSeconds)),
            "restartPolicy": "Never", "terminationGracePeriodSeconds": .integer(Self.grace),
            "automountServiceAccountToken": false,
            "securityContext": ["runAsUser": 100_000_001, "runAsGroup": 100_000_002],
            "containers": [.object(container)], "volumes": [.object(volume)],
        ]
        if let quality = job.options.qos { pod["priorityClassName"] = .string(quality) }
        if let constraint = job.options.constraint {
            let pairs = constraint.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            pod["nodeSelector"] = .object(
                Dictionary(pairs.map { ($0[0], .string($0.count > 1 ? $0[1] : "")) }) { _, last in last })
        }
        return pod
    }

    private var container: [String: JSONValue] {
        [
            "name": "pilot", "image": .string(job.settings["image"] ?? ""),
            "command": ["/bin/sh", "-c", "exec /bin/sh pilot.sh >pilot.out 2>pilot.err"],
            "workingDir": .string(job.folder), "env": [["name": "HOME", "value": .string(home)]],
            "resources": ["requests": .object(amounts), "limits": .object(amounts)],
            "volumeMounts": [["name": "home", "mountPath": .string(home)]],
        ]
    }

    private var amounts: [String: JSONValue] {
        var amounts: [String: JSONValue] = ["cpu": .string(String(max(1, job.cores)))]
        if job.memoryMB > 0 { amounts["memory"] = .string("\(job.memoryMB)Mi") }
        if job.diskMB > 0 { amounts["ephemeral-storage"] = .string("\(job.diskMB)Mi") }
        if let gpus = job.options.gpus, gpus > 0 { amounts["nvidia.com/gpu"] = .string(String(gpus)) }
        return amounts
    }

    private var volume: [String: JSONValue] {
        if let claim = job.settings["volumeclaim"] {
            return ["name": "home", "persistentVolumeClaim": ["claimName": .string(claim)]]
        }
        return ["name": "home", "hostPath": ["path": .string(home), "type": "Directory"]]
    }
}
