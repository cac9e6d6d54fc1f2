/// The program through which the startd runs every job.
///
/// HTCondor gives jobs no HOME unless they ask for one, and much software fails without.
public struct JobWrapper: Sendable, Hashable {
    /// A shell profile that is read first.
    public var profile: String?
    /// A program that is given the job's command line.
    public var program: String?

    public func rendered() -> String {
        var lines = ["#!/bin/sh", #"[ -n "${HOME:-}" ] || { HOME=${_CONDOR_SCRATCH_DIR:-$PWD}; export HOME; }"#]
        if let profile { lines.append(". " + Self.quoted(profile)) }
        lines.append("exec " + (program.map { Self.quoted($0) + " " } ?? "") + #""$@""#)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ path: String) -> String {
        "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
