public import VC3Model

/// From when to when a certificate is good.
public struct CertificateLife: Sendable, Equatable {
    public var begin: Timestamp
    public var end: Timestamp

    public init(begin: Timestamp, end: Timestamp) {
        self.begin = begin
        self.end = end
    }

    /// From here on it should have been renewed, which is tried from two thirds of its life: five sixths.
    var late: Timestamp { begin + (end - begin) * 5 / 6 }
}
