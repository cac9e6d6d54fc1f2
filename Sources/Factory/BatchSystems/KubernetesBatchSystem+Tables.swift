extension KubernetesBatchSystem {
    /// Reasons for which a container waits that waiting does not mend (kubelet's `images` and `container` errors).
    static let hopeless: Set<String> = [
        "ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "ImageInspectError", "InvalidImageName",
        "CreateContainerConfigError", "CreateContainerError",
    ]

    public var states: NativeStateTable { Self.table }

    private static let table = NativeStateTable(
        manual: "https://kubernetes.io/docs: Job v1 batch, JobCondition; Pod v1 core, PodStatus phase",
        reading: "The job's condition decides, then whether it is being deleted, then the phase of its pod.",
        [
            .init("Job", .pending, "no pod of it has been made yet"),
            .init("Job Suspended", .held, "condition Suspended: it waits for somebody, or for a queue that admits it"),
            .init(
                "Job SuccessCriteriaMet", .finishing, "condition SuccessCriteriaMet: it succeeds once its pod is gone"),
            .init("Job FailureTarget", .finishing, "condition FailureTarget: it fails once its pod is gone"),
            .init("Job Complete", .done, "condition Complete: its pod ended with exit code 0"),
            .init("Job Failed", .failed, "condition Failed: its pod ended otherwise, or at its deadline"),
            .init("Job Terminating", .finishing, "it is being deleted"),
            .init("Pod Pending", .pending, "its pod waits for a node or an image"),
            .init("Pod Running", .running, "its pod runs"),
            .init("Pod Succeeded", .finishing, "its pod ended with exit code 0, which the job does not say yet"),
            .init("Pod Failed", .finishing, "its pod ended otherwise, which the job does not say yet"),
            .init("Pod Unknown", .unknown, "the node of its pod does not answer"),
        ]
            + hopeless.sorted().map {
                .init("Pod Pending \($0)", .held, "its container waits for what waiting does not mend")
            })

    public var refusals: RefusalTable { Self.refused }

    /// Reasons of the API's Status (https://kubernetes.io/docs, API Conventions), and what kubectl says by itself.
    private static let refused = RefusalTable(rows: [
        .init(texts: ["namespaces \"", "no priorityclass with name"], reason: .unknownQueue, mender: .operator),
        .init(texts: ["exceeded quota"], reason: .limitReached, mender: .nobody),
        .init(
            texts: ["(forbidden)", "(unauthorized)", "you must be logged in"], reason: .invalidAccount, mender: .user),
        .init(
            texts: [
                "connection refused", "unable to connect to the server", "i/o timeout", "(serviceunavailable)",
                "(toomanyrequests)", "(timeout)", "(servertimeout)", "tls handshake timeout", "(internalerror)",
                "the connection to the server",
            ], reason: .unavailable, mender: .nobody),
        .init(
            texts: [
                "(invalid)", "(badrequest)", "error validating", "unknown flag", "context \"", "does not exist",
                "admission webhook",
            ], reason: .badOption, mender: .operator),
    ])
}
