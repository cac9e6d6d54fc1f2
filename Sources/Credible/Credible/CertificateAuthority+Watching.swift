import Foundation

/// Tells one state of an authority's public files from the next without reading them; see
/// ``CertificateAuthority/publicStamp()``.
public struct PublicStamp: Hashable, Sendable {
    fileprivate struct File: Hashable, Sendable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    fileprivate var files: [File?]
}

extension CertificateAuthority {
    /// Changes when something was issued, taken back or renewed. Costs three calls of `stat(2)`, and no lock.
    ///
    /// In memory it is always the same.
    public func publicStamp() -> PublicStamp {
        PublicStamp(
            files: [layout.intermediate.index, layout.revocationList, layout.chain].map { path in
                var status = stat()
                guard stat(path, &status) == 0 else { return nil }
                return PublicStamp.File(
                    inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
                    nanoseconds: status.st_mtim.tv_nsec)
            })
    }
}
