/// What can be known about a node only by running something there.
struct NodeTrial {
    let site: WorkSite
    let options: GlideinOptions

    /// Throws what makes the node unfit.
    func run() throws(EndedEarly) {
        if let tool = options.containerTool { try runContainerTool(tool) }
        if let script = options.siteCheck { try runSiteCheck(script) }
    }

    /// Seconds that a container tool may take to say how it is.
    private static let patience = 20

    private func runContainerTool(_ tool: String) throws(EndedEarly) {
        let file = "log/container-tool"
        let line = ([tool] + Self.question(tool)).joined(separator: " ")
        let code = try site.run(["/bin/sh", "-c", "exec \(line)"], output: file, within: Self.patience)
        guard code != 0 else { return }
        let words = site.firstLine(of: file).map { ": \($0.prefix(300))" } ?? ""
        let what =
            code.map { $0 == 127 ? "is not there" : "ended with \($0)" } ?? "did not end within \(Self.patience) s"
        throw EndedEarly(.unfit(NodeMisfit(.containerBroken, "\(line) \(what)\(words)")))
    }

    /// What a tool answers only if it works here: podman-info(1), `docker info`. The others have nothing that needs no
    /// image, and tell at least that they start.
    private static func question(_ tool: String) -> [String] {
        tool == "podman" || tool == "docker" ? ["info"] : ["--version"]
    }

    /// The last bytes of its output are kept, however much it writes.
    private func runSiteCheck(_ script: String) throws(EndedEarly) {
        let seconds = options.siteCheckSeconds
        let file = "log/site-check"
        let ended = try site.run(
            [
                "/bin/sh", "-c",
                "{ /bin/sh \"$1\" </dev/null; echo $? >log/site-check.code; } 2>&1 | tail -c 2000", "sh", script,
            ], output: file, within: seconds,
            adding: [
                "VC3_CORES": String(options.cores), "VC3_MEMORY_MB": options.memory.map { String($0) } ?? "",
                "VC3_DISK_MB": options.disk.map { String($0 / 1024) } ?? "",
            ])
        let code = ended == nil ? nil : site.firstLine(of: file + ".code")
        guard code != "0" else { return }
        let words = site.lastLine(of: file).map { ": \($0.prefix(300))" } ?? ""
        let what = code.map { "ended with \($0)" } ?? "did not end within \(seconds) s"
        throw EndedEarly(.unfit(NodeMisfit(.siteCheckFailed, "the resource's own check \(what)\(words)")))
    }
}
