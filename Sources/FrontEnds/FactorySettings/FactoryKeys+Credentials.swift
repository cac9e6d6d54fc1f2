import VC3Configuration

extension FactoryKeys {
    /// Where credentials of queues are, and how they are kept.
    public struct Credentials: Sendable, Equatable {
        /// Where profiles come from.
        public enum Source: String, Sendable, CaseIterable {
            case file = "File"
            case vc3 = "VC3"
        }

        /// Whether proxies are renewed and ends are watched.
        public var isOn: Bool
        /// From one look to the next.
        public var interval: Duration
        public var file: String
        public var defaults: String
        public var sources: [Source]

        init(_ factory: SectionReader, of configuration: ConfigurationReader) {
            isOn = factory.value(
                "authmanager.enabled", .boolean, default: true, "whether proxies are renewed and credentials watched")
            interval = factory.value(
                "authmanager.sleep", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(30),
                "from one look at them to the next")
            file = factory.value(
                "authConf", .path, default: "/etc/autopyfactory/auth.conf", "file of the profiles that queues name")
            defaults = factory.value(
                "config.auth.vc3.defaultsfile", .path, default: "/etc/autopyfactory/vc3authdefaults.conf",
                "what holds for all profiles")
            let names = factory.value(
                "config.auth.plugin", .list, default: [Source.file.rawValue],
                "where profiles come from, File or VC3 or both; a private token counts for names that the file has not")
            sources = names.compactMap { name in
                if let source = Source.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) {
                    return source
                }
                configuration.report(
                    .error(
                        "[Factory] config.auth.plugin names '\(name)', which is none; give some of "
                            + Source.allCases.map(\.rawValue).joined(separator: ", "),
                        at: factory.origin(of: "config.auth.plugin")))
                return nil
            }
        }
    }
}
