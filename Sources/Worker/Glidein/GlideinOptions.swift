/// What `vc3-glidein` was asked to do. Every field has been checked on its own; nothing has been looked at outside.
public struct GlideinOptions: Sendable, Hashable {
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        public var host: String
        public var port: Int
        public var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
    }

    /// The unpacked HTCondor of the worker, or the tarball to unpack.
    public enum Release: Sendable, Hashable {
        case directory(String)
        case tarball(String)
    }

    public struct Attribute: Sendable, Hashable {
        public var name: String
        public var value: String
    }

    public var collector: Address
    /// The connection broker; the collector when nil.
    public var broker: Address?
    /// The issuer of the token when nil.
    public var trustDomain: String?
    public var tokenFile: String
    public var name: String
    public var cores = 1
    /// MiB. Nil: the node's share for that many cores.
    public var memory: Int?
    /// KiB. Nil: whatever is free.
    public var disk: Int?
    public var lingerSeconds = 7200
    public var walltimeSeconds: Int?
    /// How long before the end of the walltime no new work is taken.
    public var drainSeconds: Int?
    public var joinSeconds = 600
    public var attributes: [Attribute] = []
    public var release: Release
    public var scratch: String
    public var extraConfiguration: String?
    public var jobWrapper: String?
    /// A shell profile that every job reads first.
    public var jobProfile: String?
    public var report: String?
    /// A folder that somebody follows: each phase that the pilot enters is told there by a file of its own.
    public var events: String?
    /// When this file appears, the pilot finishes its jobs and ends, after as many seconds as it says at the latest.
    public var drainFile: String?
    /// A container program that has to work here.
    public var containerTool: String?
    /// A shell script that has to end with 0 before the pilot joins, and the seconds that it may take.
    public var siteCheck: String?
    public var siteCheckSeconds = 30
    public var keepsFiles = false
    public var isVerbose = false

    /// The name of master and startd in the pool. Without the `@`, HTCondor would append the host's name.
    public var daemonName: String { name + "@vc3" }

    /// Seconds after the start at which the pilot stops taking work; nil without a walltime.
    ///
    /// By default a quarter of the walltime before its end, at most ten minutes: long enough for short jobs to finish,
    /// short enough not to waste the allocation.
    public var drainStart: Int? {
        walltimeSeconds.map { max(0, $0 - (drainSeconds ?? min($0 / 4, 600))) }
    }
}
