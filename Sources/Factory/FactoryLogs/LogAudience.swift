import VC3Model

/// Who may read which logs.
public struct LogAudience: Sendable, Equatable {
    /// Users who may read the logs of queues that belong to no user.
    public var readers: Set<String>

    public init(readers: Set<String> = []) { self.readers = readers }

    /// - Parameter owner: The user to whom the pilots belong; `nil`: they are of a queue of files.
    func reads(_ identity: Identity, folderOf owner: String?) -> Bool {
        switch identity.role {
        case .admin: true
        case .user: owner.map { $0 == identity.name } ?? readers.contains(identity.name)
        case .master, .factory, .portal, .agent: false
        }
    }

    /// Users see what pilots wrote; how they were submitted is for administrators, as others may have put secrets there.
    func reads(_ identity: Identity, file name: String) -> Bool {
        identity.role == .admin || LogFileType(name: name) == .output
    }
}

/// What a log is, by the end of its name.
enum LogFileType: Equatable {
    case output
    case text
    case other

    init(name: String) {
        switch name.split(separator: ".").dropFirst().last {
        case "out", "err", "log", "txt": self = .output
        case "py", "c", "h", "jdl", "conf", "sh": self = .text
        default: self = .other
        }
    }

    var mediaType: String { self == .other ? "application/octet-stream" : "text/plain; charset=utf-8" }
}
