/// Software and variables of workers. Fields: ``KindSchema``.
public enum Environment: EntityType {
    public static let kind = EntityKind.environment

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var packagelist: [String]
        public var envmap: [String: String]
        public var files: [String: String]
        public var required_os: String?
        public var builder_extra_args: [String]
        public var containertool: String?

        public init(
            packagelist: [String] = [], envmap: [String: String] = [:], files: [String: String] = [:],
            required_os: String? = nil, builder_extra_args: [String] = [], containertool: String? = nil
        ) {
            self.packagelist = packagelist
            self.envmap = envmap
            self.files = files
            self.required_os = required_os
            self.builder_extra_args = builder_extra_args
            self.containertool = containertool
        }
    }

    public typealias Status = PlainStatus
}
