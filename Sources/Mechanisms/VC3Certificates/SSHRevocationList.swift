public import Foundation

/// SSH certificates that were taken back, by serial number, in the form that `RevokedKeys` of sshd_config(5) and
/// `RevokedHostKeys` of ssh_config(5) take (OpenSSH's PROTOCOL.krl).
public struct SSHRevocationList: Hashable, Sendable {
    /// The serial numbers that one authority no longer vouches for.
    public struct Section: Hashable, Sendable {
        public var authority: SSHPublicKey
        public var serials: [UInt64]

        public init(authority: SSHPublicKey, serials: [UInt64]) {
            (self.authority, self.serials) = (authority, serials)
        }
    }

    public let bytes: [UInt8]

    /// - Parameter version: Grows with each list.
    public init(_ sections: [Section], version: UInt64, at now: Date) {
        var list = SSHWireWriter()
        list.append(raw: "SSHKRL\n\0".utf8)
        list.append(uint32: 1)
        list.append(uint64: version)
        list.append(uint64: UInt64(now.timeIntervalSince1970))
        list.append(uint64: 0)
        list.append(string: "")
        list.append(string: "")
        for section in sections where !section.serials.isEmpty {
            var serials = SSHWireWriter()
            for serial in section.serials { serials.append(uint64: serial) }
            var certificates = SSHWireWriter()
            certificates.append(string: section.authority.blob)
            certificates.append(string: "")
            certificates.append(raw: [0x20])
            certificates.append(string: serials.bytes)
            list.append(raw: [1])
            list.append(string: certificates.bytes)
        }
        bytes = list.bytes
    }
}
