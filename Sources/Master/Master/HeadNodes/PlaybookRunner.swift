import Foundation
import VC3Commands
import VC3Model

/// Runs Ansible playbooks against one host.
struct PlaybookRunner: Sendable {
    /// The program: a path, or a name looked up in `PATH`.
    var program: String
    /// The folder of the playbooks.
    var folder: String
    /// For Ansible's temporary files and the packed HTCondor.
    var workFolder: String
    /// An unpacked HTCondor, packed when it is first needed.
    var condorPrefix: String?
    /// A packed HTCondor, used as it is.
    var condorArchive: String?
    private let runner = LocalRunner()

    init(program: String, folder: String, workFolder: String, condorPrefix: String?, condorArchive: String?) {
        self.program = program
        self.folder = folder
        self.workFolder = workFolder
        self.condorPrefix = condorPrefix
        self.condorArchive = condorArchive
    }

    enum Outcome: Sendable, Equatable {
        case done
        case unreachable(String)
        case failed(String)
    }

    /// Runs a playbook to its end; its output is appended to the head node's log.
    ///
    /// - Parameter progress: Told the name of each task.
    func run(
        _ playbook: String, files: PlaybookFiles, progress: @escaping @Sendable (String) async -> Void
    ) async throws -> Outcome {
        let start = (try? FileManager.default.attributesOfItem(atPath: files.log)[.size] as? Int) ?? 0
        let result = try await withThrowingTaskGroup(of: CommandResult?.self) { group in
            group.addTask {
                do {
                    return try await runner.run(command(playbook, files))
                } catch let error as CommandError where error.reason == .notFound {
                    throw VC3Error(
                        .unavailable, "cannot find \(program); install the package ansible-core or set its path")
                }
            }
            group.addTask {
                await tell(progress, from: files.log, after: start)
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw CancellationError()
        }
        if result.succeeded { return .done }
        let words = Self.lastError(in: text(of: files.log, after: start))
        // Exit code 4: a host could not be reached (ansible-playbook(1)).
        return result.status == .exited(4) ? .unreachable(words) : .failed(words)
    }

    private func command(_ playbook: String, _ files: PlaybookFiles) -> Command {
        let host = files.host
        let ssh = [
            "-o", "UserKnownHostsFile=\(files.knownHostsFile)", "-o", "GlobalKnownHostsFile=/dev/null", "-o",
            "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        ].joined(separator: " ")
        // A playbook that a predecessor of this process started may still run: one at a time.
        let script = #"l=$1; shift; exec flock -w 900 "$l.lock" "$@" >>"$l" 2>&1"#
        return Command(
            ["/bin/sh", "-c", script, "sh", files.log]
                + [
                    program, "\(folder)/\(playbook)", "--inventory", "\(host.address),", "--key-file", host.keyFile,
                    "--ssh-common-args", ssh, "--extra-vars", "@\(files.variablesFile)", "--timeout", "15",
                ],
            environment: [
                "ANSIBLE_CONFIG": files.ansibleSettingsFile, "ANSIBLE_HOME": workFolder + "/ansible",
                "ANSIBLE_LOCAL_TEMP": workFolder + "/ansible/tmp", "ANSIBLE_PIPELINING": "True",
                "ANSIBLE_NOCOLOR": "True", "ANSIBLE_RETRY_FILES_ENABLED": "False", "ANSIBLE_HOST_KEY_CHECKING": "True",
                "ANSIBLE_SSH_ARGS": "-C -o ControlMaster=auto -o ControlPersist=10s",
                "ANSIBLE_DEPRECATION_WARNINGS": "False",
                "ANSIBLE_SSH_CONTROL_PATH_DIR": workFolder + "/ansible/cp", "LC_ALL": "C.UTF-8",
                "ANSIBLE_PYTHON_INTERPRETER": "auto_silent",
            ],
            timeout: .seconds(900))
    }

    private func tell(
        _ progress: @Sendable (String) async -> Void, from log: String, after start: Int
    ) async {
        var last: String?
        while true {
            do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
            let task = Self.lastTask(in: text(of: log, after: start))
            if let task, task != last {
                last = task
                await progress(task)
            }
        }
    }

    private func text(of log: String, after start: Int) -> String {
        guard let handle = FileHandle(forReadingAtPath: log) else { return "" }
        defer { try? handle.close() }
        try? handle.seek(toOffset: UInt64(start))
        return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    }

    /// `TASK [name] ****` in the output of Ansible's default callback.
    static func lastTask(in text: String) -> String? {
        text.split(separator: "\n").last { $0.hasPrefix("TASK [") }
            .map { String($0.dropFirst("TASK [".count).prefix { $0 != "]" }) }
    }

    /// `fatal: [host]: FAILED! => {…}` and `[ERROR]: …`, the last of them.
    static func lastError(in text: String) -> String {
        let lines = text.split(separator: "\n")
        let line =
            lines.last { $0.hasPrefix("fatal:") || $0.hasPrefix("ERROR") || $0.hasPrefix("[ERROR]") } ?? lines.last
        var words = String(line ?? "no output")
        if let brace = words.firstIndex(of: "{"),
            let value = try? JSONValue(data: Data(words[brace...].utf8)), let message = value["msg"]?.stringValue
        {
            let detail = value["stderr"]?.stringValue ?? ""
            words = detail.isEmpty ? message : "\(message): \(detail)"
        }
        let task = lastTask(in: text).map { "\($0): " } ?? ""
        return String((task + words).prefix(400))
    }

    // MARK: - What is installed

    /// A packed HTCondor (gzip, one top folder), or `nil` when none is configured.
    func archive() async throws -> String? {
        if let condorArchive { return condorArchive }
        guard let condorPrefix else { return nil }
        let packed = workFolder + "/condor.tar.gz"
        // Packed again when the prefix is another one; complete once it has its name.
        let script = """
            set -e; [ -s "$2" ] && [ "$2" -nt "$1/VERSION" ] && exit 0
            mkdir -p "${2%/*}"; t="$2.$$"; trap 'rm -f "$t"' EXIT
            tar -C "$1" --owner=0 --group=0 --exclude=./condor-worker.tar.gz -I 'gzip -1' -cf "$t" --transform 's,^\\.,condor,S' .
            chmod 600 "$t"; mv -f "$t" "$2"
            """
        let result = try await runner.run(
            Command(["/bin/sh", "-c", script, "sh", condorPrefix, packed], timeout: .seconds(300)))
        guard result.succeeded else {
            throw VC3Error(
                .unavailable, "cannot pack the HTCondor in \(condorPrefix): \(result.errorOutput.prefix(300))")
        }
        return packed
    }
}
