import Foundation

/// What tells one content of a file from the next without reading it; equal for files that are not there.
public struct FileStamp: Hashable, Sendable {
    private let inode: UInt64?
    private let size: UInt64?
    private let modified: Date?

    public init(_ path: String) {
        // Of what a link points to: links are how configuration tools switch to new files.
        let real = realpath(path, nil)
        defer { free(real) }
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: real.map { String(cString: $0) } ?? path)
        inode = (attributes?[.systemFileNumber] as? NSNumber)?.uint64Value
        size = (attributes?[.size] as? NSNumber)?.uint64Value
        modified = attributes?[.modificationDate] as? Date
    }
}
