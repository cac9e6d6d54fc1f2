#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import VC3Commands
public import VC3Model

/// Jobs of a Kubernetes cluster, by `kubectl` (https://kubernetes.io/docs: Job v1 batch, Pod v1 core). Not run against a real
/// cluster; its replies are by the API's form.
///
/// A pilot is a Job with one pod that is never started again. Its name is the tag, so that making it twice makes it once. The
/// pod runs as the account, and sees the account's home: that of its node, or a volume.
public struct KubernetesBatchSystem: BatchSystem {
    /// `kubectl` and the options that say where.
    private let kubectl: [String]

    public init(settings: [String: String] = [:]) {
        kubectl = ["kubectl"] + ["context", "namespace"].compactMap { key in settings[key].map { "--\(key)=\($0)" } }
    }

    public var flavor: BatchSystemFlavor { .kubernetes }

    /// The label that holds the tag.
    static let tagLabel = "vc3/pilot"

    public func submission(of job: PilotJob) -> String {
        let manifest = KubernetesManifest(job).text
        return SiteScript.submission(
            of: job, finding: "kubectl",
            """
            [ -r pilot.sh ] || { echo "no file pilot.sh in $PWD: No such file or directory" >&2; exit 1; }
            said=$(printf '%s\\n' \(RemoteShell.quote(manifest)) | sed -e "s/\(KubernetesManifest.user)/$(id -u)/" \
            -e "s/\(KubernetesManifest.group)/$(id -g)/" | \(RemoteShell.quote(kubectl)) create -f - -o name 2>&1) || {
                case $said in
                *AlreadyExists*) ;;
                *)
                    printf '%s\\n' "$said" >&2
                    exit 1
                    ;;
                esac
            }
            echo \(RemoteShell.quote(job.tag))
            """)
    }

    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let line = output.split(whereSeparator: \.isNewline).last, Self.isName(line) else {
            throw BatchSystemError(.notUnderstood, "kubectl answered no name of a job: \(SiteScript.excerpt(output))")
        }
        return JobID(rawValue: String(line))
    }

    /// A name of Kubernetes (RFC 1123 subdomain).
    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter || first.isNumber else { return false }
        return text.utf8.count <= 253
            && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == ".") }
    }

    public func status(tagPrefix: String) -> Command {
        SiteScript.query(
            finding: "kubectl",
            RemoteShell.quote(kubectl + ["get", "jobs,pods", "--selector=\(Self.tagLabel)", "--output=json"]))
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        let lines = try SiteScript.lines(of: result, "kubectl")
        let list: KubernetesList
        do {
            list = try JSONDecoder().decode(KubernetesList.self, from: Data(lines.joined(separator: "\n").utf8))
        } catch { throw BatchSystemError(.notUnderstood, "kubectl answered no list that can be read: \(error)") }
        var pods: [String: KubernetesList.Item] = [:]
        for item in list.items where item.kind == "Pod" {
            if let tag = item.metadata.labels?[Self.tagLabel] { pods[tag] = item }
        }
        return list.items.compactMap { job in
            guard job.kind == "Job", let tag = job.metadata.labels?[Self.tagLabel], tag.hasPrefix(tagPrefix) else {
                return nil
            }
            return report(job, pods[tag], tag: tag)
        }
    }

    private func report(_ job: KubernetesList.Item, _ pod: KubernetesList.Item?, tag: String) -> JobReport {
        let container = pod?.status?.containerStatuses?.first?.state
        let terms = job.status?.conditions?.filter { $0.status == "True" } ?? []
        let ended = terms.first { $0.type == "Complete" || $0.type == "Failed" }
        let condition = ended ?? terms.first
        let waiting = container?.waiting?.reason.flatMap { Self.hopeless.contains($0) ? $0 : nil }
        let word: String
        if let ended {
            word = "Job \(ended.type)"
        } else if job.metadata.deletionTimestamp != nil {
            word = "Job Terminating"
        } else if let condition {
            word = "Job \(condition.type)"
        } else if let phase = pod?.status?.phase {
            word = "Pod \(phase)" + (phase == "Pending" ? waiting.map { " \($0)" } ?? "" : "")
        } else {
            word = "Job"
        }
        let reason = condition?.message ?? condition?.reason ?? container?.waiting?.message ?? pod?.status?.message
        return JobReport(
            tag: tag, job: JobID(rawValue: job.metadata.name), state: states.state(of: word), nativeState: word,
            reason: ended?.type == "Complete" ? nil : reason, exitCode: container?.terminated?.exitCode,
            node: pod?.spec?.nodeName)
    }

    /// The pod gets SIGTERM and, after ``KubernetesManifest/grace`` seconds, SIGKILL.
    public func cancellation(of jobs: [JobID]) -> Command {
        let names = jobs.map(\.rawValue).filter { Self.isName($0[...]) }
        return SiteScript.cancellation(
            of: names.map(JobID.init(rawValue:)), finding: "kubectl",
            by: RemoteShell.quote(kubectl + ["delete", "job", "--ignore-not-found", "--wait=false"]),
            harmless: [" deleted"])
    }

    /// A deleted job does not stay.
    public var forgetting: String {
        RemoteShell.quote(kubectl + ["delete", "job", "--ignore-not-found", "--wait=false"]) + #" "$1" >/dev/null 2>&1"#
    }
}

/// What of `kubectl get jobs,pods -o json` is looked at.
struct KubernetesList: Decodable {
    struct Item: Decodable {
        struct Metadata: Decodable {
            var name: String
            var labels: [String: String]?
            var deletionTimestamp: String?
        }
        struct Spec: Decodable {
            var nodeName: String?
        }
        struct Status: Decodable {
            var conditions: [Condition]?
            var phase: String?
            var message: String?
            var containerStatuses: [Container]?
        }
        struct Condition: Decodable {
            var type: String
            var status: String
            var reason: String?
            var message: String?
        }
        struct Container: Decodable {
            var state: State?
        }
        struct State: Decodable {
            struct Waiting: Decodable {
                var reason: String?
                var message: String?
            }
            struct Terminated: Decodable { var exitCode: Int32? }
            var waiting: Waiting?
            var terminated: Terminated?
        }
        var kind: String
        var metadata: Metadata
        var spec: Spec?
        var status: Status?
    }
    var items: [Item]
}
