public import VC3Model

/// One line of a watch on the wire (newline-delimited JSON).
///
/// `{"type":"changed","entity":{…}}`, `{"type":"removed","entity":{…}}`, `{"type":"heartbeat","revision":7}`, and as the
/// last line of a watch that failed `{"type":"failed","code":…,"detail":…,"problems":[…]}`. A `changed` line whose entity
/// was not written, but came to be shared, has the `revision` of that as well; resume from there.
public enum WatchLine: Sendable {
    case event(WatchEvent)
    case failed(VC3Error)
}

extension WatchLine: Codable {
    private enum Keys: String, CodingKey { case type, entity, revision, code, detail, problems }
    private enum LineType: String, Codable { case changed, removed, heartbeat, failed }

    public init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: Keys.self)
        switch try line.decode(LineType.self, forKey: .type) {
        case .changed:
            let record = try line.decode(EntityRecord.self, forKey: .entity)
            let revision = try line.decodeIfPresent(Revision.self, forKey: .revision)
            self = .event(revision.map { .shared(record, at: $0) } ?? .changed(record))
        case .removed: self = .event(.removed(try line.decode(EntityRecord.self, forKey: .entity)))
        case .heartbeat: self = .event(.heartbeat(try line.decode(Revision.self, forKey: .revision)))
        case .failed:
            self = .failed(
                VC3Error(
                    try line.decode(VC3Error.Code.self, forKey: .code), try line.decode(String.self, forKey: .detail),
                    problems: try line.decodeIfPresent([VC3Error.Problem].self, forKey: .problems) ?? []))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Keys.self)
        switch self {
        case .event(.changed(let record)):
            try line.encode(LineType.changed, forKey: .type)
            try line.encode(record, forKey: .entity)
        case .event(.shared(let record, let revision)):
            try line.encode(LineType.changed, forKey: .type)
            try line.encode(record, forKey: .entity)
            try line.encode(revision, forKey: .revision)
        case .event(.removed(let record)):
            try line.encode(LineType.removed, forKey: .type)
            try line.encode(record, forKey: .entity)
        case .event(.heartbeat(let revision)):
            try line.encode(LineType.heartbeat, forKey: .type)
            try line.encode(revision, forKey: .revision)
        case .failed(let error):
            try line.encode(LineType.failed, forKey: .type)
            try line.encode(error.code, forKey: .code)
            try line.encode(error.message, forKey: .detail)
            if !error.problems.isEmpty { try line.encode(error.problems, forKey: .problems) }
        }
    }
}
