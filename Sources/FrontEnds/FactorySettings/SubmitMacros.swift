import Foundation

/// What of HTCondor's macros has a meaning where there is no HTCondor.
enum SubmitMacros {
    struct Unset: Error {
        var name: String
    }

    /// `$ENV(NAME)` becomes the variable of the factory's own environment. `$(Cluster)` and `$(Process)` stay, for whoever
    /// knows the pilot.
    ///
    /// - Throws: ``Unset`` for a variable that is not there.
    static func expanded(_ text: String, environment: [String: String]) throws(Unset) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(of: "$ENV(") {
            guard let end = rest[start.upperBound...].firstIndex(of: ")") else { break }
            let name = String(rest[start.upperBound..<end])
            guard let value = environment[name] else { throw Unset(name: name) }
            result += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
