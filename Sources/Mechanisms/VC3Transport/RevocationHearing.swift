public import VC3Certificates

/// Goes by what authorities take back, and learns of more while it runs.
public protocol RevocationHearing: Sendable {
    /// What it shows and whom it trusts at present.
    var credentials: TLSCredentials { get }
    /// All that counts as taken back.
    var revoked: RevocationLists { get }

    /// Goes by these lists as well, and closes connections to peers that are on them.
    ///
    /// - Returns: How many were closed; `nil` when the lists bring nothing new.
    @discardableResult
    func hear(_ lists: RevocationLists) -> Int?
}

extension MutualTLSClient: RevocationHearing {}
extension MutualTLSServer: RevocationHearing {}
