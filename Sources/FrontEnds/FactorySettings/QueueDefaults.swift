public import Factory
import Foundation
public import VC3Configuration

/// `vc3defaults.conf`: what holds for the queues of all requests. Section `[DEFAULT]`, with the guide's keys.
public struct QueueDefaults: ConfigurationSchema, Sendable {
    /// What comes after keeping the number that the Master decides, one after the other.
    public var limits: [any SizingRule]
    /// Sections of `monitor.conf`.
    public var monitors: [String]
    /// How many days logs are kept, 0 for ever; `nil`: as the factory's.
    public var keepDays: Int?

    public init(reading configuration: ConfigurationReader) {
        let section = configuration.section(INIDocument.defaultsName)
        limits = SchedPlugin.chain(section, of: configuration)
            // The number of pilots is the Master's, whatever keep_running says here.
            .filter { !($0 is KeepNRunning) }
        monitors = section.value("monitorsection", .list, default: [], "sections of monitor.conf that are told")
        keepDays = section.keepDays("how many days logs of requests are kept; 0: for ever; unset: as the factory's")
        for (key, reason) in Self.withoutEffect { section.ignored(key, reason) }
    }

    /// Reads a file; one that is not there says nothing.
    ///
    /// - Returns: The defaults, and warnings to show.
    /// - Throws: ``ConfigurationError``.
    public static func load(file: String) throws -> (settings: Self, warnings: [ConfigurationDiagnostic]) {
        try load(INIDocument(files: [file], missingFilesAllowed: true), homeDirectory: NSHomeDirectory())
    }

    /// Keys of the guide's file that say what is so anyway, or that belong to parts that requests' queues do not use.
    private static let withoutEffect: [(String, String)] = [
        ("vo", "requests say whose pilots they are"), ("status", "informational"), ("override", "informational"),
        ("enabled", "a request's queues run while the request does"),
        ("batchstatusplugin", "each batch system is asked by its own commands"),
        ("wmsstatusplugin", "the Master decides the number of pilots"),
        ("builder", "pilots bring what they run"),
        ("periodic_remove", "held and lost pilots are dealt with by the Factory"),
        ("apfqueue.sleep", "sites are looked at when something changes"),
        ("batchstatus.condor.sleep", "sites are looked at when something changes"),
        ("batchsubmit.condorosgce.proxy", "allocations say what their credentials are"),
        ("batchsubmit.condorec2.proxy", "allocations say what their credentials are"),
        ("batchsubmit.condorlocal.proxy", "allocations say what their credentials are"),
        ("batchsubmit.condorec2.peaceful", "idle pilots go first, running ones finish within their grace"),
        ("batchsubmit.condorssh.peaceful", "idle pilots go first, running ones finish within their grace"),
        ("batchsubmit.condorlocal.overlay.peaceful", "idle pilots go first, running ones finish within their grace"),
        ("batchsubmit.condorssh.overlay.lingertime", "nodesets say how long idle workers stay"),
        ("batchsubmit.condorssh.killorder", "nodesets say which pilots go first"),
        ("batchsubmit.condorlocal.killorder", "nodesets say which pilots go first"),
    ]
}
