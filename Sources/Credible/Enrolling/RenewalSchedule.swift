public import Foundation
public import VC3Certificates

/// When a certificate is renewed: at two thirds of its life, and after failures again and again until its end.
public struct RenewalSchedule: Sendable, Equatable {
    public let notBefore: Date
    public let notAfter: Date
    private let jitter: Double

    /// - Parameter jitter: From 0 to 1, drawn once for each certificate: many that were issued together do not come back
    ///   together.
    public init(notBefore: Date, notAfter: Date, jitter: Double) {
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.jitter = min(max(jitter, 0), 1)
    }

    public init(_ certificate: CertificateDocument, jitter: Double = .random(in: 0...1)) {
        self.init(notBefore: certificate.notBefore, notAfter: certificate.notAfter, jitter: jitter)
    }

    private var life: TimeInterval { notAfter.timeIntervalSince(notBefore) }

    /// Two thirds of its life, and up to a twentieth more.
    public var due: Date { notBefore.addingTimeInterval(life * (2.0 / 3 + jitter / 20)) }

    public func isOver(at now: Date) -> Bool { notAfter <= now }

    /// When to try next.
    ///
    /// - Parameters:
    ///   - failures: Tries that failed, one after the other.
    ///   - last: When the last of them failed.
    public func nextTry(afterFailures failures: Int, last: Date) -> Date {
        guard failures > 0 else { return due }
        // Twice as long each time, up to ten minutes; never so long that fewer than a few tries are left.
        let growing = min(5 * pow(2, Double(min(failures, 20) - 1)), 600)
        let left = max(notAfter.timeIntervalSince(last), 0)
        return last.addingTimeInterval(max(min(growing, left / 8), 1) * (0.75 + jitter / 4))
    }
}
