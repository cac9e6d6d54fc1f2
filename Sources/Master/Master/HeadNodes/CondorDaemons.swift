import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Finds the daemons of one head node among this machine's processes, whoever started them.
///
/// A daemon is recognized by its program and by the `CONDOR_CONFIG` that it was started with (proc(5)), so a process
/// number that was given to another program is never mistaken, and a person's shell with the same variable neither.
enum CondorDaemons {
    struct Daemon: Sendable, Equatable {
        var pid: Int32
        var name: String
    }

    static func of(_ configurationFile: String) -> [Daemon] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.compactMap { daemon($0, of: configurationFile) }
    }

    /// Whether this process is the head node's condor_master.
    static func isMaster(_ pid: Int32?, of configurationFile: String) -> Bool {
        pid.flatMap { daemon($0, of: configurationFile) }?.name == "condor_master"
    }

    private static func daemon(_ pid: Int32, of configurationFile: String) -> Daemon? {
        let mark = Array("CONDOR_CONFIG=\(configurationFile)".utf8)
        guard let name = daemonName(bytes("/proc/\(pid)/cmdline")),
            bytes("/proc/\(pid)/environ").split(separator: 0).contains(where: { $0.elementsEqual(mark) })
        else { return nil }
        return Daemon(pid: pid, name: name)
    }

    static func signal(_ number: Int32, to daemons: [Daemon]) {
        for daemon in daemons { kill(daemon.pid, number) }
    }

    private static let names: Set<String> = [
        "condor_master", "condor_shared_port", "condor_collector", "condor_negotiator", "condor_schedd",
        "condor_procd", "condor_shadow", "condor_defrag", "condor_gangliad", "condor_had",
    ]

    /// Programs may be started through a loader, so any argument may be the program.
    private static func daemonName(_ commandLine: [UInt8]) -> String? {
        commandLine.split(separator: 0).lazy
            .map { String(decoding: $0, as: UTF8.self) }
            .map { String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...]) }
            .first { names.contains($0) }
    }

    /// Empty for what may not be read: other people's processes.
    private static func bytes(_ path: String) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return all }
            all += buffer[..<count]
        }
    }
}
