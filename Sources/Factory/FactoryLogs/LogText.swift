import Factory
import Foundation

/// A log as it goes to readers, line by line: without private keys, and without what looks like a token.
struct LogText {
    private var isInKey = false

    /// - Parameter line: Without the newline at its end.
    /// - Returns: `nil`: the line is left out.
    mutating func shown(_ line: String) -> String? {
        if isInKey {
            // An end that never comes leaves the rest out.
            if line.contains("-----END ") { isInKey = false }
            return nil
        }
        if let begin = line.range(of: "-----BEGIN "), line[begin.upperBound...].contains("PRIVATE KEY") {
            isInKey = !line[begin.upperBound...].contains("-----END ")
            return PrintableText.cleaned(String(line[..<begin.lowerBound])) + "[private key]"
        }
        return PrintableText.cleaned(line)
    }
}
